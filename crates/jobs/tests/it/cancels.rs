//! Canceling a step of a run, or what the run does on a target.

use serde_json::{Value, json};
use testkit::answer::Answer;
use testkit::app::TestApp;

use crate::app::start;
use crate::worker::{Worker, end, start_job};

/// Two steps on web-1 to web-3.
fn fleet(on_error: &str) -> Value {
    json!({"targets": {"tags": ["count:3"]}, "steps": [
        {"type": "ssh.exec", "command": "one", "on_error": on_error},
        {"type": "ssh.exec", "command": "two", "on_error": on_error}]})
}

/// Two steps after each other.
fn pair(on_error: &str) -> Value {
    json!({"steps": [
        {"type": "ssh.exec", "command": "one", "target": "web-1", "on_error": on_error},
        {"type": "ssh.exec", "command": "two", "target": "web-2", "on_error": on_error}]})
}

async fn cancel(app: &TestApp, run: i64, what: &str) -> Answer {
    let path = format!("/runs/{run}/{what}/cancel");
    app.operator().post(&path, json!({})).await
}

/// Steps as `idx target: status (reason)`, in order.
async fn steps(app: &TestApp, run: i64) -> Vec<String> {
    let path = format!("/runs/{run}/steps");
    let steps = app.viewer().get(&path).await.expect(200);
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let told = steps.as_array().unwrap().iter().map(|step| {
        let (target, status) = (text(&step["target_name"]), text(&step["status"]));
        format!(
            "{} {target}: {status} ({})",
            step["idx"],
            text(&step["reason"])
        )
    });
    told.collect()
}

async fn step_id(app: &TestApp, run: i64, place: usize) -> Value {
    let path = format!("/runs/{run}/steps");
    app.viewer().get(&path).await.expect(200)[place]["id"].clone()
}

/// What a renewal tells of a claim: whether it is to be canceled.
async fn is_asked(worker: &Worker, step: i64) -> bool {
    sqlx::query_scalar!(
        r#"SELECT cancel_requested AS "asked!" FROM runs.renew('w', ARRAY[$1::bigint], ARRAY[1::bigint], 15)"#,
        step
    )
    .fetch_one(&worker.0)
    .await
    .unwrap()
}

async fn finish_canceled(worker: &Worker, step: i64) {
    let call = format!(
        "SELECT runs.finish_step({step}, 1, 'w', 'aborted', 'canceled', NULL, '', '', '{{}}')"
    );
    worker.run(&call).await;
}

#[tokio::test]
async fn a_step_that_waits_is_canceled_at_once() {
    let app = start().await;
    for (on_error, rest) in [
        ("stop", "aborted (step_failed)"),
        ("continue", "queued (-)"),
    ] {
        let run = start_job(&app, on_error, pair(on_error)).await;
        let id = step_id(&app, run, 0).await;
        let answer = cancel(&app, run, &format!("steps/{id}")).await.expect(200);
        assert_eq!(answer["id"], run);
        let wanted = [
            "0 web-1: aborted (canceled)".to_owned(),
            format!("1 web-2: {rest}"),
        ];
        assert_eq!(steps(&app, run).await, wanted);
    }
    let audited = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM audit.entry
           WHERE action = 'run.step_cancel_requested' AND change ? 'step_id'"#
    );
    assert_eq!(
        audited.fetch_one(&app.db.superuser().await).await.unwrap(),
        2
    );
}

#[tokio::test]
async fn a_step_that_runs_is_ended_by_its_executor_and_the_others_go_on() {
    let app = start().await;
    let worker = Worker::new(&app).await;
    let run = start_job(&app, "a", fleet("stop")).await;
    let claims = worker.claim(10).await;
    let (first, second) = (claims[0].step, claims[1].step);
    for _twice in 0..2 {
        cancel(&app, run, &format!("steps/{first}"))
            .await
            .expect(200);
    }
    assert!(is_asked(&worker, first).await);
    assert!(!is_asked(&worker, second).await);
    finish_canceled(&worker, first).await;
    worker.finish_all().await;
    assert_eq!(worker.names(10).await, ["1 web-2", "1 web-3"]);
    worker.finish_all().await;
    assert_eq!(
        end(&app, run).await,
        ("failed".to_owned(), "canceled".to_owned())
    );
    assert_eq!(
        steps(&app, run).await[..4],
        [
            "0 web-1: aborted (canceled)",
            "0 web-2: succeeded (-)",
            "0 web-3: succeeded (-)",
            "1 web-1: aborted (target_failed)",
        ]
    );
}

#[tokio::test]
async fn with_continue_a_canceled_step_is_passed_over() {
    let app = start().await;
    let worker = Worker::new(&app).await;
    let run = start_job(&app, "a", fleet("continue")).await;
    let id = step_id(&app, run, 0).await;
    cancel(&app, run, &format!("steps/{id}")).await.expect(200);
    assert_eq!(worker.names(10).await, ["0 web-2", "0 web-3", "1 web-1"]);
    worker.finish_all().await;
    worker.claim(10).await;
    worker.finish_all().await;
    assert_eq!(end(&app, run).await.0, "failed");
}

