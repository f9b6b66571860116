//! Orders of who leads a move, and what the clients of a suite ask of each service.

use actix_web::web::Data;
use actix_web::{get, post};
use common::model::port::{Done, ListenerReport, PortOrder, UpdatePort};
use common::problem::Problem;

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

/// Starts the program anew, on the same port and without refusing a connection.
#[utoipa::path(tag = "service", security(("bearer" = ["ports:admin"]), ("service" = ["port-manager"])),
    responses((status = 200, body = Done),
        (status = 409, body = Problem, description = "service.no_restart")))]
#[post("/api/admin/restart")]
pub(crate) async fn restart_program(mark: Data<Mark>) -> Result<Json<Done>, ApiError> {
    mark.listeners()?.ask_restart()?;
    Ok(Json(Done::new("the service starts again")))
}

/// Moves the service to another port, where no port map says on which one it is.
#[utoipa::path(tag = "service", security(("bearer" = ["ports:admin"]), ("service" = ["port-manager"])),
    request_body = UpdatePort,
    responses((status = 200, body = Done),
        (status = 400, body = Problem, description = "ports.not_here"),
        (status = 409, body = Problem, description = "ports.led, ports.taken")))]
#[post("/api/config/update-port")]
pub(crate) async fn update_port(
    mark: Data<Mark>,
    Json(order): Json<UpdatePort>,
) -> Result<Json<Done>, ApiError> {
    let (old, new) = (order.old_port.get(), order.new_port.get());
    mark.listeners()?.move_alone(old, new).await?;
    Ok(Json(Done::new(format!(
        "the service listens on port {new}"
    ))))
}
