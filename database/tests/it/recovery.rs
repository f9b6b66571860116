//! A lost executor costs time, never a silent second execution.

use crate::harness::{execute, texts};
use crate::runs::{Bench, Plan};

#[tokio::test]
async fn a_lost_step_is_repeated_only_if_that_is_surely_safe() {
    for (sent, idempotent, outcome, run_status) in [
        (false, false, "requeued", "running"),
        (false, true, "requeued", "running"),
        (true, true, "requeued", "running"),
        (true, false, "unknown", "needs_attention:lost_executor"),
    ] {
        let mut bench = Bench::new().await;
        let plan = if idempotent {
            Plan::at(0).idempotent()
        } else {
            Plan::at(0)
        };
        let run = bench.start(&[plan]).await;
        let claim = bench.claim_one("w1").await;
        if sent {
            assert!(bench.mark_sent(&claim).await);
        }
        bench.expire_leases().await;
        assert_eq!(bench.recover().await, [(run.steps[0], outcome.to_owned())]);
        assert_eq!(
            bench.run_status(&run).await,
            run_status,
            "sent {sent}, idempotent {idempotent}"
        );
        assert!(bench.recover().await.is_empty());
    }
}

#[tokio::test]
async fn a_lease_that_holds_is_left_alone() {
    let mut bench = Bench::new().await;
    bench.start(&[Plan::at(0)]).await;
    let claim = bench.claim_one("w1").await;
    assert!(bench.recover().await.is_empty());
    assert!(bench.finish(&claim, "succeeded").await);
}

#[tokio::test]
async fn the_executor_that_was_thought_dead_cannot_write() {
    let mut bench = Bench::new().await;
    let run = bench.start(&[Plan::at(0)]).await;
    let old = bench.claim_one("w1").await;
    bench.expire_leases().await;
    bench.recover().await;
    bench.end_delays().await;
    // The same worker claims again: its own former epoch is as void as another worker's.
    let new = bench.claim_one("w1").await;
    assert_eq!(new.epoch, old.epoch + 1);
    assert!(!bench.finish(&old, "failed").await);
    assert!(!bench.mark_sent(&old).await);
    assert!(!bench.release(&old, 0).await);
    assert_eq!(bench.renew(&old).await, (false, false));
    assert!(bench.finish(&new, "succeeded").await);
    assert_eq!(bench.step_statuses(&run).await, ["succeeded"]);
}

#[tokio::test]
async fn each_loss_doubles_the_wait_up_to_five_minutes() {
    let mut bench = Bench::new().await;
    bench.start(&[Plan::at(0).idempotent()]).await;
    for seconds in [2, 4, 8, 16, 32, 64, 128, 256, 300, 300] {
        bench.claim_one("w1").await;
        bench.expire_leases().await;
        bench.recover().await;
        let wait = format!(
            "SELECT (extract(epoch FROM available_at - clock_timestamp()) BETWEEN {seconds} - 1.5 AND {seconds})::text
             FROM runs.live_step"
        );
        assert_eq!(texts(&mut bench.admin, &wait).await, ["true"], "{seconds}");
        bench.end_delays().await;
    }
}

#[tokio::test]
async fn a_lost_step_of_a_canceled_run_is_not_repeated() {
    let mut bench = Bench::new().await;
    let run = bench.start(&[Plan::at(0), Plan::at(1)]).await;
    bench.claim_one("w1").await;
    assert_eq!(bench.cancel(run.id).await.as_deref(), Some("running"));
    bench.expire_leases().await;
    assert_eq!(
        bench.recover().await,
        [(run.steps[0], "aborted".to_owned())]
    );
    assert_eq!(bench.run_status(&run).await, "canceled:canceled");
}

#[tokio::test]
async fn a_lost_step_of_a_canceled_run_that_was_sent_still_needs_a_person() {
    let mut bench = Bench::new().await;
    let run = bench.start(&[Plan::at(0)]).await;
    let claim = bench.claim_one("w1").await;
    bench.mark_sent(&claim).await;
    bench.cancel(run.id).await;
    bench.expire_leases().await;
    assert_eq!(
        bench.recover().await,
        [(run.steps[0], "unknown".to_owned())]
    );
    assert_eq!(bench.cancel(run.id).await.as_deref(), Some("canceled"));
}

#[tokio::test]
async fn a_step_is_handed_back_unless_it_may_have_been_sent() {
    for (sent, idempotent, back) in [
        (false, false, true),
        (true, true, true),
        (true, false, false),
    ] {
        let mut bench = Bench::new().await;
        let plan = if idempotent {
            Plan::at(0).idempotent()
        } else {
            Plan::at(0)
        };
        bench.start(&[plan]).await;
        let claim = bench.claim_one("w1").await;
        if sent {
            bench.mark_sent(&claim).await;
        }
        assert_eq!(
            bench.release(&claim, 0).await,
            back,
            "sent {sent}, idempotent {idempotent}"
        );
        assert_eq!(bench.claim("w2", 10).await.len(), usize::from(back));
    }
}

#[tokio::test]
async fn a_step_can_be_handed_back_for_later() {
    let mut bench = Bench::new().await;
    bench.start(&[Plan::at(0)]).await;
    let claim = bench.claim_one("w1").await;
    assert!(bench.release(&claim, 60).await);
    assert!(bench.claim("w2", 10).await.is_empty());
    bench.end_delays().await;
    assert_eq!(bench.claim_one("w2").await.epoch, 2);
}

#[tokio::test]
async fn many_lost_steps_of_many_runs_are_taken_back_together() {
    let mut bench = Bench::new().await;
    for _ in 0..5 {
        bench.start(&[Plan::at(0).on(1), Plan::at(0).on(2)]).await;
    }
    assert_eq!(bench.claim("w1", 100).await.len(), 10);
    bench.expire_leases().await;
    assert_eq!(bench.recover().await.len(), 10);
    bench.end_delays().await;
    execute(&mut bench.admin, "ANALYZE runs.live_step")
        .await
        .unwrap();
    assert_eq!(bench.claim("w2", 100).await.len(), 10);
}
