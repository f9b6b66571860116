//! Commands that outlive their connection and their executor: followed, never sent twice.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use testkit::proxy::Proxy;

use crate::bench::Bench;
use crate::durability::kill_group;
use crate::outcomes::lives;
use crate::process::Process;

const SHORT_LEASE: [(&str, &str); 3] = [
    ("EXECUTOR_LEASE_SECONDS", "3"),
    ("EXECUTOR_HEARTBEAT_SECONDS", "1"),
    ("EXECUTOR_RECOVERY_SECONDS", "1"),
];

/// Notes its process, then prints twenty lines in about two seconds.
fn lines(ledger: &str) -> String {
    format!(
        "echo $$ >> {ledger}; for i in $(seq 20); do echo line $i; echo err $i >&2; sleep 0.1; done"
    )
}

fn whole(word: &str) -> String {
    (1..=20).map(|i| format!("{word} {i}\n")).collect()
}

/// The folder of a command on the target, which is this machine.
async fn folder(bench: &Bench, run: i64) -> PathBuf {
    let remote = bench.remote(run).await.expect("a name on the target");
    let home = std::env::home_dir().expect("a home");
    home.join(".opsconductor").join(remote)
}

async fn begun(bench: &Bench) -> String {
    let first = || Some(bench.read("ledger")).filter(|text| text.ends_with('\n'));
    bench.until("the command", first).await.trim().to_owned()
}

#[tokio::test]
async fn a_command_of_a_killed_executor_is_followed_and_its_output_is_whole() {
    let bench = Bench::new().await;
    let first = Process::start(&bench, &SHORT_LEASE);
    let run = bench
        .run(&[
            bench.exec(&lines(&bench.path("ledger"))),
            bench.exec("echo next"),
        ])
        .await;
    begun(&bench).await;
    first.signal("KILL").await;
    let _second = Process::start(&bench, &SHORT_LEASE);
    assert_eq!(bench.ended(run).await, "succeeded");
    let steps = bench.steps(run).await;
    assert_eq!((steps[0].epoch, steps[0].exit_code), (2, Some(0)));
    assert_eq!(
        (steps[0].out(), steps[0].err()),
        (whole("line").as_str(), whole("err").as_str())
    );
    assert_eq!(steps[0].metrics["reattached"], 1);
    assert_eq!(steps[1].out(), "next\n");
    assert_eq!(bench.read("ledger").lines().count(), 1);
    let folder = folder(&bench, run).await;
    bench
        .until("the clean-up", || (!folder.exists()).then_some(()))
        .await;
}

#[tokio::test]
async fn a_stopping_executor_hands_a_command_over_that_goes_on() {
    let bench = Bench::new().await;
    let mut first = Process::start(&bench, &[]);
    let run = bench
        .run(&[bench.exec(&lines(&bench.path("ledger")))])
        .await;
    begun(&bench).await;
    first.signal("TERM").await;
    assert!(first.ended(Duration::from_secs(5)).await.success());
    let step = bench.steps(run).await.remove(0);
    assert_eq!(
        (step.end(), step.is_sent),
        (("queued", Some("handed_over")), true)
    );
    let _second = bench.executor().await;
    assert_eq!(bench.ended(run).await, "succeeded");
    let step = bench.steps(run).await.remove(0);
    assert_eq!(step.out(), whole("line"));
    assert_eq!(bench.read("ledger").lines().count(), 1);
}

#[tokio::test]
async fn a_command_is_found_again_when_its_connection_was_cut() {
    let bench = Bench::new().await;
    let to = SocketAddr::from(([127, 0, 0, 1], bench.sshd.port()));
    let proxy = Proxy::start(to).await;
    let _executor = bench.executor().await;
    let step = bench
        .exec(&lines(&bench.path("ledger")))
        .target("port", proxy.port.into());
    let run = bench.run(&[step]).await;
    begun(&bench).await;
    proxy.cut();
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(bench.status(run).await.0, "running");
    proxy.mend();
    assert_eq!(bench.ended(run).await, "succeeded");
    let step = bench.steps(run).await.remove(0);
    assert_eq!(
        (step.epoch, step.out(), step.err()),
        (1, whole("line").as_str(), whole("err").as_str())
    );
    assert_eq!(step.metrics["reattached"], 1);
    assert_eq!(bench.read("ledger").lines().count(), 1);
}

