//! Undoing runs over HTTP.

use actix_web::post;
use actix_web::web::Data;
use common::id::RunId;
use service_kit::caller::Caller;
use service_kit::error::ApiError;
use service_kit::json::{Created, Path};

use crate::app::App;
use crate::domain::undo;
use crate::routes::runs::Run;

/// Starts a run that undoes what a run has done, in reverse order: its steps that succeeded, say how
/// they are undone, and were not undone yet. A run that a failure has ended does so by itself.
#[utoipa::path(tag = "runs", security(("bearer" = ["runs:start"])), params(("id" = RunId, Path)),
    responses((status = 201, body = Run)))]
#[post("/runs/{id}/undo")]
pub(crate) async fn undo_run(
    app: Data<App>,
    who: Caller,
    Path(id): Path<RunId>,
) -> Result<Created<Run>, ApiError> {
    Ok(Created(undo::start(&app, &who, id).await?.try_into()?))
}
