//! Undoing what runs have done: after failures by itself, and at the wish of a person.

use serde_json::{Value, json};
use testkit::app::TestApp;

use crate::app::start;
use crate::worker::{Claim, Worker, end, look, start_job};

/// A step that says how it is undone.
fn pair(name: &str) -> Value {
    json!({"type": "ssh.exec", "name": name, "command": "do",
        "undo": {"type": "ssh.exec", "name": format!("no {name}"), "command": "undo", "idempotent": true, "timeoutSec": 7}})
}

fn on(mut step: Value, target: &str) -> Value {
    step["target"] = target.into();
    step
}

/// Three steps on web-1 and web-2, of which the second cannot be undone, and one that will fail.
fn chain() -> Value {
    json!({"locks": ["site"], "steps": [
        on(pair("a"), "web-1"),
        {"type": "ssh.exec", "name": "b", "command": "do", "target": "web-1"},
        on(pair("c"), "web-2"),
        on(pair("d"), "web-1")]})
}

/// Does steps one by one, each with its end; answers with their names.
async fn play(app: &TestApp, worker: &Worker, fails: impl Fn(&str) -> bool) -> Vec<String> {
    let mut done = Vec::new();
    loop {
        let mut claims = worker.claim(1).await;
        let Some(claim) = claims.pop() else {
            return done;
        };
        let name = name_of(app, &claim).await;
        let status = if fails(&name) { "failed" } else { "succeeded" };
        worker.finish(&claim, status).await;
        done.push(name);
    }
}

async fn name_of(app: &TestApp, claim: &Claim) -> String {
    let steps = steps(app, claim.run).await;
    let step = steps.iter().find(|step| step["id"] == claim.step).unwrap();
    format!("{} {}", step["name"].as_str().unwrap(), claim.target)
}

async fn steps(app: &TestApp, run: i64) -> Vec<Value> {
    let found = app.viewer().get(&format!("/runs/{run}/steps")).await;
    found.expect(200).as_array().unwrap().clone()
}

async fn undo(app: &TestApp, run: i64) -> testkit::answer::Answer {
    app.operator()
        .post(&format!("/runs/{run}/undo"), json!({}))
        .await
}

/// Actor and object of each start of an undo in the audit log.
async fn audited(worker: &Worker) -> Vec<(String, String)> {
    let rows = sqlx::query!(
        r#"SELECT actor_id AS "actor!", object_id AS "run!" FROM audit.entry WHERE action = 'run.undo_started' ORDER BY id"#
    );
    let rows = rows.fetch_all(&worker.0).await.unwrap();
    rows.into_iter().map(|row| (row.actor, row.run)).collect()
}

#[tokio::test]
async fn a_failure_undoes_what_was_done_in_reverse_order() {
    let app = start().await;
    let worker = Worker::new(&app).await;
    let run = start_job(&app, "a", chain()).await;
    let done = play(&app, &worker, |name| name.starts_with("d ")).await;
    let expected = [
        "a web-1",
        "b web-1",
        "c web-2",
        "d web-1",
        "no c web-2",
        "no a web-1",
    ];
    assert_eq!(done, expected);
    let failed = look(&app, run).await;
    assert_eq!(
        (&failed["status"], &failed["undo_left"]),
        (&json!("failed"), &json!(0))
    );
    let undo_run = failed["undo_run_id"].as_i64().unwrap();
    let undone = look(&app, undo_run).await;
    assert_eq!(
        (
            &undone["status"],
            &undone["undoes"],
            &undone["requested_by"]
        ),
        (&json!("succeeded"), &json!(run), &failed["requested_by"])
    );
    let marks: Vec<_> = steps(&app, run)
        .await
        .iter()
        .map(|step| step["is_undone"].clone())
        .collect();
    assert_eq!(marks, [json!(true), Value::Null, json!(true), json!(false)]);
    let of_undo = steps(&app, undo_run).await;
    assert_eq!(
        (&of_undo[0]["undoes_step_id"], &of_undo[0]["timeoutsec"]),
        (&steps(&app, run).await[2]["id"], &json!(7))
    );
    assert_eq!(
        audited(&worker).await,
        [("runs".to_owned(), undo_run.to_string())]
    );
    assert_eq!(
        last_events(&worker, run).await,
        ["run.failed", "run.undo_started"]
    );
}

