//! Steps that wait for the word of a person.

use serde_json::{Value, json};
use testkit::app::TestApp;

use crate::app::start;
use crate::worker::{Worker, start_job};

/// Starts a run whose approval waits; the path to decide on it.
async fn waiting(app: &TestApp, worker: &Worker, role: &str) -> (i64, String) {
    let job = json!({"steps": [
        {"type": "approval", "role": role, "message": "Deploy?"},
        {"type": "wait", "for": {"seconds": 0}}]});
    let run = start_job(app, role, job).await;
    let claim = worker.claim(1).await.remove(0);
    let (step, epoch) = (claim.step, claim.epoch);
    worker
        .run(&format!(
            "SELECT runs.mark_sent({step}, {epoch}, 'w', NULL)"
        ))
        .await;
    worker
        .run(&format!(
            "SELECT runs.finish_step({step}, {epoch}, 'w', 'unknown', 'approval_needed', NULL, '', '', '{{}}')"
        ))
        .await;
    (run, format!("/runs/{run}/steps/{step}/resolve"))
}

async fn run_of(app: &TestApp, run: i64) -> Value {
    app.viewer().get(&format!("/runs/{run}")).await.expect(200)
}

#[tokio::test]
async fn who_has_the_role_approves_and_the_run_goes_on() {
    let app = start().await;
    let worker = Worker::new(&app).await;
    let (run, path) = waiting(&app, &worker, "admin").await;
    let state = run_of(&app, run).await;
    assert_eq!(
        (&state["status"], &state["reason"]),
        (&json!("needs_attention"), &json!("approval_needed"))
    );
    let approve = json!({"decision": "succeeded"});
    app.operator()
        .post(&path, approve.clone())
        .await
        .problem(403, "runs.approval_needs_role");
    app.admin()
        .post(&path, json!({"decision": "retry"}))
        .await
        .wrong_field("decision");
    let after = app.admin().post(&path, approve.clone()).await.expect(200);
    assert_eq!(after["status"], "running");
    app.admin()
        .post(&path, approve)
        .await
        .problem(409, "runs.step_not_unknown");
    assert_eq!(worker.names(10).await, ["1 "]);
    assert_eq!(audited(&worker, "run.step_approved").await, 1);
}

#[tokio::test]
async fn a_rejected_run_fails() {
    let app = start().await;
    let worker = Worker::new(&app).await;
    let (run, path) = waiting(&app, &worker, "operator").await;
    let reject = json!({"decision": "failed"});
    app.operator().post(&path, reject).await.expect(200);
    let state = run_of(&app, run).await;
    assert_eq!(
        (&state["status"], &state["reason"]),
        (&json!("failed"), &json!("rejected"))
    );
    assert_eq!(audited(&worker, "run.step_rejected").await, 1);
}

#[tokio::test]
async fn what_nobody_approves_in_time_fails() {
    let app = start().await;
    let worker = Worker::new(&app).await;
    let (run, _path) = waiting(&app, &worker, "operator").await;
    worker.run("SELECT runs.expire_approvals(10)").await;
    assert_eq!(run_of(&app, run).await["status"], "needs_attention");
    worker
        .run("UPDATE runs.step SET sent_at = sent_at - interval '86401 s' WHERE status = 'unknown'")
        .await;
    worker.run("SELECT runs.expire_approvals(10)").await;
    let state = run_of(&app, run).await;
    assert_eq!(
        (&state["status"], &state["reason"]),
        (&json!("failed"), &json!("approval_timed_out"))
    );
}

async fn audited(worker: &Worker, action: &str) -> i64 {
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM audit.entry WHERE action = $1"#,
        action
    )
    .fetch_one(&worker.0)
    .await
    .unwrap()
}
