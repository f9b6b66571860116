//! Removes the output of runs that ended long ago, or that takes too much room: the oldest first.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use service_kit::reconcile::{Hint, every};
use service_kit::service::Kit;
use tracing::{info, warn};

use crate::app::App;
use crate::config::OutputSettings;
use crate::error::Error;
use crate::files::blocking;
use crate::store;

/// The files of a run.
#[derive(Debug)]
struct Folder {
    run: i64,
    path: PathBuf,
    bytes: u64,
}

/// Looks every few minutes.
pub(super) fn start(kit: &Kit, app: &Arc<App>, settings: &OutputSettings) {
    let app = Arc::clone(app);
    let settings = settings.clone();
    let period = settings.clean_every;
    let hint = Hint::default();
    every(&kit.tasks, "output retention", period, hint, move || {
        let (app, settings) = (Arc::clone(&app), settings.clone());
        async move { clean(&app, &settings).await }
    });
}

async fn clean(app: &App, settings: &OutputSettings) -> Result<(), Error> {
    let root = settings.dir.clone();
    let folders = blocking(move || Ok::<_, Error>(list(&root))).await?;
    let runs: Vec<i64> = folders.iter().map(|folder| folder.run).collect();
    let mut used: u64 = folders.iter().map(|folder| folder.bytes).sum();
    let mut conn = app.db.acquire().await?;
    let mut ended = store::outputs::list_ended(&mut conn, &runs).await?;
    drop(conn);
    ended.sort_unstable_by_key(|(run, finished_at)| (*finished_at, *run));
    let oldest = app.clock.now() - settings.keep;
    for (run, finished_at) in ended {
        let is_old = finished_at.is_none_or(|at| at < oldest);
        if !is_old && used <= settings.most_bytes {
            continue;
        }
        let Some(folder) = folders.iter().find(|folder| folder.run == run) else {
            continue;
        };
        remove(app, folder, app.clock.now()).await?;
        used = used.saturating_sub(folder.bytes);
    }
    Ok(())
}

/// Noted first: readers must not take missing files for a fault.
async fn remove(app: &App, folder: &Folder, now: DateTime<Utc>) -> Result<(), Error> {
    let mut conn = app.db.acquire().await?;
    store::outputs::set_removed(&mut conn, folder.run, now).await?;
    drop(conn);
    let path = folder.path.clone();
    match blocking(move || fs::remove_dir_all(path)).await {
        Ok(()) => info!(
            run.id = folder.run,
            "The output of run {} is removed", folder.run
        ),
        Err(error) => warn!(run.id = folder.run, "Output cannot be removed: {error}"),
    }
    Ok(())
}

fn list(root: &Path) -> Vec<Folder> {
    let entries = fs::read_dir(root).into_iter().flatten().flatten();
    entries
        .filter_map(|entry| {
            Some(Folder {
                run: entry.file_name().to_str()?.parse().ok()?,
                bytes: size(&entry.path()),
                path: entry.path(),
            })
        })
        .collect()
}

fn size(folder: &Path) -> u64 {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    files
        .filter_map(|file| Some(file.metadata().ok()?.len()))
        .sum()
}
