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

/// Adds calls in their order.
pub async fn insert(
    conn: &mut PgConnection,
    (partner, path): (&str, &str),
    bodies: Vec<Value>,
    at: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO ports.outbox (partner, path, body, created_at)
         SELECT $1, $2, body, $4 FROM jsonb_array_elements($3) body",
        partner,
        path,
        Value::Array(bodies),
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

/// Removes calls that nobody has taken since a time.
pub async fn delete_old(conn: &mut PgConnection, before: DateTime<Utc>) -> sqlx::Result<u64> {
    let done = sqlx::query!("DELETE FROM ports.outbox WHERE created_at < $1", before)
        .execute(conn)
        .await?;
    Ok(done.rows_affected())
}

/// Removes a call that was made.
pub async fn delete(conn: &mut PgConnection, id: i64) -> sqlx::Result<()> {
    sqlx::query!("DELETE FROM ports.outbox WHERE id = $1", id)
        .execute(conn)
        .await?;
    Ok(())
}
