//! Ports of services, free ports, histories and numbers: read.

use std::collections::BTreeMap;

use actix_web::get;
use actix_web::web::Data;
use chrono::{DateTime, Utc};
use common::problem::Problem;
use serde::{Deserialize, Serialize};
use service_kit::error::ApiError;
use service_kit::json::{Json, Path, Query, Rendered};
use utoipa::{IntoParams, ToSchema};

use super::InSuite;
use crate::app::App;
use crate::domain::assignment;
use crate::domain::record::port;
use crate::domain::statistics::{self, Statistics};
use crate::domain::target;
use crate::error::Error;
use crate::store;

/// Most free ports in one answer.
const MAX_FREE: i64 = 1000;

/// The ports of a suite.
#[derive(Serialize, ToSchema)]
struct Assignments {
    /// Always true.
    success: bool,
    /// Port of each service that has one.
    assignments: BTreeMap<String, u16>,
    /// How many these are.
    total: usize,
}

/// Lists the ports of a suite.
#[utoipa::path(tag = "ports", security(("bearer" = ["ports:read"])), params(InSuite),
    responses((status = 200, body = Assignments), (status = 404, body = Problem)))]
#[get("/api/ports/assignments")]
pub(super) async fn list_assignments(
    app: Data<App>,
    Query(query): Query<InSuite>,
) -> Result<Rendered, ApiError> {
    let suite = query.suite.as_deref();
    let key = ("assignments", suite);
    let listed = list_ports(&app, suite);
    Ok(app.recent.render(&app.store, key, listed).await?)
}

async fn list_ports(app: &App, suite: Option<&str>) -> Result<Assignments, Error> {
    let mut conn = app.store.acquire().await?;
    let suite = target::suite(&mut conn, suite).await?;
    let ports = store::services::list_ports(&mut conn, suite.id).await?;
    Ok(Assignments {
        success: true,
        total: ports.len(),
        assignments: ports.into_iter().collect(),
    })
}

/// The port of a service.
#[derive(Serialize, ToSchema)]
pub(super) struct ServicePort {
    /// Always true.
    pub(super) success: bool,
    /// The service.
    pub(super) service_id: String,
    /// Its port.
    pub(super) port: u16,
}

/// Tells the port of a service.
#[utoipa::path(tag = "ports", security(("bearer" = ["ports:read"])),
    params(("service_id" = String, Path, description = "Service"), InSuite),
    responses((status = 200, body = ServicePort), (status = 404, body = Problem)))]
#[get("/api/ports/assignments/{service_id}")]
pub(super) async fn get_assignment(
    app: Data<App>,
    Path(name): Path<String>,
    Query(query): Query<InSuite>,
) -> Result<Json<ServicePort>, ApiError> {
    Ok(Json(find_port(&app, query.suite.as_deref(), &name).await?))
}

/// The port of a service.
pub(super) async fn find_port(
    app: &App,
    suite: Option<&str>,
    name: &str,
) -> Result<ServicePort, Error> {
    let mut conn = app.store.acquire().await?;
    let suite = target::suite(&mut conn, suite).await?;
    let service = target::service(&mut conn, &suite, name).await?;
    let port = service
        .port
        .ok_or_else(|| Error::NoPort(service.name.clone()))?;
    Ok(ServicePort {
        success: true,
        service_id: service.name,
        port,
    })
}

/// Which free ports are wanted.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct WhichFree {
    /// Name of the suite.
    suite: Option<String>,
    /// Lowest one.
    start_port: Option<i64>,
    /// How many; the answer then has `ports`.
    #[param(minimum = 1, maximum = 1000)]
    count: Option<i64>,
}

/// Free ports.
#[derive(Serialize, ToSchema)]
struct FreePorts {
    /// Always true.
    success: bool,
    /// The lowest.
    port: u16,
    /// As many as were asked for, lowest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    ports: Option<Vec<u16>>,
}

