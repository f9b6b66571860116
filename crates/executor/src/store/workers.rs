//! Executor processes that have been seen.

use sqlx::PgConnection;

use crate::domain::status::SeenWorker;

/// Notes that a worker lives.
pub(crate) async fn note(
    conn: &mut PgConnection,
    id: &str,
    host: &str,
    version: &str,
    draining: bool,
) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO runs.worker (id, host, version, draining) VALUES ($1, $2, $3, $4)
         ON CONFLICT (id) DO UPDATE SET last_seen_at = now(), draining = excluded.draining",
        id,
        host,
        version,
        draining,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets the workers that were not seen for a day.
pub(crate) async fn delete_old(conn: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query!("DELETE FROM runs.worker WHERE last_seen_at < now() - interval '1 day'")
        .execute(conn)
        .await?;
    Ok(())
}

/// Forgets a worker that ends.
pub(crate) async fn delete(conn: &mut PgConnection, id: &str) -> sqlx::Result<()> {
    sqlx::query!("DELETE FROM runs.worker WHERE id = $1", id)
        .execute(conn)
        .await?;
    Ok(())
}

/// Lists the workers of the last day; one is alive if it was seen within `lease_seconds`.
pub(crate) async fn list(
    conn: &mut PgConnection,
    lease_seconds: f64,
) -> sqlx::Result<Vec<SeenWorker>> {
    sqlx::query_as!(
        SeenWorker,
        r#"SELECT w.id, w.host, w.version, w.started_at, w.last_seen_at, w.draining,
             w.last_seen_at > now() - make_interval(secs => $1) AS "alive!",
             (SELECT count(*) FROM runs.live_step l WHERE l.worker = w.id) AS "running_steps!"
           FROM runs.worker w
           WHERE w.last_seen_at > now() - interval '1 day'
           ORDER BY w.last_seen_at DESC, w.id"#,
        lease_seconds,
    )
    .fetch_all(conn)
    .await
}
