//! Testing a connection phase by phase, for a person who sets up a target.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ssh::{
    ConnectError, Dialled, ExecError, HostKey, SshConnection, SshEndpoint, Stage, Timeouts, dial,
    resolve,
};

/// How long the facts may take.
const FACTS_LIMIT: Duration = Duration::from_secs(10);
/// Asks who and what is there.
const FACTS: &str = "exec sh -c 'id -un 2>/dev/null || whoami; hostname 2>/dev/null || uname -n; \
                     uname -a; echo \"${SHELL:-unknown}\"'";

/// What a connection test found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Report {
    /// Whether every phase went well.
    pub ok: bool,
    /// All phases in their order; those after a failure are skipped.
    pub phases: Vec<Phase>,
    /// The host key that the server showed, whether or not it is pinned.
    pub offered_host_key: Option<HostKey>,
    /// What the target says of itself.
    pub facts: Option<Facts>,
}

/// One phase of a connection test.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Phase {
    /// Which one.
    pub name: PhaseName,
    /// Whether it went well.
    pub ok: bool,
    /// Whether it was left out because an earlier one failed.
    pub skipped: bool,
    /// How long it took, in milliseconds.
    pub ms: u64,
    /// Stable name of the failure.
    pub reason: Option<String>,
    /// What was found, in words.
    pub detail: String,
    /// What a person can do about a failure.
    pub remedy: Option<String>,
}

/// The phases in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PhaseName {
    /// Name to address.
    Resolve,
    /// TCP connection and greeting.
    Connect,
    /// Key exchange and host key.
    HostKey,
    /// Login.
    Auth,
    /// A first command.
    Command,
}

impl PhaseName {
    const ALL: [Self; 5] = [
        Self::Resolve,
        Self::Connect,
        Self::HostKey,
        Self::Auth,
        Self::Command,
    ];
}

/// What a target says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Facts {
    /// The user that commands run as.
    pub whoami: String,
    /// Its name for itself.
    pub hostname: String,
    /// Operating system, from `uname -a`.
    pub os: String,
    /// Login shell.
    pub shell: String,
}

/// Tries all phases, each timed, and stops at the first that fails.
pub async fn test_connection(endpoint: &SshEndpoint, limits: &Timeouts) -> Report {
    let mut test = Test {
        phases: Vec::new(),
        offered: None,
        started: Instant::now(),
    };
    let facts = Box::pin(test.run(endpoint, limits)).await;
    let done = test.phases.len();
    test.phases
        .extend(PhaseName::ALL.into_iter().skip(done).map(|name| Phase {
            name,
            ok: false,
            skipped: true,
            ms: 0,
            reason: None,
            detail: "skipped".to_owned(),
            remedy: None,
        }));
    Report {
        ok: facts.is_some(),
        phases: test.phases,
        offered_host_key: test.offered,
        facts,
    }
}

struct Test {
    phases: Vec<Phase>,
    offered: Option<HostKey>,
    /// When the running phase began.
    started: Instant,
}

impl Test {
    /// Goes through the phases; none if one failed.
    async fn run(&mut self, endpoint: &SshEndpoint, limits: &Timeouts) -> Option<Facts> {
        let deadline = Instant::now() + limits.connect;
        let left = || deadline.saturating_duration_since(Instant::now());
        let resolved = resolve(&endpoint.host, endpoint.port, left()).await;
        let addresses = self.judge(PhaseName::Resolve, resolved)?;
        let listed: Vec<String> = addresses.iter().map(|a| a.ip().to_string()).collect();
        self.pass(PhaseName::Resolve, listed.join(", "));

        let tcp = self.judge(PhaseName::Connect, dial(&addresses, left()).await)?;
        let dialled = Dialled::new(tcp);
        let heard_at = dialled.heard_at();
        let greeted = dialled.handshake(endpoint, left()).await;
        // The greeting belongs to the connection, what follows to the host key.
        if let Some(at) = heard_at().filter(|_| !is_no_greeting(greeted.as_ref().err())) {
            self.pass_at(
                PhaseName::Connect,
                format!("port {} is open", endpoint.port),
                at,
            );
        }
        let phase = if self.phases.len() < 2 {
            PhaseName::Connect
        } else {
            PhaseName::HostKey
        };
        let greeted = self.judge(phase, greeted)?;
        let host_key = greeted.host_key().clone();
        self.pass(
            PhaseName::HostKey,
            format!("{} {}", host_key.algorithm, host_key.fingerprint),
        );
        self.offered = Some(host_key);

        let logged_in = SshConnection::log_in(greeted, endpoint, limits.auth).await;
        let connection = self.judge(PhaseName::Auth, logged_in)?;
        self.pass(PhaseName::Auth, format!("logged in as {}", endpoint.user));
        let facts = self.ask(&connection).await;
        connection.close().await;
        facts
    }

