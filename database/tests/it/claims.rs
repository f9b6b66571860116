//! A claim gives a step to one worker, with an epoch that fences off all earlier ones.

use std::collections::HashSet;

use tokio::task::JoinSet;

use crate::harness::{BAD_ARGUMENT, execute, refused, texts};
use crate::runs::{Bench, Claim, Plan, claim};

#[tokio::test]
async fn a_claim_answers_with_what_the_step_needs() {
    let mut bench = Bench::new().await;
    let run = bench.start(&[Plan::at(0)]).await;
    let row = sqlx::query!("SELECT * FROM runs.claim_steps('w1', 10, 15)")
        .fetch_one(&mut bench.executor)
        .await
        .unwrap();
    assert_eq!(row.step_id, Some(run.steps[0]));
    assert_eq!(
        (row.run_id, row.job_id, row.credential_id),
        (Some(run.id), Some(1), Some(5))
    );
    assert_eq!(
        (row.epoch, row.attempt_count, row.idx),
        (Some(1), Some(1), Some(0))
    );
    assert_eq!(row.target.unwrap()["host"], "web1");
    assert_eq!(row.spec.unwrap()["command"], "true");
    assert_eq!(row.requested_by.as_deref(), Some("1"));
    assert_eq!(bench.run_status(&run).await, "running");
    assert_eq!(
        bench.events(&run).await,
        ["run.queued", "run.running", "step.running"]
    );
    let tried = "SELECT worker || epoch FROM runs.attempt WHERE finished_at IS NULL";
    assert_eq!(texts(&mut bench.admin, tried).await, ["w11"]);
}

#[tokio::test]
async fn steps_of_the_next_place_wait_for_all_before() {
    let mut bench = Bench::new().await;
    let plans = [
        Plan::at(0).on(1),
        Plan::at(0).on(2),
        Plan::at(1).on(1),
        Plan::at(1).on(2),
    ];
    let run = bench.start(&plans).await;
    let first = bench.claim("w1", 100).await;
    assert_eq!(
        first.iter().map(|one| one.step).collect::<Vec<_>>(),
        run.steps[..2]
    );
    assert!(bench.finish(&first[0], "succeeded").await);
    assert!(bench.claim("w1", 100).await.is_empty());
    assert!(bench.finish(&first[1], "succeeded").await);
    let second = bench.claim("w1", 100).await;
    assert_eq!(
        second.iter().map(|one| one.step).collect::<Vec<_>>(),
        run.steps[2..]
    );
}

#[tokio::test]
async fn two_workers_never_get_the_same_step() {
    let mut bench = Bench::new().await;
    let mut expected = HashSet::new();
    for _ in 0..12 {
        let run = bench
            .start(&[Plan::at(0).on(1), Plan::at(0).on(2), Plan::at(0).on(3)])
            .await;
        expected.extend(run.steps);
    }
    let mut workers = JoinSet::new();
    for number in 0..6 {
        let mut conn = bench.db.login("opsc_executor").await;
        workers.spawn(async move {
            let worker = format!("w{number}");
            let mut mine = Vec::new();
            // Rows that another claim holds are skipped, so an empty answer may come early.
            for _ in 0..60 {
                mine.extend(
                    claim(&mut conn, &worker, 2)
                        .await
                        .into_iter()
                        .map(|one| one.step),
                );
            }
            mine
        });
    }
    let claimed: Vec<i64> = workers.join_all().await.into_iter().flatten().collect();
    assert_eq!(claimed.len(), expected.len());
    assert_eq!(claimed.into_iter().collect::<HashSet<_>>(), expected);
}

#[tokio::test]
async fn only_the_current_claim_may_write() {
    let mut bench = Bench::new().await;
    bench.start(&[Plan::at(0)]).await;
    let current = bench.claim_one("w1").await;
    let wrong = [
        Claim {
            epoch: current.epoch - 1,
            ..current.clone()
        },
        Claim {
            epoch: current.epoch + 1,
            ..current.clone()
        },
        Claim {
            worker: "w2".to_owned(),
            ..current.clone()
        },
        Claim {
            step: current.step + 1,
            ..current.clone()
        },
    ];
    for claim in wrong {
        assert_eq!(bench.renew(&claim).await, (false, false), "{claim:?}");
        assert!(!bench.mark_sent(&claim).await, "{claim:?}");
        assert!(!bench.release(&claim, 0).await, "{claim:?}");
        assert!(!bench.finish(&claim, "succeeded").await, "{claim:?}");
    }
    assert_eq!(bench.renew(&current).await, (true, false));
    assert!(bench.mark_sent(&current).await);
    assert!(bench.finish(&current, "succeeded").await);
}

