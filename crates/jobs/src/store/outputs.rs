//! How much claims have printed: `runs.output`, written by the functions of the schema only.

use chrono::{DateTime, Utc};
use common::id::{RunId, StepId};
use sqlx::PgConnection;

/// The output of one claim of a step.
#[derive(Clone, Copy, Debug)]
pub struct OutputRow {
    /// The claim.
    pub epoch: i64,
    /// Bytes of all streams.
    pub bytes: i64,
    /// Line ends among them.
    pub lines: i64,
    /// When the files were removed.
    pub removed_at: Option<DateTime<Utc>>,
}

/// The last claim of a step of this run, if there is such a step; 0 before the first.
pub async fn find_epoch(
    conn: &mut PgConnection,
    run: RunId,
    step: StepId,
) -> Result<Option<i64>, sqlx::Error> {
    sqlx::query_scalar!(
        "SELECT epoch FROM runs.step WHERE run_id = $1 AND id = $2",
        run.0,
        step.0,
    )
    .fetch_optional(conn)
    .await
}

/// The output of a claim, or of the last one that has printed anything.
pub async fn find(
    conn: &mut PgConnection,
    step: StepId,
    epoch: Option<i64>,
) -> Result<Option<OutputRow>, sqlx::Error> {
    sqlx::query_as!(
        OutputRow,
        "SELECT epoch, bytes, lines, removed_at FROM runs.output
         WHERE step_id = $1 AND epoch = coalesce($2, epoch) ORDER BY epoch DESC LIMIT 1",
        step.0,
        epoch,
    )
    .fetch_optional(conn)
    .await
}

/// Which of these runs have ended, and when; runs that are not there have ended long ago.
pub async fn list_ended(
    conn: &mut PgConnection,
    runs: &[i64],
) -> Result<Vec<(i64, Option<DateTime<Utc>>)>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT a.id AS "id!", r.finished_at AS "finished_at?" FROM unnest($1::bigint[]) AS a(id)
           LEFT JOIN runs.run r ON r.id = a.id WHERE r.id IS NULL OR r.finished_at IS NOT NULL"#,
        runs,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.id, row.finished_at))
        .collect())
}

/// Notes that the files of a run are removed.
pub async fn set_removed(
    conn: &mut PgConnection,
    run: i64,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE runs.output SET removed_at = $2
         WHERE removed_at IS NULL AND step_id IN (SELECT id FROM runs.step WHERE run_id = $1)",
        run,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}
