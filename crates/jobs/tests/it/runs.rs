//! Runs: started once, listed, canceled.

use serde_json::{Value, json};
use testkit::app::TestApp;

use crate::app::{definition, job, start};

pub(crate) async fn run(app: &TestApp, job: i64, body: Value) -> Value {
    app.operator()
        .post(&format!("/jobs/{job}/run"), body)
        .await
        .expect(201)
}

#[tokio::test]
async fn a_run_is_queued_with_its_steps() {
    let app = start().await;
    let id = job(&app, "greet").await;
    let made = run(&app, id, json!({"who": "a b"})).await;
    assert_eq!(
        (&made["status"], &made["job_id"]),
        (&json!("queued"), &json!(id))
    );
    assert_eq!(
        (&made["requested_by"], &made["parameters"]),
        (&json!(2), &json!({"who": "a b"}))
    );
    assert_eq!(
        (&made["started_at"], &made["finished_at"]),
        (&Value::Null, &Value::Null)
    );
    assert!(
        made["correlation_id"]
            .as_str()
            .is_some_and(|id| !id.is_empty())
    );
    let steps = app
        .viewer()
        .get(&format!("/runs/{}/steps", made["id"]))
        .await
        .expect(200);
    let step = &steps[0];
    assert_eq!(
        (&step["job_run_id"], &step["idx"]),
        (&made["id"], &json!(0))
    );
    assert_eq!(
        (&step["type"], &step["shell"]),
        (&json!("ssh.exec"), &json!("bash"))
    );
    assert_eq!(
        (&step["status"], &step["timeoutsec"]),
        (&json!("queued"), &json!(60))
    );
    assert_eq!(step["target_name"], "web-1");
}

#[tokio::test]
async fn parameters_come_by_themselves_or_under_their_name_and_runs_are_listed() {
    let app = start().await;
    let id = job(&app, "greet").await;
    run(&app, id, json!({"who": "a b"})).await;
    let other = run(&app, id, json!({"parameters": {"who": "c"}})).await;
    assert_eq!(other["parameters"], json!({"who": "c"}));
    let bare = app
        .operator()
        .send(reqwest::Method::POST, &format!("/jobs/{id}/run"), None)
        .await;
    assert_eq!(bare.expect(201)["parameters"], json!({"who": "world"}));
    let list = app
        .viewer()
        .get(&format!("/runs?job_id={id}"))
        .await
        .expect(200);
    assert_eq!(
        (&list["total"], &list["runs"][0]["parameters"]["who"]),
        (&json!(3), &json!("world"))
    );
    assert_eq!(
        app.viewer().get("/runs?status=failed").await.expect(200)["total"],
        0
    );
    app.viewer()
        .get("/runs?status=nope")
        .await
        .wrong_field("status");
    app.viewer()
        .get("/runs/999")
        .await
        .problem(404, "runs.not_found");
    app.viewer()
        .get("/runs/999/steps")
        .await
        .problem(404, "runs.not_found");
}

#[tokio::test]
async fn runs_are_counted_by_hour_and_state() {
    let app = start().await;
    let id = job(&app, "greet").await;
    run(&app, id, json!({})).await;
    let ended = run(&app, id, json!({})).await;
    let path = format!("/runs/{}/cancel", ended["id"]);
    app.operator().post(&path, json!({})).await.expect(200);
    let answer = app.viewer().get("/runs/activity?hours=3").await.expect(200);
    assert_eq!(answer["open"], json!({"queued": 1}));
    let hours = answer["hours"].as_array().unwrap();
    assert_eq!(hours.len(), 3);
    assert_eq!(hours[0]["states"], json!({}));
    assert_eq!(hours[2]["states"], json!({"queued": 1, "canceled": 1}));
    app.clock.advance(chrono::Duration::hours(1));
    let later = app.viewer().get("/runs/activity").await.expect(200);
    assert_eq!(later["hours"].as_array().unwrap().len(), 24);
    assert_eq!(later["hours"][22], hours[2]);
    for hours in ["0", "169", "-1", "x"] {
        let path = format!("/runs/activity?hours={hours}");
        app.viewer().get(&path).await.wrong_field("hours");
    }
}

#[tokio::test]
async fn wrong_parameters_are_refused() {
    let app = start().await;
    let id = job(&app, "strict").await;
    let path = format!("/jobs/{id}/run");
    for (body, field) in [
        (json!({"nope": 1}), "parameters.nope"),
        (json!({"who": 1}), "parameters.who"),
        (json!({"who": null}), "parameters.who"),
        (json!({"who": "a\u{0}"}), "parameters.who"),
        (json!({"parameters": 1}), "parameters"),
        (json!([]), "body"),
    ] {
        app.operator().post(&path, body).await.wrong_field(field);
    }
    app.operator()
        .post("/jobs/999/run", json!({}))
        .await
        .problem(404, "jobs.not_found");
}

#[tokio::test]
async fn an_inactive_job_is_not_run() {
    let app = start().await;
    let id = job(&app, "off").await;
    app.operator()
        .put(&format!("/jobs/{id}"), json!({"is_active": false}))
        .await
        .expect(200);
    let answer = app
        .operator()
        .post(&format!("/jobs/{id}/run"), json!({}))
        .await;
    answer.problem(400, "jobs.inactive");
}

