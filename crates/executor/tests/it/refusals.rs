//! Steps that cannot be done: unreachable targets, host keys, secrets, types.

use std::time::Duration;

use serde_json::json;

use crate::bench::{Bench, CREDENTIAL};
use testkit::credentials::Mood;

#[tokio::test]
async fn a_target_that_refuses_connections_is_unreachable() {
    let bench = Bench::new().await;
    let _executor = bench.executor().await;
    let step = bench
        .outcome(bench.exec("true").target("port", json!(1)))
        .await;
    assert_eq!(step.end(), ("failed", Some("unreachable")));
    assert!(
        step.err().contains("refused") && !step.is_sent,
        "{}",
        step.err()
    );
}

#[tokio::test]
async fn a_host_key_that_nobody_accepted_is_refused_before_any_login() {
    let bench = Bench::new().await;
    let _executor = bench.executor().await;
    let step = bench
        .outcome(bench.exec("true").target("host_keys", json!([])))
        .await;
    assert_eq!(step.end(), ("failed", Some("host_key_unknown")));
    let other = json!([{"algorithm": "ssh-ed25519", "fingerprint": "SHA256:AAAA"}]);
    let step = bench
        .outcome(bench.exec("true").target("host_keys", other))
        .await;
    assert_eq!(step.end(), ("failed", Some("host_key_mismatch")));
    assert!(!step.is_sent && !bench.sshd.log().contains("userauth-request"));
}

#[tokio::test]
async fn a_key_that_the_target_does_not_know_fails_the_login() {
    let bench = Bench::new().await;
    let key = bench.sshd.stranger_key();
    bench.credentials.keep(
        9,
        json!({"username": bench.sshd.user(), "private_key": key}),
    );
    let _executor = bench.executor().await;
    let step = bench.outcome(bench.exec("true").credential(Some(9))).await;
    assert_eq!(step.end(), ("failed", Some("auth_failed")));
}

#[tokio::test]
async fn a_refused_secret_fails_the_step() {
    let bench = Bench::new().await;
    bench.credentials.set_mood(Mood::Refusing);
    let _executor = bench.executor().await;
    let step = bench.outcome(bench.exec("true")).await;
    assert_eq!(step.end(), ("failed", Some("credential_refused")));
    assert!(!step.is_sent);
}

#[tokio::test]
async fn credentials_that_are_away_are_waited_for() {
    let bench = Bench::new().await;
    bench.credentials.set_mood(Mood::Away);
    let _executor = bench.executor().await;
    let run = bench.run(&[bench.exec("echo done")]).await;
    testkit::wait::until("the step is handed back", async || {
        let step = bench.steps(run).await.remove(0);
        (step.reason.as_deref() == Some("credential_unavailable")).then_some(())
    })
    .await;
    bench.credentials.set_mood(Mood::Usual);
    assert_eq!(bench.ended(run).await, "succeeded");
    let step = bench.steps(run).await.remove(0);
    assert!(step.epoch >= 2);
    let released = bench.credentials.releases();
    assert_eq!(released.len(), 1);
    assert_eq!(released[0]["credential_id"], json!(CREDENTIAL));
    assert_eq!(released[0]["epoch"], json!(step.epoch));
}

#[tokio::test]
async fn what_is_not_available_is_said_plainly() {
    let bench = Bench::new().await;
    let _executor = bench.executor().await;
    for kind in ["winrm.exec", "winrm.copy"] {
        let step = bench.outcome(bench.exec("true").kind(kind)).await;
        assert_eq!(step.end(), ("failed", Some("not_available")), "{kind}");
        assert!(step.err().contains(kind) && !step.is_sent, "{}", step.err());
    }
}

#[tokio::test]
async fn a_step_that_makes_no_sense_fails_and_names_why() {
    let bench = Bench::new().await;
    let _executor = bench.executor().await;
    for (step, reason) in [
        (bench.exec("true").credential(None), "credential_missing"),
        (
            bench.exec("true").target("protocol", json!("winrm")),
            "wrong_protocol",
        ),
        (bench.exec("true").target("port", json!("x")), "bad_step"),
        (bench.exec("true").spec("command", json!(7)), "bad_step"),
        (
            bench.exec("true").spec("shell", json!("powershell")),
            "bad_command",
        ),
        (bench.copy("/tmp/x", "not base64"), "bad_step"),
        (
            bench.copy("/tmp/x", "aGk=").spec("mode", json!("rwx")),
            "bad_step",
        ),
    ] {
        let row = bench.outcome(step.clone()).await;
        assert_eq!(
            row.end(),
            ("failed", Some(reason)),
            "{step:?}: {}",
            row.err()
        );
        assert!(!row.err().is_empty());
    }
}

#[tokio::test]
async fn a_canceled_run_never_sends_what_waits() {
    let bench = Bench::new().await;
    bench.credentials.set_mood(Mood::Away);
    let _executor = bench.executor().await;
    let run = bench.run(&[bench.exec("echo never")]).await;
    bench.wait(run, &["running"], Duration::from_secs(10)).await;
    bench.cancel(run).await;
    assert_eq!(bench.ended(run).await, "canceled");
    assert!(!bench.steps(run).await[0].is_sent);
}

#[tokio::test]
async fn targets_that_hang_keep_no_healthy_one_waiting() {
    let bench = Bench::new().await;
    let silent = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let port = silent.local_addr().expect("an address").port();
    let _executor = bench.executor_with(|config| config.max_steps = 2).await;
    for _ in 0..10 {
        bench
            .run(&[bench.exec("true").target("port", port.into())])
            .await;
    }
    let healthy = bench.run(&[bench.exec("echo healthy")]).await;
    bench
        .wait(healthy, &["succeeded"], Duration::from_secs(8))
        .await;
}
