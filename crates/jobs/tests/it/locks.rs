//! What steps and runs wait for: targets, locks, limits, each other's users.

use serde_json::{Value, json};

use crate::app::start;
use crate::worker::{Worker, end, look, reasons, start_job};

fn job(target: &str, fields: Value) -> Value {
    let mut job = json!({"steps": [{"type": "ssh.exec", "target": target, "command": "x"}]});
    for (name, value) in fields.as_object().unwrap() {
        job[name] = value.clone();
    }
    job
}

#[tokio::test]
async fn a_target_does_one_thing_at_a_time_unless_it_is_harmless() {
    let app = start().await;
    let worker = Worker::new(&app).await;
    let first = start_job(&app, "a", job("web-1", json!({}))).await;
    let second = start_job(&app, "b", job("web-1", json!({}))).await;
    assert_eq!(worker.claim(1).await[0].run, first);
    assert!(worker.claim(10).await.is_empty());
    let text = format!("target web-1 is busy with run {first}");
    assert!(
        reasons(&app, second)
            .await
            .contains(&("target_busy".to_owned(), text))
    );
    let steps = app.viewer().get(&format!("/runs/{second}/steps")).await;
    assert_eq!(steps.expect(200)[0]["waiting"][0]["holder_run_id"], first);
    let harmless = json!({"steps": [{"type": "ssh.exec", "target": "web-1", "command": "x", "mutates": false}]});
    start_job(&app, "c", harmless).await;
    assert_eq!(worker.claim(10).await.len(), 1);
    worker.finish_all().await;
    assert_eq!(worker.claim(10).await.len(), 1);
    worker.finish_all().await;
    assert_eq!(end(&app, second).await.0, "succeeded");
    assert_eq!(look(&app, second).await["waiting"], json!([]));
}

#[tokio::test]
async fn two_hundred_steps_for_a_busy_target_hide_nobody() {
    let app = start().await;
    let worker = Worker::new(&app).await;
    let first = start_job(&app, "a", job("web-1", json!({}))).await;
    let id = look(&app, first).await["job_id"].as_i64().unwrap();
    for _ in 0..200 {
        crate::worker::again(&app, id).await;
    }
    start_job(&app, "healthy", job("web-2", json!({}))).await;
    assert_eq!(worker.claim(8).await.len(), 1);
    assert_eq!(worker.names(8).await, ["0 web-2"]);
}

