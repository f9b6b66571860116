//! What is on record of runs, read past all proxies and through restarts of the database.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgPool;

/// A run on record.
#[derive(Clone, Debug)]
pub struct RunRow {
    /// Its number.
    pub id: i64,
    /// Where it stands.
    pub status: String,
    /// Why.
    pub reason: Option<String>,
    /// Number of its last event.
    pub event_seq: i64,
    /// Whether somebody wants it ended.
    pub is_canceled: bool,
    /// Most targets of its fleet at a time.
    pub parallel: Option<i32>,
    /// The run that it undoes.
    pub undoes: Option<i64>,
}

/// A step on record.
#[derive(Clone, Debug)]
pub struct StepRow {
    /// Its number.
    pub id: i64,
    /// Its run.
    pub run_id: i64,
    /// Its mark in the ledger.
    pub name: String,
    /// Where it stands.
    pub status: String,
    /// Why.
    pub reason: Option<String>,
    /// Number of its last claim.
    pub epoch: i64,
    /// Exit code of its command.
    pub exit_code: Option<i32>,
    /// What it printed.
    pub stdout: Option<String>,
    /// What it printed as errors.
    pub stderr: Option<String>,
    /// Times and counts.
    pub metrics: Value,
    /// Whether a claim of it is open.
    pub is_live: bool,
}

/// An event on record.
#[derive(Clone, Debug)]
pub struct EventRow {
    /// Its run.
    pub run_id: i64,
    /// Its number within the run.
    pub seq: i64,
    /// What happened.
    pub kind: String,
    /// To which step.
    pub step_id: Option<i64>,
}

/// Reads the database as its superuser.
#[derive(Clone, Debug)]
pub struct Record {
    db: PgPool,
}

/// Asks until the database answers.
macro_rules! patient {
    ($ask:expr) => {{
        let mut tries = 0;
        loop {
            match $ask.await {
                Ok(answer) => break answer,
                Err(error) => assert!(tries < 600, "the database does not answer: {error}"),
            }
            tries += 1;
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }};
}

impl Record {
    pub(crate) fn new(db: PgPool) -> Self {
        Self { db }
    }

    pub(crate) async fn make_job(&self) {
        patient!(
            sqlx::query!("INSERT INTO jobs.job (name, created_by) VALUES ('job', '1')")
                .execute(&self.db)
        );
    }

    /// The time by the clock of the database.
    pub async fn now(&self) -> DateTime<Utc> {
        patient!(sqlx::query_scalar!(r#"SELECT clock_timestamp() AS "now!""#).fetch_one(&self.db))
    }

    /// Runs that are neither over nor wait for a person.
    pub async fn open_runs(&self) -> i64 {
        patient!(
            sqlx::query_scalar!(
                r#"SELECT count(*) AS "count!" FROM runs.run WHERE status IN ('queued', 'running')"#
            )
            .fetch_one(&self.db)
        )
    }

    /// All runs.
    pub async fn runs(&self) -> Vec<RunRow> {
        patient!(
            sqlx::query_as!(
                RunRow,
                r#"SELECT id, status, reason, event_seq, cancel_requested_at IS NOT NULL AS "is_canceled!", parallel, undoes
                   FROM runs.run ORDER BY id"#
            )
            .fetch_all(&self.db)
        )
    }

    /// All steps.
    pub async fn steps(&self) -> Vec<StepRow> {
        patient!(
            sqlx::query_as!(
                StepRow,
                r#"SELECT id, run_id, name, status, reason, epoch, exit_code, stdout, stderr, metrics,
                     EXISTS (SELECT FROM runs.live_step l WHERE l.step_id = step.id) AS "is_live!"
                   FROM runs.step ORDER BY id"#
            )
            .fetch_all(&self.db)
        )
    }

    /// The step with a mark.
    pub async fn step(&self, mark: &str) -> StepRow {
        let steps = self.steps().await;
        steps
            .into_iter()
            .find(|step| step.name == mark)
            .expect("the step")
    }

    /// All events in order.
    pub async fn events(&self) -> Vec<EventRow> {
        patient!(
            sqlx::query_as!(
                EventRow,
                "SELECT run_id, seq, kind, step_id FROM runs.event ORDER BY run_id, seq"
            )
            .fetch_all(&self.db)
        )
    }

    /// Steps that the process with this id holds.
    pub async fn held_by(&self, pid: u32) -> Vec<i64> {
        patient!(
            sqlx::query_scalar!(
                "SELECT step_id FROM runs.live_step
                 WHERE state = 'claimed' AND worker LIKE '%-' || $1::text || '-%'",
                pid.to_string()
            )
            .fetch_all(&self.db)
        )
    }

    /// Seconds from a moment until a step was claimed again, flagged or ended; none if it was not.
    pub async fn resumed_after(&self, step_id: i64, since: DateTime<Utc>) -> Option<f64> {
        patient!(
            sqlx::query_scalar!(
                r#"SELECT extract(epoch FROM min(at) - $2)::float8 FROM runs.event
                   WHERE step_id = $1 AND at > $2 AND kind <> 'step.queued'"#,
                step_id,
                since
            )
            .fetch_one(&self.db)
        )
    }

    /// Seconds that each run waited for its first claim, of those asked for since a moment.
    pub async fn waits(&self, since: DateTime<Utc>) -> Vec<f64> {
        patient!(
            sqlx::query_scalar!(
                r#"SELECT extract(epoch FROM started_at - queued_at)::float8 AS "seconds!"
                   FROM runs.run WHERE queued_at >= $1 AND started_at IS NOT NULL"#,
                since
            )
            .fetch_all(&self.db)
        )
    }

    /// The first claim of a step after a moment, in seconds; none if there is none.
    pub async fn first_claim(&self, since: DateTime<Utc>) -> Option<f64> {
        patient!(
            sqlx::query_scalar!(
                "SELECT extract(epoch FROM min(started_at) - $1)::float8 FROM runs.attempt WHERE started_at > $1",
                since
            )
            .fetch_one(&self.db)
        )
    }

    /// How often late writers were refused and noted, by number of the step.
    pub async fn refusals(&self) -> BTreeMap<String, i64> {
        let rows = patient!(
            sqlx::query!(
                r#"SELECT coalesce(object_id, '') AS "step!", count(*) AS "count!" FROM audit.entry
                   WHERE action = 'run.stale_write_rejected' GROUP BY 1"#
            )
            .fetch_all(&self.db)
        );
        rows.into_iter().map(|row| (row.step, row.count)).collect()
    }

    /// All audit entries and events as one text, to look for secrets in.
    pub async fn text(&self) -> String {
        patient!(
            sqlx::query_scalar!(
                r#"SELECT coalesce((SELECT string_agg(e::text, ' ') FROM audit.entry e), '')
                     || coalesce((SELECT string_agg(v::text, ' ') FROM runs.event v), '')
                     || coalesce((SELECT string_agg(s::text, ' ') FROM runs.step s), '') AS "text!""#
            )
            .fetch_one(&self.db)
        )
    }
}
