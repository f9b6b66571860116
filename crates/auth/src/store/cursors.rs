//! `auth.cursor`.

use sqlx::PgConnection;

/// How far the list has been read; 0 before the first time.
pub async fn get(conn: &mut PgConnection, name: &str) -> sqlx::Result<i64> {
    let found = sqlx::query_scalar!("SELECT seq FROM auth.cursor WHERE name = $1", name)
        .fetch_optional(conn)
        .await?;
    Ok(found.unwrap_or(0))
}

/// The same, and nobody else moves it until the transaction ends.
pub async fn lock(conn: &mut PgConnection, name: &str) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        "INSERT INTO auth.cursor AS c (name) VALUES ($1)
         ON CONFLICT (name) DO UPDATE SET seq = c.seq RETURNING seq",
        name
    )
    .fetch_one(conn)
    .await
}

/// Moves it.
pub async fn set(conn: &mut PgConnection, name: &str, seq: i64) -> sqlx::Result<()> {
    sqlx::query!("UPDATE auth.cursor SET seq = $2 WHERE name = $1", name, seq)
        .execute(conn)
        .await?;
    Ok(())
}
