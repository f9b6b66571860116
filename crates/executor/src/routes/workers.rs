//! The executor processes that have been seen lately.

use actix_web::get;
use actix_web::web::Data;
use chrono::{DateTime, Utc};
use serde::Serialize;
use service_kit::error::ApiError;
use service_kit::json::Json;
use utoipa::ToSchema;

use crate::app::App;
use crate::domain::status::{self, SeenWorker};

/// Workers, the one seen last first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct WorkerList {
    /// The workers.
    workers: Vec<WorkerAnswer>,
    /// How many.
    total: usize,
}

/// An executor process.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct WorkerAnswer {
    /// New with each start of the process.
    id: String,
    /// Machine that it runs on.
    host: String,
    /// Version of the program.
    version: String,
    /// When it started.
    started_at: DateTime<Utc>,
    /// Its last heartbeat.
    last_seen_at: DateTime<Utc>,
    /// Whether it takes no more steps.
    draining: bool,
    /// Whether its last heartbeat is recent enough for its claims to hold.
    alive: bool,
    /// Steps that it holds.
    running_steps: i64,
}

impl From<SeenWorker> for WorkerAnswer {
    fn from(seen: SeenWorker) -> Self {
        Self {
            id: seen.id,
            host: seen.host,
            version: seen.version,
            started_at: seen.started_at,
            last_seen_at: seen.last_seen_at,
            draining: seen.draining,
            alive: seen.alive,
            running_steps: seen.running_steps,
        }
    }
}

/// Lists the executor processes of the last day.
#[utoipa::path(
    tag = "executor",
    security(("bearer" = ["executor:read"])),
    responses((status = 200, body = WorkerList))
)]
#[get("/workers")]
pub(super) async fn list_workers(app: Data<App>) -> Result<Json<WorkerList>, ApiError> {
    let workers: Vec<WorkerAnswer> = status::list_workers(&app)
        .await?
        .into_iter()
        .map(Into::into)
        .collect();
    Ok(Json(WorkerList {
        total: workers.len(),
        workers,
    }))
}
