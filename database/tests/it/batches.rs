//! Steps that are finished together.

use serde_json::{Value, json};

use crate::harness::{BAD_ARGUMENT, refused, texts};
use crate::runs::{Bench, Claim, Plan};

fn end(claim: &Claim, status: &str) -> Value {
    json!({"step": claim.step, "epoch": claim.epoch, "status": status, "exit_code": 0, "stdout": "o", "stderr": "",
        "metrics": {}, "bytes": 1, "lines": 0, "lost": 0})
}

fn finish(worker: &str, ends: &[Value]) -> String {
    format!(
        "SELECT runs.finish_steps('{worker}', '{}')::text",
        json!(ends)
    )
}

#[tokio::test]
async fn many_runs_go_on_in_one_transaction() {
    let mut bench = Bench::new().await;
    let short = bench.start(&[Plan::at(0)]).await;
    let long = bench.start(&[Plan::at(0), Plan::at(1)]).await;
    let bad = bench.start(&[Plan::at(0), Plan::at(1)]).await;
    let claims = bench.claim("w1", 10).await;
    let ends: Vec<Value> = claims
        .iter()
        .map(|claim| {
            let is_bad = claim.step == bad.steps[0];
            end(claim, if is_bad { "failed" } else { "succeeded" })
        })
        .collect();
    let mut held = texts(&mut bench.executor, &finish("w1", &ends)).await;
    let expected = format!("{{{},{},{}}}", short.steps[0], long.steps[0], bad.steps[0]);
    assert_eq!(held.remove(0), expected);
    let runs = "SELECT concat_ws(' ', status, reason) FROM runs.run ORDER BY id";
    assert_eq!(
        texts(&mut bench.admin, runs).await,
        ["succeeded", "running", "failed step_failed"]
    );
    let kinds = format!(
        "SELECT seq || ' ' || kind FROM runs.event WHERE run_id = {} ORDER BY seq",
        short.id
    );
    assert_eq!(
        texts(&mut bench.admin, &kinds).await,
        [
            "1 run.queued",
            "2 run.running",
            "3 step.running",
            "4 output",
            "5 step.succeeded",
            "6 run.succeeded"
        ]
    );
    assert_eq!(bench.claim("w1", 10).await[0].step, long.steps[1]);
}

#[tokio::test]
async fn a_claim_that_was_lost_spoils_no_other() {
    let mut bench = Bench::new().await;
    bench.start(&[Plan::at(0).idempotent()]).await;
    let lost = bench.claim_one("w1").await;
    bench.expire_leases().await;
    bench.recover().await;
    let run = bench.start(&[Plan::at(0)]).await;
    let held = bench.claim_one("w1").await;
    let ends = [end(&lost, "succeeded"), end(&held, "succeeded")];
    let answer = texts(&mut bench.executor, &finish("w1", &ends)).await;
    assert_eq!(answer, [format!("{{{}}}", run.steps[0])]);
    let again = texts(&mut bench.executor, &finish("w1", &ends)).await;
    assert_eq!(again, ["{}"]);
    let told = "SELECT count(*)::text FROM runs.event WHERE kind = 'step.succeeded'";
    assert_eq!(texts(&mut bench.admin, told).await, ["1"]);
}

#[tokio::test]
async fn a_bad_end_is_refused_with_all_of_its_batch() {
    let mut bench = Bench::new().await;
    bench.start(&[Plan::at(0)]).await;
    bench.start(&[Plan::at(0)]).await;
    let claims = bench.claim("w1", 2).await;
    for status in ["queued", "unknown"] {
        let ends = [end(&claims[0], "succeeded"), end(&claims[1], status)];
        refused(&mut bench.executor, &finish("w1", &ends), BAD_ARGUMENT).await;
    }
    let left = "SELECT count(*)::text FROM runs.step WHERE status = 'running'";
    assert_eq!(texts(&mut bench.admin, left).await, ["2"]);
}
