//! Keeps the claims alive, and stops the work of those that are not.
//!
//! Two loops, so that a database that hangs cannot keep the fence from falling.

use std::sync::Arc;
use std::time::{Duration, Instant};

use service_kit::reconcile::Hint;
use tracing::{info, warn};

use super::{Worker, limited, settle};
use crate::store;

/// Shortest time between two renewals.
const PAUSE: Duration = Duration::from_millis(500);

/// Renews until the process stops and nothing is held any more.
///
/// A hint renews early, because it may be about a cancel.
pub(super) async fn keep(worker: Arc<Worker>, hint: Hint) {
    let stop = worker.tasks.stopping();
    let mut is_failing = false;
    while !stop.is_cancelled() || !worker.slots.is_empty() {
        match beat(&worker).await {
            Ok(()) if is_failing => {
                is_failing = false;
                info!("Claims are renewed again");
            }
            Ok(()) => {}
            Err(error) if !is_failing => {
                is_failing = true;
                warn!("Claims cannot be renewed at the moment: {error}");
            }
            Err(_still) => {}
        }
        worker.ssh.tidy();
        rest(&worker, &hint, is_failing).await;
    }
    // Nobody misses it: a worker that is not seen for a day is forgotten as well.
    let _forgotten = limited(async {
        let mut conn = worker.db.acquire().await?;
        store::workers::delete(&mut conn, &worker.id).await
    })
    .await;
}

/// Stops what could not be renewed in time, however long the database takes to answer.
pub(super) async fn fence(worker: Arc<Worker>) {
    let stop = worker.tasks.stopping();
    while !stop.is_cancelled() || !worker.slots.is_empty() {
        let stopped = worker.slots.fence(worker.settings.fence());
        if stopped > 0 {
            warn!("{stopped} steps are given up: their claims could not be renewed in time");
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn rest(worker: &Worker, hint: &Hint, is_failing: bool) {
    tokio::time::sleep(PAUSE.min(worker.settings.heartbeat)).await;
    let stop = worker.tasks.stopping();
    if is_failing || stop.is_cancelled() {
        return;
    }
    tokio::select! {
        () = stop.cancelled() => {}
        () = hint.wait() => {}
        () = tokio::time::sleep(worker.settings.heartbeat.saturating_sub(PAUSE)) => {}
    }
}

async fn beat(worker: &Worker) -> sqlx::Result<()> {
    let (steps, epochs): (Vec<i64>, Vec<i64>) = worker
        .slots
        .all()
        .iter()
        .map(|held| (held.step_id, held.epoch))
        .unzip();
    let lease_seconds = worker.settings.lease_seconds();
    let is_draining = worker.tasks.stopping().is_cancelled();
    let asked_at = Instant::now();
    let told = limited(async {
        let mut conn = worker.db.acquire().await?;
        let told = if steps.is_empty() {
            Vec::new()
        } else {
            let id = &worker.id;
            store::claims::renew(&mut conn, id, &steps, &epochs, lease_seconds).await?
        };
        let version = env!("CARGO_PKG_VERSION");
        store::workers::note(&mut conn, &worker.id, &worker.host, version, is_draining).await?;
        Ok(told)
    })
    .await?;
    for held in worker.slots.learn(&told, asked_at) {
        warn!(
            step.id = held.step_id,
            epoch = held.epoch,
            "A claim is lost, its work is stopped"
        );
        settle::report_stale(worker, &held, "renew").await;
    }
    Ok(())
}
