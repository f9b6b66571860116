//! Runs that are told secrets.

use serde_json::{Value, json};
use testkit::app::TestApp;
use testkit::credentials::Mood;

use crate::app::start_with_credentials;

const TOKEN: &str = "hunter2-canary";

async fn job(app: &TestApp) -> i64 {
    let definition = json!({
        "parameters": {"token": {"type": "secret", "required": true}, "who": "world"},
        "steps": [{"type": "ssh.exec", "target": "web-1", "command": "login {{ token }} {{ who }}"}],
    });
    let body = json!({"name": "login", "definition": definition});
    let made = app.operator().post("/jobs", body).await.expect(201);
    made["id"].as_i64().unwrap()
}

async fn start(app: &TestApp, job: i64) -> testkit::answer::Answer {
    let path = format!("/jobs/{job}/run");
    app.operator().post(&path, json!({ "token": TOKEN })).await
}

/// Whether anything in the tables of this service, of runs and of the audit log holds the secret.
async fn is_stored(app: &TestApp) -> bool {
    sqlx::query_scalar!(
        r#"SELECT concat((SELECT json_agg(r) FROM runs.run r), (SELECT json_agg(s) FROM runs.step s),
             (SELECT json_agg(e) FROM runs.event e), (SELECT json_agg(a) FROM audit.entry a),
             (SELECT json_agg(v) FROM jobs.job_version v)) LIKE '%canary%' AS "found!""#
    )
    .fetch_one(&app.db.superuser().await)
    .await
    .unwrap()
}

#[tokio::test]
async fn a_secret_goes_to_credentials_and_is_nowhere_else() {
    let (app, credentials) = start_with_credentials().await;
    let job = job(&app).await;
    let run = start(&app, job).await.expect(201);
    let shown = json!({"token": {"secret": true}, "who": "world"});
    assert_eq!(run["parameters"], shown);
    let path = format!("/runs/{}", run["id"]);
    assert_eq!(
        app.admin().get(&path).await.expect(200)["parameters"],
        shown
    );
    assert_eq!(credentials.parcels(), [json!({ "token": TOKEN })]);
    assert!(!is_stored(&app).await);
}

#[tokio::test]
async fn a_wrong_secret_is_refused_and_not_repeated() {
    let (app, credentials) = start_with_credentials().await;
    let job = job(&app).await;
    let path = format!("/jobs/{job}/run");
    for wrong in [
        json!({}),
        json!({"token": "abc"}),
        json!({"token": ["hunter2"]}),
    ] {
        let refused = app.operator().post(&path, wrong).await;
        assert!(!refused.text.contains("hunter2"), "{}", refused.text);
        refused.wrong_field("parameters.token");
    }
    app.viewer()
        .post(&path, json!({ "token": TOKEN }))
        .await
        .problem(403, "auth.forbidden");
    assert!(credentials.parcels().is_empty());
}

#[tokio::test]
async fn while_the_vault_is_sealed_nothing_starts() {
    let (app, credentials) = start_with_credentials().await;
    let job = job(&app).await;
    credentials.set_mood(Mood::Away);
    assert_eq!(start(&app, job).await.status, 503);
    assert_eq!(app.viewer().get("/runs").await.expect(200)["total"], 0);
    credentials.set_mood(Mood::Usual);
    start(&app, job).await.expect(201);
}

#[tokio::test]
async fn a_run_is_repeated_with_its_secrets_for_a_week() {
    let (app, credentials) = start_with_credentials().await;
    let job = job(&app).await;
    let run = start(&app, job).await.expect(201);
    let path = format!("/runs/{}", run["id"]);
    app.operator()
        .post(&format!("{path}/cancel"), json!({}))
        .await
        .expect(200);
    let repeat = async || {
        app.operator()
            .post(&format!("{path}/repeat"), json!({"scope": "all"}))
            .await
    };
    let again = repeat().await.expect(201);
    assert_eq!(again["parameters"], run["parameters"]);
    assert_eq!(credentials.parcels().len(), 1);
    let root = app.db.superuser().await;
    let parcels = sqlx::query_scalar!("SELECT parcel_id FROM runs.run")
        .fetch_all(&root)
        .await
        .unwrap();
    assert_eq!(parcels, [Some(1), Some(1)]);
    app.clock.advance(chrono::TimeDelta::days(8));
    repeat().await.problem(409, "runs.secrets_removed");
}

#[tokio::test]
async fn a_secret_may_stand_only_where_the_target_alone_sees_it() {
    let (app, _credentials) = start_with_credentials().await;
    let exec = json!({"type": "ssh.exec", "target": "web-1", "command": "true"});
    let with = |field: &str, value: Value| {
        let mut step = exec.clone();
        step[field] = value;
        step
    };
    for (step, field) in [
        (with("when", json!("token == \"x\"")), "when"),
        (with("locks", json!(["{{ token }}"])), "locks[0]"),
        (
            json!({"type": "approval", "message": "ok? {{ token }}"}),
            "message",
        ),
        (
            json!({"type": "http.request", "url": "http://a/{{ token }}"}),
            "url",
        ),
        (
            json!({"type": "ssh.fetch", "target": "web-1", "path": "/{{ token }}"}),
            "path",
        ),
        (
            json!({"type": "wait", "for": {"http": {"url": "http://a/{{ token }}"}}}),
            "for.http.url",
        ),
    ] {
        let definition = json!({"parameters": {"token": {"type": "secret"}}, "steps": [step]});
        let body = json!({"name": "shown", "definition": definition});
        let refused = app.admin().post("/jobs", body).await;
        let faults = refused.problem(400, "jobs.invalid_definition").errors;
        let fault = (faults[0].field.as_str(), faults[0].code.as_str());
        let field = format!("definition.steps[0].{field}");
        assert_eq!(fault, (field.as_str(), "secret_shown"));
    }
}
