//! Runs to test with, and short names for the functions of the database.

use serde_json::json;
use sqlx::{Connection, PgConnection};

use crate::harness::{Db, execute, texts};

/// What matters of a step when a run is made.
#[derive(Clone, Copy)]
pub(crate) struct Plan {
    pub(crate) idx: i32,
    pub(crate) target: Option<i64>,
    pub(crate) on_error: &'static str,
    pub(crate) idempotent: bool,
}

impl Plan {
    /// A step without target that stops the run when it fails.
    pub(crate) fn at(idx: i32) -> Self {
        Self {
            idx,
            target: None,
            on_error: "stop",
            idempotent: false,
        }
    }

    pub(crate) fn on(self, target: i64) -> Self {
        Self {
            target: Some(target),
            ..self
        }
    }

    pub(crate) fn on_error(self, on_error: &'static str) -> Self {
        Self { on_error, ..self }
    }

    pub(crate) fn idempotent(self) -> Self {
        Self {
            idempotent: true,
            ..self
        }
    }
}

/// A started run and its steps in the order of the plans.
pub(crate) struct Run {
    pub(crate) id: i64,
    pub(crate) steps: Vec<i64>,
}

/// A claim as a worker knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Claim {
    pub(crate) step: i64,
    pub(crate) epoch: i64,
    pub(crate) worker: String,
}

/// A database with a job, and the connections of both services.
pub(crate) struct Bench {
    pub(crate) db: Db,
    pub(crate) admin: PgConnection,
    pub(crate) jobs: PgConnection,
    pub(crate) executor: PgConnection,
}

impl Bench {
    pub(crate) async fn new() -> Self {
        let db = Db::new().await;
        let mut jobs = db.login("opsc_jobs").await;
        execute(
            &mut jobs,
            "INSERT INTO jobs.job (name, created_by) VALUES ('deploy', '1')",
        )
        .await
        .unwrap();
        Self {
            admin: db.admin().await,
            jobs,
            executor: db.login("opsc_executor").await,
            db,
        }
    }

    /// Inserts a run and starts it, as the jobs service does.
    pub(crate) async fn start(&mut self, plans: &[Plan]) -> Run {
        let mut tx = self.jobs.begin().await.unwrap();
        let id = insert_run(&mut tx).await;
        let mut steps = Vec::new();
        for plan in plans {
            steps.push(insert_step(&mut tx, id, plan).await);
        }
        sqlx::query_scalar!("SELECT runs.start_run($1)", id)
            .fetch_one(&mut *tx)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        Run { id, steps }
    }

    pub(crate) async fn claim(&mut self, worker: &str, max: i32) -> Vec<Claim> {
        claim(&mut self.executor, worker, max).await
    }

    /// Claims the one step that is ready.
    pub(crate) async fn claim_one(&mut self, worker: &str) -> Claim {
        let mut claims = self.claim(worker, 100).await;
        assert_eq!(claims.len(), 1, "{claims:?}");
        claims.remove(0)
    }

    pub(crate) async fn mark_sent(&mut self, claim: &Claim) -> bool {
        sqlx::query_scalar!(
            r#"SELECT runs.mark_sent($1, $2, $3, NULL) AS "done!""#,
            claim.step,
            claim.epoch,
            claim.worker
        )
        .fetch_one(&mut self.executor)
        .await
        .unwrap()
    }

    pub(crate) async fn finish(&mut self, claim: &Claim, status: &str) -> bool {
        finish(&mut self.executor, claim, status).await.unwrap()
    }

    pub(crate) async fn release(&mut self, claim: &Claim, delay: i32) -> bool {
        sqlx::query_scalar!(
            r#"SELECT runs.release_step($1, $2, $3, 'draining', $4) AS "done!""#,
            claim.step,
            claim.epoch,
            claim.worker,
            delay
        )
        .fetch_one(&mut self.executor)
        .await
        .unwrap()
    }

    /// Renews one lease; answers (still mine, cancel requested).
    pub(crate) async fn renew(&mut self, claim: &Claim) -> (bool, bool) {
        let row = sqlx::query!(
            r#"SELECT still_mine AS "still_mine!", cancel_requested AS "cancel_requested!"
               FROM runs.renew($1, $2, $3, 15)"#,
            claim.worker,
            &[claim.step],
            &[claim.epoch]
        )
        .fetch_one(&mut self.executor)
        .await
        .unwrap();
        (row.still_mine, row.cancel_requested)
    }

    /// Takes lost steps back; answers (step, what became of it).
    pub(crate) async fn recover(&mut self) -> Vec<(i64, String)> {
        sqlx::query!(
            r#"SELECT step_id AS "step_id!", outcome AS "outcome!" FROM runs.recover_lost(100)"#
        )
        .fetch_all(&mut self.executor)
        .await
        .unwrap()
        .into_iter()
        .map(|row| (row.step_id, row.outcome))
        .collect()
    }

