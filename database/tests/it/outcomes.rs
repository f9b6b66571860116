//! The end of a step decides what becomes of its run, in one transaction.

use crate::harness::{BAD_MOVE, execute, refused, texts};
use crate::runs::{Bench, Plan};

#[tokio::test]
async fn a_run_succeeds_when_all_its_steps_did() {
    let mut bench = Bench::new().await;
    let run = bench.start(&[Plan::at(0), Plan::at(1)]).await;
    for status in ["succeeded", "skipped"] {
        let claim = bench.claim_one("w1").await;
        assert!(bench.finish(&claim, status).await);
    }
    assert_eq!(bench.run_status(&run).await, "succeeded");
    let kept = "SELECT concat_ws(' ', exit_code, stdout, stderr, metrics->>'total_ms') FROM runs.step WHERE id = 1";
    assert_eq!(texts(&mut bench.admin, kept).await, ["3 out err 5"]);
    let expected = [
        "run.queued",
        "run.running",
        "step.running",
        "step.succeeded",
        "step.running",
        "step.skipped",
        "run.succeeded",
    ];
    assert_eq!(bench.events(&run).await, expected);
}

#[tokio::test]
async fn a_failed_step_stops_the_run_or_not() {
    for (on_error, step, end) in [
        ("stop", "aborted", "failed:exit_code"),
        ("continue", "succeeded", "failed:exit_code"),
        ("ignore", "succeeded", "succeeded"),
    ] {
        let mut bench = Bench::new().await;
        let run = bench
            .start(&[Plan::at(0).on_error(on_error), Plan::at(1)])
            .await;
        let claim = bench.claim_one("w1").await;
        assert!(bench.finish(&claim, "failed").await);
        for claim in bench.claim("w1", 10).await {
            assert!(bench.finish(&claim, "succeeded").await);
        }
        assert_eq!(
            bench.step_statuses(&run).await,
            ["failed", step],
            "{on_error}"
        );
        assert_eq!(bench.run_status(&run).await, end, "{on_error}");
    }
}

#[tokio::test]
async fn after_a_failure_what_runs_beside_it_ends_by_itself() {
    let mut bench = Bench::new().await;
    let plans = [
        Plan::at(0).on(1),
        Plan::at(0).on(2),
        Plan::at(0).on(3),
        Plan::at(1),
    ];
    let run = bench.start(&plans).await;
    let claims = bench.claim("w1", 2).await;
    assert!(bench.finish(&claims[0], "failed").await);
    assert_eq!(
        bench.step_statuses(&run).await,
        ["failed", "running", "aborted", "aborted"]
    );
    assert_eq!(bench.run_status(&run).await, "running");
    assert!(bench.claim("w2", 10).await.is_empty());
    assert!(bench.finish(&claims[1], "succeeded").await);
    assert_eq!(bench.run_status(&run).await, "failed:exit_code");
}

#[tokio::test]
async fn a_run_without_steps_succeeds_at_once() {
    let mut bench = Bench::new().await;
    let run = bench.start(&[]).await;
    assert_eq!(bench.run_status(&run).await, "succeeded");
    assert_eq!(
        bench.events(&run).await,
        ["run.queued", "run.running", "run.succeeded"]
    );
}

#[tokio::test]
async fn starting_twice_does_nothing_and_starting_nothing_says_so() {
    let mut bench = Bench::new().await;
    let run = bench.start(&[Plan::at(0), Plan::at(1)]).await;
    let again = format!("SELECT coalesce(runs.start_run({}), 'none')", run.id);
    assert_eq!(texts(&mut bench.jobs, &again).await, ["queued"]);
    assert_eq!(bench.events(&run).await, ["run.queued"]);
    bench.claim_one("w1").await;
    assert_eq!(
        texts(
            &mut bench.jobs,
            "SELECT coalesce(runs.start_run(999), 'none')"
        )
        .await,
        ["none"]
    );
}

#[tokio::test]
async fn a_second_result_is_dropped() {
    let mut bench = Bench::new().await;
    let run = bench.start(&[Plan::at(0)]).await;
    let claim = bench.claim_one("w1").await;
    assert!(bench.finish(&claim, "succeeded").await);
    assert!(!bench.finish(&claim, "failed").await);
    assert!(!bench.release(&claim, 0).await);
    assert_eq!(bench.step_statuses(&run).await, ["succeeded"]);
}

