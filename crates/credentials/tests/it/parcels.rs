//! The secret parameters of runs: sealed for jobs, opened for who works on the run.

use credentials::SERVICE;
use credentials::config::Reveal;
use serde_json::{Value, json};
use sqlx::PgPool;
use testkit::answer::Answer;
use testkit::app::{TestApp, parts_on};

use crate::support::{KEY, open, open_on};

const TOKEN: &str = "hunter2-canary";

pub(crate) async fn seal(app: &TestApp) -> i64 {
    let body = json!({"values": {"token": TOKEN, "quoted": "a\"b\n"}});
    let sealed = app.service("jobs").post("/internal/parcels", body).await;
    sealed.expect(201)["parcel_id"].as_i64().unwrap()
}

/// A step of a run with this parcel that `worker-1` may hold at epoch 3.
pub(crate) async fn held_step(pool: &PgPool, parcel: Option<i64>) -> i64 {
    sqlx::query_scalar(
        "WITH j AS (INSERT INTO jobs.job (name, created_by) VALUES (gen_random_uuid()::text, '1') RETURNING id),
         r AS (INSERT INTO runs.run (job_id, job_name, job_version, status, requested_by, requested_by_name,
                 correlation_id, started_at, parcel_id)
               SELECT id, 'j', 1, 'running', '1', 'admin', 'c', now(), $1 FROM j RETURNING id)
         INSERT INTO runs.step (run_id, idx, type, spec, status, epoch, worker, started_at)
         SELECT id, 0, 'ssh.exec', '{}', 'running', 3, 'worker-1', now() FROM r RETURNING id",
    )
    .bind(parcel)
    .fetch_one(pool)
    .await
    .unwrap()
}

/// Marks the step as held now, or as lost a second ago.
#[expect(
    clippy::disallowed_methods,
    reason = "arranges what other services own"
)]
pub(crate) async fn hold(pool: &PgPool, step: i64, seconds: i32) {
    sqlx::query("DELETE FROM runs.live_step")
        .execute(pool)
        .await
        .unwrap();
    sqlx::query(
        "INSERT INTO runs.live_step (step_id, run_id, state, worker, epoch, lease_until)
         SELECT id, run_id, 'claimed', 'worker-1', 3, now() + make_interval(secs => $2)
         FROM runs.step WHERE id = $1",
    )
    .bind(step)
    .bind(f64::from(seconds))
    .execute(pool)
    .await
    .unwrap();
}

pub(crate) fn claim(step: i64) -> Value {
    json!({"step_id": step, "epoch": 3, "worker": "worker-1"})
}

pub(crate) async fn ask(app: &TestApp, body: Value) -> Answer {
    let executor = app.service("executor");
    executor.post("/internal/parcels/release", body).await
}

/// Outcomes of entries of the audit log with this action.
async fn trail(pool: &PgPool, action: &str) -> Vec<String> {
    sqlx::query_scalar!(
        "SELECT outcome FROM audit.entry WHERE action = $1 ORDER BY id",
        action
    )
    .fetch_all(pool)
    .await
    .unwrap()
}

