//! How services are: from the last checks, with their age; and starting them again.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::web::Data;
use actix_web::{get, post};
use chrono::{DateTime, Utc};
use common::problem::Problem;
use serde::{Deserialize, Serialize};
use service_kit::caller::Person;
use service_kit::error::ApiError;
use service_kit::json::{Json, Path, Query};
use utoipa::ToSchema;

use super::InSuite;
use super::ports::service_name;
use crate::app::App;
use crate::domain::health::{Condition, Status, Verdict};
use crate::domain::ledger::Actor;
use crate::domain::record::{DEFAULT_SUITE, Service, Suite};
use crate::domain::relocation::place_of;
use crate::domain::{restart, target};
use crate::error::Error;
use crate::store;

/// Services of a suite.
#[derive(Serialize, ToSchema)]
struct Discovered {
    /// Always true.
    success: bool,
    /// Their names.
    services: Vec<String>,
    /// How many these are.
    count: usize,
    /// Those of them that the Hub knows and the suite does not: they have no port here.
    unmanaged: Vec<String>,
}

/// Lists the names of all services: those of the suite, and those that the Hub knows beside.
#[utoipa::path(tag = "services", security(("bearer" = ["ports:read"])), params(InSuite),
    responses((status = 200, body = Discovered), (status = 404, body = Problem)))]
#[get("/api/services/discover")]
pub(super) async fn discover_services(
    app: Data<App>,
    Query(query): Query<InSuite>,
) -> Result<Json<Discovered>, ApiError> {
    let (suite, services, _health) = read(&app, query.suite.as_deref()).await?;
    let mut names: BTreeSet<String> = services.into_iter().map(|service| service.name).collect();
    let mut unmanaged = BTreeSet::new();
    // The Hub is that of the default suite.
    if suite.name == DEFAULT_SUITE {
        unmanaged = app.discovered.get().difference(&names).cloned().collect();
        names.extend(unmanaged.iter().cloned());
    }
    Ok(Json(Discovered {
        success: true,
        count: names.len(),
        services: names.into_iter().collect(),
        unmanaged: unmanaged.into_iter().collect(),
    }))
}

async fn read(
    app: &App,
    suite: Option<&str>,
) -> Result<(Suite, Vec<Service>, BTreeMap<i64, Condition>), Error> {
    let mut conn = app.store.acquire().await?;
    let suite = target::suite(&mut conn, suite).await?;
    let services = store::services::list(&mut conn, suite.id).await?;
    let health = store::health::list(&mut conn, suite.id).await?;
    let health = health
        .into_iter()
        .map(|record| (record.service_id, record.condition));
    Ok((suite, services, health.collect()))
}

/// How a service is.
#[derive(Serialize, ToSchema)]
struct ServiceStatus {
    /// The service.
    service_id: String,
    /// Its port.
    port: Option<u16>,
    /// How it is.
    status: Status,
    /// When it was checked last.
    last_checked: Option<DateTime<Utc>>,
    /// How long ago that was, in seconds.
    age_seconds: Option<i64>,
    /// When this status began.
    since: Option<DateTime<Utc>>,
    /// Time of the last answer, in milliseconds.
    latency_ms: Option<u32>,
    /// What was seen, in words.
    detail: String,
    /// Group that it is shown in.
    category: String,
}

impl ServiceStatus {
    fn of(service: Service, condition: Option<&Condition>, now: DateTime<Utc>) -> Self {
        Self {
            service_id: service.name,
            port: service.port,
            status: condition.map_or(Status::Unknown, |condition| condition.status),
            last_checked: condition.and_then(|condition| condition.last_checked),
            age_seconds: condition
                .and_then(|condition| condition.age(now))
                .map(|age| age.num_seconds()),
            since: condition.map(|condition| condition.since),
            latency_ms: condition.and_then(|condition| condition.latency_ms),
            detail: condition.map_or_else(
                || "not checked yet".to_owned(),
                |condition| condition.detail.clone(),
            ),
            category: service.category,
        }
    }
}

/// How all services of a suite are.
#[derive(Serialize, ToSchema)]
struct StatusList {
    /// Always true.
    success: bool,
    /// Each of them.
    statuses: Vec<ServiceStatus>,
    /// How many these are.
    total: usize,
    /// How many answer.
    healthy: usize,
    /// How many do not, or were not checked yet.
    unhealthy: usize,
}

/// Tells how all services are, as of the last checks.
#[utoipa::path(tag = "services", security(("bearer" = ["ports:read"])), params(InSuite),
    responses((status = 200, body = StatusList), (status = 404, body = Problem)))]
