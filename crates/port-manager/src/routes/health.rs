//! How the port manager is, where clients of the suite ask for it.

use std::collections::BTreeMap;

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use serde::Serialize;
use service_kit::error::ApiError;
use service_kit::health::HealthChecks;
use service_kit::json::Json;
use utoipa::ToSchema;

use crate::app::App;
use crate::domain::conflict;
use crate::domain::statistics::{self, Statistics};
use common::model::service::Health;

/// Tells how the port manager is.
#[utoipa::path(tag = "health", security(()), responses((status = 200, body = Health), (status = 503, body = Health)))]
#[get("/api/health/")]
pub(super) async fn get_api_health(health: Data<HealthChecks>) -> HttpResponse {
    let report = health.report().await;
    if report.status == "healthy" {
        return HttpResponse::Ok().json(Health {
            checks: BTreeMap::new(),
            ..report
        });
    }
    HttpResponse::ServiceUnavailable().json(report)
}

/// How the port manager is, with numbers.
#[derive(Serialize, ToSchema)]
struct DetailedHealth {
    /// How it is.
    #[serde(flatten)]
    health: Health,
    /// Numbers of the default suite.
    statistics: Statistics,
    /// Things that are wrong there.
    conflicts: usize,
    /// How long this process has run, in seconds.
    uptime_seconds: u64,
}

/// Tells how the port manager is, with numbers of the default suite.
#[utoipa::path(tag = "health", security(("bearer" = ["ports:read"])), responses((status = 200, body = DetailedHealth)))]
#[get("/api/health/detailed")]
pub(super) async fn get_detailed_health(
    app: Data<App>,
    health: Data<HealthChecks>,
) -> Result<Json<DetailedHealth>, ApiError> {
    let conflicts = conflict::list_present(&app, None).await?.len();
    Ok(Json(DetailedHealth {
        health: health.report().await,
        statistics: Statistics::clone(&*statistics::count(&app, None).await?),
        conflicts,
        uptime_seconds: app.started.elapsed().as_secs(),
    }))
}
