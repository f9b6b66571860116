//! Host keys of a target.

use actix_web::web::Data;
use actix_web::{delete, get, post};
use common::id::TargetId;
use common::model::service::Message;
use serde::{Deserialize, Serialize};
use service_kit::caller::Caller;
use service_kit::error::ApiError;
use service_kit::json::{Created, Json, Path};
use utoipa::ToSchema;

use crate::app::App;
use crate::domain::host_key::{self, HostKey, Key, OtherKey};

/// A host key to be trusted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptHostKey {
    /// Such as `ssh-ed25519`.
    #[schema(example = "ssh-ed25519")]
    algorithm: String,
    /// `SHA256:` and base64 without padding, as OpenSSH prints it.
    fingerprint: String,
    /// The whole key in OpenSSH form; has to fit the fingerprint.
    public_key: Option<String>,
    /// Whether it takes the place of another trusted key of its algorithm.
    #[serde(default)]
    replace: bool,
}

/// Host keys of a target.
#[derive(Debug, Serialize, ToSchema)]
pub struct HostKeyList {
    /// Oldest first.
    host_keys: Vec<HostKey>,
    /// How many there are.
    total: usize,
}

/// Lists the host keys that a target has shown or was given.
#[utoipa::path(tag = "host keys", security(("bearer" = ["targets:read"])), responses((status = 200, body = HostKeyList)))]
#[get("/targets/{id}/host-keys")]
pub(crate) async fn list_host_keys(
    app: Data<App>,
    Path(id): Path<TargetId>,
) -> Result<Json<HostKeyList>, ApiError> {
    let host_keys = host_key::list(&app, id).await?;
    let total = host_keys.len();
    Ok(Json(HostKeyList { host_keys, total }))
}

/// Trusts a host key; another one of its algorithm is replaced only on request.
#[utoipa::path(tag = "host keys", security(("bearer" = ["targets:write"])), request_body = AcceptHostKey, responses((status = 201, body = HostKey)))]
#[post("/targets/{id}/host-keys")]
pub(crate) async fn accept_host_key(
    app: Data<App>,
    who: Caller,
    Path(id): Path<TargetId>,
    Json(body): Json<AcceptHostKey>,
) -> Result<Created<HostKey>, ApiError> {
    let key = Key::parse(
        &body.algorithm,
        &body.fingerprint,
        body.public_key.as_deref(),
    )
    .map_err(ApiError::invalid)?;
    let other = if body.replace {
        OtherKey::Replace
    } else {
        OtherKey::Keep
    };
    Ok(Created(
        host_key::accept(&app, &who, id, (key, other)).await?,
    ))
}

/// Forgets a host key; `/` in its fingerprint is written `%2F` or `_`.
#[utoipa::path(tag = "host keys", security(("bearer" = ["targets:write"])), responses((status = 200, body = Message)))]
#[delete("/targets/{id}/host-keys/{fingerprint}")]
pub(crate) async fn remove_host_key(
    app: Data<App>,
    who: Caller,
    Path((id, fingerprint)): Path<(TargetId, String)>,
) -> Result<Json<Message>, ApiError> {
    let fingerprint = host_key::fingerprint_of_path(&fingerprint);
    let key = host_key::remove(&app, &who, id, &fingerprint).await?;
    Ok(Json(Message::new(format!(
        "host key {} removed",
        key.fingerprint
    ))))
}
