//! Steps that work as another user.

use serde_json::json;

use crate::bench::Bench;

#[tokio::test]
async fn a_step_runs_as_another_user_detached_or_not() {
    let bench = Bench::new().await;
    let _executor = bench.executor().await;
    let step = bench
        .exec("id -un; cat")
        .spec("become", json!({"user": "nobody"}))
        .spec("stdin", "input".into());
    for step in [step.clone(), step.bound()] {
        let step = bench.outcome(step).await;
        assert_eq!(step.end(), ("succeeded", None), "{}", step.err());
        assert_eq!(step.out(), "nobody\ninput");
    }
}

#[tokio::test]
async fn a_user_that_cannot_be_become_is_a_reason_of_its_own() {
    let bench = Bench::new().await;
    let _executor = bench.executor().await;
    let nobody = json!({"user": "called-so-by-nobody"});
    let exec = bench
        .exec("echo started")
        .spec("become", nobody.clone())
        .option("retry", json!({"attempts": 3, "backoff_sec": 0}));
    let copy = bench.copy(&bench.path("file"), "").spec("become", nobody);
    for step in [exec.clone(), exec.bound(), copy] {
        let step = bench.outcome(step).await;
        assert_eq!(step.end(), ("failed", Some("become_failed")));
        assert_eq!((step.out(), step.epoch), ("", 1));
        assert!(
            step.err().contains("refuses without a password"),
            "{}",
            step.err()
        );
    }
}
