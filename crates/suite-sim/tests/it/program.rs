//! The program as a process of its own.

use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::support::{free_port, get, post, until};

/// A running simulator and the ports that were given to it.
struct Program {
    child: Child,
    said: String,
    control: u16,
    hub: u16,
}

impl Program {
    /// Starts it and waits until it is ready.
    async fn start(offset: u16) -> Self {
        loop {
            // A free port may be taken by another test before the program has it.
            if let Some(ready) = Self::try_start(offset).await {
                return ready;
            }
        }
    }

    /// None: it ended before it was ready.
    async fn try_start(offset: u16) -> Option<Self> {
        let (control, hub) = (free_port(), free_port());
        let mut child = Command::new(env!("CARGO_BIN_EXE_suite-sim"))
            .args([
                "--offset",
                &offset.to_string(),
                "--control",
                &control.to_string(),
            ])
            .args(["--hub", &hub.to_string(), "--behaviour", "passport=failing"])
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut said = String::new();
        while let Some(line) = lines.next_line().await.unwrap() {
            if line == "ready" {
                return Some(Self {
                    child,
                    said,
                    control,
                    hub,
                });
            }
            said.push_str(&line);
            said.push('\n');
        }
        None
    }

    /// Gives an order; answers with the status.
    async fn order(&self, path: &str, body: Value) -> u16 {
        post(self.control, path, body).await.unwrap().0
    }

    async fn port(&self, id: &str) -> u16 {
        let listed = get(self.control, "/services").await.unwrap().1;
        let services = listed.get("services").unwrap().as_array().unwrap();
        let found = services
            .iter()
            .find(|service| service.get("id").unwrap() == id);
        u16::try_from(found.unwrap().get("port").unwrap().as_u64().unwrap()).unwrap()
    }
}

#[tokio::test]
async fn the_program_plays_the_suite_and_says_which_port_it_cannot_have() {
    let taken = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let program = Program::start(taken.local_addr().unwrap().port() - 8000).await;
    assert!(
        program.said.contains("legalai-pro cannot listen on"),
        "{}",
        program.said
    );
    assert!(program.said.lines().count() > 25, "{}", program.said);
    post(
        program.hub,
        "/api/v1/services/register",
        json!({"service_id": "x"}),
    )
    .await
    .unwrap();
    let calls = get(program.control, "/partners/hub/calls").await.unwrap().1;
    assert_eq!(calls.get("calls").unwrap().as_array().unwrap().len(), 1);
    assert_eq!(
        program
            .order("/partners/hub/mode", json!({"mode": "failing"}))
            .await,
        200
    );
    assert_eq!(
        program
            .order("/partners/ninja/mode", json!({"mode": "failing"}))
            .await,
        404
    );
}

#[tokio::test]
async fn what_is_played_changes_by_order() {
    let program = Program::start(free_port() - 8007).await;
    let passport = program.port("passport").await;
    assert_eq!(get(passport, "/health").await.unwrap().0, 503);
    let behaviour = "/services/passport/behaviour";
    assert_eq!(
        program.order(behaviour, json!({"behaviour": "well"})).await,
        200
    );
    assert_eq!(get(passport, "/health").await.unwrap().0, 200);
    assert_eq!(
        program.order(behaviour, json!({"behaviour": "odd"})).await,
        400
    );
    assert_eq!(
        program.order("/services/nobody/crash", json!({})).await,
        404
    );
    assert_eq!(
        program.order("/services/passport/crash", json!({})).await,
        200
    );
    until("the crash", async || {
        get(passport, "/health").await.is_none().then_some(())
    })
    .await;
    assert_eq!(
        program.order("/services/passport/start", json!({})).await,
        200
    );
    assert_eq!(get(passport, "/health").await.unwrap().0, 200);
}

/// Sends a signal to a program; answers with how it ended.
async fn end(child: &mut Child, signal: &str) -> ExitStatus {
    let id = child.id().unwrap().to_string();
    let sent = Command::new("kill").args([signal, &id]).status().await;
    assert!(sent.unwrap().success());
    let ended = tokio::time::timeout(Duration::from_secs(10), child.wait()).await;
    ended.unwrap().unwrap()
}

#[tokio::test]
async fn a_signal_ends_the_program_and_frees_its_ports() {
    for signal in ["-TERM", "-INT"] {
        let mut program = Program::start(free_port() - 8007).await;
        let passport = program.port("passport").await;
        assert!(end(&mut program.child, signal).await.success());
        assert_eq!(get(passport, "/health").await, None);
    }
}

#[tokio::test]
async fn a_stranger_holds_a_port_until_it_is_ended() {
    let port = free_port();
    let mut stranger = Command::new(env!("CARGO_BIN_EXE_suite-sim"))
        .args(["stranger", "--port", &port.to_string()])
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let health = until("the stranger", async || get(port, "/health").await).await;
    assert_eq!((health.0, health.1.get("service_id")), (404, None));
    assert!(end(&mut stranger, "-TERM").await.success());
    assert_eq!(get(port, "/health").await, None);
}

#[tokio::test]
async fn what_cannot_be_played_is_refused_with_its_name() {
    let taken = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    for (arguments, why) in [
        (vec!["stranger", "--port", &port], port.as_str()),
        (vec!["--behaviour", "nobody=hung"], "nobody"),
        (vec!["--behaviour", "passport=odd"], "odd"),
        (vec!["--offset", "65000"], "offset"),
    ] {
        let program = Command::new(env!("CARGO_BIN_EXE_suite-sim"))
            .args(&arguments)
            .kill_on_drop(true)
            .output();
        let ended = tokio::time::timeout(Duration::from_secs(10), program).await;
        let ended = ended.unwrap().unwrap();
        let said = [ended.stdout, ended.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        assert!(!ended.status.success(), "{arguments:?}");
        assert!(said.contains(why), "{arguments:?}: {said}");
    }
}
