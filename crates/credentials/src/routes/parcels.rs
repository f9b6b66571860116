//! The secret parameters of runs, for the services that start them and work on them.

use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use common::model::credential::{ReleaseParcel, SealParcel, SealedParcel};
use service_kit::caller::CallingService;
use service_kit::error::ApiError;
use service_kit::json::{Created, Json};

use super::releases::name;
use crate::app::App;
use crate::domain::parcel;

/// Keeps the secret parameters of a run that is about to start.
#[utoipa::path(tag = "internal", security(("service" = ["jobs"])),
    request_body = SealParcel, responses((status = 201, body = SealedParcel)))]
#[post("/internal/parcels")]
pub(super) async fn seal_parcel(
    app: Data<App>,
    service: CallingService,
    Json(request): Json<SealParcel>,
) -> Result<Created<SealedParcel>, ApiError> {
    let parcel_id = parcel::seal(&app, &service, &request.values).await?;
    Ok(Created(SealedParcel { parcel_id }))
}

/// Gives the secret parameters of a run to the executor that holds one of its steps at this moment.
#[utoipa::path(tag = "internal", security(("service" = ["executor"])),
    request_body = ReleaseParcel, responses((status = 200, body = Object,
        description = "{values: {name: value}}")))]
#[post("/internal/parcels/release")]
pub(super) async fn release_parcel(
    app: Data<App>,
    service: CallingService,
    Json(request): Json<ReleaseParcel>,
) -> Result<HttpResponse, ApiError> {
    name("worker", &request.worker)?;
    let values = parcel::open_for_step(&app, &service, &request).await?;
    Ok(super::disclose("{\"values\":", &values))
}
