//! A place to run steps: database, SSH server, credentials, executors.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use executor::config::Config;
use executor::{SERVICE, build_with};
use serde_json::{Value, json};
use sqlx::PgPool;
use testkit::app::{TestApp, parts_on, settings};
use testkit::credentials::Credentials;
use testkit::db::TestDb;
use testkit::proxy::Proxy;
use testkit::sshd::{Sshd, SshdOptions};

use crate::step::Step;

/// The credential that opens the server of the bench.
pub(crate) const CREDENTIAL: i64 = 7;

/// All that a run needs but an executor.
pub(crate) struct Bench {
    pub(crate) db: TestDb,
    pub(crate) sshd: Sshd,
    pub(crate) credentials: Credentials,
    /// Where output is kept.
    pub(crate) output: PathBuf,
    jobs: PgPool,
    pub(crate) root: PgPool,
}

/// What is recorded of a step.
#[derive(Clone, Debug)]
pub(crate) struct StepRow {
    pub(crate) status: String,
    pub(crate) reason: Option<String>,
    pub(crate) exit_code: Option<i32>,
    pub(crate) stdout: Option<String>,
    pub(crate) stderr: Option<String>,
    pub(crate) metrics: Value,
    pub(crate) epoch: i64,
    pub(crate) is_sent: bool,
}

impl StepRow {
    pub(crate) fn out(&self) -> &str {
        self.stdout.as_deref().unwrap_or_default()
    }

    pub(crate) fn err(&self) -> &str {
        self.stderr.as_deref().unwrap_or_default()
    }

    /// Status and reason, for a check at one glance.
    pub(crate) fn end(&self) -> (&str, Option<&str>) {
        (&self.status, self.reason.as_deref())
    }
}

impl Bench {
    pub(crate) async fn new() -> Self {
        let db = TestDb::new().await;
        let sshd = Sshd::start().await;
        let credentials = Credentials::start(db.pool("opsc_credentials").await);
        let key = sshd.accepted_key("ed25519", "");
        credentials.keep(
            CREDENTIAL,
            json!({"username": sshd.user(), "private_key": key}),
        );
        let root = db.superuser().await;
        sqlx::query!("INSERT INTO jobs.job (name, created_by) VALUES ('job', '1')")
            .execute(&root)
            .await
            .expect("a job");
        let jobs = db.pool("opsc_jobs").await;
        let output = sshd.folder().join("output");
        Self {
            db,
            output,
            sshd,
            credentials,
            jobs,
            root,
        }
    }

    /// An executor in this process, with the usual settings.
    pub(crate) async fn executor(&self) -> TestApp {
        self.executor_with(|_config| {}).await
    }

    /// An executor in this process, with settings that `change` has changed.
    pub(crate) async fn executor_with(&self, change: impl FnOnce(&mut Config)) -> TestApp {
        let parts = parts_on(SERVICE, self.db.clone());
        let common = settings(&self.db.url("opsc_executor"));
        let mut config = Config::for_test(common, &self.credentials.url, &self.output);
        change(&mut config);
        TestApp::start(parts, async |kit| build_with(kit, config).await).await
    }

    /// A step that runs `command` in bash on the server of the bench.
    pub(crate) fn exec(&self, command: &str) -> Step {
        self.step("ssh.exec", json!({"command": command, "shell": "bash"}))
    }

    /// A step that writes `content` to `path`.
    pub(crate) fn copy(&self, path: &str, content_b64: &str) -> Step {
        let spec = json!({"destPath": path, "contentB64": content_b64, "overwrite": true});
        self.step("ssh.copy", spec)
    }

    /// Another server, with further lines of configuration, that takes the same credential.
    pub(crate) async fn server(&self, config: Vec<String>) -> Sshd {
        let options = SshdOptions {
            config,
            ..SshdOptions::default()
        };
        let server = Sshd::start_with(options).await;
        let key = server.accepted_key("ed25519", "");
        let secret = json!({"username": server.user(), "private_key": key});
        self.credentials.keep(CREDENTIAL, secret);
        server
    }

