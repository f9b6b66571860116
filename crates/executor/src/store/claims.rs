//! Claims of steps: take, renew, fence, finish, hand back, recover.

use runlog::Source;
use serde::Serialize;
use serde_json::Value;
use sqlx::PgConnection;
use sqlx::types::Json;

use crate::domain::outcome::Outcome;
use crate::domain::printed::Size;

/// A step that this worker holds, with all that is needed to do it but its secret.
#[derive(Clone, Debug)]
pub(crate) struct Claim {
    pub(crate) step_id: i64,
    pub(crate) epoch: i64,
    pub(crate) run_id: i64,
    pub(crate) correlation_id: String,
    pub(crate) parameters: Value,
    pub(crate) idx: i32,
    pub(crate) kind: String,
    pub(crate) target: Option<Value>,
    pub(crate) credential_id: Option<i64>,
    pub(crate) spec: Value,
    pub(crate) timeout_sec: i32,
    pub(crate) idempotent: bool,
    pub(crate) attempt_count: i32,
    /// What else its definition says.
    pub(crate) options: Value,
    /// How often it has failed since a person queued it.
    pub(crate) failures: i32,
    /// Name of a command that goes on at the target and is to be followed, not sent.
    pub(crate) remote: Option<String>,
    /// How long ago that was sent.
    pub(crate) sent_seconds: Option<f64>,
    pub(crate) cancel_requested: bool,
}

/// What a renewal told of one claim.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Renewed {
    pub(crate) step_id: i64,
    pub(crate) epoch: i64,
    pub(crate) still_mine: bool,
    pub(crate) cancel_requested: bool,
}

/// A step that was taken back from a worker.
#[derive(Clone, Debug)]
pub(crate) struct Recovered {
    pub(crate) step_id: i64,
    pub(crate) run_id: i64,
    pub(crate) worker: Option<String>,
    pub(crate) outcome: String,
}

/// The proof of a claim, carried by every write.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fence<'a> {
    pub(crate) step_id: i64,
    pub(crate) epoch: i64,
    pub(crate) worker: &'a str,
}

/// How a claim ended, as `runs.finish_steps` reads it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct End {
    pub(crate) step: i64,
    pub(crate) epoch: i64,
    status: &'static str,
    reason: Option<String>,
    exit_code: Option<i32>,
    stdout: String,
    stderr: String,
    metrics: Value,
    bytes: i64,
    lines: i64,
    lost: i64,
}

impl End {
    pub(crate) fn new(step: i64, epoch: i64, outcome: &Outcome) -> Self {
        Self {
            step,
            epoch,
            status: outcome.status.as_str(),
            reason: outcome.reason.clone(),
            exit_code: outcome.exit_code,
            stdout: outcome.stdout.clone(),
            stderr: outcome.stderr.clone(),
            metrics: outcome.metrics.clone(),
            bytes: signed(outcome.size.end.bytes),
            lines: signed(outcome.size.end.lines),
            lost: signed(outcome.size.lost_bytes),
        }
    }

    /// About how long it is.
    pub(crate) fn len(&self) -> usize {
        self.stdout.len() + self.stderr.len()
    }
}

/// Claims up to `max` steps for `lease_seconds`.
pub(crate) async fn claim(
    conn: &mut PgConnection,
    worker: &str,
    max: i32,
    lease_seconds: i32,
) -> sqlx::Result<Vec<Claim>> {
    sqlx::query_as!(
        Claim,
        r#"SELECT step_id AS "step_id!", epoch AS "epoch!", run_id AS "run_id!",
             correlation_id AS "correlation_id!", parameters AS "parameters!", idx AS "idx!",
             type AS "kind!", target, credential_id, spec AS "spec!",
             timeout_sec AS "timeout_sec!", idempotent AS "idempotent!",
             attempt_count AS "attempt_count!", options AS "options!", failures AS "failures!", remote, sent_seconds,
             cancel_requested AS "cancel_requested!"
           FROM runs.claim_steps($1, $2, $3)"#,
        worker,
        max,
        lease_seconds,
    )
    .fetch_all(conn)
    .await
}

/// Renews all claims of a worker at once; `steps` and `epochs` go in pairs.
pub(crate) async fn renew(
    conn: &mut PgConnection,
    worker: &str,
    steps: &[i64],
    epochs: &[i64],
    lease_seconds: i32,
) -> sqlx::Result<Vec<Renewed>> {
    sqlx::query_as!(
        Renewed,
        r#"SELECT step_id AS "step_id!", epoch AS "epoch!", still_mine AS "still_mine!",
             cancel_requested AS "cancel_requested!"
           FROM runs.renew($1, $2, $3, $4)"#,
        worker,
        steps,
        epochs,
        lease_seconds,
    )
    .fetch_all(conn)
    .await
}

