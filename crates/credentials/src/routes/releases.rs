//! The release of secrets to the services that use them.

use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use common::id::CredentialId;
use common::model::credential::{CredentialType, ReleaseForStep, ReleaseForTest};
use common::text;
use serde::Serialize;
use service_kit::caller::CallingService;
use service_kit::error::ApiError;
use service_kit::json::Json;

use crate::app::App;
use crate::domain::release;
use crate::domain::release::Released;

/// Characters of a worker's or target's name at most.
const MAX_NAME: usize = 200;

/// Releases the secret of a step to the executor that holds it at this moment.
#[utoipa::path(tag = "internal", security(("service" = ["executor"])),
    request_body = ReleaseForStep, responses((status = 200, body = Object,
        description = "{credential_id, version, credential_type, credential_data}")))]
#[post("/internal/releases/step")]
pub(super) async fn release_for_step(
    app: Data<App>,
    service: CallingService,
    Json(request): Json<ReleaseForStep>,
) -> Result<HttpResponse, ApiError> {
    name("worker", &request.worker)?;
    answer(&release::for_step(&app, &service, &request).await?)
}

/// Releases a secret for the test of a connection that a person asked for.
#[utoipa::path(tag = "internal", security(("service" = ["targets"])),
    request_body = ReleaseForTest, responses((status = 200, body = Object,
        description = "{credential_id, version, credential_type, credential_data}")))]
#[post("/internal/releases/test")]
pub(super) async fn release_for_test(
    app: Data<App>,
    service: CallingService,
    Json(request): Json<ReleaseForTest>,
) -> Result<HttpResponse, ApiError> {
    name("target_name", &request.target_name)?;
    answer(&release::for_test(&app, &service, &request).await?)
}

pub(super) fn name(field: &str, text: &str) -> Result<(), ApiError> {
    text::line(field, text, MAX_NAME)?;
    Ok(())
}

#[derive(Serialize)]
struct Head {
    credential_id: CredentialId,
    version: i32,
    credential_type: CredentialType,
}

fn answer(released: &Released) -> Result<HttpResponse, ApiError> {
    let head = Head {
        credential_id: released.credential.id,
        version: released.credential.version,
        credential_type: released.credential.credential_type,
    };
    super::disclose_data(&head, &released.data)
}
