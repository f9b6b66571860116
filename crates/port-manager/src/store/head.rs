//! `ports.head`.

use sqlx::PgConnection;

/// Waits until nobody else changes ports; answers with the number of the last event.
pub async fn lock(conn: &mut PgConnection) -> sqlx::Result<i64> {
    sqlx::query_scalar!("SELECT revision FROM ports.head FOR UPDATE")
        .fetch_one(conn)
        .await
}

/// The number of the last event, and which history it belongs to.
pub async fn get(conn: &mut PgConnection) -> sqlx::Result<(String, i64)> {
    let row = sqlx::query!(r#"SELECT epoch::text AS "epoch!", revision FROM ports.head"#)
        .fetch_one(conn)
        .await?;
    Ok((row.epoch, row.revision))
}
