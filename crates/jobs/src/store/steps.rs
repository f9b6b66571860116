//! Rows of `runs.step`: written here once, moved on by the functions of the schema only.

use chrono::{DateTime, Utc};
use common::id::{CredentialId, RunId, StepId, TargetId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::PgConnection;
use utoipa::ToSchema;

/// What is written of a step.
#[derive(Clone, Debug, Serialize)]
pub struct NewStep {
    /// Its place in the run.
    pub idx: i32,
    /// Its target, if it needs one.
    pub target_id: Option<TargetId>,
    /// Name of the target.
    pub target_name: Option<String>,
    /// The target as it is now.
    pub target: Option<Value>,
    /// Its place in the fleet, if it is done by one.
    pub lane: Option<i32>,
    /// It starts when all of earlier phases are over.
    pub phase: i32,
    /// What is done there.
    #[serde(flatten)]
    pub work: NewWork,
    /// What undoes that.
    pub undo: Option<NewWork>,
}

/// What a step does, wherever that is.
#[derive(Clone, Debug, Serialize)]
pub struct NewWork {
    /// What it is called.
    pub name: String,
    /// Its type.
    pub kind: &'static str,
    /// The target's secret.
    pub credential_id: Option<CredentialId>,
    /// Its work.
    pub spec: Value,
    /// The shell that reads its command.
    pub shell: Option<String>,
    /// Longest time it may take, in seconds.
    pub timeout_sec: i32,
    /// What its failure means for the run.
    pub on_error: &'static str,
    /// Whether it may be run again when nobody knows whether it ran.
    pub idempotent: bool,
    /// What else its definition says.
    pub options: Value,
    /// What it holds while it runs.
    pub locks: Vec<String>,
    /// How many may hold each of them.
    pub lock_slots: Vec<i32>,
    /// Whether nothing else that mutates may run on its target meanwhile.
    pub mutates: bool,
}

/// A step as clients see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StepRow {
    /// Id.
    pub id: StepId,
    /// Its run.
    pub job_run_id: RunId,
    /// Its place in the run.
    pub idx: i32,
    /// What it is called.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its target.
    pub target_id: Option<i64>,
    /// Name of the target at that time.
    pub target_name: Option<String>,
    /// State.
    pub status: String,
    /// More about the state.
    pub reason: Option<String>,
    /// The shell that reads its command.
    pub shell: Option<String>,
    /// Longest time it may take, in seconds.
    pub timeoutsec: i32,
    /// How often it was claimed.
    pub epoch: i64,
    /// Exit code of the command.
    pub exit_code: Option<i32>,
    /// Standard output, secrets removed.
    pub stdout: Option<String>,
    /// Standard error, secrets removed.
    pub stderr: Option<String>,
    /// Measured values.
    #[schema(value_type = Object)]
    pub metrics: Value,
    /// The run that it has started last, and waits for.
    pub child_run_id: Option<i64>,
    /// The step of another run that it undoes.
    pub undoes_step_id: Option<i64>,
    /// Place of that step in its run.
    pub undoes_idx: Option<i32>,
    /// Whether it was undone; none: there is no step that would.
    pub is_undone: Option<bool>,
    /// When it started.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
}

