//! Steps that wait for the word of a person.

use serde_json::json;

use crate::bench::Bench;

#[tokio::test]
async fn an_approval_waits_for_a_person_and_for_no_executor() {
    let bench = Bench::new().await;
    let _executor = bench.executor_with(|config| config.max_steps = 1).await;
    let mut step = bench
        .exec("")
        .kind("approval")
        .credential(None)
        .idempotent();
    step.spec = json!({"role": "admin", "message": "Deploy {{ what }}?"});
    let run = bench.run_with(&[step], json!({"what": "it"})).await;
    assert_eq!(bench.ended(run).await, "needs_attention");
    let reason = Some("approval_needed".to_owned());
    assert_eq!(bench.status(run).await.1, reason);
    let step = bench.steps(run).await.remove(0);
    assert_eq!(step.end(), ("unknown", Some("approval_needed")));
    assert_eq!(step.err(), "Deploy it?\n");
    let other = bench.outcome(bench.exec("true")).await;
    assert_eq!(other.end(), ("succeeded", None));
    assert_eq!(bench.cancel(run).await.as_deref(), Some("canceled"));
}
