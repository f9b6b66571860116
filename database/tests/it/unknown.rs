//! A step whose outcome is lost waits for a person, and so does its run.

use crate::harness::{BAD_ARGUMENT, texts};
use crate::runs::{Bench, Plan, Run, finish};

/// A run of two steps whose first was sent and then lost.
async fn lost() -> (Bench, Run) {
    let mut bench = Bench::new().await;
    let run = bench.start(&[Plan::at(0), Plan::at(1)]).await;
    let claim = bench.claim_one("w1").await;
    assert!(bench.mark_sent(&claim).await);
    bench.expire_leases().await;
    assert_eq!(bench.recover().await, [(claim.step, "unknown".to_owned())]);
    assert_eq!(
        bench.run_status(&run).await,
        "needs_attention:lost_executor"
    );
    assert!(bench.claim("w2", 10).await.is_empty());
    (bench, run)
}

#[tokio::test]
async fn a_person_says_what_became_of_it() {
    for (decision, run_now, steps) in [
        ("succeeded", "running", ["succeeded", "queued"]),
        ("failed", "failed", ["failed", "aborted"]),
        ("retry", "running", ["queued", "queued"]),
    ] {
        let (mut bench, run) = lost().await;
        let answer = bench.resolve(run.steps[0], decision).await;
        assert_eq!(answer.as_deref(), Some(run_now), "{decision}");
        assert_eq!(bench.step_statuses(&run).await, steps, "{decision}");
        assert_eq!(
            bench.resolve(run.steps[0], decision).await,
            None,
            "{decision}"
        );
    }
}

#[tokio::test]
async fn a_retried_step_has_a_new_epoch_and_the_run_goes_on() {
    let (mut bench, run) = lost().await;
    bench.resolve(run.steps[0], "retry").await;
    let again = bench.claim_one("w2").await;
    assert_eq!((again.step, again.epoch), (run.steps[0], 2));
    assert!(bench.finish(&again, "succeeded").await);
    let last = bench.claim_one("w2").await;
    assert!(bench.finish(&last, "succeeded").await);
    assert_eq!(bench.run_status(&run).await, "succeeded");
    let outcomes = "SELECT outcome FROM runs.attempt ORDER BY step_id, epoch";
    assert_eq!(
        texts(&mut bench.admin, outcomes).await,
        ["lost", "succeeded", "succeeded"]
    );
}

#[tokio::test]
async fn cancelling_gives_up_on_what_is_unknown() {
    let (mut bench, run) = lost().await;
    assert_eq!(bench.cancel(run.id).await.as_deref(), Some("canceled"));
    assert_eq!(bench.step_statuses(&run).await, ["aborted", "aborted"]);
    assert_eq!(bench.resolve(run.steps[0], "retry").await, None);
}

#[tokio::test]
async fn an_executor_may_say_that_it_does_not_know() {
    let mut bench = Bench::new().await;
    let run = bench.start(&[Plan::at(0)]).await;
    let claim = bench.claim_one("w1").await;
    let error = finish(&mut bench.executor, &claim, "unknown")
        .await
        .unwrap_err();
    let code = error.as_database_error().and_then(|refusal| refusal.code());
    assert_eq!(code.as_deref(), Some(BAD_ARGUMENT));
    assert!(bench.mark_sent(&claim).await);
    assert!(bench.finish(&claim, "unknown").await);
    assert_eq!(bench.run_status(&run).await, "needs_attention:unknown");
}

#[tokio::test]
async fn what_runs_beside_an_unknown_step_still_ends() {
    let mut bench = Bench::new().await;
    let run = bench.start(&[Plan::at(0).on(1), Plan::at(0).on(2)]).await;
    let claims = bench.claim("w1", 10).await;
    assert!(bench.mark_sent(&claims[0]).await);
    assert!(bench.finish(&claims[0], "unknown").await);
    assert!(bench.finish(&claims[1], "succeeded").await);
    assert_eq!(bench.run_status(&run).await, "needs_attention:unknown");
    assert_eq!(
        bench.resolve(run.steps[0], "succeeded").await.as_deref(),
        Some("succeeded")
    );
}
