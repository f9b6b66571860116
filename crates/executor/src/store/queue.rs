//! Numbers of steps, at a cost that does not grow with finished runs.

use sqlx::PgConnection;

use crate::domain::status::QueueCounts;

/// Counts open steps by their partial index, and final ones from their tallies.
pub(crate) async fn count(conn: &mut PgConnection) -> sqlx::Result<QueueCounts> {
    sqlx::query_as!(
        QueueCounts,
        r#"SELECT
             (SELECT count(*) FROM runs.step WHERE status = 'queued') AS "queued!",
             (SELECT count(*) FROM runs.step WHERE status = 'running') AS "running!",
             coalesce(sum(steps) FILTER (WHERE status = 'succeeded'), 0)::bigint AS "succeeded!",
             coalesce(sum(steps) FILTER (WHERE status = 'failed'), 0)::bigint AS "failed!"
           FROM runs.step_tally"#
    )
    .fetch_one(conn)
    .await
}
