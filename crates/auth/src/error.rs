//! What can go wrong, and how it is answered.

use actix_web::http::StatusCode;
use clients::http::ClientError;
use common::problem::FieldError;
use service_kit::error::ApiError;

/// A condition that a caller can act on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Name and password do not fit; says nothing about which.
    #[error("user name or password is wrong")]
    WrongPassword,
    /// Too many failures of this account.
    #[error("too many failed sign-ins of this account")]
    AccountLocked {
        /// Seconds until the next try counts.
        retry_after: u64,
    },
    /// Too many failures from this address.
    #[error("too many failed sign-ins from this address")]
    AddressLocked {
        /// Seconds until the next try counts.
        retry_after: u64,
    },
    /// More passwords are waiting to be checked than can be.
    #[error("too many sign-ins at this moment")]
    Busy,
    /// No refresh token of ours, or its session is over.
    #[error("refresh token is not valid")]
    RefreshRefused,
    /// The refresh token was used before; its session has ended.
    #[error("refresh token was used before")]
    RefreshReused,
    /// A page of another origin asks, or one that does not say whose it is.
    #[error("the page that asks is not of this origin; sign in at the web UI or without a browser")]
    ForeignOrigin,
    /// The service is unknown or did not prove itself.
    #[error("service is not known by this secret")]
    ServiceRefused,
    /// The caller's own session is over.
    #[error("session is over")]
    SessionOver,
    /// No such session, or none that the caller may see.
    #[error("session does not exist")]
    SessionNotFound,
    /// The name is not locked out.
    #[error("there is no lock-out of this name")]
    LockoutNotFound,
    /// A new key is published and waits for its time.
    #[error("the next signing key is published already")]
    RotationPending,
    /// Nothing can be signed.
    #[error("no signing key: {0}")]
    NoSigningKey(String),
    /// Fields are wrong.
    #[error("fields are wrong")]
    Invalid(Vec<FieldError>),
    /// The role does not allow it.
    #[error("{0}")]
    Refused(ApiError),
    /// Users refused this service itself.
    #[error("users does not know this service")]
    Stranger(#[source] ClientError),
    /// Users could not be asked.
    #[error("users cannot be asked")]
    Users(#[source] ClientError),
    /// The machine gave no random numbers.
    #[error("no random numbers")]
    NoRandomness,
    /// PostgreSQL.
    #[error("database")]
    Database(#[from] sqlx::Error),
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        let text = error.to_string();
        let unauthorized = |code| Self::new(StatusCode::UNAUTHORIZED, code, text.clone());
        match error {
            Error::WrongPassword => unauthorized("auth.wrong_password"),
            Error::RefreshRefused => unauthorized("auth.refresh_refused"),
            Error::RefreshReused => unauthorized("auth.refresh_reused"),
            Error::ServiceRefused => unauthorized("auth.service_refused"),
            Error::ForeignOrigin => Self::new(StatusCode::FORBIDDEN, "auth.foreign_origin", text),
            Error::SessionOver => Self::unauthorized(),
            Error::AccountLocked { retry_after } => {
                Self::too_many("auth.locked", text, retry_after)
            }
            Error::AddressLocked { retry_after } => {
                Self::too_many("auth.address_locked", text, retry_after)
            }
            Error::Busy => Self::too_many("auth.busy", text, 1),
            Error::SessionNotFound => Self::not_found("auth.session_not_found", text),
            Error::LockoutNotFound => Self::not_found("auth.lockout_not_found", text),
            Error::RotationPending => Self::conflict("auth.rotation_pending", text),
            Error::NoSigningKey(_) => {
                let detail = "tokens cannot be signed at the moment; see the health of auth";
                Self::unavailable("unavailable.signing_key", detail).caused_by(error)
            }
            Error::Stranger(_) => {
                let detail = "the users service cannot be asked at the moment; try again shortly";
                Self::unavailable("unavailable.service", detail).caused_by(error)
            }
            Error::Invalid(errors) => Self::invalid(errors),
            Error::Refused(refusal) => refusal,
            Error::Users(cause) => cause.into(),
            Error::Database(cause) => cause.into(),
            Error::NoRandomness => Self::internal(error),
        }
    }
}
