//! Signing in and out.

use actix_web::http::header;
use actix_web::web::Data;
use actix_web::{HttpResponse, get, post};
use common::model::service::Message;
use common::model::session::{TokenPair, Verified, VerifiedUser};
use common::problem::Problem;
use common::secret::Secret;
use serde::Deserialize;
use service_kit::error::ApiError;
use service_kit::json::Json;
use utoipa::ToSchema;

use super::Present;
use super::client::{Client, no_cookie};
use crate::app::App;
use crate::domain::{self, session, text};

/// Longest name that is looked at, in characters.
pub(super) const MAX_USERNAME: usize = 100;
/// Longest password that is looked at, in characters.
const MAX_PASSWORD: usize = 1024;
/// Longest text that is looked at as a refresh token, in characters.
const MAX_REFRESH: usize = 1024;

/// Name and password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LoginRequest {
    /// Name to sign in with.
    #[schema(example = "ana", max_length = 100)]
    username: String,
    /// The password.
    #[schema(value_type = String, max_length = 1024)]
    password: Secret<String>,
}

/// A refresh token.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RefreshRequest {
    /// The newest one of the session.
    #[schema(value_type = String)]
    refresh_token: Secret<String>,
}

/// Signs in. Failed tries make the next one wait; an unknown name answers like a wrong password.
///
/// With `X-Opsc-Client: browser`, from a page of this origin, `refresh_token` holds one half; the
/// other is in a cookie that scripts cannot read.
#[utoipa::path(tag = "sessions", security(()), request_body = LoginRequest, responses(
    (status = 200, body = TokenPair),
    (status = 400, body = Problem),
    (status = 401, body = Problem, description = "auth.wrong_password"),
    (status = 403, body = Problem, description = "auth.foreign_origin"),
    (status = 429, body = Problem, description = "auth.locked, auth.address_locked, auth.busy"),
))]
#[post("/login")]
pub(super) async fn login(
    app: Data<App>,
    client: Client,
    Json(request): Json<LoginRequest>,
) -> Result<HttpResponse, ApiError> {
    let username = request.username.trim();
    let mut faults = Vec::new();
    text::check("username", username, MAX_USERNAME, &mut faults);
    text::check_secret("password", &request.password, MAX_PASSWORD, &mut faults);
    if !faults.is_empty() {
        return Err(ApiError::invalid(faults));
    }
    let pair = domain::login::login(&app, username, &request.password).await?;
    Ok(client.hand_over(pair))
}

/// Exchanges a refresh token, which works once: used again, it ends its session.
///
/// With `X-Opsc-Client: browser` the body holds the half that sign-in or the last refresh answered.
#[utoipa::path(tag = "sessions", security(()), request_body = RefreshRequest, responses(
    (status = 200, body = TokenPair),
    (status = 400, body = Problem),
    (status = 401, body = Problem, description = "auth.refresh_refused, auth.refresh_reused"),
    (status = 403, body = Problem, description = "auth.foreign_origin"),
))]
#[post("/refresh")]
pub(super) async fn refresh(
    app: Data<App>,
    client: Client,
    Json(request): Json<RefreshRequest>,
) -> Result<HttpResponse, ApiError> {
    let mut faults = Vec::new();
    text::check_secret(
        "refresh_token",
        &request.refresh_token,
        MAX_REFRESH,
        &mut faults,
    );
    if !faults.is_empty() {
        return Err(ApiError::invalid(faults));
    }
    let token = client.whole(&request.refresh_token);
    let pair = domain::refresh::refresh(&app, token.expose()).await?;
    Ok(client.hand_over(pair))
}

/// Ends the session of the token and removes a browser's cookie.
#[utoipa::path(tag = "sessions", security(("bearer" = ["account"])),
    responses((status = 200, body = Message)))]
#[post("/logout")]
pub(super) async fn logout(
    app: Data<App>,
    Present(who): Present,
) -> Result<HttpResponse, ApiError> {
    session::logout(&app, &who).await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::SET_COOKIE, no_cookie()))
        .json(Message::new("signed out")))
}

/// Ends all sessions of the caller; every token of theirs ends within two seconds.
#[utoipa::path(tag = "sessions", security(("bearer" = ["account"])),
    responses((status = 200, body = Message)))]
#[post("/revoke-all")]
pub(super) async fn revoke_all(
    app: Data<App>,
    Present(who): Present,
) -> Result<Json<Message>, ApiError> {
    let count = session::revoke_all(&app, &who).await?;
    Ok(Json(Message::new(format!("{count} sessions ended"))))
}

/// Tells whose token it is.
#[utoipa::path(tag = "sessions", security(("bearer" = ["account"])),
    responses((status = 200, body = Verified), (status = 401, body = Problem)))]
#[get("/verify")]
pub(super) async fn verify(Present(who): Present) -> Json<Verified> {
    Json(Verified {
        valid: true,
        user: VerifiedUser {
            id: who.user_id,
            username: who.username,
            email: who.email,
            role: who.role,
        },
    })
}
