//! What becomes of steps that run to their end.

use serde_json::json;

use crate::bench::Bench;

#[tokio::test]
async fn two_steps_run_in_order_and_their_streams_stay_apart() {
    let bench = Bench::new().await;
    let _executor = bench.executor().await;
    let ledger = bench.path("ledger");
    let run = bench
        .run(&[
            bench.exec(&format!("echo one | tee -a {ledger}; echo trouble >&2")),
            bench.exec(&format!("echo two >> {ledger}; cat {ledger}")),
        ])
        .await;
    assert_eq!(bench.ended(run).await, "succeeded");
    let steps = bench.steps(run).await;
    assert_eq!((steps[0].out(), steps[0].err()), ("one\n", "trouble\n"));
    assert_eq!(
        (steps[1].out(), steps[1].exit_code),
        ("one\ntwo\n", Some(0))
    );
    for metric in ["connect_ms", "run_ms", "bytes_out"] {
        assert!(steps[0].metrics[metric].is_u64(), "{:?}", steps[0].metrics);
    }
    assert_eq!(steps[0].metrics["bytes_out"], json!(12));
}

#[tokio::test]
async fn a_failing_step_ends_the_run() {
    let bench = Bench::new().await;
    let _executor = bench.executor().await;
    let run = bench
        .run(&[bench.exec("echo so far; exit 7"), bench.exec("echo never")])
        .await;
    assert_eq!(bench.ended(run).await, "failed");
    let steps = bench.steps(run).await;
    assert_eq!(steps[0].end(), ("failed", Some("exit_code")));
    assert_eq!((steps[0].exit_code, steps[0].out()), (Some(7), "so far\n"));
    assert_eq!(steps[1].end(), ("aborted", Some("step_failed")));
    assert!(!steps[1].is_sent);
}
