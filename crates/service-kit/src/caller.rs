//! Who calls, as handlers see it.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use chrono::{DateTime, TimeDelta, Utc};
use common::id::UserId;
use common::permission::{Permission, Role};
use common::secret::Secret;
use common::token::{ServiceClaims, UserClaims};

use crate::error::ApiError;
use crate::request::{self, Origin};

/// How long a sign-in counts as recent.
const RECENT_SIGN_IN: TimeDelta = TimeDelta::seconds(600);

/// The person who calls. The gate has checked the token and the permission of the route.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Id.
    pub user_id: UserId,
    /// Name to sign in with.
    pub username: String,
    /// Mail address.
    pub email: String,
    /// What the person may do.
    pub role: Role,
    /// The session.
    pub session_id: String,
    /// Version that the token was issued for.
    pub token_version: i64,
    /// When the password was given.
    pub signed_in_at: DateTime<Utc>,
    /// The token itself, to call another service on the person's behalf.
    pub token: Secret<String>,
    /// Where the request comes from.
    pub origin: Origin,
}

impl Caller {
    /// Takes the claims of a checked token.
    pub fn of(claims: &UserClaims, token: &str) -> Option<Self> {
        Some(Self {
            user_id: claims.sub.parse().ok()?,
            username: claims.username.clone(),
            email: claims.email.clone(),
            role: claims.role,
            session_id: claims.sid.clone(),
            token_version: claims.tv,
            signed_in_at: DateTime::from_timestamp(claims.auth_time, 0)?,
            token: Secret::new(token.to_owned()),
            origin: request::current(),
        })
    }

    /// Refuses a caller who gave the password more than ten minutes ago; for what cannot be undone
    /// or shows a secret, so that a session left open is not enough.
    ///
    /// # Errors
    /// 403 `auth.sign_in_again`.
    pub fn require_recent_sign_in(&self, now: DateTime<Utc>) -> Result<(), ApiError> {
        if now - self.signed_in_at <= RECENT_SIGN_IN {
            return Ok(());
        }
        Err(ApiError::forbidden(
            "auth.sign_in_again",
            "this needs a sign-in of the last ten minutes; sign in again",
        ))
    }

    /// Refuses a caller whose role lacks `permission`; for rules that depend on the object.
    ///
    /// # Errors
    /// 403 `auth.forbidden`.
    pub fn require(&self, permission: Permission) -> Result<(), ApiError> {
        if self.role.may(permission) {
            return Ok(());
        }
        Err(ApiError::forbidden(
            "auth.forbidden",
            format!("this needs the role {}", permission.least_role()),
        ))
    }
}

impl FromRequest for Caller {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(req: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        ready(noted(req))
    }
}

/// The service that calls.
#[derive(Clone, Debug)]
pub struct CallingService {
    /// Its name, such as `executor`.
    pub name: String,
    /// The person it calls for, where the call carries that person's token.
    pub on_behalf: Option<Caller>,
}

impl CallingService {
    /// Takes the claims of a checked token.
    pub fn of(claims: &ServiceClaims, on_behalf: Option<Caller>) -> Self {
        Self {
            name: claims.sub.clone(),
            on_behalf,
        }
    }
}

impl FromRequest for CallingService {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(req: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        ready(noted(req))
    }
}

/// What the gate noted about who calls.
fn noted<C: Clone + 'static>(req: &HttpRequest) -> Result<C, ApiError> {
    let noted = req.extensions().get::<C>().cloned();
    noted.ok_or_else(ApiError::unauthorized)
}
