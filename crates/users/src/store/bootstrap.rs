//! The code that makes the first admin.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// A code that was printed.
#[derive(Debug)]
pub struct Code {
    /// SHA-256 of the code.
    pub hash: Vec<u8>,
    /// From then on it is void.
    pub expires_at: DateTime<Utc>,
}

/// Puts a code in the place of the one before.
pub async fn set(
    conn: &mut PgConnection,
    hash: &[u8],
    expires_at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO users.bootstrap_code (hash, expires_at) VALUES ($1, $2)
         ON CONFLICT (only_row) DO UPDATE SET hash = excluded.hash, expires_at = excluded.expires_at",
        hash,
        expires_at
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The code, if there is one.
pub async fn find(conn: &mut PgConnection) -> Result<Option<Code>, sqlx::Error> {
    sqlx::query_as!(Code, "SELECT hash, expires_at FROM users.bootstrap_code")
        .fetch_optional(conn)
        .await
}

/// Uses the code up; false if it is another one or gone.
pub async fn delete(conn: &mut PgConnection, hash: &[u8]) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!("DELETE FROM users.bootstrap_code WHERE hash = $1", hash)
        .execute(conn)
        .await?;
    Ok(done.rows_affected() == 1)
}
