//! The data of a credential: new versions of it, who used it, and a look at it.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, get, post};
use chrono::{DateTime, Utc};
use common::id::CredentialId;
use common::model::credential::CredentialType;
use common::page::Page;
use common::text;
use serde::{Deserialize, Serialize};
use service_kit::caller::Caller;
use service_kit::error::ApiError;
use service_kit::json::{Json, Path, Query};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::domain::field::MAX_REASON;
use crate::domain::secret_data::RawData;
use crate::domain::{credential, release};
use crate::store::access_log::Access;
use crate::store::versions::Version;

/// Header that can carry the reason, so that it stays out of addresses.
const REASON_HEADER: &str = "x-reason";

/// New data is in use.
#[derive(Debug, Serialize, ToSchema)]
struct Rotated {
    /// What was done.
    #[schema(example = "credential web-servers rotated")]
    message: String,
    /// When.
    rotated_at: DateTime<Utc>,
    /// The version that is now in use.
    version: i32,
}

/// Gives a credential new data: the fields themselves, or `{"payload": {...}}`.
#[utoipa::path(tag = "credentials", security(("bearer" = ["credentials:write"])),
    params(("id" = i64, Path, description = "Credential")),
    request_body = RawData, responses((status = 200, body = Rotated)))]
#[post("/credentials/{id}/rotate")]
pub(super) async fn rotate_credential(
    app: Data<App>,
    who: Caller,
    Path(id): Path<CredentialId>,
    Json(mut body): Json<RawData>,
) -> Result<Json<Rotated>, ApiError> {
    let (data, prefix) = match body.only("payload") {
        Some(inner) => (inner, "payload."),
        None => (body, ""),
    };
    let rotated = credential::rotate(&app, &who, id, &data, prefix).await?;
    Ok(Json(Rotated {
        message: format!("credential {} rotated", rotated.name),
        rotated_at: rotated.updated_at,
        version: rotated.version,
    }))
}

/// A page of a history.
#[derive(Debug, Serialize, ToSchema)]
struct VersionList {
    /// Newest first.
    versions: Vec<Version>,
    /// How many there are.
    total: i64,
}

/// Tells when a credential got new data, and from whom.
#[utoipa::path(tag = "credentials", security(("bearer" = ["credentials:read"])),
    params(("id" = i64, Path, description = "Credential"), Page),
    responses((status = 200, body = VersionList)))]
#[get("/credentials/{id}/versions")]
pub(super) async fn list_versions(
    app: Data<App>,
    Path(id): Path<CredentialId>,
    Query(page): Query<Page>,
) -> Result<Json<VersionList>, ApiError> {
    let page = page.check()?;
    let (versions, total) = credential::list_versions(&app, id, page).await?;
    Ok(Json(VersionList { versions, total }))
}

/// A page of uses.
#[derive(Debug, Serialize, ToSchema)]
struct AccessList {
    /// Newest first.
    accesses: Vec<Access>,
    /// How many there are.
    total: i64,
}

/// Tells who got the data of a credential, when and what for.
#[utoipa::path(tag = "credentials", security(("bearer" = ["audit:read"])),
    params(("id" = i64, Path, description = "Credential"), Page),
    responses((status = 200, body = AccessList)))]
#[get("/credentials/{id}/access-log")]
pub(super) async fn list_accesses(
    app: Data<App>,
    Path(id): Path<CredentialId>,
    Query(page): Query<Page>,
) -> Result<Json<AccessList>, ApiError> {
    let page = page.check()?;
    let (accesses, total) = credential::list_accesses(&app, id, page).await?;
    Ok(Json(AccessList { accesses, total }))
}

/// Why the data is wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct RevealCredential {
    /// Is recorded; the header `X-Reason` can carry it instead.
    #[param(max_length = 500)]
    reason: Option<String>,
}

/// A credential with its data.
#[derive(Debug, Serialize, ToSchema)]
struct Revealed<'a> {
    /// Id.
    id: CredentialId,
    /// Name.
    name: &'a str,
    /// What kind of secret it is.
    credential_type: CredentialType,
    /// The version that is shown.
    version: i32,
}

/// Shows the data of a credential to an admin who has signed in lately and says why. Every use is
/// recorded.
#[utoipa::path(tag = "credentials", security(("bearer" = ["credentials:reveal"])),
    params(("id" = i64, Path, description = "Credential"), RevealCredential),
    responses((status = 200, body = Object,
        description = "{id, name, credential_type, version, credential_data}")))]
#[get("/credentials/{id}/decrypt")]
pub(super) async fn reveal_credential(
    app: Data<App>,
    who: Caller,
    Path(id): Path<CredentialId>,
    Query(query): Query<RevealCredential>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    who.require_recent_sign_in(app.clock.now())?;
    let header = request
        .headers()
        .get(REASON_HEADER)
        .and_then(|value| value.to_str().ok());
    let reason = query.reason.as_deref().or(header).unwrap_or_default();
    let reason = text::line("reason", reason, MAX_REASON)?;
    let released = release::to_admin(&app, &who, id, &reason).await?;
    let credential = &released.credential;
    let head = Revealed {
        id,
        name: &credential.name,
        credential_type: credential.credential_type,
        version: credential.version,
    };
    super::disclose_data(&head, &released.data)
}
