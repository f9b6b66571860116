//! Plays an executor, and looks at runs.

use serde_json::{Value, json};
use sqlx::PgPool;
use testkit::app::TestApp;

/// A claimed step.
#[derive(Clone, Debug)]
pub(crate) struct Claim {
    pub(crate) step: i64,
    pub(crate) run: i64,
    pub(crate) epoch: i64,
    pub(crate) idx: i32,
    pub(crate) target: String,
}

/// An executor by hand.
pub(crate) struct Worker(pub(crate) PgPool);

impl Worker {
    pub(crate) async fn new(app: &TestApp) -> Self {
        Self(app.db.superuser().await)
    }

    /// Claims up to `max` steps.
    pub(crate) async fn claim(&self, max: i32) -> Vec<Claim> {
        sqlx::query_as!(
            Claim,
            r#"SELECT step_id AS "step!", run_id AS "run!", epoch AS "epoch!", idx AS "idx!",
                 coalesce(target_name, '') AS "target!" FROM runs.claim_steps('w', $1, 15)"#,
            max
        )
        .fetch_all(&self.0)
        .await
        .unwrap()
    }

    /// Claims, and tells what was claimed as `idx target`, sorted.
    pub(crate) async fn names(&self, max: i32) -> Vec<String> {
        names(&self.claim(max).await)
    }

    pub(crate) async fn finish(&self, claim: &Claim, status: &str) {
        self.run(&format!(
            "SELECT runs.finish_step({}, {}, 'w', '{status}', NULL, 0, '', '', '{{}}')",
            claim.step, claim.epoch
        ))
        .await;
    }

    /// Ends all that is claimed, with success.
    pub(crate) async fn finish_all(&self) {
        self.run(
            "SELECT runs.finish_step(step_id, epoch, 'w', 'succeeded', NULL, 0, '', '', '{}')
             FROM runs.live_step WHERE state = 'claimed'",
        )
        .await;
    }

    pub(crate) async fn run(&self, statement: &str) {
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement.to_owned()))
            .execute(&self.0)
            .await
            .unwrap();
    }
}

/// What was claimed as `idx target`, sorted.
pub(crate) fn names(claims: &[Claim]) -> Vec<String> {
    let mut names: Vec<String> = claims
        .iter()
        .map(|claim| format!("{} {}", claim.idx, claim.target))
        .collect();
    names.sort();
    names
}

/// Makes a job of this definition and starts it; answers with the id of the run.
pub(crate) async fn start_job(app: &TestApp, name: &str, definition: Value) -> i64 {
    let made = app
        .operator()
        .post("/jobs", json!({"name": name, "definition": definition}))
        .await
        .expect(201);
    again(app, made["id"].as_i64().unwrap()).await
}

/// Starts a job.
pub(crate) async fn again(app: &TestApp, job: i64) -> i64 {
    let run = app
        .operator()
        .post(&format!("/jobs/{job}/run"), json!({}))
        .await;
    run.expect(201)["id"].as_i64().unwrap()
}

/// The run as people see it.
pub(crate) async fn look(app: &TestApp, run: i64) -> Value {
    app.viewer().get(&format!("/runs/{run}")).await.expect(200)
}

/// Status and reason of a run.
pub(crate) async fn end(app: &TestApp, run: i64) -> (String, String) {
    let run = look(app, run).await;
    let text = |name: &str| run[name].as_str().unwrap_or_default().to_owned();
    (text("status"), text("reason"))
}

/// Code and text of why a run waits.
pub(crate) async fn reasons(app: &TestApp, run: i64) -> Vec<(String, String)> {
    let run = look(app, run).await;
    let list = run["waiting"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    list.iter()
        .map(|reason| (text(&reason["code"]), text(&reason["text"])))
        .collect()
}