/// The last two, newest first.
async fn last_events(worker: &Worker, run: i64) -> Vec<String> {
    let events = sqlx::query_scalar!(
        "SELECT kind FROM runs.event WHERE run_id = $1 ORDER BY seq DESC LIMIT 2",
        run
    );
    events.fetch_all(&worker.0).await.unwrap()
}

#[tokio::test]
async fn nobody_comes_between_a_run_and_its_undo() {
    let app = start().await;
    let worker = Worker::new(&app).await;
    let run = start_job(&app, "a", chain()).await;
    let other = json!({"locks": ["site"], "steps": [on(pair("other"), "web-2")]});
    let first = worker.claim(1).await.remove(0);
    let waiting = start_job(&app, "b", other).await;
    worker.finish(&first, "succeeded").await;
    let second = worker.claim(1).await.remove(0);
    worker.finish(&second, "failed").await;
    let claims = worker.claim(10).await;
    assert_eq!(claims.len(), 1);
    assert_eq!(claims[0].run, look(&app, run).await["undo_run_id"]);
    worker.finish(&claims[0], "succeeded").await;
    let claims = worker.claim(10).await;
    assert_eq!(claims[0].run, waiting);
    worker.finish(&claims[0], "succeeded").await;
    let held = sqlx::query_scalar!(r#"SELECT count(*) AS "n!" FROM runs.lock_holder"#);
    assert_eq!(held.fetch_one(&worker.0).await.unwrap(), 0);
}

#[tokio::test]
async fn an_undo_that_fails_says_what_is_left_and_can_be_asked_for_again() {
    let app = start().await;
    let worker = Worker::new(&app).await;
    let run = start_job(&app, "a", chain()).await;
    play(&app, &worker, |name| {
        name.starts_with("d ") || name.starts_with("no c")
    })
    .await;
    let failed = look(&app, run).await;
    let first = failed["undo_run_id"].as_i64().unwrap();
    assert_eq!(
        end(&app, first).await,
        ("failed".to_owned(), "compensation_failed".to_owned())
    );
    assert_eq!(failed["undo_left"], 2);
    let path = format!("/runs/{first}/repeat");
    app.operator()
        .post(&path, json!({"scope": "rest"}))
        .await
        .problem(409, "runs.is_undo");
    let second = undo(&app, run).await.expect(201);
    assert_eq!(second["undoes"], run);
    undo(&app, run).await.problem(409, "runs.being_undone");
    let path = format!("/runs/{run}/repeat");
    app.operator()
        .post(&path, json!({"scope": "rest"}))
        .await
        .problem(409, "runs.being_undone");
    assert_eq!(
        play(&app, &worker, |_name| false).await,
        ["no c web-2", "no a web-1"]
    );
    assert_eq!(look(&app, run).await["undo_left"], 0);
    undo(&app, run).await.problem(409, "runs.nothing_to_undo");
    let by: Vec<_> = audited(&worker)
        .await
        .into_iter()
        .map(|row| row.0)
        .collect();
    assert_eq!(by, ["runs", "2"]);
}

#[tokio::test]
async fn what_was_undone_is_done_again_when_the_run_goes_on() {
    let app = start().await;
    let worker = Worker::new(&app).await;
    let run = start_job(&app, "a", chain()).await;
    play(&app, &worker, |name| name.starts_with("d ")).await;
    let rest = app
        .operator()
        .post(&format!("/runs/{run}/repeat"), json!({"scope": "rest"}))
        .await
        .expect(201);
    assert_eq!(
        play(&app, &worker, |_name| false).await,
        ["a web-1", "c web-2", "d web-1"]
    );
    let rest = rest["id"].as_i64().unwrap();
    assert_eq!(end(&app, rest).await.0, "succeeded");
}

#[tokio::test]
async fn a_run_that_succeeded_or_was_canceled_is_undone_only_when_somebody_says_so() {
    let app = start().await;
    let worker = Worker::new(&app).await;
    let run = start_job(&app, "a", chain()).await;
    let first = worker.claim(1).await.remove(0);
    undo(&app, run).await.problem(409, "runs.open");
    worker.finish(&first, "succeeded").await;
    let cancel = format!("/runs/{run}/cancel");
    app.operator().post(&cancel, json!({})).await.expect(200);
    let canceled = look(&app, run).await;
    assert_eq!(
        (
            &canceled["status"],
            &canceled["undo_run_id"],
            &canceled["undo_left"]
        ),
        (&json!("canceled"), &Value::Null, &json!(1))
    );
    undo(&app, run).await.expect(201);
    assert_eq!(play(&app, &worker, |_name| false).await, ["no a web-1"]);

    let run = start_job(&app, "b", chain()).await;
    assert_eq!(play(&app, &worker, |_name| false).await.len(), 4);
    undo(&app, run).await.expect(201);
    let undone = play(&app, &worker, |_name| false).await;
    assert_eq!(undone, ["no d web-1", "no c web-2", "no a web-1"]);
    undo(&app, 999).await.problem(404, "runs.not_found");
}

#[tokio::test]
async fn a_fleet_undoes_the_targets_it_gave_up_or_all_when_it_is_halted() {
    let app = start().await;
    let worker = Worker::new(&app).await;
    let fleet = |strategy: Value| {
        json!({"targets": {"tags": ["count:3"]}, "strategy": strategy,
            "steps": [pair("a"), pair("b"), pair("c")]})
    };
    let run = start_job(&app, "a", fleet(json!({}))).await;
    let fails = |name: &str| name == "c web-2";
    let mut done = play(&app, &worker, fails).await;
    assert_eq!(done.split_off(9), ["no b web-2", "no a web-2"]);
    assert_eq!(look(&app, run).await["undo_left"], 6);

    let strategy = json!({"order": "step_first", "max_failures": "0", "parallel": 1});
    let run = start_job(&app, "b", fleet(strategy)).await;
    let fails = |name: &str| name == "b web-2";
    let mut done = play(&app, &worker, fails).await;
    let mut undone = done.split_off(5);
    assert_eq!(undone.remove(0), "no b web-1");
    undone.sort_unstable();
    assert_eq!(undone, ["no a web-1", "no a web-2", "no a web-3"]);
    assert_eq!(end(&app, run).await.1, "max_failures");
    assert_eq!(look(&app, run).await["undo_left"], 0);
}

#[tokio::test]
async fn waves_are_undone_in_reverse() {
    let app = start().await;
    let worker = Worker::new(&app).await;
    let strategy = json!({"batch": "1", "max_failures": "0"});
    let job = json!({"targets": {"tags": ["count:3"]}, "strategy": strategy, "steps": [pair("a"), pair("b")]});
    start_job(&app, "a", job).await;
    let mut done = play(&app, &worker, |name| name == "a web-3").await;
    assert_eq!(
        done.split_off(5),
        ["no b web-2", "no a web-2", "no b web-1", "no a web-1"]
    );
}

#[tokio::test]
async fn a_run_that_another_waits_for_is_over_when_it_is_undone() {
    let app = start().await;
    let worker = Worker::new(&app).await;
    let called = json!({"name": "called", "definition": chain()});
    app.operator().post("/jobs", called).await.expect(201);
    let calling = json!({"steps": [{"type": "job", "name": "call", "job": "called"}]});
    start_job(&app, "calling", calling).await;
    let claim = worker.claim(1).await.remove(0);
    let child = async || {
        crate::children::ask(&app, &claim, "called", 0, json!({}))
            .await
            .expect(200)
    };
    child().await;
    for status in ["succeeded", "failed"] {
        let step = worker.claim(1).await.remove(0);
        worker.finish(&step, status).await;
    }
    assert_eq!(child().await["status"], "running");
    let step = worker.claim(1).await.remove(0);
    worker.finish(&step, "succeeded").await;
    assert_eq!(child().await["status"], "failed");
}

#[tokio::test]
async fn secrets_are_needed_to_undo_what_had_some() {
    let app = start().await;
    let worker = Worker::new(&app).await;
    let run = start_job(&app, "a", chain()).await;
    play(&app, &worker, |_name| false).await;
    worker
        .run(&format!(
            "UPDATE runs.run SET parcel_id = 1 WHERE id = {run}"
        ))
        .await;
    app.clock.advance(chrono::TimeDelta::days(8));
    undo(&app, run).await.problem(409, "runs.secrets_removed");
}
