//! HTTP.

mod client;
mod internal;
mod keys;
mod lockouts;
mod login;
mod sessions;

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};
use service_kit::caller::Caller;
use service_kit::error::ApiError;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::app::App;

/// Adds all routes.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(login::login)
        .service(login::refresh)
        .service(login::logout)
        .service(login::revoke_all)
        .service(login::verify)
        .service(sessions::list_sessions)
        .service(sessions::revoke_session)
        .service(keys::get_jwks)
        .service(keys::rotate_keys)
        .service(lockouts::list_lockouts)
        .service(lockouts::lift_lockout)
        .service(internal::list_revocations)
        .service(internal::get_session_state)
        .service(internal::issue_service_token);
}

/// The caller, whose token is noted as used.
struct Present(Caller);

impl FromRequest for Present {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let caller = Caller::from_request(req, payload).into_inner();
        if let (Ok(caller), Some(app)) = (&caller, req.app_data::<Data<App>>()) {
            app.seen.note(caller.token.expose(), app.clock.now());
        }
        ready(caller.map(Self))
    }
}
