//! Signing keys: published, and rotated.

use actix_web::web::Data;
use actix_web::{get, post};
use chrono::{DateTime, Utc};
use common::problem::Problem;
use common::token::Jwks;
use serde::Serialize;
use service_kit::error::ApiError;
use service_kit::json::Json;
use utoipa::ToSchema;

use super::Present;
use crate::app::App;
use crate::domain::rotation;

/// A key that was made.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct KeyRotation {
    /// Its name.
    kid: String,
    /// When it begins to sign; until then the old key does.
    signs_from: DateTime<Utc>,
}

/// The public keys that tokens are checked against.
#[utoipa::path(tag = "keys", security(()), responses((status = 200, body = Jwks)))]
#[get("/.well-known/jwks.json")]
pub(super) async fn get_jwks(app: Data<App>) -> Result<Json<Jwks>, ApiError> {
    Ok(Json(rotation::published(&app).await?))
}

/// Makes the next signing key, which signs as soon as every service has had time to read it.
#[utoipa::path(tag = "keys", security(("bearer" = ["sessions:admin"])), responses(
    (status = 200, body = KeyRotation),
    (status = 409, body = Problem, description = "auth.rotation_pending"),
))]
#[post("/keys/rotate")]
pub(super) async fn rotate_keys(
    app: Data<App>,
    Present(who): Present,
) -> Result<Json<KeyRotation>, ApiError> {
    who.require_recent_sign_in(app.clock.now())?;
    let made = rotation::rotate(&app, &who).await?;
    Ok(Json(KeyRotation {
        kid: made.kid,
        signs_from: made.signs_from,
    }))
}
