//! Orders of who leads a move, for the port manager only.

use actix_web::web::Data;
use actix_web::{get, post};
use common::model::port::{ListenerReport, PortOrder};

use super::Mark;
use crate::error::ApiError;
use crate::json::Json;

/// Tells where the process listens, and what became of ports that it gave up.
#[utoipa::path(tag = "internal", security(("service" = ["port-manager"])),
    responses((status = 200, body = ListenerReport)))]
#[get("/internal/ports")]
pub(crate) async fn get_listeners(mark: Data<Mark>) -> Result<Json<ListenerReport>, ApiError> {
    Ok(Json(mark.listeners()?.report()))
}

/// Serves on a further port. Repeating the order changes nothing.
#[utoipa::path(tag = "internal", security(("service" = ["port-manager"])), request_body = PortOrder,
    responses((status = 200, body = ListenerReport)))]
#[post("/internal/ports/prepare")]
pub(crate) async fn prepare_port(
    mark: Data<Mark>,
    Json(order): Json<PortOrder>,
) -> Result<Json<ListenerReport>, ApiError> {
    Ok(Json(
        mark.listeners()?
            .prepare(order.epoch, order.port.get())
            .await?,
    ))
}

/// Makes a prepared port that of the service, and drains the others. Repeating the order changes nothing.
#[utoipa::path(tag = "internal", security(("service" = ["port-manager"])), request_body = PortOrder,
    responses((status = 200, body = ListenerReport)))]
#[post("/internal/ports/commit")]
pub(crate) async fn commit_port(
    mark: Data<Mark>,
    Json(order): Json<PortOrder>,
) -> Result<Json<ListenerReport>, ApiError> {
    Ok(Json(
        mark.listeners()?.commit(order.epoch, order.port.get())?,
    ))
}

/// Takes a prepared port back. Repeating the order changes nothing.
#[utoipa::path(tag = "internal", security(("service" = ["port-manager"])), request_body = PortOrder,
    responses((status = 200, body = ListenerReport)))]
#[post("/internal/ports/abort")]
pub(crate) async fn abort_port(
    mark: Data<Mark>,
    Json(order): Json<PortOrder>,
) -> Result<Json<ListenerReport>, ApiError> {
    Ok(Json(
        mark.listeners()?.abort(order.epoch, order.port.get())?,
    ))
}
