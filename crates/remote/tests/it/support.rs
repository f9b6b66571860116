//! What every test needs: an endpoint, a connection, a way to run a line.

use std::time::Duration;

use common::model::target::PinnedHostKey;
use remote::{
    Auth, Collected, Command, End, HostKeyPolicy, Outcome, Shell, SshConnection, SshEndpoint,
    Timeouts,
};
use tokio_util::sync::CancellationToken;

use crate::sshd::Sshd;

pub(crate) fn pin_of(server: &Sshd, kind: &str) -> PinnedHostKey {
    let key = server.host_key(kind);
    PinnedHostKey {
        algorithm: key.algorithm,
        fingerprint: key.fingerprint,
    }
}

pub(crate) fn key_auth(pem: String) -> Auth {
    Auth::PrivateKey {
        pem: pem.into(),
        passphrase: None,
    }
}

/// A new accepted key and the pinned host key.
pub(crate) fn endpoint(server: &Sshd) -> SshEndpoint {
    SshEndpoint {
        host: server.host().to_owned(),
        port: server.port(),
        user: server.user().to_owned(),
        auth: key_auth(server.accepted_key("ed25519", "")),
        host_keys: vec![pin_of(server, "ed25519")],
        policy: HostKeyPolicy::Pinned,
    }
}

/// Nobody listens like this in a test: without pins, on a port of its own.
pub(crate) fn endpoint_at(port: u16, auth: Auth) -> SshEndpoint {
    SshEndpoint {
        host: "127.0.0.1".to_owned(),
        port,
        user: "tester".to_owned(),
        auth,
        host_keys: Vec::new(),
        policy: HostKeyPolicy::AcceptFirst,
    }
}

pub(crate) fn short() -> Timeouts {
    Timeouts {
        connect: Duration::from_millis(600),
        auth: Duration::from_millis(600),
    }
}

pub(crate) async fn connect(server: &Sshd) -> SshConnection {
    SshConnection::connect(&endpoint(server), &Timeouts::default())
        .await
        .unwrap()
}

pub(crate) async fn run(connection: &SshConnection, command: &Command) -> (Outcome, Collected) {
    let mut output = Collected::up_to(1 << 20);
    let outcome = connection
        .run(command, &mut output, &CancellationToken::new())
        .await
        .unwrap();
    (outcome, output)
}

/// Runs one line by `sh`; its exit code and standard output.
pub(crate) async fn sh(connection: &SshConnection, line: &str) -> (u32, String) {
    let (outcome, output) = run(connection, &Command::new(Shell::Sh, line)).await;
    let End::Exited(code) = outcome.end else {
        panic!("{line}: {outcome:?}, {}", output.stderr_text())
    };
    (code, output.stdout_text())
}

/// Text that no other process on the machine has on its command line.
pub(crate) fn unique_seconds() -> String {
    format!("98765.{:09}", rand::random_range(0..1_000_000_000_u32))
}

/// How many processes have `text` on their command line, as the server sees it.
pub(crate) async fn processes_with(connection: &SshConnection, text: &str) -> usize {
    let (_code, found) = sh(connection, &format!("pgrep -f '{text}'")).await;
    found.lines().count()
}