#[tokio::test]
async fn a_key_starts_one_run_only() {
    let app = start().await;
    let id = job(&app, "once").await;
    let path = format!("/jobs/{id}/run");
    let keyed = app.operator().header("idempotency-key", "k1");
    let first = keyed.post(&path, json!({"who": "a"})).await.expect(201);
    let again = keyed.post(&path, json!({"who": "a"})).await.expect(201);
    assert_eq!(first["id"], again["id"]);
    let other = keyed.post(&path, json!({"who": "b"})).await;
    other.problem(422, "jobs.idempotency_key_reused");
    let admin = app.admin().header("idempotency-key", "k1");
    assert_ne!(
        admin.post(&path, json!({"who": "a"})).await.expect(201)["id"],
        first["id"]
    );
    app.clock.advance(chrono::Duration::hours(25));
    let later = app.operator().header("idempotency-key", "k1");
    assert_ne!(
        later.post(&path, json!({"who": "b"})).await.expect(201)["id"],
        first["id"]
    );
    let bad = app.operator().header("idempotency-key", "two words");
    bad.post(&path, json!({}))
        .await
        .wrong_field("Idempotency-Key");
}

#[tokio::test]
async fn sixty_four_requests_with_one_key_start_one_run() {
    let app = start().await;
    let id = job(&app, "race").await;
    let path = format!("/jobs/{id}/run");
    let keyed = app.operator().header("idempotency-key", "race");
    let requests = (0..64).map(|_| keyed.post(&path, json!({})));
    let answers = futures_util::future::join_all(requests).await;
    let mut ids: Vec<i64> = answers
        .iter()
        .map(|answer| answer.expect(201)["id"].as_i64().unwrap())
        .collect();
    ids.dedup();
    assert_eq!(ids.len(), 1, "{ids:?}");
    assert_eq!(app.viewer().get("/runs").await.expect(200)["total"], 1);
}

#[tokio::test]
async fn a_queued_run_is_canceled_at_once() {
    let app = start().await;
    let id = job(&app, "cancel").await;
    let made = run(&app, id, json!({})).await;
    let path = format!("/runs/{}/cancel", made["id"]);
    let canceled = app.operator().post(&path, json!({})).await.expect(200);
    assert_eq!(canceled["status"], "canceled");
    assert!(canceled["finished_at"].is_string());
    let steps = app
        .viewer()
        .get(&format!("/runs/{}/steps", made["id"]))
        .await
        .expect(200);
    assert_eq!(steps[0]["status"], "aborted");
    app.operator()
        .post(&path, json!({}))
        .await
        .problem(409, "runs.final");
    app.operator()
        .post("/runs/999/cancel", json!({}))
        .await
        .problem(404, "runs.not_found");
}

#[tokio::test]
async fn a_run_keeps_the_version_that_it_was_started_with() {
    let app = start().await;
    let id = job(&app, "history").await;
    let made = run(&app, id, json!({})).await;
    let change = json!({"definition": definition("echo changed {{ who }}")});
    app.operator()
        .put(&format!("/jobs/{id}"), change)
        .await
        .expect(200);
    app.operator()
        .delete(&format!("/jobs/{id}"))
        .await
        .expect(200);
    let kept = app
        .viewer()
        .get(&format!("/runs/{}", made["id"]))
        .await
        .expect(200);
    assert_eq!(
        (&kept["job_version"], &kept["job_name"]),
        (&json!(1), &json!("history"))
    );
}

#[tokio::test]
async fn a_step_of_unknown_outcome_is_decided_by_a_person() {
    let app = start().await;
    let id = job(&app, "lost").await;
    let made = run(&app, id, json!({})).await;
    let steps = app
        .viewer()
        .get(&format!("/runs/{}/steps", made["id"]))
        .await
        .expect(200);
    let path = format!("/runs/{}/steps/{}/resolve", made["id"], steps[0]["id"]);
    let decide = json!({"decision": "succeeded"});
    app.operator()
        .post(&path, decide.clone())
        .await
        .problem(409, "runs.step_not_unknown");
    lose(&app).await;
    app.operator()
        .post(&path, json!({"decision": "maybe"}))
        .await
        .wrong_field("decision");
    assert_eq!(
        app.operator().post(&path, decide).await.expect(200)["status"],
        "succeeded"
    );
}

/// An executor claims the step, sends the command, and is lost.
async fn lose(app: &TestApp) {
    let pool = app.db.superuser().await;
    for statement in [
        "SELECT runs.claim_steps('w', 1, 15)",
        "SELECT runs.mark_sent(id, epoch, 'w', NULL) FROM runs.step",
        "UPDATE runs.live_step SET lease_until = now() - interval '1 second'",
        "SELECT runs.recover_lost(10)",
    ] {
        sqlx::raw_sql(statement).execute(&pool).await.unwrap();
    }
}

#[tokio::test]
async fn what_people_do_is_in_the_audit_log() {
    let app = start().await;
    let id = job(&app, "audited").await;
    let made = run(&app, id, json!({})).await;
    app.operator()
        .post(&format!("/runs/{}/cancel", made["id"]), json!({}))
        .await
        .expect(200);
    let pool = app.db.superuser().await;
    #[expect(clippy::disallowed_methods, reason = "looks behind the scenes")]
    let rows = sqlx::query(
        "SELECT 1 FROM audit.entry WHERE actor_name = 'operator' AND action IN
        ('job.created', 'run.started', 'run.cancel_requested')",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    assert_eq!(rows.len(), 3);
}
