//! Runs over many targets: order, batches, limits, failures.

use std::time::Instant;

use serde_json::{Value, json};

use crate::app::start;
use crate::worker::{Worker, end, reasons, start_job};

/// A job of two steps on a fleet.
fn fleet(targets: Value, strategy: Value) -> Value {
    json!({"targets": targets, "strategy": strategy, "steps": [
        {"type": "ssh.exec", "command": "one"}, {"type": "ssh.exec", "command": "two"}]})
}

fn count(number: usize) -> Value {
    json!({"tags": [format!("count:{number}")]})
}

#[tokio::test]
async fn targets_go_on_by_themselves_or_step_by_step() {
    let app = start().await;
    let worker = Worker::new(&app).await;
    let names = json!({"names": ["web-2", "web-1"]});
    let run = start_job(&app, "a", fleet(names.clone(), json!({}))).await;
    let claims = worker.claim(10).await;
    assert_eq!(claims[0].target, "web-2", "the order of the definition");
    assert_eq!(claims.len(), 2);
    worker.finish(&claims[0], "succeeded").await;
    assert_eq!(worker.names(10).await, ["1 web-2"]);
    worker.finish_all().await;
    assert_eq!(worker.names(10).await, ["1 web-1"]);
    worker.finish_all().await;
    assert_eq!(end(&app, run).await.0, "succeeded");

    let run = start_job(&app, "b", fleet(names, json!({"order": "step_first"}))).await;
    let claims = worker.claim(10).await;
    worker.finish(&claims[0], "succeeded").await;
    assert!(worker.names(10).await.is_empty());
    worker.finish_all().await;
    assert_eq!(worker.names(10).await, ["1 web-1", "1 web-2"]);
    worker.finish_all().await;
    assert_eq!(end(&app, run).await.0, "succeeded");
}

#[tokio::test]
async fn steps_with_a_target_of_their_own_stand_between() {
    let app = start().await;
    let worker = Worker::new(&app).await;
    let job = json!({"targets": count(2), "steps": [
        {"type": "ssh.exec", "command": "before", "target": "db-1"},
        {"type": "ssh.exec", "command": "fleet"},
        {"type": "ssh.exec", "command": "after", "target": "db-1"}]});
    let run = start_job(&app, "a", job).await;
    for wanted in [vec!["0 db-1"], vec!["1 web-1", "1 web-2"], vec!["2 db-1"]] {
        assert_eq!(worker.names(10).await, wanted);
        worker.finish_all().await;
    }
    assert_eq!(end(&app, run).await.0, "succeeded");
}

#[tokio::test]
async fn a_wait_is_done_once_between_the_steps_of_a_fleet() {
    let app = start().await;
    let worker = Worker::new(&app).await;
    let job = json!({"targets": count(2), "steps": [
        {"type": "ssh.exec", "command": "before"},
        {"type": "wait", "for": {"seconds": 5}},
        {"type": "wait", "for": {"port": {"port": 22}}}]});
    let run = start_job(&app, "a", job).await;
    for wanted in [
        vec!["0 web-1", "0 web-2"],
        vec!["1 "],
        vec!["2 web-1", "2 web-2"],
    ] {
        assert_eq!(worker.names(10).await, wanted);
        worker.finish_all().await;
    }
    assert_eq!(end(&app, run).await.0, "succeeded");
    let steps = app.viewer().get(&format!("/runs/{run}/steps")).await;
    let steps = steps.expect(200);
    assert_eq!(
        (&steps[2]["type"], &steps[2]["target_name"]),
        (&json!("wait"), &Value::Null)
    );
}

