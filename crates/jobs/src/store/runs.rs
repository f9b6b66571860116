//! Rows of `runs.run`: written here once, moved on by the functions of the schema only.

use chrono::{DateTime, Utc};
use common::id::{JobId, RunId, StepId};
use common::page::Page;
use serde_json::Value;
use sqlx::PgConnection;

use crate::domain::repeat::Scope;

/// A run.
#[derive(Clone, Debug)]
pub struct RunRow {
    /// Id.
    pub id: RunId,
    /// Its job.
    pub job_id: JobId,
    /// Name of the job at that time.
    pub job_name: String,
    /// Version of the job that it runs.
    pub job_version: i32,
    /// State.
    pub status: String,
    /// More about the state.
    pub reason: Option<String>,
    /// User id of who started it.
    pub requested_by: String,
    /// Name of who started it.
    pub requested_by_name: String,
    /// What it was told, defaults filled in, secrets concealed.
    pub parameters: Value,
    /// Its secret parameters, which credentials keeps.
    pub parcel_id: Option<i64>,
    /// Finds what belongs together in logs.
    pub correlation_id: String,
    /// When a person asked for its end.
    pub cancel_requested_at: Option<DateTime<Utc>>,
    /// How many steps it has.
    pub steps_total: i32,
    /// The run that it repeats.
    pub repeats: Option<i64>,
    /// What of it.
    pub repeat_scope: Option<String>,
    /// The step that has started it.
    pub parent_step_id: Option<i64>,
    /// The run of that step.
    pub parent_run_id: Option<i64>,
    /// The run that it undoes.
    pub undoes: Option<i64>,
    /// The run that undid it last, or does so.
    pub undo_run_id: Option<i64>,
    /// Whether that goes on.
    pub is_being_undone: bool,
    /// How many of its steps could be undone and were not.
    pub undo_left: i64,
    /// When it was asked for.
    pub queued_at: DateTime<Utc>,
    /// When its first step started.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
}

/// What is written of a run.
#[derive(Clone, Debug)]
pub struct NewRun {
    /// Its job.
    pub job_id: JobId,
    /// Name of the job.
    pub job_name: String,
    /// Version of the job.
    pub job_version: i32,
    /// User id of who starts it.
    pub requested_by: String,
    /// Name of who starts it.
    pub requested_by_name: String,
    /// What it is told, secrets concealed.
    pub parameters: Value,
    /// Its secret parameters, which credentials keeps.
    pub parcel_id: Option<i64>,
    /// Finds what belongs together in logs.
    pub correlation_id: String,
    /// The run that it repeats.
    pub repeats: Option<Repeats>,
    /// The step that starts it.
    pub parent: Option<Parent>,
    /// Longest time it may take, in seconds.
    pub timeout_sec: i32,
    /// How its fleet is worked on.
    pub order: NewOrder,
}

/// What a run repeats.
#[derive(Clone, Copy, Debug)]
pub struct Repeats {
    /// Which run.
    pub run: RunId,
    /// What of it.
    pub scope: Scope,
}

/// The step that starts a run.
#[derive(Clone, Copy, Debug)]
pub struct Parent {
    /// Which step.
    pub step: StepId,
    /// How often it had failed by then.
    pub attempt: i32,
}

/// How a run works on its fleet, and what it locks.
#[derive(Clone, Debug, Default)]
pub struct NewOrder {
    /// Order of a fleet; none: there is no fleet.
    pub strategy: Option<&'static str>,
    /// Most targets at a time.
    pub parallel: Option<i32>,
    /// With more failed targets it is ended.
    pub max_failures: Option<i32>,
    /// Seconds between two batches.
    pub pause_sec: i32,
    /// What it holds to its end.
    pub locks: Vec<String>,
    /// How many may hold each of them.
    pub lock_slots: Vec<i32>,
}

