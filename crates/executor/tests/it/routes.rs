//! The routes, through the public door.

use serde_json::json;
use testkit::{forged, matrix};

use crate::bench::Bench;

#[tokio::test]
async fn status_counts_steps_by_what_became_of_them() {
    let bench = Bench::new().await;
    let executor = bench.executor().await;
    let run = bench
        .run(&[bench.exec("true"), bench.exec("false"), bench.exec("true")])
        .await;
    bench.ended(run).await;
    let status = executor.viewer().get("/status").await.expect(200);
    assert_eq!(
        status,
        json!({
            "worker_running": true, "worker_enabled": true, "poll_interval": 1,
            "queue_stats": {
                "queued_steps": 0, "running_steps": 0, "succeeded_steps": 1, "failed_steps": 1,
            },
        })
    );
}

#[tokio::test]
async fn a_disabled_worker_claims_nothing_and_says_so() {
    let bench = Bench::new().await;
    let executor = bench
        .executor_with(|config| config.worker_enabled = false)
        .await;
    bench.run(&[bench.exec("true")]).await;
    let status = executor.viewer().get("/status").await.expect(200);
    assert_eq!(status["worker_enabled"], json!(false));
    assert_eq!(status["worker_running"], json!(false));
    assert_eq!(status["queue_stats"]["queued_steps"], json!(1));
}

#[tokio::test]
async fn workers_are_listed_with_their_last_heartbeat() {
    let bench = Bench::new().await;
    let executor = bench.executor().await;
    let list = testkit::wait::until("a heartbeat", async || {
        let list = executor.viewer().get("/workers").await.expect(200);
        (list["total"] == json!(1)).then_some(list)
    })
    .await;
    let worker = &list["workers"][0];
    assert_eq!(
        (&worker["alive"], &worker["draining"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(worker["running_steps"], json!(0));
    assert!(
        worker["last_seen_at"]
            .as_str()
            .is_some_and(|at| at.ends_with('Z')),
        "{worker}"
    );
}

#[tokio::test]
async fn every_operation_admits_exactly_who_the_document_says() {
    let bench = Bench::new().await;
    let executor = bench.executor().await;
    assert!(matrix::check(&executor).await > 5);
    assert!(forged::check(&executor, "/status").await >= 30);
}

#[tokio::test]
async fn routes_take_no_other_method() {
    let bench = Bench::new().await;
    let executor = bench.executor().await;
    for path in ["/status", "/workers", "/nothing"] {
        let answer = executor.admin().post(path, json!({})).await;
        assert!(
            matches!(answer.status, 404 | 405),
            "{path}: {}",
            answer.text
        );
    }
}
