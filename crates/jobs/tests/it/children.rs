//! Runs that steps of other runs start.

use serde_json::{Value, json};
use testkit::answer::Answer;
use testkit::app::TestApp;

use crate::app::start;
use crate::worker::{Claim, Worker, end, look, start_job};

fn exec() -> Value {
    json!({"parameters": {"who": {"type": "string", "required": true}},
        "steps": [{"type": "ssh.exec", "target": "web-1", "command": "echo {{ who }}"}]})
}

fn calling(job: &str) -> Value {
    json!({"steps": [{"type": "job", "name": "call", "job": job, "parameters": {"who": "ana"}}]})
}

async fn make(app: &TestApp, name: &str, definition: Value) {
    let body = json!({"name": name, "definition": definition});
    app.operator().post("/jobs", body).await.expect(201);
}

/// Asks for the run of a claim, as its executor does.
pub(crate) async fn ask(
    app: &TestApp,
    claim: &Claim,
    job: &str,
    attempt: i32,
    parameters: Value,
) -> Answer {
    let body = json!({"step_id": claim.step, "epoch": claim.epoch, "worker": "w", "attempt": attempt,
        "job": job, "parameters": parameters});
    app.service("executor")
        .post("/internal/runs/child", body)
        .await
}

#[tokio::test]
async fn a_step_starts_one_run_a_try_and_both_lead_to_each_other() {
    let app = start().await;
    let worker = Worker::new(&app).await;
    make(&app, "called", exec()).await;
    let run = start_job(&app, "calling", calling("called")).await;
    let claim = worker.claim(10).await.remove(0);
    let first = ask(&app, &claim, "called", 0, json!({"who": "ana"}))
        .await
        .expect(200);
    assert_eq!(first["status"], "queued");
    let again = ask(&app, &claim, "called", 0, json!({"who": "ana"}))
        .await
        .expect(200);
    assert_eq!(again["run_id"], first["run_id"]);
    let second = ask(&app, &claim, "called", 1, json!({"who": "ana"}))
        .await
        .expect(200);
    assert_ne!(second["run_id"], first["run_id"]);
    let child = look(&app, first["run_id"].as_i64().unwrap()).await;
    assert_eq!(child["parent_run_id"], run);
    assert_eq!(
        (&child["requested_by"], &child["parameters"]),
        (&json!(2), &json!({"who": "ana"}))
    );
    let steps = app
        .viewer()
        .get(&format!("/runs/{run}/steps"))
        .await
        .expect(200);
    assert_eq!(steps[0]["child_run_id"], second["run_id"]);
    let audited = sqlx::query!(
        r#"SELECT actor_id AS "actor!" FROM audit.entry WHERE action = 'run.started' AND change->>'parent_step_id' IS NOT NULL"#
    );
    let rows = audited.fetch_all(&worker.0).await.unwrap();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0].actor, "executor");
}

#[tokio::test]
async fn a_further_try_begins_once_the_run_of_the_one_before_is_over() {
    let app = start().await;
    let worker = Worker::new(&app).await;
    make(&app, "called", exec()).await;
    start_job(&app, "calling", calling("called")).await;
    let claim = worker.claim(10).await.remove(0);
    let who = json!({"who": "ana"});
    let first = ask(&app, &claim, "called", 0, who.clone())
        .await
        .expect(200);
    let of_first = worker.claim(10).await.remove(0);
    for _look in 0..2 {
        let still = ask(&app, &claim, "called", 1, who.clone())
            .await
            .expect(200);
        assert_eq!(
            (&still["run_id"], &still["status"]),
            (&first["run_id"], &json!("running"))
        );
    }
    worker
        .run(&format!(
            "SELECT runs.finish_step({}, 1, 'w', 'aborted', 'canceled', NULL, '', '', '{{}}')",
            of_first.step
        ))
        .await;
    let second = ask(&app, &claim, "called", 1, who).await.expect(200);
    assert_eq!(second["status"], "queued");
    assert_ne!(second["run_id"], first["run_id"]);
}