    async fn ask(&mut self, connection: &SshConnection) -> Option<Facts> {
        match connection.capture(FACTS, &[], 64 * 1024, FACTS_LIMIT).await {
            Ok(captured) => match read_facts(&captured.output.stdout_text()) {
                Some(facts) => {
                    self.pass(PhaseName::Command, facts.os.clone());
                    Some(facts)
                }
                None => {
                    let said = captured.output.stderr_text();
                    let detail = format!("no POSIX shell answered: {}", said.trim());
                    let remedy = "Give the user a login shell that can start sh.";
                    self.fail(PhaseName::Command, ("no_shell", remedy), detail);
                    None
                }
            },
            Err(error) => {
                let words = (error.reason(), command_remedy(&error));
                self.fail(PhaseName::Command, words, error.to_string());
                None
            }
        }
    }

    /// Passes a good result on; notes a failure and the host key that came with it.
    fn judge<T>(&mut self, name: PhaseName, result: Result<T, ConnectError>) -> Option<T> {
        match result {
            Ok(good) => Some(good),
            Err(error) => {
                self.fail(name, (error.reason(), error.remedy()), error.to_string());
                if let ConnectError::HostKeyUnknown { offered }
                | ConnectError::HostKeyMismatch { offered, .. } = error
                {
                    self.offered = Some(offered);
                }
                None
            }
        }
    }

    fn pass(&mut self, name: PhaseName, detail: String) {
        self.pass_at(name, detail, Instant::now());
    }

    fn pass_at(&mut self, name: PhaseName, detail: String, at: Instant) {
        let ms = milliseconds(at.saturating_duration_since(self.started));
        self.started = at;
        self.phases.push(Phase {
            name,
            ok: true,
            skipped: false,
            ms,
            reason: None,
            detail,
            remedy: None,
        });
    }

    fn fail(&mut self, name: PhaseName, (reason, remedy): (&str, &str), detail: String) {
        self.phases.push(Phase {
            name,
            ok: false,
            skipped: false,
            ms: milliseconds(self.started.elapsed()),
            reason: Some(reason.to_owned()),
            detail,
            remedy: Some(remedy.to_owned()),
        });
    }
}

/// Whether the server never said that it speaks SSH.
fn is_no_greeting(error: Option<&ConnectError>) -> bool {
    matches!(
        error,
        Some(
            ConnectError::NotSsh { .. }
                | ConnectError::ConnectTimeout {
                    stage: Stage::Tcp | Stage::Greeting,
                    ..
                }
        )
    )
}

fn command_remedy(error: &ExecError) -> &'static str {
    match error {
        ExecError::LostConnection { .. } | ExecError::NoExitStatus => {
            "Check the login shell of the user and the log of the SSH server."
        }
        ExecError::BadCommand(_)
        | ExecError::ChannelRefused { .. }
        | ExecError::RequestRefused
        | ExecError::NeverStarted { .. } => error.remedy(),
    }
}

/// The last four lines; what a login shell prints before them is no fact.
fn read_facts(said: &str) -> Option<Facts> {
    let lines: Vec<&str> = said
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    let (_chatter, [whoami, hostname, os, shell]) = lines.split_last_chunk::<4>()?;
    Some(Facts {
        whoami: (*whoami).to_owned(),
        hostname: (*hostname).to_owned(),
        os: (*os).to_owned(),
        shell: (*shell).to_owned(),
    })
}

fn milliseconds(took: Duration) -> u64 {
    u64::try_from(took.as_millis()).unwrap_or(u64::MAX)
}
