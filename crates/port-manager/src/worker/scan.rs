//! Looks at the sockets of this machine and at the gateway, writes down what it saw, and what is wrong.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use serde_json::{Value, json};
use service_kit::reconcile::{Hint, every};
use service_kit::service::Kit;

use crate::app::{App, Shared};
use crate::domain::{conflict, suite};
use crate::error::Error;
use crate::observe::{Listener, Snapshot};
use crate::store;
use crate::store::observations::Seen;
use crate::worker::{has, metrics};

/// Name of its lease.
pub(super) const WORK: &str = "scan";
/// Most connections that are written down.
const MAX_OUTGOING: usize = 1000;

/// How long events, and calls that a partner does not take, are kept, and how many events at most: who
/// was away longer reads everything anew.
const KEPT: TimeDelta = TimeDelta::days(7);
/// See [`KEPT`].
const MOST_KEPT: i64 = 100_000;

/// Looks every few seconds.
pub(super) fn start(kit: &Kit, app: &Shared) {
    let app = Arc::clone(app);
    let period = app.config.scan_interval;
    every(&kit.tasks, "scan", period, Hint::default(), move || {
        let app = Arc::clone(&app);
        async move {
            suite::apply_range(&app).await?;
            if has(&app, WORK).await? {
                round(&app).await?;
            } else {
                // It may be asked for conflicts all the same.
                app.gateway.look(&app.probe).await;
            }
            metrics::record(&app).await
        }
    });
}

/// Looks now.
///
/// # Errors
/// When the sockets cannot be read, or the database refuses.
pub async fn round(app: &App) -> Result<(), Error> {
    app.gateway.look(&app.probe).await;
    let sockets = app.observer.look(Duration::ZERO).await?;
    app.recent.forget();
    write(app, &sockets).await?;
    let suites = {
        let mut conn = app.store.acquire().await?;
        store::suites::list(&mut conn).await?
    };
    for one in suites {
        conflict::remember(app, &one.name, Arc::clone(&sockets)).await?;
    }
    Ok(())
}

async fn write(app: &App, sockets: &Snapshot) -> Result<(), Error> {
    let now = app.clock.now();
    let seen: Vec<Seen> = sockets
        .listeners
        .iter()
        .map(|listener| seen(listener, now))
        .collect();
    let kernel = &sockets.kernel;
    let ends = |range: &std::ops::RangeInclusive<u16>| json!([range.start(), range.end()]);
    let facts = json!({
        "ephemeral": ends(&kernel.ephemeral), "reserved": kernel.reserved.iter().map(ends).collect::<Vec<_>>(),
        "unprivileged_from": kernel.unprivileged_from,
    });
    let outgoing = sockets
        .outgoing
        .iter()
        .take(MAX_OUTGOING)
        .map(|connection| json!(connection.local.port()));
    let mut tx = app.store.begin().await?;
    store::observations::upsert(&mut tx, &seen, now).await?;
    store::observations::delete_unseen(&mut tx, now).await?;
    store::observations::note_scan(&mut tx, now, &facts, &Value::Array(outgoing.collect())).await?;
    store::claims::delete_expired(&mut tx, now).await?;
    store::events::delete_old(&mut tx, now - KEPT, MOST_KEPT).await?;
    store::outbox::delete_old(&mut tx, now - KEPT).await?;
    tx.commit().await?;
    Ok(())
}

fn seen(listener: &Listener, now: chrono::DateTime<chrono::Utc>) -> Seen {
    let owner = listener.owner.as_ref();
    Seen {
        address: listener.address,
        port: listener.port,
        sockets: listener.sockets,
        uid: listener.uid,
        pid: owner.map(|owner| owner.pid),
        program: owner.map(|owner| owner.program.clone()),
        started_at: owner.map(|owner| owner.started_at),
        first_seen: now,
    }
}