    /// A step that runs `command` in bash on that server.
    pub(crate) fn exec_on(&self, server: &Sshd, command: &str) -> Step {
        let pin = server.host_key("ed25519");
        let pins = json!([{"algorithm": pin.algorithm, "fingerprint": pin.fingerprint}]);
        self.exec(command)
            .target("port", server.port().into())
            .target("host_keys", pins)
    }

    /// The name under which the first command of a run is known on its target.
    pub(crate) async fn remote(&self, run: i64) -> Option<String> {
        sqlx::query_scalar!(
            "SELECT remote FROM runs.step WHERE run_id = $1 ORDER BY idx LIMIT 1",
            run
        )
        .fetch_one(&self.root)
        .await
        .expect("a step")
    }

    pub(crate) fn step(&self, kind: &'static str, spec: Value) -> Step {
        let pin = self.sshd.host_key("ed25519");
        Step {
            kind,
            spec,
            target: json!({
                "id": 1, "name": "web-1", "hostname": self.sshd.host(), "port": self.sshd.port(),
                "protocol": "ssh", "credential_id": CREDENTIAL, "metadata": {},
                "host_keys": [{"algorithm": pin.algorithm, "fingerprint": pin.fingerprint}],
            }),
            credential_id: Some(CREDENTIAL),
            timeout_sec: 60,
            on_error: "stop",
            idempotent: false,
            name: "",
            options: json!({}),
            undo: None,
        }
    }

    /// Starts a run of these steps, one after the other.
    pub(crate) async fn run(&self, steps: &[Step]) -> i64 {
        self.run_with(steps, json!({})).await
    }

    /// Starts a run with parameters.
    pub(crate) async fn run_with(&self, steps: &[Step], parameters: Value) -> i64 {
        self.run_sealed(steps, parameters, None).await
    }