/// Notes that the command is about to be sent, and under which name it can be found again if it
/// outlives its connection; false: do not send.
pub(crate) async fn mark_sent(
    conn: &mut PgConnection,
    fence: Fence<'_>,
    remote: Option<&str>,
) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"SELECT runs.mark_sent($1, $2, $3, $4) AS "held!""#,
        fence.step_id,
        fence.epoch,
        fence.worker,
        remote,
    )
    .fetch_one(conn)
    .await
}

/// Records how claims of a worker ended, with the last of their output; answers with the steps
/// whose claims were held.
pub(crate) async fn finish(
    conn: &mut PgConnection,
    worker: &str,
    ends: &[End],
) -> sqlx::Result<Vec<i64>> {
    sqlx::query_scalar!(
        r#"SELECT runs.finish_steps($1, $2) AS "held!""#,
        worker,
        Json(ends) as _,
    )
    .fetch_one(conn)
    .await
}

/// Tells how much claims of a worker have printed so far; answers with the steps that it still holds.
pub(crate) async fn record_output(
    conn: &mut PgConnection,
    worker: &str,
    printed: &[(Source, Size)],
) -> sqlx::Result<Vec<i64>> {
    let all = |of: fn(&(Source, Size)) -> i64| printed.iter().map(of).collect::<Vec<i64>>();
    let held = sqlx::query_scalar!(
        "SELECT runs.record_output($1, $2, $3, $4, $5, $6)",
        worker,
        &all(|(source, _)| source.step),
        &all(|(source, _)| source.epoch),
        &all(|(_, size)| signed(size.end.bytes)),
        &all(|(_, size)| signed(size.end.lines)),
        &all(|(_, size)| signed(size.lost_bytes)),
    )
    .fetch_one(conn)
    .await?;
    Ok(held.unwrap_or_default())
}

fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// What was recorded of a claim, if it has ended.
pub(crate) async fn find_outcome(
    conn: &mut PgConnection,
    step_id: i64,
    epoch: i64,
) -> sqlx::Result<Option<String>> {
    let found = sqlx::query_scalar!(
        "SELECT outcome FROM runs.attempt WHERE step_id = $1 AND epoch = $2",
        step_id,
        epoch,
    )
    .fetch_optional(conn)
    .await?;
    Ok(found.flatten())
}

/// Notes that a step waits, once for each try; seconds since then, none if the claim is lost.
pub(crate) async fn begin_waiting(
    conn: &mut PgConnection,
    fence: Fence<'_>,
    failures: i32,
) -> sqlx::Result<Option<f64>> {
    sqlx::query_scalar!(
        "SELECT runs.begin_waiting($1, $2, $3, $4)",
        fence.step_id,
        fence.epoch,
        fence.worker,
        failures,
    )
    .fetch_one(conn)
    .await
}

/// Hands a step back that waits, to be claimed again after `delay_seconds`; false: it cannot be.
pub(crate) async fn park(
    conn: &mut PgConnection,
    fence: Fence<'_>,
    reason: &str,
    delay_seconds: i32,
) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"SELECT runs.park_step($1, $2, $3, $4, $5) AS "held!""#,
        fence.step_id,
        fence.epoch,
        fence.worker,
        reason,
        delay_seconds,
    )
    .fetch_one(conn)
    .await
}

/// Hands a step back, to be claimed again after `delay_seconds`; false: it cannot be.
pub(crate) async fn release(
    conn: &mut PgConnection,
    fence: Fence<'_>,
    reason: &str,
    delay_seconds: i32,
) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"SELECT runs.release_step($1, $2, $3, $4, $5) AS "held!""#,
        fence.step_id,
        fence.epoch,
        fence.worker,
        reason,
        delay_seconds,
    )
    .fetch_one(conn)
    .await
}

/// Queues a step again that has failed; false: the claim is lost.
pub(crate) async fn retry(
    conn: &mut PgConnection,
    fence: Fence<'_>,
    reason: &str,
    delay_seconds: i32,
) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"SELECT runs.retry_step($1, $2, $3, $4, $5) AS "held!""#,
        fence.step_id,
        fence.epoch,
        fence.worker,
        reason,
        delay_seconds,
    )
    .fetch_one(conn)
    .await
}

/// Takes back up to `limit` steps whose leases ran out, whoever held them.
pub(crate) async fn recover(conn: &mut PgConnection, limit: i32) -> sqlx::Result<Vec<Recovered>> {
    sqlx::query_as!(
        Recovered,
        r#"SELECT step_id AS "step_id!", run_id AS "run_id!", worker, outcome AS "outcome!"
           FROM runs.recover_lost($1)"#,
        limit,
    )
    .fetch_all(conn)
    .await
}
