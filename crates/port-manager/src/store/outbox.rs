//! `ports.outbox`.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgConnection;

/// A call that still has to be made.
#[derive(Clone, Debug)]
pub struct Pending {
    /// Row.
    pub id: i64,
    /// Path of the call.
    pub path: String,
    /// Body of the call.
    pub body: Value,
}

/// Adds a call.
pub async fn insert(
    conn: &mut PgConnection,
    partner: &str,
    path: &str,
    body: &Value,
    at: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO ports.outbox (partner, path, body, created_at) VALUES ($1, $2, $3, $4)",
        partner,
        path,
        body,
        at
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The oldest calls to a partner.
pub async fn list(
    conn: &mut PgConnection,
    partner: &str,
    limit: i64,
) -> sqlx::Result<Vec<Pending>> {
    sqlx::query_as!(
        Pending,
        "SELECT id, path, body FROM ports.outbox WHERE partner = $1 ORDER BY id LIMIT $2",
        partner,
        limit
    )
    .fetch_all(conn)
    .await
}

/// Removes a call that was made.
pub async fn delete(conn: &mut PgConnection, id: i64) -> sqlx::Result<()> {
    sqlx::query!("DELETE FROM ports.outbox WHERE id = $1", id)
        .execute(conn)
        .await?;
    Ok(())
}