    /// Starts a run with parameters, the secret ones in a parcel.
    pub(crate) async fn run_sealed(
        &self,
        steps: &[Step],
        parameters: Value,
        parcel: Option<i64>,
    ) -> i64 {
        let mut tx = self.jobs.begin().await.expect("a transaction");
        let run = sqlx::query_scalar!(
            "INSERT INTO runs.run
               (job_id, job_name, job_version, requested_by, requested_by_name, parameters, correlation_id, parcel_id)
             VALUES (1, 'job', 1, '1', 'admin', $1, 'test', $2) RETURNING id",
            parameters,
            parcel,
        )
        .fetch_one(&mut *tx)
        .await
        .expect("a run");
        for (idx, step) in (0..).zip(steps) {
            sqlx::query!(
                "INSERT INTO runs.step (run_id, idx, type, target_id, target_name, target,
                   credential_id, spec, shell, timeout_sec, on_error, idempotent, name, options, undo)
                 VALUES ($1, $2, $3, 1, 'web-1', $4, $5, $6, 'bash', $7, $8, $9, $10, $11, $12)",
                run,
                idx,
                step.kind,
                step.target,
                step.credential_id,
                step.spec,
                step.timeout_sec,
                step.on_error,
                step.idempotent,
                step.name,
                step.options,
                step.undo,
            )
            .execute(&mut *tx)
            .await
            .expect("a step");
        }
        sqlx::query_scalar!("SELECT runs.start_run($1)", run)
            .fetch_one(&mut *tx)
            .await
            .expect("started");
        tx.commit().await.expect("committed");
        run
    }

    /// Asks for the cancel of a run; answers with its status.
    pub(crate) async fn cancel(&self, run: i64) -> Option<String> {
        sqlx::query_scalar!("SELECT runs.cancel_run($1, '1')", run)
            .fetch_one(&self.jobs)
            .await
            .expect("canceled")
    }

    /// Status and reason of a run.
    pub(crate) async fn status(&self, run: i64) -> (String, Option<String>) {
        let row = sqlx::query!("SELECT status, reason FROM runs.run WHERE id = $1", run)
            .fetch_one(&self.root)
            .await
            .expect("the run");
        (row.status, row.reason)
    }

    /// Waits for a run to have a status out of `wanted`, at most `limit`.
    pub(crate) async fn wait(&self, run: i64, wanted: &[&str], limit: Duration) -> String {
        let deadline = Instant::now() + limit;
        loop {
            let (status, reason) = self.status(run).await;
            if wanted.contains(&status.as_str()) {
                return status;
            }
            let steps = self.steps(run).await;
            assert!(
                Instant::now() < deadline,
                "run is {status} ({reason:?}): {steps:?}"
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until a run is over; answers with its status.
    pub(crate) async fn ended(&self, run: i64) -> String {
        let over = ["succeeded", "failed", "canceled", "needs_attention"];
        self.wait(run, &over, Duration::from_secs(30)).await
    }

    /// The steps of a run in order.
    pub(crate) async fn steps(&self, run: i64) -> Vec<StepRow> {
        sqlx::query_as!(
            StepRow,
            r#"SELECT status, reason, exit_code, stdout, stderr, metrics, epoch,
                 sent_at IS NOT NULL AS "is_sent!"
               FROM runs.step WHERE run_id = $1 ORDER BY idx"#,
            run,
        )
        .fetch_all(&self.root)
        .await
        .expect("steps")
    }

    /// What became of all claims of a run that are over, in order.
    pub(crate) async fn attempts(&self, run: i64) -> Vec<String> {
        sqlx::query_scalar!(
            r#"SELECT a.outcome AS "outcome!" FROM runs.attempt a JOIN runs.step s ON s.id = a.step_id
               WHERE s.run_id = $1 AND a.outcome IS NOT NULL ORDER BY s.idx, a.epoch"#,
            run
        )
        .fetch_all(&self.root)
        .await
        .expect("attempts")
    }

    /// Runs one step to its end.
    pub(crate) async fn outcome(&self, step: Step) -> StepRow {
        let run = self.run(&[step]).await;
        self.ended(run).await;
        self.steps(run).await.remove(0)
    }

    /// A path in the folder of the bench.
    pub(crate) fn path(&self, name: &str) -> String {
        self.sshd.folder().join(name).display().to_string()
    }

    /// The text of a file in the folder of the bench; empty if there is none.
    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    /// Waits until `look` finds something.
    pub(crate) async fn until<T>(&self, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
        testkit::wait::until(what, async || look()).await
    }

    /// Entries of the audit log with this action.
    pub(crate) async fn audited(&self, action: &str) -> i64 {
        sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!" FROM audit.entry WHERE action = $1"#,
            action
        )
        .fetch_one(&self.root)
        .await
        .expect("audit")
    }

    /// Seconds that the first step of a run waited for an executor.
    pub(crate) async fn waited(&self, run: i64) -> f64 {
        sqlx::query_scalar!(
            r#"SELECT extract(epoch FROM started_at - queued_at)::float8 AS "seconds!"
               FROM runs.run WHERE id = $1"#,
            run,
        )
        .fetch_one(&self.root)
        .await
        .expect("the run")
    }

    /// Whether every lease ran out.
    pub(crate) async fn leases_ended(&self) -> bool {
        sqlx::query_scalar!(
            r#"SELECT bool_and(lease_until < clock_timestamp()) AS "ended!" FROM runs.live_step"#
        )
        .fetch_one(&self.root)
        .await
        .expect("leases")
    }

    /// How many workers are known.
    pub(crate) async fn workers(&self) -> i64 {
        sqlx::query_scalar!(r#"SELECT count(*) AS "count!" FROM runs.worker"#)
            .fetch_one(&self.root)
            .await
            .expect("workers")
    }

    /// A way to the database that can be cut, and its address for an executor.
    pub(crate) async fn cuttable(&self) -> (Proxy, String) {
        Proxy::to_database(&self.db.url("opsc_executor")).await
    }
}