/// Every move that is not listed in the rules is refused, even to the superuser.
#[tokio::test]
async fn illegal_moves_of_a_step_are_impossible() {
    let states = [
        "queued",
        "running",
        "succeeded",
        "failed",
        "aborted",
        "skipped",
        "unknown",
    ];
    let legal = |from: &str, to: &str| match from {
        "queued" => matches!(to, "running" | "aborted" | "skipped"),
        "running" => true,
        "unknown" => matches!(to, "queued" | "succeeded" | "failed" | "aborted"),
        _ => false,
    };
    let mut bench = Bench::new().await;
    for from in states {
        for to in states.into_iter().filter(|to| *to != from) {
            let made = format!(
                "INSERT INTO runs.run (job_id, job_name, job_version, requested_by, requested_by_name, correlation_id)
                 VALUES (1, 'deploy', 1, '1', 'admin', 'c');
                 INSERT INTO runs.step (run_id, idx, type, spec, status, epoch, worker, started_at, finished_at)
                 VALUES (lastval(), 0, 'ssh.exec', '{{}}', '{from}', 1, 'w1', now(),
                         CASE WHEN '{from}' IN ('succeeded', 'failed', 'aborted', 'skipped') THEN now() END)"
            );
            execute(&mut bench.admin, &made).await.unwrap();
            let moved = format!(
                "UPDATE runs.step SET status = '{to}',
                   finished_at = CASE WHEN '{to}' IN ('succeeded', 'failed', 'aborted', 'skipped') THEN now() END
                 WHERE id = (SELECT max(id) FROM runs.step)"
            );
            if legal(from, to) {
                assert_eq!(
                    execute(&mut bench.admin, &moved).await.unwrap(),
                    1,
                    "{from} -> {to}"
                );
            } else {
                refused(&mut bench.admin, &moved, BAD_MOVE).await;
            }
        }
    }
}

/// SQL of start and end of a run in a status.
fn times(status: &str) -> (&'static str, &'static str) {
    match status {
        "queued" => ("NULL::timestamptz", "NULL::timestamptz"),
        "succeeded" | "failed" | "canceled" => ("now()", "now()"),
        _ => ("now()", "NULL::timestamptz"),
    }
}

#[tokio::test]
async fn illegal_moves_of_a_run_are_impossible() {
    let states = [
        "queued",
        "running",
        "needs_attention",
        "succeeded",
        "failed",
        "canceled",
    ];
    let legal = |from: &str, to: &str| match from {
        "queued" => matches!(to, "running" | "canceled"),
        "running" => to != "queued",
        "needs_attention" => to != "queued",
        _ => false,
    };
    let mut bench = Bench::new().await;
    for from in states {
        for to in states.into_iter().filter(|to| *to != from) {
            let (started, finished) = times(from);
            let made = format!(
                "INSERT INTO runs.run (job_id, job_name, job_version, requested_by, requested_by_name, correlation_id,
                   status, started_at, finished_at)
                 VALUES (1, 'deploy', 1, '1', 'admin', 'c', '{from}', {started}, {finished})"
            );
            execute(&mut bench.admin, &made).await.unwrap();
            let (started, finished) = times(to);
            let moved = format!(
                "UPDATE runs.run SET status = '{to}', started_at = {started}, finished_at = {finished}
                 WHERE id = (SELECT max(id) FROM runs.run)"
            );
            if legal(from, to) {
                assert_eq!(
                    execute(&mut bench.admin, &moved).await.unwrap(),
                    1,
                    "{from} -> {to}"
                );
            } else {
                refused(&mut bench.admin, &moved, BAD_MOVE).await;
            }
        }
    }
}

#[tokio::test]
async fn what_a_final_step_says_stays() {
    let mut bench = Bench::new().await;
    bench.start(&[Plan::at(0)]).await;
    let claim = bench.claim_one("w1").await;
    bench.finish(&claim, "succeeded").await;
    for change in [
        "stdout = 'other'",
        "exit_code = 0",
        "reason = 'x'",
        "finished_at = now()",
    ] {
        refused(
            &mut bench.admin,
            &format!("UPDATE runs.step SET {change}"),
            BAD_MOVE,
        )
        .await;
    }
}