/// Which runs a list shows.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only of this job.
    pub job_id: Option<i64>,
    /// Only in this state.
    pub status: Option<String>,
    /// Only those with a step on this target.
    pub target_id: Option<i64>,
    /// Only those that this user started.
    pub requested_by: Option<String>,
}

/// Marks what an earlier run has done as done, with its results.
pub async fn carry_over(
    conn: &mut PgConnection,
    run: RunId,
    from: RunId,
) -> Result<(), sqlx::Error> {
    sqlx::query_scalar!("SELECT runs.carry_over($1, $2)", run.0, from.0)
        .fetch_one(conn)
        .await?;
    Ok(())
}

/// Writes a run; its steps follow, then [`start`].
pub async fn insert(conn: &mut PgConnection, run: &NewRun) -> Result<RunId, sqlx::Error> {
    sqlx::query_scalar!(
        "INSERT INTO runs.run (job_id, job_name, job_version, requested_by, requested_by_name,
             parameters, correlation_id, strategy, parallel, max_failures, pause_sec, locks,
             lock_slots, deadline_at, repeats, repeat_scope, parcel_id,
             parent_step_id, parent_try)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,
             now() + make_interval(secs => $14), $15, $16, $17, $18, $19) RETURNING id",
        run.job_id.0,
        run.job_name,
        run.job_version,
        run.requested_by,
        run.requested_by_name,
        run.parameters,
        run.correlation_id,
        run.order.strategy,
        run.order.parallel,
        run.order.max_failures,
        run.order.pause_sec,
        &run.order.locks,
        &run.order.lock_slots,
        f64::from(run.timeout_sec),
        run.repeats.map(|repeats| repeats.run.0),
        run.repeats.map(|repeats| repeats.scope.as_str()),
        run.parcel_id,
        run.parent.map(|parent| parent.step.0),
        run.parent.map(|parent| parent.attempt),
    )
    .fetch_one(conn)
    .await
    .map(RunId)
}

/// Lets executors find the first steps.
pub async fn start(conn: &mut PgConnection, id: RunId) -> Result<(), sqlx::Error> {
    sqlx::query_scalar!("SELECT runs.start_run($1)", id.0)
        .fetch_one(conn)
        .await?;
    Ok(())
}

/// Starts a run that undoes one that is over; none: there is nothing to undo.
pub async fn undo(
    conn: &mut PgConnection,
    id: RunId,
    (who, name): (&str, &str),
    correlation_id: &str,
) -> Result<Option<RunId>, sqlx::Error> {
    let begun = sqlx::query_scalar!(
        "SELECT runs.undo_run($1, $2, $3, $4)",
        id.0,
        who,
        name,
        correlation_id,
    );
    Ok(begun.fetch_one(conn).await?.map(RunId))
}

