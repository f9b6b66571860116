//! The release of secrets to executor and targets.

use common::permission::Role;
use serde_json::{Value, json};
use sqlx::PgPool;

use crate::support::{Vault, create, open};

/// A run with one step that `worker-1` holds at epoch 3 and that names `credential`.
#[expect(
    clippy::disallowed_methods,
    reason = "arranges what other services own"
)]
async fn held_step(pool: &PgPool, credential: i64) -> i64 {
    let job: i64 = sqlx::query_scalar(
        "INSERT INTO jobs.job (name, created_by) VALUES ('j', '1') RETURNING id",
    )
    .fetch_one(pool)
    .await
    .unwrap();
    let run: i64 = sqlx::query_scalar(
        "INSERT INTO runs.run (job_id, job_name, job_version, status, requested_by, requested_by_name, correlation_id, started_at)
         VALUES ($1, 'j', 1, 'running', '1', 'admin', 'c', now()) RETURNING id",
    )
    .bind(job)
    .fetch_one(pool)
    .await
    .unwrap();
    let step: i64 = sqlx::query_scalar(
        "INSERT INTO runs.step (run_id, idx, type, credential_id, spec, status, epoch, worker, started_at)
         VALUES ($1, 0, 'ssh.exec', $2, '{}', 'running', 3, 'worker-1', now()) RETURNING id",
    )
    .bind(run)
    .bind(credential)
    .fetch_one(pool)
    .await
    .unwrap();
    sqlx::query("DELETE FROM runs.live_step")
        .execute(pool)
        .await
        .unwrap();
    sqlx::query(
        "INSERT INTO runs.live_step (step_id, run_id, state, worker, epoch, lease_until)
         VALUES ($1, $2, 'claimed', 'worker-1', 3, now() + interval '1 minute')",
    )
    .bind(step)
    .bind(run)
    .execute(pool)
    .await
    .unwrap();
    step
}

#[expect(clippy::disallowed_methods, reason = "ends what other services own")]
async fn end_lease(pool: &PgPool) {
    sqlx::query("UPDATE runs.live_step SET lease_until = now() - interval '1 second'")
        .execute(pool)
        .await
        .unwrap();
}

fn claim(credential: i64, step: i64) -> Value {
    json!({ "credential_id": credential, "step_id": step, "epoch": 3, "worker": "worker-1" })
}

async fn ask(app: &Vault, body: Value) -> testkit::answer::Answer {
    app.service("executor")
        .post("/internal/releases/step", body)
        .await
}

async fn trail(pool: &PgPool) -> Vec<(String, String, Value)> {
    sqlx::query!(
        r#"SELECT actor_id AS "actor!", outcome, change FROM audit.entry
           WHERE action = 'credential.released' ORDER BY id"#
    )
    .fetch_all(pool)
    .await
    .unwrap()
    .into_iter()
    .map(|row| (row.actor, row.outcome, row.change))
    .collect()
}

#[tokio::test]
async fn the_holder_of_a_step_gets_its_secret() {
    let app = open().await;
    let id = create(&app, "web", "p").await;
    let pool = app.db.superuser().await;
    let step = held_step(&pool, id).await;
    let answer = ask(&app, claim(id, step)).await;
    let expected = json!({ "credential_id": id, "version": 1, "credential_type": "ssh",
        "credential_data": { "username": "root", "password": "p" } });
    assert_eq!(answer.expect(200), expected);
    let read: common::model::credential::Released = serde_json::from_str(&answer.text).unwrap();
    assert_eq!(read.version, 1);
    let log = app
        .admin()
        .get(&format!("/credentials/{id}/access-log"))
        .await
        .expect(200);
    assert_eq!(log["accesses"][0]["actor"], "executor worker-1");
    assert_eq!(log["accesses"][0]["step_id"], step);
    let (actor, outcome, change) = trail(&pool).await.remove(0);
    assert_eq!((actor.as_str(), outcome.as_str()), ("executor", "ok"));
    assert_eq!(change["worker"], "worker-1");
}

#[tokio::test]
async fn nobody_else_gets_it() {
    let app = open().await;
    let id = create(&app, "web", "p").await;
    let other = create(&app, "db", "q").await;
    let pool = app.db.superuser().await;
    let step = held_step(&pool, id).await;
    let mut tried = 0;
    for (field, value) in [
        ("credential_id", json!(other)),
        ("credential_id", json!(999_999)),
        ("step_id", json!(step + 1)),
        ("epoch", json!(2)),
        ("epoch", json!(4)),
        ("worker", json!("worker-2")),
    ] {
        let mut body = claim(id, step);
        body[field] = value;
        ask(&app, body)
            .await
            .problem(403, "credentials.claim_not_current");
        tried += 1;
    }
    end_lease(&pool).await;
    ask(&app, claim(id, step))
        .await
        .problem(403, "credentials.claim_not_current");
    let trail = trail(&pool).await;
    assert_eq!(trail.len(), tried + 1);
    assert!(trail.iter().all(|(_, outcome, _)| outcome == "denied"));
    let log = app
        .admin()
        .get(&format!("/credentials/{id}/access-log"))
        .await
        .expect(200);
    assert_eq!(log["total"], 0);
}