#[tokio::test]
async fn a_lease_that_ran_out_allows_no_sending() {
    let mut bench = Bench::new().await;
    bench.start(&[Plan::at(0)]).await;
    let claim = bench.claim_one("w1").await;
    bench.expire_leases().await;
    assert!(!bench.mark_sent(&claim).await);
}

#[tokio::test]
async fn until_a_step_is_taken_back_its_claim_can_be_renewed_and_its_result_counts() {
    let mut bench = Bench::new().await;
    bench.start(&[Plan::at(0)]).await;
    let claim = bench.claim_one("w1").await;
    bench.expire_leases().await;
    assert_eq!(bench.renew(&claim).await, (true, false));
    assert!(bench.mark_sent(&claim).await);
    bench.expire_leases().await;
    assert!(bench.finish(&claim, "succeeded").await);
}

#[tokio::test]
async fn a_renewed_lease_is_longer() {
    let mut bench = Bench::new().await;
    bench.start(&[Plan::at(0)]).await;
    let claim = bench.claim_one("w1").await;
    let nearly = "UPDATE runs.live_step SET lease_until = clock_timestamp() + interval '5 s'";
    execute(&mut bench.admin, nearly).await.unwrap();
    assert_eq!(bench.renew(&claim).await, (true, false));
    let longer =
        "SELECT (lease_until > clock_timestamp() + interval '10 s')::text FROM runs.live_step";
    assert_eq!(texts(&mut bench.admin, longer).await, ["true"]);
}

#[tokio::test]
async fn urgent_steps_come_first_and_delayed_ones_not_at_all() {
    let mut bench = Bench::new().await;
    let ordinary = bench.start(&[Plan::at(0)]).await;
    let urgent = bench.start(&[Plan::at(0)]).await;
    let delayed = bench.start(&[Plan::at(0)]).await;
    let set = format!(
        "UPDATE runs.live_step SET priority = 5 WHERE run_id = {};
         UPDATE runs.live_step SET priority = 9, available_at = now() + interval '1 h' WHERE run_id = {}",
        urgent.id, delayed.id
    );
    execute(&mut bench.admin, &set).await.unwrap();
    assert_eq!(bench.claim("w1", 1).await[0].step, urgent.steps[0]);
    assert_eq!(bench.claim("w1", 1).await[0].step, ordinary.steps[0]);
    assert!(bench.claim("w1", 1).await.is_empty());
}

#[tokio::test]
async fn bad_arguments_are_refused() {
    let mut bench = Bench::new().await;
    for call in [
        "runs.claim_steps('', 1, 15)",
        "runs.claim_steps('w1', 0, 15)",
        "runs.claim_steps('w1', 1001, 15)",
        "runs.claim_steps('w1', 1, 0)",
        "runs.claim_steps('w1', 1, NULL)",
        "runs.renew('w1', ARRAY[1::bigint], ARRAY[]::bigint[], 15)",
        "runs.renew('w1', ARRAY[1::bigint], ARRAY[1::bigint], 0)",
        "runs.finish_step(1, 1, 'w1', 'queued', NULL, NULL, NULL, NULL, NULL)",
        "runs.finish_step(1, 1, 'w1', NULL, NULL, NULL, NULL, NULL, NULL)",
    ] {
        refused(&mut bench.executor, &format!("SELECT {call}"), BAD_ARGUMENT).await;
    }
    refused(
        &mut bench.jobs,
        "SELECT runs.resolve_step(1, 'queued', '7')",
        BAD_ARGUMENT,
    )
    .await;
}

#[tokio::test]
async fn a_claim_costs_the_same_after_many_finished_runs() {
    let mut bench = Bench::new().await;
    for _ in 0..5 {
        bench.start(&[Plan::at(0)]).await;
        let claim = bench.claim_one("w1").await;
        bench.finish(&claim, "succeeded").await;
    }
    let left = "SELECT count(*)::text FROM runs.live_step";
    assert_eq!(texts(&mut bench.admin, left).await, ["0"]);
}
