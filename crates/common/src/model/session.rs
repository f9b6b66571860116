//! Sessions, tokens and their end.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::id::UserId;
use crate::permission::Role;

/// Answer of login and refresh.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct TokenPair {
    /// JWT for the header `Authorization: Bearer`.
    pub access_token: String,
    /// Good for one refresh.
    pub refresh_token: String,
    /// Always `bearer`.
    #[schema(example = "bearer")]
    pub token_type: String,
    /// Life of the access token, in seconds.
    #[schema(example = 900)]
    pub expires_in: i64,
    /// Whether the password is one that everybody knows and has to be changed.
    #[serde(default)]
    pub must_change_password: bool,
    /// What the person should know since the last sign-in; only in an answer of login.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<Notice>,
}

/// A session that ended because its refresh token came twice: somebody may have stolen it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Notice {
    /// Always `session_ended_by_reuse`.
    #[schema(example = "session_ended_by_reuse")]
    pub code: String,
    /// What happened, for the person.
    pub detail: String,
    /// When the session was ended.
    pub at: DateTime<Utc>,
    /// Address from which that session was opened.
    pub ip: Option<String>,
    /// Client that opened it.
    pub user_agent: Option<String>,
}

/// Who a token belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VerifiedUser {
    /// Id.
    pub id: UserId,
    /// Name to sign in with.
    pub username: String,
    /// Mail address.
    pub email: String,
    /// What the person may do.
    pub role: Role,
}

/// Answer of `GET /verify`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Verified {
    /// Always true: a bad token is answered with 401.
    pub valid: bool,
    /// Whose token it is.
    pub user: VerifiedUser,
}

/// The end of a session, or of a user's tokens up to a version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Revocation {
    /// Position, without gaps.
    pub seq: i64,
    /// The session that ended.
    pub session_id: Option<String>,
    /// The user whose older tokens ended.
    pub user_id: Option<UserId>,
    /// Tokens of this user below this version are refused.
    pub min_token_version: Option<i64>,
    /// When no token of that time can be alive any more.
    pub expires_at: DateTime<Utc>,
}

/// Revocations after a position.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Revocations {
    /// In order; at most 1,000.
    pub revocations: Vec<Revocation>,
}

/// Whether a session may still be used, checked in the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SessionState {
    /// Neither ended nor expired, and its user's tokens of this version are good.
    pub active: bool,
}

/// Asks auth for a token to call another service with.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceTokenRequest {
    /// The service that asks.
    #[schema(example = "executor")]
    pub service: String,
    /// The service it wants to call.
    #[schema(example = "credentials")]
    pub audience: String,
    /// What proves that it is that service.
    #[schema(value_type = String)]
    pub secret: crate::secret::Secret<String>,
}

/// A token for one other service.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ServiceToken {
    /// JWT for the header `Authorization: Bearer`.
    pub access_token: String,
    /// Its life, in seconds.
    pub expires_in: i64,
}
