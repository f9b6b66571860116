//! Runs of steps, for the executors that hold these.

use actix_web::post;
use actix_web::web::Data;
use common::model::run::{Child, StartChild};
use service_kit::caller::CallingService;
use service_kit::error::ApiError;
use service_kit::json::Json;

use crate::app::App;
use crate::domain::child;

/// The run of a `job` step: started by the first call of each try, looked at by those after it.
#[utoipa::path(tag = "internal", security(("service" = ["executor"])),
    request_body = StartChild, responses((status = 200, body = Child)))]
#[post("/internal/runs/child")]
pub(crate) async fn ensure_child(
    app: Data<App>,
    service: CallingService,
    Json(wish): Json<StartChild>,
) -> Result<Json<Child>, ApiError> {
    Ok(Json(child::ensure(&app, &service, &wish).await?))
}
