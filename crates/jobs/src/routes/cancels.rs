//! Canceling over HTTP: a run, a target of it, a step.

use actix_web::post;
use actix_web::web::Data;
use common::id::{RunId, StepId, TargetId};
use service_kit::caller::Caller;
use service_kit::error::ApiError;
use service_kit::json::{Json, Path};

use crate::app::App;
use crate::domain::cancel;
use crate::routes::runs::Run;

/// Cancels a run: at once if nothing of it runs, else as soon as its executor confirms.
#[utoipa::path(tag = "runs", security(("bearer" = ["runs:start"])), params(("id" = RunId, Path)),
    responses((status = 200, body = Run)))]
#[post("/runs/{id}/cancel")]
pub(crate) async fn cancel_run(
    app: Data<App>,
    who: Caller,
    Path(id): Path<RunId>,
) -> Result<Json<Run>, ApiError> {
    Ok(Json(cancel::cancel_run(&app, &who, id).await?.try_into()?))
}

/// Cancels a step: at once if it does not run, else as soon as its executor confirms. It is
/// `aborted` for the reason `canceled`, and what follows is what follows of its failure
/// (`on_error`). Repeating the request changes nothing.
#[utoipa::path(tag = "runs", security(("bearer" = ["runs:start"])),
    params(("id" = RunId, Path), ("step" = StepId, Path)), responses((status = 200, body = Run)))]
#[post("/runs/{id}/steps/{step}/cancel")]
pub(crate) async fn cancel_step(
    app: Data<App>,
    who: Caller,
    Path((id, step)): Path<(RunId, StepId)>,
) -> Result<Json<Run>, ApiError> {
    let row = cancel::cancel_step(&app, &who, id, step).await?;
    Ok(Json(row.try_into()?))
}

/// Cancels all that a run has still to do on a target; it goes on with the others as after a
/// failure there.
#[utoipa::path(tag = "runs", security(("bearer" = ["runs:start"])),
    params(("id" = RunId, Path), ("target" = i64, Path)),
    responses((status = 200, body = Run)))]
#[post("/runs/{id}/targets/{target}/cancel")]
pub(crate) async fn cancel_target(
    app: Data<App>,
    who: Caller,
    Path((id, target)): Path<(RunId, TargetId)>,
) -> Result<Json<Run>, ApiError> {
    let row = cancel::cancel_target(&app, &who, id, target).await?;
    Ok(Json(row.try_into()?))
}