#[tokio::test]
async fn a_run_that_is_canceled_while_no_executor_lives_is_ended_by_the_next() {
    let bench = Bench::new().await;
    let first = Process::start(&bench, &SHORT_LEASE);
    let ledger = bench.path("ledger");
    let run = bench
        .run(&[
            bench.exec(&format!("echo $$ >> {ledger}; sleep 300")),
            bench.exec("echo never"),
        ])
        .await;
    let pid = begun(&bench).await;
    first.signal("KILL").await;
    assert_eq!(bench.cancel(run).await.as_deref(), Some("running"));
    assert!(lives(&pid));
    let _second = Process::start(&bench, &SHORT_LEASE);
    assert_eq!(bench.ended(run).await, "canceled");
    let steps = bench.steps(run).await;
    assert_eq!(steps[0].end(), ("aborted", Some("canceled")));
    assert_eq!(steps[0].metrics["stop_verified"], true);
    assert_eq!(steps[1].status, "aborted");
    assert!(!lives(&pid));
}

#[tokio::test]
async fn the_time_of_a_command_runs_on_while_nobody_follows_it() {
    let bench = Bench::new().await;
    let first = Process::start(&bench, &SHORT_LEASE);
    let ledger = bench.path("ledger");
    let step = bench
        .exec(&format!("echo $$ >> {ledger}; sleep 300"))
        .timeout(2);
    let run = bench.run(&[step]).await;
    let pid = begun(&bench).await;
    first.signal("KILL").await;
    let _second = Process::start(&bench, &SHORT_LEASE);
    assert_eq!(bench.ended(run).await, "failed");
    assert_eq!(
        bench.steps(run).await[0].end(),
        ("failed", Some("timed_out"))
    );
    assert!(!lives(&pid));
}

#[tokio::test]
async fn a_command_whose_keeper_died_needs_a_person() {
    let bench = Bench::new().await;
    let _executor = bench.executor().await;
    let ledger = bench.path("ledger");
    let run = bench
        .run(&[bench.exec(&format!("echo $$ >> {ledger}; sleep 300"))])
        .await;
    let pid = begun(&bench).await;
    let sup = std::fs::read_to_string(folder(&bench, run).await.join("sup")).expect("a keeper");
    let keeper = sup.split(' ').next().expect("its process");
    let killed = std::process::Command::new("kill")
        .args(["-KILL", keeper])
        .status();
    assert!(killed.expect("kill runs").success());
    assert_eq!(bench.ended(run).await, "needs_attention");
    assert_eq!(
        bench.steps(run).await[0].end(),
        ("unknown", Some("lost_process"))
    );
    kill_group(&pid);
}

#[tokio::test]
async fn a_command_that_cannot_be_kept_is_run_all_the_same_and_says_so() {
    let bench = Bench::new().await;
    let _executor = bench.executor().await;
    let step = bench
        .outcome(bench.exec("echo done").target("name", "no-setsid".into()))
        .await;
    assert_eq!(step.end(), ("succeeded", None));
    assert_eq!(step.metrics["detached"], true);
    let tools = tempfile::tempdir().expect("a folder");
    for tool in ["sh", "bash"] {
        let link = tools.path().join(tool);
        std::os::unix::fs::symlink(format!("/bin/{tool}"), link).expect("a link");
    }
    let poor = bench
        .server(vec![format!("SetEnv PATH={}", tools.path().display())])
        .await;
    let step = bench.outcome(bench.exec_on(&poor, "echo done")).await;
    assert_eq!((step.end(), step.out()), (("succeeded", None), "done\n"));
    assert_eq!(
        step.err(),
        "The command was bound to its connection: the target has no setsid.\n"
    );
    assert_eq!(step.metrics["detached"], serde_json::Value::Null);
}

#[tokio::test]
async fn a_server_that_allows_one_session_delays_output_and_loses_nothing() {
    let bench = Bench::new().await;
    let _executor = bench.executor().await;
    let strict = bench.server(vec!["MaxSessions 1".to_owned()]).await;
    let command = format!("echo begun >> {}; sleep 8; echo done", bench.path("ledger"));
    let step = bench.outcome(bench.exec_on(&strict, &command)).await;
    assert_eq!((step.end(), step.out()), (("succeeded", None), "done\n"));
    assert_eq!(bench.read("ledger"), "begun\n");
}