#[tokio::test]
async fn what_cannot_be_started_is_refused_and_leaves_nothing() {
    let app = start().await;
    let worker = Worker::new(&app).await;
    make(&app, "called", exec()).await;
    let run = start_job(&app, "calling", calling("called")).await;
    let claim = worker.claim(10).await.remove(0);
    let who = json!({"who": "ana"});
    ask(&app, &claim, "nobody", 0, who.clone())
        .await
        .problem(404, "jobs.not_found");
    ask(&app, &claim, "calling", 0, json!({}))
        .await
        .problem(409, "runs.job_recursion");
    ask(&app, &claim, "called", 0, json!({}))
        .await
        .wrong_field("parameters.who");
    ask(&app, &claim, "called", 0, json!({"who": 5}))
        .await
        .wrong_field("parameters.who");
    for (step, epoch) in [(claim.step + 1, claim.epoch), (claim.step, claim.epoch + 1)] {
        let other = Claim {
            step,
            epoch,
            ..claim.clone()
        };
        ask(&app, &other, "called", 0, who.clone())
            .await
            .problem(403, "runs.claim_not_current");
    }
    let body = json!({"step_id": claim.step, "epoch": 1, "worker": "w", "attempt": 0, "job": "called", "parameters": who});
    for answer in [
        app.service("targets")
            .post("/internal/runs/child", body.clone())
            .await,
        app.admin().post("/internal/runs/child", body).await,
    ] {
        answer.problem(403, "auth.forbidden");
    }
    let list = app.viewer().get("/runs").await.expect(200);
    assert_eq!(
        (&list["total"], &list["runs"][0]["id"]),
        (&json!(1), &json!(run))
    );
}

#[tokio::test]
async fn jobs_that_run_each_other_come_to_an_end() {
    let app = start().await;
    let worker = Worker::new(&app).await;
    for number in 0..9 {
        let definition = json!({"steps": [{"type": "job", "job": format!("job-{}", number + 1)}]});
        make(&app, &format!("job-{number}"), definition).await;
    }
    let first = app.viewer().get("/jobs?search=job-0").await.expect(200)["jobs"][0]["id"].clone();
    crate::worker::again(&app, first.as_i64().unwrap()).await;
    for number in 1..8 {
        let claim = worker.claim(10).await.remove(0);
        ask(&app, &claim, &format!("job-{number}"), 0, json!({}))
            .await
            .expect(200);
    }
    let claim = worker.claim(10).await.remove(0);
    let refused = ask(&app, &claim, "job-8", 0, json!({})).await;
    refused.problem(409, "runs.job_recursion");
}

#[tokio::test]
async fn the_end_of_a_run_wakes_the_step_that_waits_and_the_end_of_the_step_cancels_the_run() {
    let app = start().await;
    let worker = Worker::new(&app).await;
    make(&app, "called", exec()).await;
    for (name, parent_ends) in [("woken", false), ("canceled", true)] {
        let run = start_job(&app, name, calling("called")).await;
        let claim = worker.claim(10).await.remove(0);
        let asked = ask(&app, &claim, "called", 0, json!({"who": "ana"}))
            .await
            .expect(200);
        let child = asked["run_id"].as_i64().unwrap();
        worker
            .run(&format!(
                "SELECT runs.park_step({}, {}, 'w', 'job_running', 30)",
                claim.step, claim.epoch
            ))
            .await;
        if parent_ends {
            app.operator()
                .post(&format!("/runs/{run}/cancel"), json!({}))
                .await
                .expect(200);
            testkit::wait::until("the run to be canceled", async || {
                (end(&app, child).await.0 == "canceled").then_some(())
            })
            .await;
            continue;
        }
        let of_child = worker.claim(10).await;
        assert_eq!(
            of_child.iter().map(|claim| claim.run).collect::<Vec<_>>(),
            [child]
        );
        worker.finish(&of_child[0], "succeeded").await;
        assert_eq!(end(&app, child).await.0, "succeeded");
        assert_eq!(worker.claim(10).await[0].run, run);
        worker.finish_all().await;
    }
}

#[tokio::test]
async fn wrong_steps_are_named() {
    let app = start().await;
    for (step, field) in [
        (json!({"type": "job"}), "job"),
        (
            json!({"type": "job", "job": "a", "parameters": []}),
            "parameters",
        ),
        (
            json!({"type": "job", "job": "a", "parameters": {"n": 1.5}}),
            "parameters.n",
        ),
        (
            json!({"type": "job", "job": "a", "parameters": {"t": "{{ nope }}"}}),
            "parameters.t",
        ),
        (json!({"type": "job", "job": "a", "more": 1}), "more"),
    ] {
        let body = json!({"name": "wrong", "definition": {"steps": [step]}});
        let refused = app.operator().post("/jobs", body).await;
        let faults = refused.problem(400, "jobs.invalid_definition").errors;
        assert_eq!(faults[0].field, format!("definition.steps[0].{field}"));
    }
}
