//! Services of a suite: added, changed, removed.

use actix_web::web::Data;
use actix_web::{delete, get, post, put};
use common::model::service::Message;
use common::problem::{FieldError, Problem};
use serde::{Deserialize, Deserializer, Serialize};
use service_kit::caller::Person;
use service_kit::error::ApiError;
use service_kit::json::{Created, Json, Path, Query};
use utoipa::ToSchema;

use super::InSuite;
use crate::app::App;
use crate::domain::catalog::{self, ServiceEdit};
use crate::domain::ledger::Actor;
use crate::domain::record::{Criticality, Movable, Service};
use crate::domain::target;
use crate::error::Error;
use crate::store;

/// A service.
#[derive(Serialize, ToSchema)]
struct ServiceView {
    /// Its name.
    service_id: String,
    /// Name for people.
    title: String,
    /// Group that it is shown in.
    category: String,
    /// How much an interruption hurts.
    criticality: Criticality,
    /// Where it runs; none follows the suite.
    host: Option<String>,
    /// Path that answers 200 when it is healthy.
    health_path: String,
    /// How it changes its port.
    movable: Movable,
    /// Whether its health counts for nothing.
    maintenance: bool,
    /// Its port.
    port: Option<u16>,
    /// Whether the port is its own.
    has_claim: bool,
    /// Port after a reset.
    default_port: Option<u16>,
    /// Process that registered itself as this service.
    pid: Option<u32>,
    /// Services that it calls.
    depends_on: Vec<String>,
}

impl From<Service> for ServiceView {
    fn from(service: Service) -> Self {
        Self {
            service_id: service.name,
            title: service.title,
            category: service.category,
            criticality: service.criticality,
            host: service.host,
            health_path: service.health_path,
            movable: service.movable,
            maintenance: service.maintenance,
            port: service.port,
            has_claim: service.has_claim,
            default_port: service.default_port,
            pid: service.pid,
            depends_on: service.depends_on,
        }
    }
}

/// Services.
#[derive(Serialize, ToSchema)]
struct ServiceList {
    /// By name.
    services: Vec<ServiceView>,
    /// How many these are.
    total: usize,
}

/// Lists the services of a suite.
#[utoipa::path(tag = "services", security(("bearer" = ["ports:read"])), params(InSuite),
    responses((status = 200, body = ServiceList), (status = 404, body = Problem)))]
#[get("/api/services")]
pub(super) async fn list_services(
    app: Data<App>,
    Query(query): Query<InSuite>,
) -> Result<Json<ServiceList>, ApiError> {
    let mut conn = app.store.acquire().await.map_err(Error::from)?;
    let suite = target::suite(&mut conn, query.suite.as_deref()).await?;
    let services = store::services::list(&mut conn, suite.id)
        .await
        .map_err(Error::from)?;
    let services: Vec<_> = services.into_iter().map(ServiceView::from).collect();
    Ok(Json(ServiceList {
        total: services.len(),
        services,
    }))
}

/// What a service is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateService {
    /// Its name.
    #[schema(max_length = 100)]
    service_id: String,
    /// Name of the suite.
    suite: Option<String>,
    /// Name for people.
    title: Option<String>,
    /// Group that it is shown in.
    category: Option<String>,
    /// How much an interruption hurts.
    criticality: Option<Criticality>,
    /// Where it runs.
    host: Option<String>,
    /// Path that answers 200 when it is healthy.
    health_path: Option<String>,
    /// How it changes its port.
    movable: Option<Movable>,
    /// Process that it is.
    pid: Option<i64>,
    /// Services that it calls.
    depends_on: Option<Vec<String>>,
}

/// Adds a service, without a port.
#[utoipa::path(tag = "services", security(("bearer" = ["ports:write"])), request_body = CreateService,
    responses((status = 201, body = ServiceView), (status = 400, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem, description = "ports.service_taken")))]