#[tokio::test]
async fn the_holder_of_a_step_gets_the_secrets_of_its_run() {
    let app = open().await;
    let pool = app.db.superuser().await;
    let parcel = seal(&app).await;
    let step = held_step(&pool, Some(parcel)).await;
    hold(&pool, step, 60).await;
    let answer = ask(&app, claim(step)).await;
    assert_eq!(
        answer.expect(200),
        json!({"values": {"token": TOKEN, "quoted": "a\"b\n"}})
    );
    assert_eq!(trail(&pool, "parameters.sealed").await, ["ok"]);
    assert_eq!(trail(&pool, "parameters.released").await, ["ok"]);
    let stored = sqlx::query_scalar!(
        r#"SELECT concat((SELECT json_agg(p) FROM credentials.parcel p), (SELECT json_agg(a) FROM audit.entry a)) AS "text!""#
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    assert!(stored.contains("wrapped_dek") && !stored.contains("canary"));
}

#[tokio::test]
async fn nobody_else_gets_them() {
    let app = open().await;
    let pool = app.db.superuser().await;
    let parcel = seal(&app).await;
    let step = held_step(&pool, Some(parcel)).await;
    hold(&pool, step, 60).await;
    for (field, value) in [
        ("step_id", json!(step + 1)),
        ("epoch", json!(2)),
        ("worker", json!("worker-2")),
    ] {
        let mut body = claim(step);
        body[field] = value;
        ask(&app, body)
            .await
            .problem(403, "credentials.claim_not_current");
    }
    hold(&pool, step, -1).await;
    ask(&app, claim(step))
        .await
        .problem(403, "credentials.claim_not_current");
    assert_eq!(trail(&pool, "parameters.released").await, ["denied"; 4]);
    let stranger = app.service("targets");
    stranger
        .post("/internal/parcels/release", claim(step))
        .await
        .problem(403, "auth.forbidden");
    stranger
        .post("/internal/parcels", json!({"values": {}}))
        .await
        .problem(403, "auth.forbidden");
    let admin = app.admin();
    admin
        .post("/internal/parcels", json!({"values": {}}))
        .await
        .problem(403, "auth.forbidden");
}

#[tokio::test]
async fn wrong_input_is_named_and_not_repeated() {
    let app = open().await;
    let jobs = app.service("jobs");
    for wrong in [
        json!({}),
        json!({"values": {"token": 5}}),
        json!({"values": TOKEN}),
    ] {
        let refused = jobs.post("/internal/parcels", wrong).await;
        assert!((400..=422).contains(&refused.status), "{}", refused.text);
        assert!(!refused.text.contains("canary"), "{}", refused.text);
    }
}

#[tokio::test]
async fn a_parcel_in_another_place_opens_nothing() {
    let app = open().await;
    let pool = app.db.superuser().await;
    let (first, second) = (seal(&app).await, seal(&app).await);
    sqlx::query!(
        "UPDATE credentials.parcel a SET wrap_nonce = b.wrap_nonce, wrapped_dek = b.wrapped_dek,
           nonce = b.nonce, ciphertext = b.ciphertext
         FROM credentials.parcel b WHERE a.id = $1 AND b.id = $2",
        first,
        second,
    )
    .execute(&pool)
    .await
    .unwrap();
    let step = held_step(&pool, Some(first)).await;
    hold(&pool, step, 60).await;
    ask(&app, claim(step)).await.problem(500, "internal");
    assert_eq!(trail(&pool, "parameters.released").await, ["failed"]);
}

#[tokio::test]
async fn a_sealed_vault_takes_and_gives_nothing() {
    let app = open_on(testkit::app::parts(SERVICE).await, None, Reveal::Allowed).await;
    let body = json!({"values": {"token": TOKEN}});
    let jobs = app.service("jobs");
    jobs.post("/internal/parcels", body)
        .await
        .problem(503, "credentials.sealed");
}

#[tokio::test]
async fn what_no_run_can_need_any_more_is_removed() {
    let app = open().await;
    let pool = app.db.superuser().await;
    let mut parcels = Vec::new();
    for _ in 0..4 {
        parcels.push(seal(&app).await);
    }
    sqlx::query!("UPDATE credentials.parcel SET created_at = created_at - interval '2 hours'")
        .execute(&pool)
        .await
        .unwrap();
    // None for the first; the second is not over, the others ended so many days ago.
    for (parcel, days) in [(1, None), (2, Some(6)), (3, Some(9))] {
        let step = held_step(&pool, Some(parcels[parcel])).await;
        let Some(days) = days else { continue };
        sqlx::query!(
            "UPDATE runs.run SET status = 'failed', finished_at = now() - make_interval(days => $2)
             WHERE id = (SELECT run_id FROM runs.step WHERE id = $1)",
            step,
            days,
        )
        .execute(&pool)
        .await
        .unwrap();
    }
    let fresh = seal(&app).await;
    let parts = parts_on(SERVICE, app.db.clone());
    let _cleaner = open_on(parts, Some(KEY), Reveal::Allowed).await;
    let kept = testkit::wait::until("a round", async || {
        let kept = sqlx::query_scalar!("SELECT id FROM credentials.parcel ORDER BY id")
            .fetch_all(&pool)
            .await
            .unwrap();
        (!kept.contains(&parcels[0])).then_some(kept)
    })
    .await;
    assert_eq!(kept, [parcels[1], parcels[2], fresh]);
}
