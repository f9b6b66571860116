//! Steps that are skipped, tried again, and that know what earlier ones have left.

use serde_json::json;

use crate::bench::Bench;

#[tokio::test]
async fn a_step_whose_condition_does_not_hold_is_skipped_and_the_run_succeeds() {
    let bench = Bench::new().await;
    let _executor = bench.executor().await;
    let steps = [
        bench
            .exec("echo up 7; exit 3")
            .on_error("ignore")
            .named("check")
            .option("register", "found".into()),
        bench
            .exec("echo yes")
            .option("when", "found.exit_code == 3 and env == 'prod'".into())
            .reads_results(),
        bench
            .exec("echo no")
            .option("when", "'down' in steps.check.stdout".into())
            .reads_results(),
        bench
            .exec("echo {{ found.stdout }} {{ steps.check.status }}")
            .reads_results(),
    ];
    let run = bench.run_with(&steps, json!({"env": "prod"})).await;
    assert_eq!(bench.ended(run).await, "succeeded");
    let steps = bench.steps(run).await;
    assert_eq!(
        (steps[1].end(), steps[1].out()),
        (("succeeded", None), "yes\n")
    );
    assert_eq!(
        (steps[2].end(), steps[2].is_sent),
        (("skipped", Some("when")), false)
    );
    assert_eq!(steps[3].out(), "up 7 failed\n");
}

#[tokio::test]
async fn a_result_is_a_value_and_no_code() {
    let bench = Bench::new().await;
    let _executor = bench.executor().await;
    let mark = bench.path("mark");
    let steps = [
        bench
            .exec(&format!("echo \"'; touch {mark}; \\$(touch {mark})\""))
            .named("evil"),
        bench.exec("echo {{ steps.evil.stdout }}").reads_results(),
    ];
    let run = bench.run(&steps).await;
    assert_eq!(bench.ended(run).await, "succeeded");
    assert_eq!(
        bench.steps(run).await[1].out(),
        format!("'; touch {mark}; $(touch {mark})\n")
    );
    assert!(!std::path::Path::new(&mark).exists());
}

#[tokio::test]
async fn what_undoes_a_step_knows_what_that_has_left() {
    let bench = Bench::new().await;
    let _executor = bench.executor().await;
    let undo = bench
        .exec("echo gone {{ made.stdout }} {{ steps.before.stdout }} {{ env }}")
        .reads_results();
    let steps = [
        bench.exec("printf one").named("before"),
        bench
            .exec("printf seven")
            .named("make")
            .option("register", "made".into())
            .undone_by(undo),
        bench.exec("printf later; exit 3").named("before"),
    ];
    let run = bench.run_with(&steps, json!({"env": "prod"})).await;
    assert_eq!(bench.ended(run).await, "failed");
    let undo_run = run + 1;
    assert_eq!(bench.ended(undo_run).await, "succeeded");
    assert_eq!(
        bench.steps(undo_run).await[0].out(),
        "gone seven one prod\n"
    );
}

#[tokio::test]
async fn a_condition_that_cannot_be_judged_fails_the_step_before_anything_is_sent() {
    let bench = Bench::new().await;
    let _executor = bench.executor().await;
    let step = bench
        .outcome(bench.exec("true").option("when", "who == 'x'".into()))
        .await;
    assert_eq!(
        (step.end(), step.is_sent),
        (("failed", Some("bad_condition")), false)
    );
    assert!(step.err().contains("undefined"), "{}", step.err());
}

#[tokio::test]
async fn a_step_is_tried_again_until_it_succeeds() {
    let bench = Bench::new().await;
    let _executor = bench.executor().await;
    let ledger = bench.path("ledger");
    let command =
        format!("echo x >> {ledger}; echo try $(wc -l < {ledger}); [ $(wc -l < {ledger}) = 3 ]");
    let retry = json!({"attempts": 5, "backoff_sec": 0});
    let run = bench
        .run(&[
            bench.exec(&command).option("retry", retry),
            bench.exec("echo next"),
        ])
        .await;
    assert_eq!(bench.ended(run).await, "succeeded");
    let steps = bench.steps(run).await;
    assert_eq!((steps[0].epoch, steps[0].out()), (3, "try 3\n"));
    assert_eq!(steps[1].out(), "next\n");
    assert_eq!(
        bench.attempts(run).await,
        ["failed", "failed", "succeeded", "succeeded"]
    );
}

#[tokio::test]
async fn tries_come_to_an_end_and_some_troubles_are_not_tried_again() {
    let bench = Bench::new().await;
    let _executor = bench.executor().await;
    let retry = json!({"attempts": 2, "backoff_sec": 0});
    let step = bench
        .outcome(bench.exec("exit 4").option("retry", retry.clone()))
        .await;
    assert_eq!(
        (step.end(), step.exit_code, step.epoch),
        (("failed", Some("exit_code")), Some(4), 2)
    );
    let unlike =
        json!([{"algorithm": "ssh-ed25519", "fingerprint": format!("SHA256:{}", "A".repeat(43))}]);
    let step = bench
        .exec("true")
        .target("host_keys", unlike)
        .option("retry", retry);
    let step = bench.outcome(step).await;
    assert_eq!(
        (step.end(), step.epoch),
        (("failed", Some("host_key_mismatch")), 1)
    );
}

#[tokio::test]
async fn a_step_that_waits_for_its_next_try_can_be_canceled() {
    let bench = Bench::new().await;
    let _executor = bench.executor().await;
    let retry = json!({"attempts": 5, "backoff_sec": 3600});
    let run = bench
        .run(&[bench.exec("exit 1").option("retry", retry)])
        .await;
    testkit::wait::until("the first failure", async || {
        (bench.attempts(run).await == ["failed"]).then_some(())
    })
    .await;
    assert_eq!(bench.status(run).await.0, "running");
    assert_eq!(bench.cancel(run).await.as_deref(), Some("canceled"));
    assert_eq!(bench.steps(run).await[0].status, "aborted");
}
