//! Steps that use secret parameters.

use serde_json::json;
use testkit::credentials::Mood;

use crate::bench::Bench;
use crate::http::Server;

/// With all that a shell might trip over.
const TOKEN: &str = "s3cr'et $(id) \"x\"";

/// Prints the length of what it is given, so that nothing is masked.
const LENGTH: &str = "printf %s {{ token }} | wc -c";

/// All that the database holds of a run.
async fn stored(bench: &Bench, run: i64) -> String {
    sqlx::query_scalar!(
        r#"SELECT concat(
             (SELECT json_agg(r) FROM runs.run r WHERE id = $1),
             (SELECT json_agg(s) FROM runs.step s WHERE run_id = $1),
             (SELECT json_agg(e) FROM runs.event e WHERE run_id = $1)) AS "text!""#,
        run,
    )
    .fetch_one(&bench.root)
    .await
    .expect("a row")
}

#[tokio::test]
async fn a_secret_reaches_the_target_and_nothing_else() {
    let bench = Bench::new().await;
    let _executor = bench.executor().await;
    let parcel = bench.credentials.keep_parcel(json!({ "token": TOKEN }));
    let seen = "tr '\\0' '\\n' </proc/$$/cmdline; tr '\\0' '\\n' </proc/$$/environ; : {{ token }}";
    let steps = [
        bench.exec(LENGTH),
        bench.exec("wc -c").spec("stdin", "{{ token }}".into()),
        bench
            .exec("printf %s \"$T\" | wc -c")
            .spec("env", json!({"T": "{{ token }}"})),
        bench.exec("echo {{ token }}").named("told"),
        bench.exec("echo {{ steps.told.stdout }}").reads_results(),
        bench.exec(seen),
        bench.exec(seen).bound(),
    ];
    let run = bench
        .run_sealed(&steps, json!({"token": {"secret": true}}), Some(parcel))
        .await;
    assert_eq!(bench.ended(run).await, "succeeded");
    let steps = bench.steps(run).await;
    for step in &steps[..3] {
        assert_eq!(step.out().trim(), TOKEN.len().to_string());
    }
    assert_eq!((steps[3].out(), steps[4].out()), ("***\n", "***\n"));
    for step in &steps[5..] {
        assert!(step.out().contains("bash"), "{}", step.out());
        assert!(!step.out().contains("***"), "{}", step.out());
    }
    let stored = stored(&bench, run).await;
    assert!(
        stored.contains("secret") && !stored.contains("s3cr"),
        "{stored}"
    );
}

#[tokio::test]
async fn a_request_carries_it_in_headers_and_body() {
    let bench = Bench::new().await;
    let _executor = bench.executor().await;
    let parcel = bench
        .credentials
        .keep_parcel(json!({"token": "hunter2-long"}));
    let server = Server::start("200 OK", "got hunter2-long").await;
    let mut step = bench.exec("").kind("http.request").credential(None);
    step.spec = json!({
        "method": "POST", "url": format!("http://127.0.0.1:{}/", server.port),
        "headers": {"X-Token": "{{ token }}"}, "body": {"token": "{{ token }}"},
    });
    let run = bench
        .run_sealed(&[step], json!({"token": {"secret": true}}), Some(parcel))
        .await;
    assert_eq!(bench.ended(run).await, "succeeded");
    let asked = server.asked().remove(0);
    assert!(
        asked.to_lowercase().contains("x-token: hunter2-long"),
        "{asked}"
    );
    assert!(asked.ends_with(r#"{"token":"hunter2-long"}"#), "{asked}");
    assert_eq!(bench.steps(run).await[0].out(), "got ***");
}

#[tokio::test]
async fn without_its_secrets_a_step_is_not_sent() {
    let bench = Bench::new().await;
    let _executor = bench.executor().await;
    let run = bench
        .run_sealed(
            &[bench.exec(LENGTH)],
            json!({"token": {"secret": true}}),
            Some(99),
        )
        .await;
    assert_eq!(bench.ended(run).await, "failed");
    let step = bench.steps(run).await.remove(0);
    assert_eq!(step.end(), ("failed", Some("parameters_refused")));
    assert!(!step.is_sent);
    assert!(
        step.err()
            .starts_with("The secret parameters of the run were not released")
    );
}

#[tokio::test]
async fn a_sealed_vault_is_waited_for() {
    let bench = Bench::new().await;
    let _executor = bench.executor().await;
    let parcel = bench.credentials.keep_parcel(json!({ "token": TOKEN }));
    bench.credentials.set_mood(Mood::Away);
    let run = bench
        .run_sealed(
            &[bench.exec(LENGTH)],
            json!({"token": {"secret": true}}),
            Some(parcel),
        )
        .await;
    testkit::wait::until("the step to be handed back", async || {
        let handed = bench.attempts(run).await.contains(&"released".to_owned());
        handed.then_some(())
    })
    .await;
    bench.credentials.set_mood(Mood::Usual);
    assert_eq!(bench.ended(run).await, "succeeded");
}
