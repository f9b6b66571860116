//! Orders of who leads a move, for the port manager only.

use std::num::NonZeroU16;

use actix_web::web::Data;
use actix_web::{get, post};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Mark, Report};
use crate::error::ApiError;
use crate::json::Json;

/// An order about a port.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Order {
    /// Number of who leads the move; grows with each that takes over.
    epoch: u64,
    /// The port.
    #[schema(value_type = u16, minimum = 1)]
    port: NonZeroU16,
}

/// Tells where the process listens, and what became of ports that it gave up.
#[utoipa::path(tag = "internal", security(("service" = ["port-manager"])),
    responses((status = 200, body = Report)))]
#[get("/internal/ports")]
pub(crate) async fn get_listeners(mark: Data<Mark>) -> Result<Json<Report>, ApiError> {
    Ok(Json(mark.listeners()?.report()))
}

/// Serves on a further port. Repeating the order changes nothing.
#[utoipa::path(tag = "internal", security(("service" = ["port-manager"])), request_body = Order,
    responses((status = 200, body = Report)))]
#[post("/internal/ports/prepare")]
pub(crate) async fn prepare_port(
    mark: Data<Mark>,
    Json(order): Json<Order>,
) -> Result<Json<Report>, ApiError> {
    Ok(Json(
        mark.listeners()?
            .prepare(order.epoch, order.port.get())
            .await?,
    ))
}

/// Makes a prepared port that of the service, and drains the others. Repeating the order changes nothing.
#[utoipa::path(tag = "internal", security(("service" = ["port-manager"])), request_body = Order,
    responses((status = 200, body = Report)))]
#[post("/internal/ports/commit")]
pub(crate) async fn commit_port(
    mark: Data<Mark>,
    Json(order): Json<Order>,
) -> Result<Json<Report>, ApiError> {
    Ok(Json(
        mark.listeners()?.commit(order.epoch, order.port.get())?,
    ))
}

/// Takes a prepared port back. Repeating the order changes nothing.
#[utoipa::path(tag = "internal", security(("service" = ["port-manager"])), request_body = Order,
    responses((status = 200, body = Report)))]
#[post("/internal/ports/abort")]
pub(crate) async fn abort_port(
    mark: Data<Mark>,
    Json(order): Json<Order>,
) -> Result<Json<Report>, ApiError> {
    Ok(Json(
        mark.listeners()?.abort(order.epoch, order.port.get())?,
    ))
}