#[get("/api/services/status")]
pub(super) async fn list_status(
    app: Data<App>,
    Query(query): Query<InSuite>,
) -> Result<Json<StatusList>, ApiError> {
    let (_suite, services, health) = read(&app, query.suite.as_deref()).await?;
    let now = app.clock.now();
    let each = services.into_iter().map(|service| {
        let condition = health.get(&service.id);
        ServiceStatus::of(service, condition, now)
    });
    let statuses: Vec<_> = each.collect();
    let healthy = statuses.iter().filter(|one| one.status.is_up()).count();
    Ok(Json(StatusList {
        success: true,
        total: statuses.len(),
        healthy,
        unhealthy: statuses.len() - healthy,
        statuses,
    }))
}

/// How one service is.
#[derive(Serialize, ToSchema)]
struct OneStatus {
    /// Always true.
    success: bool,
    /// How it is.
    status: ServiceStatus,
}

/// Tells how a service is, as of the last check.
#[utoipa::path(tag = "services", security(("bearer" = ["ports:read"])),
    params(("service_id" = String, Path, description = "Service"), InSuite),
    responses((status = 200, body = OneStatus), (status = 404, body = Problem)))]
#[get("/api/services/status/{service_id}")]
pub(super) async fn get_status(
    app: Data<App>,
    Path(name): Path<String>,
    Query(query): Query<InSuite>,
) -> Result<Json<OneStatus>, ApiError> {
    let (suite, services, health) = read(&app, query.suite.as_deref()).await?;
    let found = services.into_iter().find(|service| service.name == name);
    let service = found.ok_or(Error::NoSuchService(name, suite.name))?;
    let condition = health.get(&service.id);
    Ok(Json(OneStatus {
        success: true,
        status: ServiceStatus::of(service, condition, app.clock.now()),
    }))
}

/// Names a service.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RestartService {
    /// The service.
    service_id: Option<String>,
    /// The same, as some clients call it.
    service_name: Option<String>,
    /// Name of the suite.
    suite: Option<String>,
}

/// A service that starts again.
#[derive(Serialize, ToSchema)]
struct Restarted {
    /// Always true.
    success: bool,
    /// The service.
    service_id: String,
    /// Who does it, in words.
    message: String,
}

/// Starts a service again: through the Hub, else by asking the service itself.
#[utoipa::path(tag = "services", security(("bearer" = ["ports:write"])), params(InSuite), request_body = RestartService,
    responses((status = 200, body = Restarted), (status = 404, body = Problem),
        (status = 400, body = Problem, description = "ports.not_restarted")))]
#[post("/api/services/restart")]
pub(super) async fn restart_service(
    app: Data<App>,
    who: Person,
    Query(query): Query<InSuite>,
    Json(body): Json<RestartService>,
) -> Result<Json<Restarted>, ApiError> {
    let name = service_name(body.service_id, body.service_name)?;
    let suite = body.suite.or(query.suite);
    let by = restart::restart(&app, Actor::Person(&who), suite.as_deref(), &name).await?;
    Ok(Json(Restarted {
        success: true,
        message: format!("Service {name} restarts, {by}"),
        service_id: name,
    }))
}

/// What a check found at this moment.
#[derive(Serialize, ToSchema)]
struct Checked {
    /// Always true.
    success: bool,
    /// The service.
    service_id: String,
    /// Its port.
    port: u16,
    /// Whether it answers well.
    healthy: bool,
    /// What was seen, in words.
    detail: String,
}

/// Checks a service now.
#[utoipa::path(tag = "services", security(("bearer" = ["ports:read"])),
    params(("service_id" = String, Path, description = "Service"), InSuite),
    responses((status = 200, body = Checked), (status = 404, body = Problem)))]
#[get("/api/services/health/{service_id}")]
pub(super) async fn check_service(
    app: Data<App>,
    Path(name): Path<String>,
    Query(query): Query<InSuite>,
) -> Result<Json<Checked>, ApiError> {
    let mut conn = app.store.acquire().await.map_err(Error::from)?;
    let suite = target::suite(&mut conn, query.suite.as_deref()).await?;
    let service = target::service(&mut conn, &suite, &name).await?;
    drop(conn);
    let port = service
        .port
        .ok_or_else(|| Error::NoPort(service.name.clone()))?;
    let check = app
        .probe
        .health(&place_of(&app, &suite, &service, port))
        .await;
    Ok(Json(Checked {
        success: true,
        service_id: service.name,
        port,
        healthy: check.verdict != Verdict::Bad,
        detail: check.detail,
    }))
}
