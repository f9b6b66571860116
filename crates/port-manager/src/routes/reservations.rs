//! Ports that are kept free.

use actix_web::web::Data;
use actix_web::{delete, get, post};
use common::problem::Problem;
use serde::{Deserialize, Serialize};
use service_kit::caller::Person;
use service_kit::error::ApiError;
use service_kit::json::{Json, Path};
use utoipa::ToSchema;

use crate::app::App;
use crate::domain::ledger::Actor;
use crate::domain::record::port;
use crate::domain::reservation;

/// Asks for a reservation.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReservePort {
    /// The port.
    #[schema(minimum = 1, maximum = 65535)]
    port: i64,
    /// Why it is kept free.
    reason: Option<String>,
}

/// What was done with a port.
#[derive(Serialize, ToSchema)]
pub(super) struct PortMessage {
    /// Always true.
    pub(super) success: bool,
    /// The port.
    pub(super) port: u16,
    /// What was done, in words.
    pub(super) message: String,
}

/// Keeps a port free.
#[utoipa::path(tag = "reservations", security(("bearer" = ["ports:write"])), request_body = ReservePort,
    responses((status = 200, body = PortMessage),
        (status = 400, body = Problem, description = "ports.already_reserved, ports.port_taken")))]
#[post("/api/ports/reserve")]
pub(super) async fn reserve_port(
    app: Data<App>,
    who: Person,
    Json(body): Json<ReservePort>,
) -> Result<Json<PortMessage>, ApiError> {
    let port = port("port", body.port)?;
    reservation::reserve(&app, Actor::Person(&who), port, body.reason.as_deref()).await?;
    Ok(Json(PortMessage {
        success: true,
        port,
        message: format!("Port {port} reserved"),
    }))
}

/// Gives a reserved port free.
#[utoipa::path(tag = "reservations", security(("bearer" = ["ports:write"])),
    params(("port" = i64, Path, description = "Port")),
    responses((status = 200, body = PortMessage), (status = 404, body = Problem)))]
#[delete("/api/ports/reserve/{port}")]
pub(super) async fn release_reservation(
    app: Data<App>,
    who: Person,
    Path(number): Path<i64>,
) -> Result<Json<PortMessage>, ApiError> {
    let port = port("port", number)?;
    reservation::release(&app, Actor::Person(&who), port).await?;
    Ok(Json(PortMessage {
        success: true,
        port,
        message: format!("Port {port} is free again"),
    }))
}

/// Reserved ports.
#[derive(Serialize, ToSchema)]
struct Reservations {
    /// Always true.
    success: bool,
    /// Each of them, lowest first.
    reservations: Vec<Reservation>,
}

/// One reservation.
#[derive(Serialize, ToSchema)]
struct Reservation {
    /// First port.
    first: u32,
    /// Last port.
    last: u32,
    /// Why.
    reason: String,
}

/// Lists reserved ports.
#[utoipa::path(tag = "reservations", security(("bearer" = ["ports:read"])),
    responses((status = 200, body = Reservations)))]
#[get("/api/ports/reserved")]
pub(super) async fn list_reservations(app: Data<App>) -> Result<Json<Reservations>, ApiError> {
    let claims = reservation::list(&app).await?;
    let reservations = claims.into_iter().map(|claim| Reservation {
        first: claim.ports.start,
        last: claim.ports.end.saturating_sub(1),
        reason: claim.reason,
    });
    Ok(Json(Reservations {
        success: true,
        reservations: reservations.collect(),
    }))
}