#[tokio::test]
async fn no_more_targets_than_wanted_are_under_way() {
    let app = start().await;
    let worker = Worker::new(&app).await;
    let run = start_job(&app, "a", fleet(count(3), json!({"parallel": 2}))).await;
    let claims = worker.claim(10).await;
    assert_eq!(claims.len(), 2);
    let limit = (
        "parallel".to_owned(),
        "limit of 2 targets at a time".to_owned(),
    );
    assert!(reasons(&app, run).await.contains(&limit));
    worker.finish(&claims[0], "failed").await;
    assert_eq!(worker.names(10).await, ["0 web-3"]);
    for _ in 0..2 {
        worker.finish_all().await;
        worker.claim(10).await;
    }
    assert_eq!(end(&app, run).await.0, "failed");
}

#[tokio::test]
async fn batches_open_one_after_the_other_with_a_pause() {
    let app = start().await;
    let worker = Worker::new(&app).await;
    let strategy = json!({"batch": "50%", "pause_between_batches_sec": 600});
    let run = start_job(&app, "a", fleet(count(3), strategy)).await;
    assert_eq!(worker.names(10).await, ["0 web-1", "0 web-2"]);
    worker.finish_all().await;
    assert_eq!(worker.names(10).await, ["1 web-1", "1 web-2"]);
    worker.finish_all().await;
    assert!(worker.names(10).await.is_empty());
    let found = reasons(&app, run).await;
    assert!(
        found
            .iter()
            .any(|(code, text)| code == "batch" && text.starts_with("batch 2 starts at 20")),
        "{found:?}"
    );
    worker
        .run("UPDATE runs.live_step SET available_at = now()")
        .await;
    assert_eq!(worker.names(10).await, ["0 web-3"]);
    worker.finish_all().await;
    assert_eq!(worker.names(10).await, ["1 web-3"]);
    worker.finish_all().await;
    assert_eq!(end(&app, run).await.0, "succeeded");
}

#[tokio::test]
async fn a_failed_target_stops_only_itself_until_too_many_have_failed() {
    let app = start().await;
    let worker = Worker::new(&app).await;
    let strategy = json!({"max_failures": 1, "parallel": 2});
    let run = start_job(&app, "a", fleet(count(4), strategy)).await;
    let claims = worker.claim(10).await;
    worker.finish(&claims[0], "failed").await;
    let next = worker.claim(10).await;
    assert_eq!(next[0].target, "web-3");
    worker.finish(&claims[1], "failed").await;
    assert!(worker.claim(10).await.is_empty());
    worker.finish(&next[0], "succeeded").await;
    let failed = ("failed".to_owned(), "max_failures".to_owned());
    assert_eq!(end(&app, run).await, failed);
    let steps = app.viewer().get(&format!("/runs/{run}/steps")).await;
    let steps = steps.expect(200);
    assert_eq!(
        (&steps[4]["reason"], &steps[3]["reason"]),
        (&json!("target_failed"), &json!("max_failures"))
    );
}

#[tokio::test]
async fn what_others_need_comes_first() {
    let app = start().await;
    let worker = Worker::new(&app).await;
    let names = json!({"names": ["app-1", "db-1", "app-2", "db-2"]});
    let job = fleet(names, json!({"order": "dependencies"}));
    let run = start_job(&app, "a", job.clone()).await;
    for wanted in [
        ["0 db-1", "0 db-2"],
        ["1 db-1", "1 db-2"],
        ["0 app-1", "0 app-2"],
    ] {
        assert_eq!(worker.names(10).await, wanted);
        worker.finish_all().await;
    }
    worker.names(10).await;
    worker.finish_all().await;
    assert_eq!(end(&app, run).await.0, "succeeded");
    let run = start_job(&app, "b", job).await;
    let claims = worker.claim(10).await;
    worker.finish(&claims[0], "failed").await;
    worker.finish_all().await;
    worker.claim(10).await;
    worker.finish_all().await;
    assert!(worker.claim(10).await.is_empty());
    let failed = ("failed".to_owned(), "wave_failed".to_owned());
    assert_eq!(end(&app, run).await, failed);
}

