//! Rows of `jobs.idempotency`: which key started which run.

use chrono::{DateTime, Utc};
use common::id::RunId;
use sqlx::PgConnection;

use crate::domain::run::Key;

/// What a key was used for.
#[derive(Clone, Debug)]
pub struct Used {
    /// SHA-256 of job and body.
    pub body_sha256: Vec<u8>,
    /// The run that it started.
    pub run_id: i64,
}

/// What the key was used for since a time.
pub async fn find(
    conn: &mut PgConnection,
    caller: &str,
    key: &str,
    since: DateTime<Utc>,
) -> Result<Option<Used>, sqlx::Error> {
    sqlx::query_as!(
        Used,
        "SELECT body_sha256, run_id FROM jobs.idempotency
         WHERE caller = $1 AND key = $2 AND created_at > $3",
        caller,
        key,
        since,
    )
    .fetch_optional(conn)
    .await
}

/// Remembers a key; a second one waits for the first and then violates `idempotency_pkey`.
pub async fn insert(
    conn: &mut PgConnection,
    caller: &str,
    key: &Key,
    run: RunId,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO jobs.idempotency (caller, key, body_sha256, run_id, created_at)
         VALUES ($1, $2, $3, $4, $5)",
        caller,
        key.key,
        key.body,
        run.0,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets this key if it is older than a time.
pub async fn delete_expired(
    conn: &mut PgConnection,
    caller: &str,
    key: &str,
    before: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "DELETE FROM jobs.idempotency WHERE caller = $1 AND key = $2 AND created_at <= $3",
        caller,
        key,
        before,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets all keys that are older than a time.
pub async fn delete_all_expired(
    conn: &mut PgConnection,
    before: DateTime<Utc>,
) -> Result<u64, sqlx::Error> {
    let done = sqlx::query!(
        "DELETE FROM jobs.idempotency WHERE created_at <= $1",
        before
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}
