//! What other services ask.

use actix_web::post;
use actix_web::web::Data;
use common::model::target::{ResolveTargets, ResolvedTargets};
use service_kit::error::ApiError;
use service_kit::json::Json;

use crate::app::App;
use crate::domain::snapshot;

/// Answers names with all that steps need to know of their targets, but no secret.
#[utoipa::path(tag = "internal", security(("service" = ["jobs", "executor"])), request_body = ResolveTargets, responses((status = 200, body = ResolvedTargets)))]
#[post("/internal/targets/resolve")]
pub(crate) async fn resolve_targets(
    app: Data<App>,
    Json(body): Json<ResolveTargets>,
) -> Result<Json<ResolvedTargets>, ApiError> {
    Ok(Json(snapshot::resolve(&app, body).await?))
}
