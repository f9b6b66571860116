//! Hashes of passwords.

use chrono::{DateTime, Utc};
use common::id::UserId;
use common::model::user::User;
use sqlx::PgConnection;

use super::users::Row;
use crate::domain::hashing::Hashed;

/// A person with the hash of the password.
#[derive(Clone, Debug)]
pub struct Stored {
    /// The person.
    pub user: User,
    /// The hash.
    pub hash: String,
}

struct StoredRow {
    id: i64,
    email: String,
    username: String,
    role: String,
    is_active: bool,
    must_change_password: bool,
    created_at: DateTime<Utc>,
    token_version: i32,
    hash: String,
}

impl TryFrom<StoredRow> for Stored {
    type Error = sqlx::Error;

    fn try_from(row: StoredRow) -> Result<Self, sqlx::Error> {
        let user = Row {
            id: row.id,
            email: row.email,
            username: row.username,
            role: row.role,
            is_active: row.is_active,
            must_change_password: row.must_change_password,
            created_at: row.created_at,
            token_version: row.token_version,
        };
        Ok(Self {
            user: user.try_into()?,
            hash: row.hash,
        })
    }
}

/// Inserts the first hash of a person.
pub async fn insert(
    conn: &mut PgConnection,
    id: UserId,
    hashed: &Hashed,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO users.password (user_id, hash, params) VALUES ($1, $2, $3)",
        id.0,
        hashed.hash,
        hashed.params
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A person by id.
pub async fn find(conn: &mut PgConnection, id: UserId) -> Result<Option<Stored>, sqlx::Error> {
    sqlx::query_as!(
        StoredRow,
        "SELECT u.id, u.email, u.username, u.role, u.is_active, u.must_change_password, u.created_at,
                u.token_version, p.hash
         FROM users.user u JOIN users.password p ON p.user_id = u.id WHERE u.id = $1",
        id.0
    )
    .fetch_optional(conn)
    .await?
    .map(Stored::try_from)
    .transpose()
}

/// A person by the name to sign in with, whatever its case.
pub async fn find_by_name(
    conn: &mut PgConnection,
    username: &str,
) -> Result<Option<Stored>, sqlx::Error> {
    sqlx::query_as!(
        StoredRow,
        "SELECT u.id, u.email, u.username, u.role, u.is_active, u.must_change_password, u.created_at,
                u.token_version, p.hash
         FROM users.user u JOIN users.password p ON p.user_id = u.id
         WHERE lower(u.username) = lower($1)",
        username
    )
    .fetch_optional(conn)
    .await?
    .map(Stored::try_from)
    .transpose()
}

/// Writes the hash of a new password.
pub async fn set(
    conn: &mut PgConnection,
    id: UserId,
    hashed: &Hashed,
    at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE users.password SET hash = $2, params = $3, changed_at = $4 WHERE user_id = $1",
        id.0,
        hashed.hash,
        hashed.params,
        at
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes another hash of the same password, unless the password was changed meanwhile.
pub async fn renew(
    conn: &mut PgConnection,
    stored: &Stored,
    hashed: &Hashed,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE users.password SET hash = $3, params = $4 WHERE user_id = $1 AND hash = $2",
        stored.user.id.0,
        stored.hash,
        hashed.hash,
        hashed.params
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The oldest users whose password is a start value; development starts make theirs first.
pub async fn list_start_values(conn: &mut PgConnection) -> Result<Vec<Stored>, sqlx::Error> {
    sqlx::query_as!(
        StoredRow,
        "SELECT u.id, u.email, u.username, u.role, u.is_active, u.must_change_password, u.created_at,
                u.token_version, p.hash
         FROM users.user u JOIN users.password p ON p.user_id = u.id
         WHERE u.must_change_password ORDER BY u.id LIMIT 10"
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(Stored::try_from)
    .collect()
}
