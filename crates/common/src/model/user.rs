//! People.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::id::UserId;
use crate::permission::Role;

/// A person who can sign in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct User {
    /// Id.
    pub id: UserId,
    /// Mail address, unique whatever its case.
    #[schema(example = "ana@example.org")]
    pub email: String,
    /// Name to sign in with, unique whatever its case.
    #[schema(example = "ana")]
    pub username: String,
    /// What the person may do.
    pub role: Role,
    /// Whether the person may sign in.
    pub is_active: bool,
    /// Whether the password is one that everybody knows.
    pub must_change_password: bool,
    /// When the account was made.
    pub created_at: DateTime<Utc>,
    /// Rises when tokens issued before must end.
    pub token_version: i64,
}

/// Asks users whether a password is right (service auth only).
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordCheck {
    /// Name to sign in with.
    pub username: String,
    /// The password as typed.
    #[schema(value_type = String)]
    pub password: crate::secret::Secret<String>,
}

/// One change of an identity, in the order in which they were committed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UserChange {
    /// Position, without gaps.
    pub seq: i64,
    /// Who changed.
    pub user_id: UserId,
    /// Tokens of an older version end.
    pub token_version: i64,
    /// Whether the user's sessions end as well.
    pub end_sessions: bool,
    /// The one session that goes on, if any.
    pub keep_session: Option<String>,
}

/// Changes after a position.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UserChanges {
    /// In order; at most 500.
    pub changes: Vec<UserChange>,
}
