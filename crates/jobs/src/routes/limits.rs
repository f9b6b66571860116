//! Limits of runs over HTTP.

use actix_web::web::Data;
use actix_web::{get, put};
use service_kit::caller::Caller;
use service_kit::error::ApiError;
use service_kit::json::Json;

use crate::app::App;
use crate::domain::limits;
use crate::store;
use crate::store::limits::Limits;

/// How many steps may run at a time.
#[utoipa::path(tag = "runs", security(("bearer" = ["runs:read"])), responses((status = 200, body = Limits)))]
#[get("/runs/limits")]
pub(crate) async fn get_limits(app: Data<App>, _who: Caller) -> Result<Json<Limits>, ApiError> {
    let mut conn = app.db.acquire().await?;
    Ok(Json(store::limits::get(&mut conn).await?))
}

/// Changes how many steps may run at a time; steps that are queued already keep to the limits before.
#[utoipa::path(tag = "runs", security(("bearer" = ["runs:limit"])), request_body = Limits,
    responses((status = 200, body = Limits)))]
#[put("/runs/limits")]
pub(crate) async fn set_limits(
    app: Data<App>,
    who: Caller,
    Json(body): Json<Limits>,
) -> Result<Json<Limits>, ApiError> {
    limits::set(&app, &who, body).await?;
    Ok(Json(body))
}
