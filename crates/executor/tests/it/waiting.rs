//! Steps that wait.

use std::time::Duration;

use serde_json::json;
use tokio::net::TcpListener;

use crate::bench::Bench;
use crate::http::Server;
use crate::process::Process;
use crate::step::Step;

fn wait(bench: &Bench, awaited: &serde_json::Value) -> Step {
    bench
        .exec("")
        .kind("wait")
        .spec("for", awaited.clone())
        .credential(None)
        .idempotent()
}

/// Waits until the first step of a run has gone back to the queue.
async fn parked(bench: &Bench, run: i64) {
    testkit::wait::until("the step is parked", async || {
        let step = &bench.steps(run).await[0];
        (step.end() == ("queued", Some("waiting"))).then_some(())
    })
    .await;
}

/// Lets so many seconds pass for the steps that wait.
async fn pass(bench: &Bench, seconds: f64) {
    for statement in [
        "UPDATE runs.step SET waits_since = waits_since - make_interval(secs => $1)",
        "UPDATE runs.live_step SET available_at = available_at - make_interval(secs => $1)",
    ] {
        #[expect(clippy::disallowed_methods, reason = "two statements of one shape")]
        let passed = sqlx::query(statement).bind(seconds).execute(&bench.root);
        passed.await.expect("time passes");
    }
}

#[tokio::test]
async fn no_time_is_over_at_once_and_needs_nothing() {
    let bench = Bench::new().await;
    let _executor = bench.executor().await;
    let run = bench.run(&[wait(&bench, &json!({"seconds": 0}))]).await;
    assert_eq!(bench.ended(run).await, "succeeded");
    let step = bench.steps(run).await.remove(0);
    assert_eq!((step.end(), step.epoch), (("succeeded", None), 1));
    assert_eq!((step.out(), step.err(), step.is_sent), ("", "", false));
    assert!(!bench.output.join(run.to_string()).exists());
}

#[tokio::test]
async fn a_long_wait_holds_no_place() {
    let bench = Bench::new().await;
    let _executor = bench.executor_with(|config| config.max_steps = 1).await;
    let run = bench.run(&[wait(&bench, &json!({"seconds": 3600}))]).await;
    parked(&bench, run).await;
    let other = bench.outcome(bench.exec("true")).await;
    assert_eq!(other.end(), ("succeeded", None));
}

#[tokio::test]
async fn a_long_wait_outlives_its_executor() {
    let bench = Bench::new().await;
    let executor = Process::start(&bench, &[]);
    let run = bench
        .run(&[wait(&bench, &json!({"seconds": 3600})), bench.exec("true")])
        .await;
    parked(&bench, run).await;
    drop(executor);
    pass(&bench, 3600.0).await;
    let _executor = bench.executor().await;
    assert_eq!(bench.ended(run).await, "succeeded");
    assert_eq!(
        bench.attempts(run).await,
        ["released", "succeeded", "succeeded"]
    );
}

#[tokio::test]
async fn what_is_claimed_too_early_waits_for_the_rest() {
    let bench = Bench::new().await;
    let executor = Process::start(&bench, &[]);
    let run = bench.run(&[wait(&bench, &json!({"seconds": 3600}))]).await;
    parked(&bench, run).await;
    drop(executor);
    pass(&bench, 3598.0).await;
    sqlx::query!("UPDATE runs.live_step SET available_at = now()")
        .execute(&bench.root)
        .await
        .expect("claimable");
    let _executor = bench.executor().await;
    assert_eq!(bench.ended(run).await, "succeeded");
    let waited = sqlx::query_scalar!(
        r#"SELECT extract(epoch FROM finished_at - waits_since)::float8 AS "seconds!"
           FROM runs.step WHERE run_id = $1"#,
        run
    );
    let waited = waited.fetch_one(&bench.root).await.expect("a wait");
    assert!((3600.0..3630.0).contains(&waited), "{waited}");
}

#[tokio::test]
async fn a_step_that_waits_is_canceled_at_once() {
    let bench = Bench::new().await;
    let _executor = bench.executor().await;
    let run = bench.run(&[wait(&bench, &json!({"seconds": 3600}))]).await;
    parked(&bench, run).await;
    assert_eq!(bench.cancel(run).await.as_deref(), Some("canceled"));
}

#[tokio::test]
async fn a_step_that_looks_for_something_is_canceled_at_once() {
    let bench = Bench::new().await;
    let _executor = bench.executor().await;
    let closed = json!({"port": {"host": "127.0.0.1", "port": closed_port().await}});
    let run = bench.run(&[wait(&bench, &closed)]).await;
    bench.wait(run, &["running"], Duration::from_secs(20)).await;
    bench.cancel(run).await;
    assert_eq!(bench.ended(run).await, "canceled");
}

async fn closed_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    listener.local_addr().expect("an address").port()
}

#[tokio::test]
async fn a_port_is_waited_for_and_not_for_ever() {
    let bench = Bench::new().await;
    let _executor = bench.executor().await;
    let port = bench.sshd.port();
    let of_target = wait(&bench, &json!({"port": {"port": port}}));
    assert_eq!(bench.outcome(of_target).await.end(), ("succeeded", None));
    let closed = json!({"port": {"host": "127.0.0.1", "port": closed_port().await}});
    let step = bench.outcome(wait(&bench, &closed).timeout(1)).await;
    assert_eq!(step.end(), ("failed", Some("timed_out")));
    assert!(step.err().contains("Not there after 1 s"), "{}", step.err());
}

#[tokio::test]
async fn an_answer_is_waited_for_by_its_status() {
    let bench = Bench::new().await;
    let _executor = bench.executor().await;
    let server = Server::start("503 Service Unavailable", "").await;
    let url = server.url("/ready");
    let expected = json!({"http": {"url": url, "expected_status": 503}});
    let step = bench.outcome(wait(&bench, &expected)).await;
    assert_eq!(step.end(), ("succeeded", None));
    let well = json!({"http": {"url": url}});
    let step = bench.outcome(wait(&bench, &well).timeout(1)).await;
    assert_eq!(step.end(), ("failed", Some("timed_out")));
    assert!(step.err().contains("status 503"), "{}", step.err());
}

#[tokio::test]
async fn what_gives_secrets_away_is_not_looked_at() {
    let bench = Bench::new().await;
    let _executor = bench.executor().await;
    for awaited in [
        json!({"http": {"url": "http://169.254.169.254/latest"}}),
        json!({"port": {"host": "169.254.169.254", "port": 80}}),
    ] {
        let step = bench.outcome(wait(&bench, &awaited).timeout(1)).await;
        assert_eq!(step.end(), ("failed", Some("not_allowed")));
        assert!(step.err().contains("may not be reached"), "{}", step.err());
    }
}
