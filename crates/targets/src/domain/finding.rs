//! What a connection test found, and how it is told.

use std::time::Duration;

use common::model::target::Protocol;
use remote::{Facts, HostKey, Phase, Report};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::record::Target;

/// Longest text that a target may put into an answer, in characters.
const MAX_TEXT: usize = 1000;
/// Largest host key in OpenSSH form that is kept.
const MAX_PUBLIC_KEY: usize = 10_000;

/// What a connection test found.
#[derive(Clone, Debug, Default)]
pub struct Finding {
    /// Whether everything went well.
    pub ok: bool,
    /// Stable name of the failure.
    pub reason: Option<String>,
    /// What was found, in words.
    pub message: String,
    /// What a person can do about a failure.
    pub remedy: Option<String>,
    /// The phases that were tried.
    pub phases: Vec<Phase>,
    /// The host key that the target showed.
    pub host_key: Option<HostKey>,
    /// What the target says of itself.
    pub facts: Option<Facts>,
}

/// Why a test ended without a word of the target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Stable name.
    pub reason: String,
    /// The same in words.
    pub message: String,
    /// What a person can do about it.
    pub remedy: &'static str,
}

impl Failure {
    /// Names a failure.
    pub fn new(reason: &str, message: impl Into<String>, remedy: &'static str) -> Self {
        Self {
            reason: reason.to_owned(),
            message: message.into(),
            remedy,
        }
    }
}

impl From<Failure> for Finding {
    fn from(failure: Failure) -> Self {
        Self {
            reason: Some(failure.reason),
            message: plain(&failure.message),
            remedy: Some(failure.remedy.to_owned()),
            ..Self::default()
        }
    }
}

impl Finding {
    /// What the phases say.
    pub fn of(report: Report) -> Self {
        let mut phases = report.phases;
        for phase in &mut phases {
            phase.detail = plain(&phase.detail);
        }
        let failed = phases.iter().find(|phase| !phase.ok && !phase.skipped);
        let facts = report.facts.map(|facts| Facts {
            whoami: plain(&facts.whoami),
            hostname: plain(&facts.hostname),
            os: plain(&facts.os),
            shell: plain(&facts.shell),
        });
        let welcome = facts
            .as_ref()
            .map(|facts| format!("signed in as {} on {}", facts.whoami, facts.hostname));
        Self {
            ok: report.ok,
            reason: failed.and_then(|phase| phase.reason.clone()),
            message: failed
                .map(|phase| phase.detail.clone())
                .or(welcome)
                .unwrap_or_default(),
            remedy: failed.and_then(|phase| phase.remedy.clone()),
            host_key: report
                .offered_host_key
                .filter(|key| key.public_key.len() <= MAX_PUBLIC_KEY),
            phases,
            facts,
        }
    }
}

/// Text of a target without control characters, cut.
fn plain(text: &str) -> String {
    let shown = |c: char| if c.is_control() { ' ' } else { c };
    text.trim().chars().take(MAX_TEXT).map(shown).collect()
}

/// The answer of a connection test.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct TestAnswer {
    /// The test.
    pub test: Test,
    /// Whether the target can be reached and signed in to.
    pub success: bool,
    /// The result in a sentence.
    pub message: String,
    /// What else is to be known, such as that the answer is made up.
    pub note: Option<String>,
}

/// A test that has ended.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Test {
    /// How it ended.
    pub status: Status,
    /// What was found.
    pub details: Details,
}

/// How a test ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Everything went well.
    Success,
    /// Something did not.
    Error,
}

/// What a test found.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Details {
    /// The user that commands run as.
    pub whoami: Option<String>,
    /// Version of PowerShell.
    #[serde(rename = "powershellVersion", skip_serializing_if = "Option::is_none")]
    pub powershell_version: Option<String>,
    /// The target's name for itself; where it was not reached, the one it is stored under.
    pub hostname: String,
    /// Port.
    pub port: u16,
    /// How the caller proved itself on the wire, such as `ssh` or `ntlm`.
    pub transport: String,
    /// Protocol.
    pub protocol: Protocol,
    /// How long the whole test took, in seconds.
    pub connection_time: f64,
    /// What was found, in words.
    pub message: String,
    /// Stable name of the failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What a person can do about a failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
    /// Operating system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub os: Option<String>,
    /// Login shell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shell: Option<String>,
    /// The phases, each with its time; those after a failure are skipped.
    pub phases: Vec<Phase>,
    /// The host key that the target showed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host_key: Option<HostKey>,
}

impl TestAnswer {
    /// Tells a finding.
    pub fn of(target: &Target, finding: &Finding, took: Duration) -> Self {
        let facts = finding.facts.as_ref();
        let (status, message) = if finding.ok {
            (Status::Success, format!("{} can be reached", target.name))
        } else {
            let why = &finding.message;
            (
                Status::Error,
                format!("{} failed the test: {why}", target.name),
            )
        };
        Self {
            test: Test {
                status,
                details: Details {
                    whoami: facts.map(|facts| facts.whoami.clone()),
                    powershell_version: None,
                    hostname: facts
                        .map_or(&target.hostname, |facts| &facts.hostname)
                        .clone(),
                    port: target.port,
                    transport: target.protocol.as_str().to_owned(),
                    protocol: target.protocol,
                    connection_time: took.as_secs_f64(),
                    message: finding.message.clone(),
                    reason: finding.reason.clone(),
                    remedy: finding.remedy.clone(),
                    os: facts.map(|facts| facts.os.clone()),
                    shell: facts.map(|facts| facts.shell.clone()),
                    phases: finding.phases.clone(),
                    host_key: finding.host_key.clone(),
                },
            },
            success: finding.ok,
            message,
            note: None,
        }
    }

    /// A made-up success for a WinRM target.
    pub fn mock(target: &Target) -> Self {
        let finding = Finding {
            ok: true,
            message: "made up".to_owned(),
            ..Finding::default()
        };
        let mut answer = Self::of(target, &finding, Duration::from_millis(500));
        let details = &mut answer.test.details;
        details.whoami = Some("TESTDOMAIN\\Administrator".to_owned());
        details.powershell_version = Some("5.1.17763.316".to_owned());
        details.transport = "ntlm".to_owned();
        answer.note = Some("this is a mock: no connection was made".to_owned());
        answer
    }
}
