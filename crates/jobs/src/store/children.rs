//! Runs that steps start.

use common::id::{RunId, StepId};
use common::model::run::StartChild;
use sqlx::PgConnection;

/// The run whose step the worker holds at this moment, if that is to run a job.
pub async fn find_parent(
    conn: &mut PgConnection,
    claim: &StartChild,
) -> Result<Option<RunId>, sqlx::Error> {
    let found = sqlx::query_scalar!(
        "SELECT runs.parent_of_claim($1, $2, $3)",
        claim.step_id.0,
        claim.epoch,
        claim.worker,
    );
    Ok(found.fetch_one(conn).await?.map(RunId))
}

/// The run that a try of a step has started.
pub async fn find(
    conn: &mut PgConnection,
    step: StepId,
    attempt: i32,
) -> Result<Option<RunId>, sqlx::Error> {
    let found = sqlx::query_scalar!(
        "SELECT id FROM runs.run WHERE parent_step_id = $1 AND parent_try = $2",
        step.0,
        attempt,
    );
    Ok(found.fetch_optional(conn).await?.map(RunId))
}

/// A run of an earlier try of the step that is not over.
pub async fn find_open_before(
    conn: &mut PgConnection,
    step: StepId,
    attempt: i32,
) -> Result<Option<RunId>, sqlx::Error> {
    let found = sqlx::query_scalar!(
        "SELECT id FROM runs.run
         WHERE parent_step_id = $1 AND parent_try < $2 AND finished_at IS NULL ORDER BY id LIMIT 1",
        step.0,
        attempt,
    );
    Ok(found.fetch_optional(conn).await?.map(RunId))
}

/// The jobs of a run and of the runs whose steps wait for it, up to so many.
pub async fn list_ancestors(
    conn: &mut PgConnection,
    run: RunId,
    limit: i64,
) -> Result<Vec<i64>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"WITH RECURSIVE line AS (
             SELECT r.job_id, r.parent_step_id FROM runs.run r WHERE r.id = $1
             UNION ALL
             SELECT r.job_id, r.parent_step_id
             FROM line l JOIN runs.step s ON s.id = l.parent_step_id JOIN runs.run r ON r.id = s.run_id
           )
           SELECT job_id AS "job_id!" FROM line LIMIT $2"#,
        run.0,
        limit,
    )
    .fetch_all(conn)
    .await
}

/// Cancels runs whose step no longer waits for them; tells how many.
pub async fn cancel_orphans(conn: &mut PgConnection, limit: i32) -> Result<i32, sqlx::Error> {
    sqlx::query_scalar!(r#"SELECT runs.cancel_orphans($1) AS "count!""#, limit)
        .fetch_one(conn)
        .await
}