#[tokio::test]
async fn a_target_is_given_up_whatever_its_steps_do() {
    let app = start().await;
    let worker = Worker::new(&app).await;
    let mut job = fleet("stop");
    job["strategy"] = json!({"parallel": 1});
    let run = start_job(&app, "a", job).await;
    let claims = worker.claim(10).await;
    let targets: Vec<Value> = {
        let steps = app
            .viewer()
            .get(&format!("/runs/{run}/steps"))
            .await
            .expect(200);
        (0..3)
            .map(|place| steps[place]["target_id"].clone())
            .collect()
    };
    // One that runs, and one whose turn has not come.
    for target in &targets[..2] {
        cancel(&app, run, &format!("targets/{target}"))
            .await
            .expect(200);
    }
    assert!(is_asked(&worker, claims[0].step).await);
    finish_canceled(&worker, claims[0].step).await;
    assert_eq!(worker.names(10).await, ["0 web-3"]);
    worker.finish_all().await;
    worker.claim(10).await;
    worker.finish_all().await;
    assert_eq!(
        end(&app, run).await,
        ("failed".to_owned(), "canceled".to_owned())
    );
    for target in &targets {
        cancel(&app, run, &format!("targets/{target}"))
            .await
            .problem(409, "runs.target_over");
    }
}

#[tokio::test]
async fn a_step_that_is_tried_again_by_a_person_is_not_canceled_for_the_past() {
    let app = start().await;
    let worker = Worker::new(&app).await;
    let run = start_job(&app, "a", pair("stop")).await;
    let claim = worker.claim(10).await.remove(0);
    cancel(&app, run, &format!("steps/{}", claim.step))
        .await
        .expect(200);
    worker
        .run(&format!(
            "SELECT runs.mark_sent({0}, 1, 'w', NULL);
             SELECT runs.finish_step({0}, 1, 'w', 'unknown', 'lost_connection', NULL, '', '', '{{}}')",
            claim.step
        ))
        .await;
    app.operator()
        .post(
            &format!("/runs/{run}/steps/{}/resolve", claim.step),
            json!({"decision": "retry"}),
        )
        .await
        .expect(200);
    assert_eq!(worker.claim(10).await.len(), 1);
    let asked = sqlx::query_scalar!(
        r#"SELECT cancel_requested AS "asked!" FROM runs.renew('w', ARRAY[$1::bigint], ARRAY[2::bigint], 15)"#,
        claim.step
    );
    assert!(!asked.fetch_one(&worker.0).await.unwrap());
}

#[tokio::test]
async fn what_waits_for_a_person_can_be_canceled() {
    let app = start().await;
    let worker = Worker::new(&app).await;
    let job = json!({"steps": [{"type": "approval", "message": "go?", "on_error": "stop"}]});
    let run = start_job(&app, "a", job).await;
    let claim = worker.claim(10).await.remove(0);
    worker
        .run(&format!(
            "SELECT runs.mark_sent({0}, 1, 'w', NULL);
             SELECT runs.finish_step({0}, 1, 'w', 'unknown', 'approval_needed', NULL, '', '', '{{}}')",
            claim.step
        ))
        .await;
    assert_eq!(end(&app, run).await.0, "needs_attention");
    cancel(&app, run, &format!("steps/{}", claim.step))
        .await
        .expect(200);
    assert_eq!(
        end(&app, run).await,
        ("failed".to_owned(), "canceled".to_owned())
    );
}

#[tokio::test]
async fn what_cannot_be_canceled_is_refused() {
    let app = start().await;
    let run = start_job(&app, "a", pair("stop")).await;
    let (first, second) = (step_id(&app, run, 0).await, step_id(&app, run, 1).await);
    let viewer = app.viewer();
    for what in [format!("steps/{first}"), "targets/1".to_owned()] {
        viewer
            .post(&format!("/runs/{run}/{what}/cancel"), json!({}))
            .await
            .problem(403, "auth.forbidden");
    }
    for (run, what, status, code) in [
        (run, format!("steps/{second}"), 409, "runs.step_not_begun"),
        (run, "steps/999999".to_owned(), 404, "runs.step_not_found"),
        (
            run,
            "targets/999999".to_owned(),
            404,
            "runs.target_not_found",
        ),
        (999, format!("steps/{first}"), 404, "runs.not_found"),
        (999, "targets/1".to_owned(), 404, "runs.not_found"),
    ] {
        cancel(&app, run, &what).await.problem(status, code);
    }
    assert_eq!(cancel(&app, run, "steps/x").await.status, 400);
    cancel(&app, run, &format!("steps/{first}"))
        .await
        .expect(200);
    cancel(&app, run, &format!("steps/{first}"))
        .await
        .problem(409, "runs.step_over");
}