#[post("/api/services")]
pub(super) async fn create_service(
    app: Data<App>,
    who: Person,
    Json(body): Json<CreateService>,
) -> Result<Created<ServiceView>, ApiError> {
    let edit = ServiceEdit {
        title: body.title,
        category: body.category,
        criticality: body.criticality,
        host: body.host.map(Some),
        health_path: body.health_path,
        movable: body.movable,
        maintenance: None,
        pid: body.pid.map(|pid| process(pid).map(Some)).transpose()?,
        depends_on: body.depends_on,
    };
    let names = (body.suite.as_deref(), body.service_id.as_str());
    let service = catalog::create_service(&app, Actor::Person(&who), names, edit).await?;
    Ok(Created(service.into()))
}

fn process(pid: i64) -> Result<u32, FieldError> {
    let pid = u32::try_from(pid)
        .ok()
        .filter(|pid| *pid > 0 && i32::try_from(*pid).is_ok());
    pid.ok_or_else(|| FieldError::new("pid", "out_of_range", "must be a process id"))
}

/// A service by name.
#[utoipa::path(tag = "services", security(("bearer" = ["ports:read"])),
    params(("name" = String, Path, description = "Service"), InSuite),
    responses((status = 200, body = ServiceView), (status = 404, body = Problem)))]
#[get("/api/services/{name}")]
pub(super) async fn get_service(
    app: Data<App>,
    Path(name): Path<String>,
    Query(query): Query<InSuite>,
) -> Result<Json<ServiceView>, ApiError> {
    let mut conn = app.store.acquire().await.map_err(Error::from)?;
    let suite = target::suite(&mut conn, query.suite.as_deref()).await?;
    let service = target::service(&mut conn, &suite, &name).await?;
    Ok(Json(service.into()))
}

/// What changes of a service; what is not given stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChangeService {
    /// Name for people.
    title: Option<String>,
    /// Group that it is shown in.
    category: Option<String>,
    /// How much an interruption hurts.
    criticality: Option<Criticality>,
    /// Where it runs; null follows the suite.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<String>)]
    host: Option<Option<String>>,
    /// Path that answers 200 when it is healthy.
    health_path: Option<String>,
    /// How it changes its port.
    movable: Option<Movable>,
    /// Whether its health counts for nothing.
    maintenance: Option<bool>,
    /// Process that it is; null forgets it.
    #[serde(default, deserialize_with = "nullable")]
    #[schema(value_type = Option<i64>)]
    pid: Option<Option<i64>>,
    /// Services that it calls.
    depends_on: Option<Vec<String>>,
}

/// Tells a null from a field that is not there.
pub(super) fn nullable<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// Changes a service; its port stays.
#[utoipa::path(tag = "services", security(("bearer" = ["ports:write"])), request_body = ChangeService,
    params(("name" = String, Path, description = "Service"), InSuite),
    responses((status = 200, body = ServiceView), (status = 400, body = Problem), (status = 404, body = Problem)))]
#[put("/api/services/{name}")]
pub(super) async fn change_service(
    app: Data<App>,
    who: Person,
    Path(name): Path<String>,
    Query(query): Query<InSuite>,
    Json(body): Json<ChangeService>,
) -> Result<Json<ServiceView>, ApiError> {
    let pid = body
        .pid
        .map(|pid| pid.map(process).transpose())
        .transpose()?;
    let edit = ServiceEdit {
        title: body.title,
        category: body.category,
        criticality: body.criticality,
        host: body.host,
        health_path: body.health_path,
        movable: body.movable,
        maintenance: body.maintenance,
        pid,
        depends_on: body.depends_on,
    };
    let names = (query.suite.as_deref(), name.as_str());
    let service = catalog::change_service(&app, Actor::Person(&who), names, edit).await?;
    Ok(Json(service.into()))
}

/// Removes a service; its port is free again.
#[utoipa::path(tag = "services", security(("bearer" = ["ports:write"])),
    params(("name" = String, Path, description = "Service"), InSuite),
    responses((status = 200, body = Message), (status = 404, body = Problem)))]
#[delete("/api/services/{name}")]
pub(super) async fn delete_service(
    app: Data<App>,
    who: Person,
    Path(name): Path<String>,
    Query(query): Query<InSuite>,
) -> Result<Json<Message>, ApiError> {
    catalog::delete_service(&app, Actor::Person(&who), query.suite.as_deref(), &name).await?;
    Ok(Json(Message::new(format!("service {name} deleted"))))
}