#[tokio::test]
async fn without_an_audit_row_there_is_no_secret() {
    let app = open().await;
    let id = create(&app, "web", "p4ssw0rd-canary").await;
    let pool = app.db.superuser().await;
    let step = held_step(&pool, id).await;
    revoke_audit(&pool).await;
    let answer = ask(&app, claim(id, step)).await;
    assert_eq!(answer.status, 500);
    assert!(!answer.text.contains("canary"));
    let look = app
        .admin()
        .get(&format!("/credentials/{id}/decrypt?reason=r"))
        .await;
    assert_eq!(look.status, 500);
    let log = app
        .admin()
        .get(&format!("/credentials/{id}/access-log"))
        .await
        .expect(200);
    assert_eq!(log["total"], 0);
}

#[expect(clippy::disallowed_methods, reason = "breaks what a migration granted")]
async fn revoke_audit(pool: &PgPool) {
    sqlx::query("REVOKE ALL ON audit.entry FROM opsc_credentials")
        .execute(pool)
        .await
        .unwrap();
    let columns = "REVOKE INSERT (actor_kind, actor_id, actor_name, session_id, on_behalf_of, ip, user_agent, action,
        object_kind, object_id, object_name, change, outcome, request_id) ON audit.entry FROM opsc_credentials";
    sqlx::query(columns).execute(pool).await.unwrap();
}

#[tokio::test]
async fn a_value_that_was_tampered_with_is_not_given_out() {
    let app = open().await;
    let id = create(&app, "web", "one").await;
    let data = json!({ "username": "root", "password": "two" });
    app.operator()
        .post(&format!("/credentials/{id}/rotate"), data)
        .await
        .expect(200);
    let pool = app.db.superuser().await;
    // The old password in the place of the new one.
    sqlx::query!(
        "UPDATE credentials.version new SET kek_id = old.kek_id, wrap_nonce = old.wrap_nonce,
             wrapped_dek = old.wrapped_dek, nonce = old.nonce, ciphertext = old.ciphertext
         FROM credentials.version old
         WHERE new.credential_id = $1 AND old.credential_id = $1 AND new.version = 2 AND old.version = 1",
        id,
    )
    .execute(&pool)
    .await
    .unwrap();
    let step = held_step(&pool, id).await;
    let answer = ask(&app, claim(id, step)).await;
    answer.problem(500, "internal");
    let trail = trail(&pool).await;
    assert_eq!(trail.last().unwrap().1, "failed");
}

#[tokio::test]
async fn a_person_who_tests_a_target_lets_targets_have_the_secret() {
    let app = open().await;
    let id = create(&app, "web", "p").await;
    let body = json!({ "credential_id": id, "target_id": 5, "target_name": "web-1" });
    let path = "/internal/releases/test";
    let targets = app.service("targets");
    let header = clients::http::ON_BEHALF_HEADER;
    let denied = targets.post(path, body.clone()).await;
    denied.problem(403, "credentials.no_tester");
    let viewer = app.authority.token(Role::Viewer);
    let denied = targets
        .clone()
        .header(header, &viewer)
        .post(path, body.clone())
        .await;
    denied.problem(403, "credentials.no_tester");
    let operator = app.authority.token(Role::Operator);
    let answer = targets
        .clone()
        .header(header, &operator)
        .post(path, body.clone())
        .await;
    assert_eq!(answer.expect(200)["credential_data"]["password"], "p");
    let log = app
        .admin()
        .get(&format!("/credentials/{id}/access-log"))
        .await
        .expect(200);
    assert_eq!(log["total"], 1);
    assert_eq!(log["accesses"][0]["actor"], "targets for user:2");
    assert_eq!(log["accesses"][0]["purpose"], "test of target web-1");
    app.operator()
        .delete(&format!("/credentials/{id}"))
        .await
        .expect(200);
    let gone = targets.header(header, &operator).post(path, body).await;
    gone.problem(404, "credentials.not_found");
}

#[tokio::test]
async fn wrong_requests_name_their_field() {
    let app = open().await;
    for (field, value) in [
        ("credential_id", json!("1")),
        ("step_id", json!(1.5)),
        ("epoch", json!(null)),
        ("epoch", json!(1e300)),
        ("worker", json!("")),
        ("worker", json!("a\0")),
        ("worker", json!("x".repeat(201))),
        ("nope", json!(1)),
    ] {
        let mut body = claim(1, 1);
        body[field] = value;
        ask(&app, body).await.wrong_field(field);
    }
    let path = "/internal/releases/test";
    let body = json!({ "credential_id": 1, "target_id": 5, "target_name": "\0" });
    app.service("targets")
        .post(path, body)
        .await
        .wrong_field("target_name");
}
