//! How the worker, the queue and the other executors are doing.

use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::app::App;
use crate::error::Error;
use crate::store;

/// The worker of this process, and the queue of all.
pub(crate) struct Status {
    pub(crate) worker_running: bool,
    pub(crate) worker_enabled: bool,
    pub(crate) poll_interval: Duration,
    pub(crate) queue: QueueCounts,
}

/// Numbers of steps; those of final states are counted up, never counted anew.
pub(crate) struct QueueCounts {
    pub(crate) queued: i64,
    pub(crate) running: i64,
    pub(crate) succeeded: i64,
    pub(crate) failed: i64,
}

/// An executor process that has been seen.
pub(crate) struct SeenWorker {
    pub(crate) id: String,
    pub(crate) host: String,
    pub(crate) version: String,
    pub(crate) started_at: DateTime<Utc>,
    pub(crate) last_seen_at: DateTime<Utc>,
    pub(crate) draining: bool,
    pub(crate) alive: bool,
    pub(crate) running_steps: i64,
}

/// Tells how the worker and the queue are doing.
pub(crate) async fn get(app: &App) -> Result<Status, Error> {
    let mut conn = app.db.acquire().await?;
    let queue = store::queue::count(&mut conn).await?;
    Ok(Status {
        worker_running: app.worker.is_running(),
        worker_enabled: app.worker.settings.enabled,
        poll_interval: app.worker.settings.poll_interval,
        queue,
    })
}

/// Lists the workers, the one seen last first.
pub(crate) async fn list_workers(app: &App) -> Result<Vec<SeenWorker>, Error> {
    let mut conn = app.db.acquire().await?;
    let lease_seconds = app.worker.settings.lease.as_secs_f64();
    Ok(store::workers::list(&mut conn, lease_seconds).await?)
}