#[tokio::test]
async fn a_fleet_may_be_empty_until_it_is_run_but_its_names_must_be_known() {
    let app = start().await;
    let unknown =
        json!({"name": "a", "definition": fleet(json!({"names": ["web-1", "nobody"]}), json!({}))});
    app.operator()
        .post("/jobs", unknown)
        .await
        .problem(400, "jobs.unknown_target");
    let wrong = json!({"name": "a", "definition": fleet(json!({"filter": "port = x"}), json!({}))});
    let answer = app.operator().post("/jobs", wrong).await;
    answer.problem(400, "jobs.invalid_definition");
    let none = json!({"name": "a", "definition": fleet(count(0), json!({}))});
    let id = app.operator().post("/jobs", none).await.expect(201)["id"].clone();
    app.operator()
        .post(&format!("/jobs/{id}/run"), json!({}))
        .await
        .problem(409, "jobs.no_targets");
}

#[tokio::test]
async fn a_wave_begins_once_each_target_of_the_one_before_has_passed_its_gate() {
    let app = start().await;
    let worker = Worker::new(&app).await;
    let job = json!({
        "targets": {"names": ["app-1", "db-1"]}, "strategy": {"order": "dependencies"},
        "steps": [
            {"type": "ssh.exec", "command": "upgrade"},
            {"type": "wait", "name": "gate", "for": {"http": {"url": "http://{{ target.hostname }}/ready"}}}],
    });
    let run = start_job(&app, "a", job.clone()).await;
    for wanted in ["0 db-1", "1 db-1", "0 app-1", "1 app-1"] {
        assert_eq!(worker.names(10).await, [wanted]);
        worker.finish_all().await;
    }
    assert_eq!(end(&app, run).await.0, "succeeded");

    let run = start_job(&app, "b", job).await;
    assert_eq!(worker.names(10).await, ["0 db-1"]);
    worker.finish_all().await;
    let gate = worker.claim(10).await.remove(0);
    worker.finish(&gate, "failed").await;
    assert_eq!(
        end(&app, run).await,
        ("failed".to_owned(), "wave_failed".to_owned())
    );
    assert!(worker.claim(10).await.is_empty());
}

#[tokio::test]
async fn a_run_that_takes_too_long_is_ended() {
    let app = start().await;
    let worker = Worker::new(&app).await;
    let mut job = fleet(count(2), json!({"parallel": 1}));
    job["timeoutSec"] = 60.into();
    let run = start_job(&app, "a", job).await;
    let claims = worker.claim(10).await;
    worker.run("SELECT runs.expire_runs(10)").await;
    assert_eq!(end(&app, run).await.0, "running");
    worker
        .run(
            "UPDATE runs.run SET deadline_at = now() - interval '1 s'; SELECT runs.expire_runs(10)",
        )
        .await;
    let asked = sqlx::query_scalar!(
        r#"SELECT cancel_requested AS "asked!" FROM runs.renew('w', ARRAY[$1::bigint], ARRAY[1::bigint], 15)"#,
        claims[0].step
    );
    assert!(asked.fetch_one(&worker.0).await.unwrap());
    worker.finish(&claims[0], "aborted").await;
    let ended = ("failed".to_owned(), "timed_out".to_owned());
    assert_eq!(end(&app, run).await, ended);
}

#[tokio::test]
async fn a_thousand_targets_are_started_and_claimed_quickly() {
    let app = start().await;
    let worker = Worker::new(&app).await;
    let job = json!({"targets": count(1000), "steps": vec![json!({"type": "ssh.exec", "command": "x"}); 5]});
    let began = Instant::now();
    start_job(&app, "a", job).await;
    let started = began.elapsed();
    worker
        .run("ANALYZE runs.step; ANALYZE runs.live_step; ANALYZE runs.lane")
        .await;
    let began = Instant::now();
    assert_eq!(worker.claim(16).await.len(), 16);
    let claimed = began.elapsed();
    let began = Instant::now();
    worker.finish_all().await;
    let finished = began.elapsed();
    println!("start {started:?}, claim of 16 {claimed:?}, end of 16 {finished:?}");
    assert!(started.as_secs() < 10 && claimed.as_millis() < 1000 && finished.as_secs() < 2);
}
