//! A run is canceled at once if nothing of it runs, else when its executor says so.

use crate::runs::{Bench, Plan};

#[tokio::test]
async fn a_queued_run_is_canceled_at_once() {
    let mut bench = Bench::new().await;
    let run = bench.start(&[Plan::at(0), Plan::at(1)]).await;
    assert_eq!(bench.cancel(run.id).await.as_deref(), Some("canceled"));
    assert_eq!(bench.step_statuses(&run).await, ["aborted", "aborted"]);
    assert!(bench.claim("w1", 10).await.is_empty());
    let expected = [
        "run.queued",
        "run.cancel_requested",
        "step.aborted",
        "step.aborted",
        "run.canceled",
    ];
    assert_eq!(bench.events(&run).await, expected);
}

#[tokio::test]
async fn a_running_run_is_canceled_when_its_executor_confirms() {
    let mut bench = Bench::new().await;
    let run = bench.start(&[Plan::at(0), Plan::at(1)]).await;
    let claim = bench.claim_one("w1").await;
    assert_eq!(bench.renew(&claim).await, (true, false));
    assert_eq!(bench.cancel(run.id).await.as_deref(), Some("running"));
    assert_eq!(bench.renew(&claim).await, (true, true));
    assert_eq!(bench.step_statuses(&run).await, ["running", "aborted"]);
    assert!(bench.finish(&claim, "aborted").await);
    assert_eq!(bench.run_status(&run).await, "canceled:canceled");
    assert!(!bench.finish(&claim, "succeeded").await);
}

#[tokio::test]
async fn a_step_handed_back_by_a_canceled_run_is_aborted() {
    let mut bench = Bench::new().await;
    let run = bench.start(&[Plan::at(0)]).await;
    let claim = bench.claim_one("w1").await;
    bench.cancel(run.id).await;
    assert!(bench.release(&claim, 0).await);
    assert_eq!(bench.run_status(&run).await, "canceled:canceled");
}

#[tokio::test]
async fn cancelling_twice_is_cancelling_once() {
    let mut bench = Bench::new().await;
    let run = bench.start(&[Plan::at(0)]).await;
    bench.claim_one("w1").await;
    for _ in 0..2 {
        assert_eq!(bench.cancel(run.id).await.as_deref(), Some("running"));
    }
    let asked = bench.events(&run).await;
    assert_eq!(
        asked
            .iter()
            .filter(|kind| *kind == "run.cancel_requested")
            .count(),
        1
    );
}

#[tokio::test]
async fn a_final_run_stays_as_it_is_and_no_run_is_none() {
    let mut bench = Bench::new().await;
    let run = bench.start(&[Plan::at(0)]).await;
    let claim = bench.claim_one("w1").await;
    bench.finish(&claim, "failed").await;
    let before = bench.events(&run).await;
    assert_eq!(bench.cancel(run.id).await.as_deref(), Some("failed"));
    assert_eq!(bench.events(&run).await, before);
    assert_eq!(bench.cancel(999).await, None);
}
