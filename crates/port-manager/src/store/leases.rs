//! `ports.lease`.

use sqlx::PgConnection;

/// Takes or keeps some work for `seconds`, by the clock of the database; false if another has it.
pub async fn claim(
    conn: &mut PgConnection,
    name: &str,
    holder: &str,
    seconds: f64,
) -> sqlx::Result<bool> {
    let held = sqlx::query_scalar!(
        r#"INSERT INTO ports.lease AS l (name, holder, until)
           VALUES ($1, $2, clock_timestamp() + make_interval(secs => $3))
           ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
             WHERE l.holder = excluded.holder OR l.until < clock_timestamp()
           RETURNING true AS "held!""#,
        name,
        holder,
        seconds
    )
    .fetch_optional(conn)
    .await?;
    Ok(held.is_some())
}

/// Gives it back, if it is held.
pub async fn release(conn: &mut PgConnection, name: &str, holder: &str) -> sqlx::Result<()> {
    sqlx::query!(
        "DELETE FROM ports.lease WHERE name = $1 AND holder = $2",
        name,
        holder
    )
    .execute(conn)
    .await?;
    Ok(())
}
