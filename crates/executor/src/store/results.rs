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

/// The final steps before place `idx`: those on the same target, and those that ran on one target.
pub(crate) async fn list(
    conn: &mut PgConnection,
    run_id: i64,
    idx: i32,
    target_id: Option<i64>,
) -> sqlx::Result<Vec<ResultRow>> {
    sqlx::query_as!(
        ResultRow,
        r#"SELECT name, options ->> 'register' AS register, exit_code, stdout, stderr,
             metrics -> 'extracted' AS extracted,
             CASE WHEN reason = 'done_before' THEN 'succeeded' ELSE status END AS "status!"
           FROM (SELECT *, count(*) OVER (PARTITION BY idx) AS targets
                 FROM runs.step WHERE run_id = $1 AND idx < $2) s
           WHERE finished_at IS NOT NULL AND (targets = 1 OR target_id = $3)
           ORDER BY idx"#,
        run_id,
        idx,
        target_id,
    )
    .fetch_all(conn)
    .await
}
