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

/// A person with an account here who calls. The gate has checked the token and the permission of the
/// route. A route that takes it refuses guests.
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
        require_recent(Some(self.signed_in_at), now)
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
        ready(noted(req).and_then(|person| match person {
            Person::Own(caller) => Ok(caller),
            Person::Guest(_) => Err(ApiError::forbidden(
                "auth.forbidden",
                "this needs an account of this platform",
            )),
        }))
    }
}

/// A person without an account here, for whom the second issuer vouches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guest {
    /// Who it is: the name of the issuer and the subject there, such as `passport:4711`.
    pub id: String,
    /// Name of the person, as the issuer tells it.
    pub name: String,
    /// The same behind the name of the issuer, for places that show names of ours as well.
    pub full_name: String,
    /// What the person may do.
    pub role: Role,
    /// When the person signed in there, if the token tells.
    pub signed_in_at: Option<DateTime<Utc>>,
    /// Where the request comes from.
    pub origin: Origin,
}

/// The person who calls, whoever vouches for them; for routes that guests may use as well.
#[derive(Clone, Debug)]
pub enum Person {
    /// Has an account here.
    Own(Caller),
    /// Has none.
    Guest(Guest),
}

impl Person {
    /// Name in histories; that of a guest is never one of ours.
    pub fn name(&self) -> &str {
        match self {
            Self::Own(caller) => &caller.username,
            Self::Guest(guest) => &guest.full_name,
        }
    }

    /// Refuses as [`Caller::require_recent_sign_in`] does; a guest whose token does not tell when the
    /// sign-in was is refused as well.
    ///
    /// # Errors
    /// 403 `auth.sign_in_again`.
    pub fn require_recent_sign_in(&self, now: DateTime<Utc>) -> Result<(), ApiError> {
        match self {
            Self::Own(caller) => caller.require_recent_sign_in(now),
            Self::Guest(guest) => require_recent(guest.signed_in_at, now),
        }
    }
}

impl FromRequest for Person {
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

fn require_recent(signed_in_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Result<(), ApiError> {
    if signed_in_at.is_some_and(|at| now - at <= RECENT_SIGN_IN) {
        return Ok(());
    }
    Err(ApiError::forbidden(
        "auth.sign_in_again",
        "this needs a sign-in of the last ten minutes; sign in again",
    ))
}

/// What the gate noted about who calls.
fn noted<C: Clone + 'static>(req: &HttpRequest) -> Result<C, ApiError> {
    let noted = req.extensions().get::<C>().cloned();
    noted.ok_or_else(ApiError::unauthorized)
}