    pub(crate) async fn cancel(&mut self, run: i64) -> Option<String> {
        sqlx::query_scalar!("SELECT runs.cancel_run($1, '7')", run)
            .fetch_one(&mut self.jobs)
            .await
            .unwrap()
    }

    pub(crate) async fn resolve(&mut self, step: i64, decision: &str) -> Option<String> {
        sqlx::query_scalar!("SELECT runs.resolve_step($1, $2, '7')", step, decision)
            .fetch_one(&mut self.jobs)
            .await
            .unwrap()
    }

    /// Lets all leases run out.
    pub(crate) async fn expire_leases(&mut self) {
        let sql = "UPDATE runs.live_step SET lease_until = clock_timestamp() - interval '1 s' WHERE state = 'claimed'";
        execute(&mut self.admin, sql).await.unwrap();
    }

    /// Ends all waiting times.
    pub(crate) async fn end_delays(&mut self) {
        execute(
            &mut self.admin,
            "UPDATE runs.live_step SET available_at = clock_timestamp()",
        )
        .await
        .unwrap();
    }

    /// `status` or `status:reason` of a run.
    pub(crate) async fn run_status(&mut self, run: &Run) -> String {
        let sql = format!(
            "SELECT concat_ws(':', status, reason) FROM runs.run WHERE id = {}",
            run.id
        );
        texts(&mut self.admin, &sql).await.remove(0)
    }

    /// Statuses of the steps of a run.
    pub(crate) async fn step_statuses(&mut self, run: &Run) -> Vec<String> {
        let sql = format!(
            "SELECT status FROM runs.step WHERE run_id = {} ORDER BY id",
            run.id
        );
        texts(&mut self.admin, &sql).await
    }

    /// Kinds of the events of a run; asserts that their numbers have no gap.
    pub(crate) async fn events(&mut self, run: &Run) -> Vec<String> {
        let sql = format!(
            "SELECT seq || ' ' || kind FROM runs.event WHERE run_id = {} ORDER BY seq",
            run.id
        );
        let numbered = texts(&mut self.admin, &sql).await;
        let parts = numbered.iter().enumerate().map(|(place, line)| {
            let (seq, kind) = line.split_once(' ').unwrap();
            assert_eq!(seq, (place + 1).to_string());
            kind.to_owned()
        });
        parts.collect()
    }
}

async fn insert_run(conn: &mut PgConnection) -> i64 {
    sqlx::query_scalar!(
        "INSERT INTO runs.run (job_id, job_name, job_version, requested_by, requested_by_name, parameters, correlation_id)
         VALUES (1, 'deploy', 1, '1', 'admin', '{}', 'request-1') RETURNING id"
    )
    .fetch_one(conn)
    .await
    .unwrap()
}

async fn insert_step(conn: &mut PgConnection, run: i64, plan: &Plan) -> i64 {
    sqlx::query_scalar!(
        "INSERT INTO runs.step (run_id, idx, name, type, target_id, target, credential_id, spec, on_error, idempotent)
         VALUES ($1, $2, 'step', 'ssh.exec', $3, $4, 5, $5, $6, $7) RETURNING id",
        run,
        plan.idx,
        plan.target,
        json!({"host": "web1", "port": 22}),
        json!({"type": "ssh.exec", "command": "true"}),
        plan.on_error,
        plan.idempotent
    )
    .fetch_one(conn)
    .await
    .unwrap()
}

/// Claims steps for 15 s.
pub(crate) async fn claim(conn: &mut PgConnection, worker: &str, max: i32) -> Vec<Claim> {
    sqlx::query!(
        r#"SELECT step_id AS "step_id!", epoch AS "epoch!" FROM runs.claim_steps($1, $2, 15)"#,
        worker,
        max
    )
    .fetch_all(conn)
    .await
    .unwrap()
    .into_iter()
    .map(|row| Claim {
        step: row.step_id,
        epoch: row.epoch,
        worker: worker.to_owned(),
    })
    .collect()
}

/// Finishes a step with exit code 3 and some output.
pub(crate) async fn finish(
    conn: &mut PgConnection,
    claim: &Claim,
    status: &str,
) -> Result<bool, sqlx::Error> {
    let reason = (status == "failed").then_some("exit_code");
    sqlx::query_scalar!(
        r#"SELECT runs.finish_step($1, $2, $3, $4, $5, 3, 'out', 'err', '{"total_ms": 5}') AS "done!""#,
        claim.step,
        claim.epoch,
        claim.worker,
        status,
        reason
    )
    .fetch_one(conn)
    .await
}
