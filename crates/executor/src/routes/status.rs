//! How the worker of this process and the queue are doing.

use actix_web::get;
use actix_web::web::Data;
use serde::Serialize;
use service_kit::error::ApiError;
use service_kit::json::Json;
use utoipa::ToSchema;

use crate::app::App;
use crate::domain::status::{self, Status};

/// The worker of this process, and the queue of all.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StatusAnswer {
    /// Whether the worker's loop looks for work now.
    worker_running: bool,
    /// Whether the settings let it.
    worker_enabled: bool,
    /// Longest wait before it looks for work, in seconds.
    poll_interval: u64,
    /// Steps of all runs.
    queue_stats: QueueStats,
}

/// Numbers of steps.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct QueueStats {
    /// Wait for their turn or for an executor.
    queued_steps: i64,
    /// Held by an executor.
    running_steps: i64,
    /// Succeeded since the installation.
    succeeded_steps: i64,
    /// Failed since the installation.
    failed_steps: i64,
}

impl From<Status> for StatusAnswer {
    fn from(status: Status) -> Self {
        let queue = status.queue;
        Self {
            worker_running: status.worker_running,
            worker_enabled: status.worker_enabled,
            poll_interval: status.poll_interval.as_secs(),
            queue_stats: QueueStats {
                queued_steps: queue.queued,
                running_steps: queue.running,
                succeeded_steps: queue.succeeded,
                failed_steps: queue.failed,
            },
        }
    }
}

/// Tells how the worker and the queue are doing.
#[utoipa::path(
    tag = "executor",
    security(("bearer" = ["executor:read"])),
    responses((status = 200, body = StatusAnswer))
)]
#[get("/status")]
pub(super) async fn get_status(app: Data<App>) -> Result<Json<StatusAnswer>, ApiError> {
    let status = status::get(&app).await?;
    Ok(Json(status.into()))
}
