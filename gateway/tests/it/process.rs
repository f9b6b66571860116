//! The program as an operator meets it.

use std::process::Stdio;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use tokio::process::{Child, Command};

use crate::edge::{PATIENCE, Plan, nginx_pid};

fn spawn(plan: &Plan) -> Child {
    Command::new(env!("CARGO_BIN_EXE_gateway"))
        .env_clear()
        .envs(&plan.vars)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

async fn until(what: &str, wanted: impl AsyncFn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !wanted().await {
        assert!(Instant::now() < deadline, "never: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn ready(plan: &Plan) {
    let url = format!("http://127.0.0.1:{}/health/ready", plan.ports.status);
    let client = clients::http::outbound().unwrap();
    until("ready", async || {
        client
            .get(&url)
            .send()
            .await
            .is_ok_and(|answer| answer.status() == 200)
    })
    .await;
}

fn pid_of(child: &Child) -> Pid {
    Pid::from_raw(i32::try_from(child.id().unwrap()).unwrap()).unwrap()
}

fn is_gone(pid: i32) -> bool {
    test_kill_process(Pid::from_raw(pid).unwrap()).is_err()
}

fn install_provider() {
    let _first = rustls::crypto::aws_lc_rs::default_provider().install_default();
}

#[tokio::test]
async fn a_term_signal_ends_nginx_and_then_the_gateway() {
    install_provider();
    let plan = Plan::without_services();
    let mut gateway = spawn(&plan);
    ready(&plan).await;
    let nginx = nginx_pid(&plan.state_dir()).unwrap();
    kill_process(pid_of(&gateway), Signal::TERM).unwrap();
    let status = tokio::time::timeout(PATIENCE, gateway.wait())
        .await
        .unwrap()
        .unwrap();
    assert!(status.success(), "{status}");
    assert!(is_gone(nginx));
}

#[tokio::test]
async fn a_gateway_that_was_killed_leaves_nothing_in_the_way() {
    install_provider();
    let plan = Plan::without_services();
    let mut gateway = spawn(&plan);
    ready(&plan).await;
    let left_behind = nginx_pid(&plan.state_dir()).unwrap();
    gateway.kill().await.unwrap();
    assert!(!is_gone(left_behind), "nginx serves on without its gateway");

    let mut gateway = spawn(&plan);
    until("a new nginx", async || {
        nginx_pid(&plan.state_dir()).is_some_and(|pid| pid != left_behind)
    })
    .await;
    ready(&plan).await;
    assert_ne!(nginx_pid(&plan.state_dir()), Some(left_behind));
    kill_process(pid_of(&gateway), Signal::TERM).unwrap();
    assert!(gateway.wait().await.unwrap().success());
}

#[tokio::test]
async fn bad_settings_are_all_reported_before_anything_starts() {
    let plan = Plan::without_services()
        .set("AUTH_URL", "https://auth/")
        .set("GATEWAY_LISTEN", "localhost")
        .set("GATEWAY_API_RATE", "0")
        .set("GATEWAY_UI_DIR", "/tmp/a\"b")
        .set("TLS_KEY_FILE", "/tmp/key.pem");
    let output = spawn(&plan).wait_with_output().await.unwrap();
    assert_eq!(output.status.code(), Some(64));
    let said = String::from_utf8(output.stderr).unwrap();
    for name in [
        "AUTH_URL",
        "GATEWAY_LISTEN",
        "GATEWAY_API_RATE",
        "GATEWAY_UI_DIR",
        "TLS_CERT_FILE",
    ] {
        assert!(said.contains(name), "{name} is missing in {said}");
    }
    assert!(!plan.state_dir().exists());
}
