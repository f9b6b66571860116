//! `auth.signing_key`.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::domain::key::StoredKey;

/// Lets one process at a time decide about keys, until its transaction ends.
pub async fn lock(conn: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query!("SELECT pg_advisory_xact_lock(hashtextextended('auth.signing_key', 0))")
        .fetch_one(conn)
        .await?;
    Ok(())
}

/// All keys, oldest first.
pub async fn list(conn: &mut PgConnection) -> sqlx::Result<Vec<StoredKey>> {
    sqlx::query_as!(
        StoredKey,
        "SELECT kid, public_key, private_key_wrapped, created_at, signs_from, retires_at
         FROM auth.signing_key ORDER BY signs_from, kid"
    )
    .fetch_all(conn)
    .await
}

/// Adds a key.
pub async fn insert(conn: &mut PgConnection, key: &StoredKey) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO auth.signing_key
             (kid, public_key, private_key_wrapped, created_at, signs_from, retires_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
        key.kid,
        key.public_key,
        key.private_key_wrapped,
        key.created_at,
        key.signs_from,
        key.retires_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Plans the end of every key that has none planned.
pub async fn retire_others(conn: &mut PgConnection, at: DateTime<Utc>) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE auth.signing_key SET retires_at = $1 WHERE retires_at IS NULL",
        at
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Removes keys that are no longer published.
pub async fn delete_retired(conn: &mut PgConnection, now: DateTime<Utc>) -> sqlx::Result<()> {
    sqlx::query!("DELETE FROM auth.signing_key WHERE retires_at <= $1", now)
        .execute(conn)
        .await?;
    Ok(())
}
