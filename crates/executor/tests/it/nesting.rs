//! Steps that run another job.

use std::time::Duration;

use serde_json::{Value, json};

use crate::bench::Bench;
use crate::http::Server;
use crate::step::Step;

fn step(bench: &Bench, spec: Value) -> Step {
    let mut step = bench.exec("").kind("job").credential(None);
    step.spec = spec;
    step
}

fn child(status: &str, reason: Option<&str>) -> String {
    json!({"run_id": 77, "status": status, "reason": reason}).to_string()
}

#[tokio::test]
async fn a_step_ends_as_its_run_does_and_tells_its_number() {
    let bench = Bench::new().await;
    for (answer, end, out) in [
        (child("succeeded", None), ("succeeded", None), "77\n"),
        (
            child("failed", Some("exit_code")),
            ("failed", Some("job_failed")),
            "",
        ),
        (
            child("canceled", Some("canceled")),
            ("failed", Some("job_failed")),
            "",
        ),
    ] {
        let server = Server::start("200 OK", answer).await;
        let executor = bench
            .executor_with(|config| config.jobs_url = server.url(""))
            .await;
        let steps = [
            step(
                &bench,
                json!({"job": "other", "parameters": {"who": "{{ who }}!", "n": 3}}),
            )
            .named("other"),
            bench
                .exec("echo {{ steps.other.extracted.run_id }}")
                .reads_results(),
        ];
        let run = bench.run_with(&steps, json!({"who": "ana"})).await;
        bench.ended(run).await;
        let steps = bench.steps(run).await;
        assert_eq!((steps[0].end(), steps[1].out()), (end, out));
        let asked = server.asked().remove(0);
        assert!(asked.starts_with("POST /internal/runs/child "), "{asked}");
        let body: Value =
            serde_json::from_str(asked.split("\r\n\r\n").nth(1).expect("a body")).expect("JSON");
        assert_eq!(
            (&body["job"], &body["attempt"]),
            (&json!("other"), &json!(0))
        );
        assert_eq!(body["parameters"], json!({"who": "ana!", "n": 3}));
        drop(executor);
    }
}

#[tokio::test]
async fn a_long_run_is_waited_for_without_a_place_and_not_for_ever() {
    let bench = Bench::new().await;
    let server = Server::start("200 OK", child("needs_attention", None)).await;
    let _executor = bench
        .executor_with(|config| config.jobs_url = server.url(""))
        .await;
    let run = bench
        .run(&[step(&bench, json!({"job": "other"})).timeout(4)])
        .await;
    testkit::wait::until("the place to be given back", async || {
        let parked = bench.attempts(run).await.contains(&"released".to_owned());
        parked.then_some(())
    })
    .await;
    bench.wait(run, &["failed"], Duration::from_secs(30)).await;
    assert_eq!(
        bench.steps(run).await[0].end(),
        ("failed", Some("timed_out"))
    );
}

#[tokio::test]
async fn why_a_job_is_not_started_is_told() {
    let bench = Bench::new().await;
    let named = |errors: Value| {
        json!({"type": "about:blank", "title": "Not Found", "status": 404, "detail": "there is no job named other",
            "code": "jobs.not_found", "request_id": null, "errors": errors})
    };
    let status = "404 Not Found\r\nContent-Type: application/problem+json";
    let fault = json!([{"field": "parameters.who", "code": "missing", "detail": "is needed"}]);
    for (errors, why) in [
        (json!([]), "there is no job named other"),
        (fault, "parameters.who is needed"),
    ] {
        let server = Server::start(status, named(errors).to_string()).await;
        let _executor = bench
            .executor_with(|config| config.jobs_url = server.url(""))
            .await;
        let outcome = bench.outcome(step(&bench, json!({"job": "other"}))).await;
        assert_eq!(outcome.end(), ("failed", Some("job_refused")));
        let told = format!("The job was not started: {why} (jobs.not_found).\n");
        assert_eq!(outcome.err(), told);
    }
}
