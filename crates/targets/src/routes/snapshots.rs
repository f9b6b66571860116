//! What other services ask.

use actix_web::post;
use actix_web::web::Data;
use common::model::target::{ResolveTargets, ResolvedTargets, SelectedTarget, TargetSelector};
use serde::Serialize;
use service_kit::error::ApiError;
use service_kit::json::Json;
use utoipa::ToSchema;

use crate::app::App;
use crate::domain::{selection, snapshot};

/// Answers names with all that steps need to know of their targets, but no secret.
#[utoipa::path(tag = "internal", security(("service" = ["jobs", "executor"])), request_body = ResolveTargets, responses((status = 200, body = ResolvedTargets)))]
#[post("/internal/targets/resolve")]
pub(crate) async fn resolve_targets(
    app: Data<App>,
    Json(body): Json<ResolveTargets>,
) -> Result<Json<ResolvedTargets>, ApiError> {
    Ok(Json(snapshot::resolve(&app, body).await?))
}

/// Whom a selector hits.
#[derive(Debug, Serialize, ToSchema)]
pub struct Selection {
    /// By name.
    targets: Vec<SelectedTarget>,
    /// How many.
    total: usize,
}

/// Shows whom a selector hits, as a job with it would run on them; changes nothing.
#[utoipa::path(tag = "targets", security(("bearer" = ["targets:read"])), request_body = TargetSelector, responses((status = 200, body = Selection)))]
#[post("/targets/select")]
pub(crate) async fn select_targets(
    app: Data<App>,
    Json(body): Json<TargetSelector>,
) -> Result<Json<Selection>, ApiError> {
    let targets = selection::select(&app, body, "").await?;
    let total = targets.len();
    Ok(Json(Selection { targets, total }))
}