/// Ends runs whose time is over, at most so many; answers how many.
pub async fn expire(conn: &mut PgConnection, limit: i32) -> Result<i32, sqlx::Error> {
    sqlx::query_scalar!(r#"SELECT runs.expire_runs($1) AS "count!""#, limit)
        .fetch_one(conn)
        .await
}

/// Asks for the end of a run.
pub async fn cancel(conn: &mut PgConnection, id: RunId, who: &str) -> Result<(), sqlx::Error> {
    sqlx::query_scalar!("SELECT runs.cancel_run($1, $2)", id.0, who)
        .fetch_one(conn)
        .await?;
    Ok(())
}

/// The run.
pub async fn find(conn: &mut PgConnection, id: RunId) -> Result<Option<RunRow>, sqlx::Error> {
    sqlx::query_as!(
        RunRow,
        r#"SELECT id, job_id, job_name, job_version, status, reason,
                  requested_by, requested_by_name, parameters, parcel_id, correlation_id, cancel_requested_at,
                  steps_total, repeats, repeat_scope, parent_step_id,
                  (SELECT s.run_id FROM runs.step s WHERE s.id = parent_step_id) AS parent_run_id,
                  undoes, (SELECT max(u.id) FROM runs.run u WHERE u.undoes = r.id) AS undo_run_id,
                  EXISTS (SELECT FROM runs.run u WHERE u.undoes = r.id AND u.finished_at IS NULL) AS "is_being_undone!",
                  (SELECT count(*) FROM runs.step s WHERE s.run_id = r.id AND s.undo IS NOT NULL
                     AND s.status = 'succeeded' AND NOT runs.is_undone(s.id)) AS "undo_left!",
                  queued_at, started_at, finished_at
           FROM runs.run r WHERE id = $1"#,
        id.0,
    )
    .fetch_optional(conn)
    .await
}

/// Runs, newest first.
pub async fn list(
    conn: &mut PgConnection,
    filter: &Filter,
    page: Page,
) -> Result<Vec<RunRow>, sqlx::Error> {
    sqlx::query_as!(
        RunRow,
        r#"SELECT id, job_id, job_name, job_version, status, reason,
                  requested_by, requested_by_name, parameters, parcel_id, correlation_id, cancel_requested_at,
                  steps_total, repeats, repeat_scope, parent_step_id,
                  (SELECT s.run_id FROM runs.step s WHERE s.id = parent_step_id) AS parent_run_id,
                  undoes, (SELECT max(u.id) FROM runs.run u WHERE u.undoes = r.id) AS undo_run_id,
                  EXISTS (SELECT FROM runs.run u WHERE u.undoes = r.id AND u.finished_at IS NULL) AS "is_being_undone!",
                  (SELECT count(*) FROM runs.step s WHERE s.run_id = r.id AND s.undo IS NOT NULL
                     AND s.status = 'succeeded' AND NOT runs.is_undone(s.id)) AS "undo_left!",
                  queued_at, started_at, finished_at
           FROM runs.run r
           WHERE ($1::bigint IS NULL OR job_id = $1) AND ($2::text IS NULL OR status = $2)
             AND ($5::bigint IS NULL
                  OR id IN (SELECT s.run_id FROM runs.step s WHERE s.target_id = $5))
             AND ($6::text IS NULL OR requested_by = $6)
           ORDER BY id DESC OFFSET $3 LIMIT $4"#,
        filter.job_id,
        filter.status,
        page.skip,
        page.limit,
        filter.target_id,
        filter.requested_by,
    )
    .fetch_all(conn)
    .await
}

/// How many runs the filter lets through.
pub async fn count(conn: &mut PgConnection, filter: &Filter) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM runs.run
           WHERE ($1::bigint IS NULL OR job_id = $1) AND ($2::text IS NULL OR status = $2)
             AND ($3::bigint IS NULL
                  OR id IN (SELECT s.run_id FROM runs.step s WHERE s.target_id = $3))
             AND ($4::text IS NULL OR requested_by = $4)"#,
        filter.job_id,
        filter.status,
        filter.target_id,
        filter.requested_by,
    )
    .fetch_one(conn)
    .await
}

/// Runs of one hour in one state.
#[derive(Debug)]
pub struct HourRow {
    /// When the hour began.
    pub start: DateTime<Utc>,
    /// The state.
    pub status: String,
    /// How many.
    pub count: i64,
}

/// Counts the runs that were asked for since then, a full hour, by hour and state.
pub async fn count_by_hour(
    conn: &mut PgConnection,
    since: DateTime<Utc>,
) -> Result<Vec<HourRow>, sqlx::Error> {
    sqlx::query_as!(
        HourRow,
        r#"SELECT date_bin('1 hour', queued_at, $1) AS "start!", status, count(*) AS "count!"
           FROM runs.run WHERE queued_at >= $1 GROUP BY 1, 2"#,
        since,
    )
    .fetch_all(conn)
    .await
}

/// Counts the runs that have not ended, by state.
pub async fn count_open(conn: &mut PgConnection) -> Result<Vec<(String, i64)>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT status, count(*) AS "count!" FROM runs.run WHERE finished_at IS NULL GROUP BY status"#
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.status, row.count))
        .collect())
}
