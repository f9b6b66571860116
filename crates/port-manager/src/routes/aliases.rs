//! Paths of one client of the suite, which asks in its own words.

use actix_web::web::Data;
use actix_web::{delete, get, post};
use common::problem::Problem;
use serde::{Deserialize, Serialize};
use service_kit::caller::Person;
use service_kit::error::ApiError;
use service_kit::json::{Json, Path, Query};
use utoipa::ToSchema;

use super::InSuite;
use super::lookups::{ServicePort, find_port};
use super::reservations::PortMessage;
use crate::app::App;
use crate::domain::assignment;
use crate::domain::ledger::Actor;
use crate::domain::record::port;
use crate::domain::relocation;
use crate::error::Error;

/// Whether a port is free.
#[derive(Serialize, ToSchema)]
struct Availability {
    /// Whether anybody could have it now.
    available: bool,
    /// Who has it, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    held_by: Option<String>,
}

/// Tells whether a port is free, and who has it if not.
#[utoipa::path(tag = "aliases", security(("bearer" = ["ports:read"])),
    params(("port" = i64, Path, description = "Port")),
    responses((status = 200, body = Availability), (status = 400, body = Problem)))]
#[get("/api/ports/{port}/available")]
pub(super) async fn is_available(
    app: Data<App>,
    Path(number): Path<i64>,
) -> Result<Json<Availability>, ApiError> {
    let held_by = assignment::find_holder(&app, port("port", number)?).await?;
    Ok(Json(Availability {
        available: held_by.is_none(),
        held_by,
    }))
}

/// Names a service.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NamedService {
    /// The service.
    service_name: String,
    /// Name of the suite.
    suite: Option<String>,
}

/// Takes a port away from the service that has it.
#[utoipa::path(tag = "aliases", security(("bearer" = ["ports:write"])), request_body = NamedService,
    params(("port" = i64, Path, description = "Port")),
    responses((status = 200, body = PortMessage), (status = 404, body = Problem),
        (status = 400, body = Problem, description = "the service has another port")))]
#[delete("/api/ports/{port}")]
pub(super) async fn release_port(
    app: Data<App>,
    who: Person,
    Path(number): Path<i64>,
    Json(body): Json<NamedService>,
) -> Result<Json<PortMessage>, ApiError> {
    let port = port("port", number)?;
    let current = find_port(&app, body.suite.as_deref(), &body.service_name).await?;
    if current.port != port {
        let detail = format!(
            "must be {}, the port of {}",
            current.port, current.service_id
        );
        return Err(ApiError::field("port", "not_its_own", detail));
    }
    assignment::unassign(
        &app,
        Actor::Person(&who),
        body.suite.as_deref(),
        &body.service_name,
    )
    .await?;
    Ok(Json(PortMessage {
        success: true,
        port,
        message: format!("Port {port} released by {}", body.service_name),
    }))
}

/// Tells the port of a service.
#[utoipa::path(tag = "aliases", security(("bearer" = ["ports:read"])),
    params(("name" = String, Path, description = "Service"), InSuite),
    responses((status = 200, body = ServicePort), (status = 404, body = Problem)))]
#[get("/api/services/{name}/port")]
pub(super) async fn get_service_port(
    app: Data<App>,
    Path(name): Path<String>,
    Query(query): Query<InSuite>,
) -> Result<Json<ServicePort>, ApiError> {
    Ok(Json(find_port(&app, query.suite.as_deref(), &name).await?))
}

/// A service that cannot have its port.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PortConflict {
    /// The service.
    service_name: String,
    /// The port that it cannot have.
    #[schema(minimum = 1, maximum = 65535)]
    current_port: i64,
    /// Name of the suite.
    suite: Option<String>,
}

/// The port that the service has now.
#[derive(Serialize, ToSchema)]
struct NewPort {
    /// The port.
    new_port: u16,
}

/// Gives a service another port than the one that it cannot have.
#[utoipa::path(tag = "aliases", security(("bearer" = ["ports:write"])), request_body = PortConflict,
    responses((status = 200, body = NewPort), (status = 404, body = Problem), (status = 400, body = Problem)))]
#[post("/api/ports/resolve-conflict")]
pub(super) async fn resolve_port_conflict(
    app: Data<App>,
    who: Person,
    Json(body): Json<PortConflict>,
) -> Result<Json<NewPort>, ApiError> {
    let port = port("current_port", body.current_port)?;
    let suite = body.suite.as_deref();
    let current = match find_port(&app, suite, &body.service_name).await {
        Ok(current) => Some(current.port),
        Err(Error::NoPort(_)) => None,
        Err(error) => return Err(error.into()),
    };
    // Another call, or another client, may have solved it already.
    if let Some(other) = current.filter(|current| *current != port) {
        return Ok(Json(NewPort { new_port: other }));
    }
    let names = (suite, body.service_name.as_str());
    let moved = relocation::reassign(&app, Actor::Person(&who), names, None).await?;
    Ok(Json(NewPort {
        new_port: moved.new_port,
    }))
}
