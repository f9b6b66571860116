//! The program as a process of its own.

use std::process::Stdio;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::support::{free_port, get, post, until};

/// A running simulator and the ports that were given to it.
struct Program {
    _child: Child,
    said: String,
    control: u16,
    hub: u16,
}

impl Program {
    /// Starts it and waits until it is ready.
    async fn start(offset: u16) -> Self {
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
                break;
            }
            said.push_str(&line);
            said.push('\n');
        }
        Self {
            _child: child,
            said,
            control,
            hub,
        }
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