#[tokio::test]
async fn a_lock_of_a_job_is_held_to_the_end_of_the_run() {
    let app = start().await;
    let worker = Worker::new(&app).await;
    let locks = json!({"locks": ["db-schema"]});
    let mut two = job("web-1", locks.clone());
    two["steps"] = json!([two["steps"][0], two["steps"][0]]);
    let first = start_job(&app, "a", two).await;
    let second = start_job(&app, "b", job("web-2", locks)).await;
    assert_eq!(worker.names(10).await, ["0 web-1"]);
    worker.finish_all().await;
    assert_eq!(worker.names(10).await, ["1 web-1"]);
    let found = reasons(&app, second).await;
    let text = format!("lock db-schema is held by run {first} since ");
    assert!(
        found
            .iter()
            .any(|(code, why)| code == "lock" && why.starts_with(&text)),
        "{found:?}"
    );
    app.operator()
        .post(&format!("/runs/{first}/cancel"), json!({}))
        .await
        .expect(200);
    assert!(worker.claim(10).await.is_empty());
    worker.run("SELECT runs.finish_step(step_id, epoch, 'w', 'aborted', 'canceled', NULL, '', '', '{}')
        FROM runs.live_step WHERE state = 'claimed'").await;
    assert_eq!(worker.names(10).await, ["0 web-2"]);
    worker.finish_all().await;
    let held = sqlx::query_scalar!(r#"SELECT sum(held) AS "held!" FROM runs.lock"#);
    assert_eq!(held.fetch_one(&worker.0).await.unwrap(), 0);
}

#[tokio::test]
async fn counting_locks_let_so_many_in_and_come_back_from_lost_executors() {
    let app = start().await;
    let worker = Worker::new(&app).await;
    let pool = json!({"targets": {"tags": ["count:4"]}, "steps": [{"type": "ssh.exec",
        "command": "x", "idempotent": true, "locks": ["pool:a/2", "host:{{ target.name }}"]}]});
    start_job(&app, "a", pool).await;
    assert_eq!(worker.claim(10).await.len(), 2);
    assert!(worker.claim(10).await.is_empty());
    worker
        .run("UPDATE runs.live_step SET lease_until = now() - interval '1 s' WHERE state = 'claimed';
              SELECT pg_sleep(greatest(0, 10.1 - extract(epoch FROM now() - pg_postmaster_start_time())));
              SELECT runs.recover_lost(10)")
        .await;
    let claims = worker.claim(10).await;
    assert_eq!(crate::worker::names(&claims), ["0 web-3", "0 web-4"]);
    worker.finish(&claims[0], "failed").await;
    worker
        .run("UPDATE runs.live_step SET available_at = now()")
        .await;
    assert_eq!(worker.claim(10).await.len(), 1);
}

#[tokio::test]
async fn limits_hold_over_all_runs() {
    let app = start().await;
    let worker = Worker::new(&app).await;
    worker
        .run("UPDATE runs.limits SET per_job = 2, total = 3")
        .await;
    let fleet =
        json!({"targets": {"tags": ["count:4"]}, "steps": [{"type": "ssh.exec", "command": "x"}]});
    let run = start_job(&app, "a", fleet).await;
    start_job(&app, "b", job("db-1", json!({}))).await;
    start_job(&app, "c", job("db-2", json!({}))).await;
    let mut claimed = 0;
    for _ in 0..4 {
        claimed += worker.claim(10).await.len();
    }
    assert_eq!(claimed, 3);
    let found = reasons(&app, run).await;
    assert!(
        found
            .iter()
            .any(|(code, _)| code == "job_limit" || code == "total_limit"),
        "{found:?}"
    );
}

#[tokio::test]
async fn users_take_turns() {
    let app = start().await;
    let worker = Worker::new(&app).await;
    let fleet =
        json!({"targets": {"tags": ["count:20"]}, "steps": [{"type": "ssh.exec", "command": "x"}]});
    let first = start_job(&app, "many", fleet).await;
    let id = look(&app, first).await["job_id"].as_i64().unwrap();
    worker
        .run("UPDATE runs.live_step SET available_at = now() - interval '1 h'")
        .await;
    let body = json!({"name": "one", "definition": job("db-1", json!({}))});
    let one = app.admin().post("/jobs", body).await.expect(201)["id"].clone();
    app.admin()
        .post(&format!("/jobs/{one}/run"), json!({}))
        .await
        .expect(201);
    let names = worker.names(3).await;
    assert!(names.contains(&"0 db-1".to_owned()), "{names:?} of {id}");
    assert_eq!(names.len(), 3);
}

#[tokio::test]
async fn administrators_limit_how_many_steps_run_at_a_time() {
    let app = start().await;
    let worker = Worker::new(&app).await;
    let none = json!({"per_credential": null, "per_job": null, "total": null});
    let found = app.viewer().get("/runs/limits").await.expect(200);
    assert_eq!(found, none);
    let one = json!({"per_job": 1});
    app.operator()
        .put("/runs/limits", one.clone())
        .await
        .expect(403);
    let refused = app.admin().put("/runs/limits", json!({"total": 0})).await;
    assert_eq!(refused.expect(400)["errors"][0]["field"], "total");
    let set = app.admin().put("/runs/limits", one).await.expect(200);
    assert_eq!(set["per_job"], 1);
    let fleet = json!({"targets": {"names": ["web-1", "web-2"]}, "steps": [{"type": "ssh.exec", "command": "x"}]});
    let run = start_job(&app, "a", fleet).await;
    assert_eq!(worker.claim(10).await.len(), 1);
    let text = "limit of 1 steps at a time of this job".to_owned();
    assert!(
        reasons(&app, run)
            .await
            .contains(&("job_limit".to_owned(), text))
    );
    let noted = sqlx::query_scalar!(
        r#"SELECT change AS "change!" FROM audit.entry WHERE action = 'run.limits_changed'"#
    )
    .fetch_one(&app.db.superuser().await)
    .await
    .unwrap();
    assert_eq!(
        noted["after"],
        json!({"per_credential": null, "per_job": 1, "total": null})
    );
}