/// Finds free ports, lowest first.
#[utoipa::path(tag = "ports", security(("bearer" = ["ports:read"])), params(WhichFree),
    responses((status = 200, body = FreePorts), (status = 404, body = Problem, description = "ports.no_free_port")))]
#[get("/api/ports/available")]
pub(super) async fn get_available(
    app: Data<App>,
    Query(query): Query<WhichFree>,
) -> Result<Json<FreePorts>, ApiError> {
    let start = query
        .start_port
        .map(|number| port("start_port", number))
        .transpose()?;
    let count = query.count.unwrap_or(1);
    if !(1..=MAX_FREE).contains(&count) {
        return Err(ApiError::field(
            "count",
            "out_of_range",
            "must be between 1 and 1000",
        ));
    }
    let wanted = usize::try_from(count).unwrap_or(1);
    let ports = assignment::list_free(&app, query.suite.as_deref(), start, wanted).await?;
    match ports.first() {
        Some(first) => Ok(Json(FreePorts {
            success: true,
            port: *first,
            ports: query.count.map(|_| ports),
        })),
        None => Err(Error::NoFreePort(start.map_or(0, u32::from), 65_535).into()),
    }
}

/// How much of a history is wanted.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct HowMuchHistory {
    /// Name of the suite.
    suite: Option<String>,
    /// Adds who, when and why.
    #[serde(default)]
    detail: bool,
}

/// Ports that a service had.
#[derive(Serialize, ToSchema)]
struct History {
    /// Always true.
    success: bool,
    /// The service.
    service_id: String,
    /// Its ports, oldest first.
    history: Vec<u16>,
    /// The same with who, when and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<Vec<HistoryStep>>,
}

/// One of them.
#[derive(Serialize, ToSchema)]
struct HistoryStep {
    /// The port.
    port: u16,
    /// When it was given.
    at: DateTime<Utc>,
    /// Who gave it.
    by: String,
    /// Why.
    reason: String,
}

/// Tells which ports a service had.
#[utoipa::path(tag = "ports", security(("bearer" = ["ports:read"])),
    params(("service_id" = String, Path, description = "Service"), HowMuchHistory),
    responses((status = 200, body = History), (status = 404, body = Problem)))]
#[get("/api/ports/history/{service_id}")]
pub(super) async fn get_history(
    app: Data<App>,
    Path(name): Path<String>,
    Query(query): Query<HowMuchHistory>,
) -> Result<Json<History>, ApiError> {
    let mut conn = app.store.acquire().await.map_err(Error::from)?;
    let suite = target::suite(&mut conn, query.suite.as_deref()).await?;
    let service = target::service(&mut conn, &suite, &name).await?;
    let past = store::history::list(&mut conn, service.id)
        .await
        .map_err(Error::from)?;
    let history = past.iter().map(|step| step.port).collect();
    let details = past.into_iter().map(|step| HistoryStep {
        port: step.port,
        at: step.at,
        by: step.actor,
        reason: step.reason,
    });
    Ok(Json(History {
        success: true,
        service_id: service.name,
        history,
        details: query.detail.then(|| details.collect()),
    }))
}

/// Numbers of a suite.
#[derive(Serialize, ToSchema)]
struct SuiteStatistics {
    /// Always true.
    success: bool,
    /// The numbers.
    statistics: Statistics,
}

/// Counts services, ports and conflicts.
#[utoipa::path(tag = "ports", security(("bearer" = ["ports:read"])), params(InSuite),
    responses((status = 200, body = SuiteStatistics), (status = 404, body = Problem)))]
#[get("/api/ports/statistics")]
pub(super) async fn get_statistics(
    app: Data<App>,
    Query(query): Query<InSuite>,
) -> Result<Json<SuiteStatistics>, ApiError> {
    let statistics = statistics::count(&app, query.suite.as_deref()).await?;
    Ok(Json(SuiteStatistics {
        success: true,
        statistics: Statistics::clone(&statistics),
    }))
}