/// Writes all steps of a run in one statement.
pub async fn insert(
    conn: &mut PgConnection,
    run: RunId,
    steps: &[NewStep],
) -> Result<(), sqlx::Error> {
    let rows = serde_json::to_value(steps).map_err(|error| sqlx::Error::Encode(error.into()))?;
    sqlx::query!(
        "INSERT INTO runs.step (run_id, idx, name, type, target_id, target_name, target,
             credential_id, spec, shell, timeout_sec, on_error, idempotent, options,
             lane, phase, locks, lock_slots, mutates, undo)
         SELECT $1, idx, name, kind, target_id, target_name, target, credential_id, spec, shell,
             timeout_sec, on_error, idempotent, options, lane, phase, locks, lock_slots, mutates, undo
         FROM jsonb_to_recordset($2) AS step (idx int, name text, kind text, target_id bigint,
             target_name text, target jsonb, credential_id bigint, spec jsonb, shell text,
             timeout_sec int, on_error text, idempotent boolean, options jsonb,
             lane int, phase int, locks text[], lock_slots int[], mutates boolean, undo jsonb)",
        run.0,
        rows,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Whether steps are read with their output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Output {
    /// With it.
    #[default]
    Full,
    /// Without it: `stdout` and `stderr` are null.
    None,
}

/// The steps of a run, in order.
pub async fn list(
    conn: &mut PgConnection,
    run: RunId,
    output: Output,
) -> Result<Vec<StepRow>, sqlx::Error> {
    sqlx::query_as!(
        StepRow,
        r#"SELECT id, run_id AS job_run_id, idx, name, type AS kind,
                  target_id, target_name, status, reason, shell,
                  timeout_sec AS timeoutsec, epoch, exit_code, metrics, started_at, finished_at,
                  CASE WHEN type = 'job' THEN (SELECT max(c.id) FROM runs.run c WHERE c.parent_step_id = s.id) END AS child_run_id,
                  undoes AS undoes_step_id, (SELECT o.idx FROM runs.step o WHERE o.id = s.undoes) AS undoes_idx,
                  CASE WHEN undo IS NOT NULL THEN runs.is_undone(id) END AS is_undone,
                  CASE WHEN $2 THEN stdout END AS stdout, CASE WHEN $2 THEN stderr END AS stderr
           FROM runs.step s WHERE run_id = $1 ORDER BY idx, id"#,
        run.0,
        output == Output::Full,
    )
    .fetch_all(conn)
    .await
}

/// A step of a run that is over.
#[derive(Clone, Debug)]
pub struct PastStep {
    /// Its target.
    pub target_id: Option<i64>,
    /// Name of the target at that time.
    pub target_name: Option<String>,
    /// Whether it was one of a fleet's.
    pub is_of_fleet: bool,
    /// Whether there is nothing left to do about it.
    pub is_done: bool,
}

/// The steps of a run that is over, by whether they are done.
pub async fn list_past(conn: &mut PgConnection, run: RunId) -> Result<Vec<PastStep>, sqlx::Error> {
    sqlx::query_as!(
        PastStep,
        r#"SELECT target_id, target_name, lane IS NOT NULL AS "is_of_fleet!",
             (status IN ('succeeded', 'skipped') OR status = 'failed' AND on_error = 'ignore')
             AND (undo IS NULL OR NOT runs.is_undone(id)) AS "is_done!"
           FROM runs.step WHERE run_id = $1 ORDER BY lane, idx"#,
        run.0,
    )
    .fetch_all(conn)
    .await
}

/// A step that waits for a person's word.
#[derive(Clone, Debug)]
pub struct Undecided {
    /// Its type.
    pub kind: String,
    /// The role that an approval asks for.
    pub role: Option<String>,
}

/// Finds a step of this run that waits for a person's word.
pub async fn find_undecided(
    conn: &mut PgConnection,
    run: RunId,
    step: StepId,
) -> Result<Option<Undecided>, sqlx::Error> {
    sqlx::query_as!(
        Undecided,
        "SELECT type AS kind, spec ->> 'role' AS role FROM runs.step
         WHERE run_id = $1 AND id = $2 AND status = 'unknown'",
        run.0,
        step.0,
    )
    .fetch_optional(conn)
    .await
}

/// Ends a step that waits for approval; false if it does not wait for that.
pub async fn decide_approval(
    conn: &mut PgConnection,
    step: StepId,
    (status, reason): (&str, &str),
    who: &str,
) -> Result<bool, sqlx::Error> {
    let status = sqlx::query_scalar!(
        "SELECT runs.decide_approval($1, $2, $3, $4)",
        step.0,
        status,
        reason,
        who
    )
    .fetch_one(conn)
    .await?;
    Ok(status.is_some())
}

/// Fails steps that nobody has approved in time; answers how many.
pub async fn expire_approvals(conn: &mut PgConnection, limit: i32) -> Result<i32, sqlx::Error> {
    let expired = sqlx::query_scalar!("SELECT runs.expire_approvals($1)", limit)
        .fetch_one(conn)
        .await?;
    Ok(expired.unwrap_or_default())
}

/// Says what became of a step; false if it does not wait for that.
pub async fn resolve(
    conn: &mut PgConnection,
    step: StepId,
    decision: &str,
    who: &str,
) -> Result<bool, sqlx::Error> {
    let status = sqlx::query_scalar!(
        "SELECT runs.resolve_step($1, $2, $3)",
        step.0,
        decision,
        who
    )
    .fetch_one(conn)
    .await?;
    Ok(status.is_some())
}

/// Whether the turn of a step has come, if the run has such a step: it waits for an executor, runs,
/// or is over.
pub async fn has_begun(
    conn: &mut PgConnection,
    run: RunId,
    step: StepId,
) -> Result<Option<bool>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT s.status <> 'queued' OR EXISTS (SELECT FROM runs.live_step l WHERE l.step_id = s.id)
             AS "begun!"
           FROM runs.step s WHERE s.id = $1 AND s.run_id = $2"#,
        step.0,
        run.0,
    )
    .fetch_optional(conn)
    .await
}

/// The steps of a run on a target.
pub async fn list_on(
    conn: &mut PgConnection,
    run: RunId,
    target: TargetId,
) -> Result<Vec<StepId>, sqlx::Error> {
    let ids = sqlx::query_scalar!(
        "SELECT id FROM runs.step WHERE run_id = $1 AND target_id = $2",
        run.0,
        target.0,
    )
    .fetch_all(conn)
    .await?;
    Ok(ids.into_iter().map(StepId).collect())
}

/// Cancels steps; tells how many were not over.
pub async fn cancel(
    conn: &mut PgConnection,
    run: RunId,
    steps: &[StepId],
    who: &str,
) -> Result<i32, sqlx::Error> {
    let ids: Vec<i64> = steps.iter().map(|step| step.0).collect();
    sqlx::query_scalar!(
        r#"SELECT runs.cancel_steps($1, $2, $3) AS "count!""#,
        run.0,
        &ids,
        who,
    )
    .fetch_one(conn)
    .await
}
