//! Runs that repeat others: all, what failed, what is left.

use serde_json::{Value, json};
use testkit::app::TestApp;

use crate::app::start;
use crate::runs::run;

/// A job of four steps; the third may fail without harm, the last one ends the run.
async fn job(app: &TestApp) -> i64 {
    let step = |target: &str, name: &str, on_error: &str| json!({"type": "ssh.exec", "target": target, "command": "true", "name": name, "on_error": on_error});
    let definition = json!({"parameters": {"who": "world"}, "steps": [
        step("web-1", "one", "stop"), step("web-2", "two", "stop"),
        step("web-1", "three", "ignore"), step("web-2", "four", "stop"),
    ]});
    let body = json!({"name": "repeated", "definition": definition});
    let made = app.operator().post("/jobs", body).await.expect(201);
    made["id"].as_i64().unwrap()
}

/// Plays an executor until nothing is left to claim: steps of these places fail.
async fn play(app: &TestApp, failing: &[i32]) {
    let pool = app.db.superuser().await;
    while let Some(step) = sqlx::query!(
        r#"SELECT step_id AS "id!", epoch AS "epoch!", idx AS "idx!" FROM runs.claim_steps('w', 1, 15)"#
    )
    .fetch_optional(&pool)
    .await
    .unwrap()
    {
        let status = if failing.contains(&step.idx) { "failed" } else { "succeeded" };
        sqlx::query!(
            r#"SELECT runs.mark_sent($1, $2, 'w', NULL) AS sent,
                 runs.finish_step($1, $2, 'w', $3, NULL, 0, $4, '', '{}') AS finished"#,
            step.id,
            step.epoch,
            status,
            format!("out {}", step.idx),
        )
        .fetch_one(&pool)
        .await
        .unwrap();
    }
}

async fn repeat(app: &TestApp, run: &Value, scope: &str) -> Value {
    let path = format!("/runs/{}/repeat", run["id"]);
    app.operator()
        .post(&path, json!({"scope": scope}))
        .await
        .expect(201)
}

/// Name and status of the steps of a run.
async fn steps(app: &TestApp, run: &Value) -> Vec<(String, String)> {
    let path = format!("/runs/{}/steps", run["id"]);
    let found = app.viewer().get(&path).await.expect(200);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    found
        .as_array()
        .unwrap()
        .iter()
        .map(|step| (text(&step["name"]), text(&step["status"])))
        .collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected
        .iter()
        .map(|(name, status)| ((*name).to_owned(), (*status).to_owned()))
        .collect()
}

#[tokio::test]
async fn the_rest_of_a_run_goes_on_where_it_failed_with_the_results_so_far() {
    let app = start().await;
    let first = run(&app, job(&app).await, json!({"who": "you"})).await;
    play(&app, &[2, 3]).await;
    let again = repeat(&app, &first, "rest").await;
    assert_eq!(
        (&again["repeats"], &again["repeat_scope"]),
        (&first["id"], &json!("rest"))
    );
    assert_eq!(again["parameters"], json!({"who": "you"}));
    let before = [
        ("one", "skipped"),
        ("two", "skipped"),
        ("three", "skipped"),
        ("four", "queued"),
    ];
    assert_eq!(steps(&app, &again).await, pairs(&before));
    let carried = app
        .viewer()
        .get(&format!("/runs/{}/steps", again["id"]))
        .await
        .expect(200);
    assert_eq!(
        (&carried[0]["reason"], &carried[0]["stdout"]),
        (&json!("done_before"), &json!("out 0"))
    );
    play(&app, &[]).await;
    let after = app
        .viewer()
        .get(&format!("/runs/{}", again["id"]))
        .await
        .expect(200);
    assert_eq!(after["status"], "succeeded");
    let third = repeat(&app, &first, "rest").await;
    assert_eq!(steps(&app, &third).await, pairs(&before));
}

#[tokio::test]
async fn only_targets_with_trouble_are_repeated() {
    let app = start().await;
    let first = run(&app, job(&app).await, json!({})).await;
    play(&app, &[3]).await;
    let again = repeat(&app, &first, "failed").await;
    assert_eq!(
        steps(&app, &again).await,
        pairs(&[("two", "queued"), ("four", "queued")])
    );
    let whole = repeat(&app, &first, "all").await;
    assert_eq!(steps(&app, &whole).await.len(), 4);
}

#[tokio::test]
async fn what_is_open_or_done_or_unknown_is_not_repeated() {
    let app = start().await;
    let first = run(&app, job(&app).await, json!({})).await;
    let path = format!("/runs/{}/repeat", first["id"]);
    let wish = |scope: &str| json!({"scope": scope});
    app.operator()
        .post(&path, wish("all"))
        .await
        .problem(409, "runs.open");
    play(&app, &[]).await;
    for scope in ["failed", "rest"] {
        app.operator()
            .post(&path, wish(scope))
            .await
            .problem(409, "runs.nothing_to_repeat");
    }
    app.operator()
        .post(&path, wish("some"))
        .await
        .wrong_field("scope");
    app.operator()
        .post("/runs/999/repeat", wish("all"))
        .await
        .problem(404, "runs.not_found");
    app.viewer()
        .post(&path, wish("all"))
        .await
        .problem(403, "auth.forbidden");
}

#[tokio::test]
async fn a_repeated_key_repeats_a_run_once() {
    let app = start().await;
    let first = run(&app, job(&app).await, json!({})).await;
    play(&app, &[0]).await;
    let path = format!("/runs/{}/repeat", first["id"]);
    let client = app.operator().header("Idempotency-Key", "k-1");
    let one = client
        .post(&path, json!({"scope": "all"}))
        .await
        .expect(201);
    let two = client
        .post(&path, json!({"scope": "all"}))
        .await
        .expect(201);
    assert_eq!(one["id"], two["id"]);
    client
        .post(&path, json!({"scope": "rest"}))
        .await
        .problem(422, "jobs.idempotency_key_reused");
}

#[tokio::test]
async fn runs_are_found_by_target_and_by_user() {
    let app = start().await;
    let first = run(&app, job(&app).await, json!({})).await;
    for (query, total) in [
        ("target_id=2", 1),
        ("target_id=3", 0),
        ("requested_by=2", 1),
        ("requested_by=9", 0),
    ] {
        let found = app
            .viewer()
            .get(&format!("/runs?{query}"))
            .await
            .expect(200);
        assert_eq!(found["total"], total, "{query}");
    }
    assert_eq!(first["repeats"], Value::Null);
}
