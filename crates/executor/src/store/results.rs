//! Results of earlier steps.

use serde_json::Value;
use sqlx::PgConnection;

/// What an earlier step of the run has left.
#[derive(Clone, Debug)]
pub(crate) struct ResultRow {
    pub(crate) name: String,
    pub(crate) register: Option<String>,
    pub(crate) status: String,
    pub(crate) exit_code: Option<i32>,
    pub(crate) stdout: Option<String>,
    pub(crate) stderr: Option<String>,
    /// What the step took out of an answer.
    pub(crate) extracted: Option<Value>,
}

/// What a step may ask for: the final steps before it, those on the same target and those that ran
/// on one target. One that undoes another sees what that one has left, and those before that.
pub(crate) async fn list(conn: &mut PgConnection, step_id: i64) -> sqlx::Result<Vec<ResultRow>> {
    sqlx::query_as!(
        ResultRow,
        r#"WITH seen AS (
             SELECT coalesce(o.run_id, n.run_id) AS run_id, coalesce(o.idx + 1, n.idx) AS before, n.target_id
             FROM runs.step n LEFT JOIN runs.step o ON o.id = n.undoes WHERE n.id = $1
           )
           SELECT name, options ->> 'register' AS register, exit_code, stdout, stderr,
             metrics -> 'extracted' AS extracted,
             CASE WHEN reason = 'done_before' THEN 'succeeded' ELSE status END AS "status!"
           FROM (SELECT s.*, seen.target_id AS on_target, count(*) OVER (PARTITION BY s.idx) AS targets
                 FROM seen JOIN runs.step s ON s.run_id = seen.run_id AND s.idx < seen.before) s
           WHERE finished_at IS NOT NULL AND (targets = 1 OR target_id = on_target)
           ORDER BY idx"#,
        step_id,
    )
    .fetch_all(conn)
    .await
}
