//! What a job is made of.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

pub use super::wait::{Awaited, AwaitedHttp, AwaitedPort, WaitSpec};
use crate::permission::Role;
use crate::template;

/// What happens to the run when a step fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum OnError {
    /// The run fails and later steps are not run.
    #[default]
    Stop,
    /// Later steps are run; the run fails all the same.
    Continue,
    /// Later steps are run; the run can still succeed.
    Ignore,
}

impl OnError {
    /// The word on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Continue => "continue",
            Self::Ignore => "ignore",
        }
    }
}

/// Whether a command may outlive the connection and the executor that started it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Detach {
    /// Yes, unless it is idempotent and short: that one is simply run again.
    #[default]
    Auto,
    /// Yes, where the target can do it.
    Always,
    /// No: it is bound to its connection.
    Never,
}

impl Detach {
    /// The longest time-out of an idempotent command that is not worth it, in seconds.
    const SHORT_SEC: i32 = 60;

    /// Whether a step is to be detached.
    pub fn applies(self, idempotent: bool, timeout_sec: i32) -> bool {
        match self {
            Self::Auto => !idempotent || timeout_sec > Self::SHORT_SEC,
            Self::Always => true,
            Self::Never => false,
        }
    }

    fn is_auto(&self) -> bool {
        *self == Self::Auto
    }
}

/// As whom a step works, if not as the login user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Become {
    /// The user.
    pub user: String,
}

/// What an `ssh.exec` step runs; stored with the step, holes not yet filled.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ExecSpec {
    /// The command, run by `shell`.
    pub command: String,
    /// Shell that reads the command, such as `bash` or `sh`.
    pub shell: String,
    /// Text for the command's standard input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stdin: Option<String>,
    /// Environment of the command.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub env: BTreeMap<String, String>,
    /// Whether it may outlive the connection and the executor that started it.
    #[serde(default, skip_serializing_if = "Detach::is_auto")]
    pub detach: Detach,
    /// As whom it runs, by sudo.
    #[serde(rename = "become", default, skip_serializing_if = "Option::is_none")]
    pub as_user: Option<Become>,
}

/// What an `ssh.copy` step writes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CopySpec {
    /// Path on the target.
    pub dest_path: String,
    /// The content, base64; either this or `fromUrl` is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_b64: Option<String>,
    /// Address that the executor fetches the content from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_url: Option<String>,
    /// SHA-256 that fetched content must have, lower-case hex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Permission bits, octal text such as `0644`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    /// `user`, `user:group` or `:group`; over SSH only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Whether a file that exists may be replaced.
    pub overwrite: bool,
    /// As whom it is written, by sudo; over SSH only.
    #[serde(rename = "become", default, skip_serializing_if = "Option::is_none")]
    pub as_user: Option<Become>,
}

/// How the content of a file becomes a result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum FetchAs {
    /// As it is; it must be UTF-8.
    #[default]
    Text,
    /// As base64.
    B64,
}

/// What an `ssh.fetch` step reads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FetchSpec {
    /// Path on the target.
    pub path: String,
    /// Longer files are refused.
    pub max_bytes: u32,
    /// How the content becomes the result.
    #[serde(rename = "as")]
    pub form: FetchAs,
    /// As whom it is read, by sudo.
    #[serde(rename = "become", default, skip_serializing_if = "Option::is_none")]
    pub as_user: Option<Become>,
}

/// What a `winrm.exec` step runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WinrmExecSpec {
    /// The command, read by `shell`.
    pub command: String,
    /// `powershell` or `cmd`.
    pub shell: String,
}

/// Which job a `job` step runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct JobSpec {
    /// Its name.
    pub job: String,
    /// What it is told: texts with holes, whole numbers, truths.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub parameters: BTreeMap<String, Value>,
}

/// What an `http.request` step asks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RequestSpec {
    /// Such as `GET`.
    pub method: String,
    /// Where on the target; it gets the target's credential.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// A whole address instead; it gets no credential.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Further headers.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// A text, or what is sent as JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Object)]
    pub body: Option<serde_json::Value>,
    /// Which statuses are a success; none: 200 to 299.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub expected_status: Vec<u16>,
    /// Names and JSON pointers of what later steps may know.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extract: BTreeMap<String, String>,
}

/// Whose word an `approval` step waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ApprovalSpec {
    /// The least role of who decides.
    pub role: Role,
    /// What is to be decided.
    pub message: String,
}

/// How often a step that failed is tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Retry {
    /// Tries in all, the first included.
    pub attempts: u32,
    /// Wait before the second try, in seconds; it doubles with each further one, up to an hour.
    pub backoff_sec: u32,
}

impl Retry {
    /// Longest wait, in seconds.
    pub const LONGEST_WAIT_SEC: u32 = 3600;

    /// Seconds to wait after so many failures; none if there is no further try.
    pub fn wait_sec(self, failures: u32) -> Option<u32> {
        if failures >= self.attempts {
            return None;
        }
        let factor = 2_u32.saturating_pow(failures.saturating_sub(1));
        Some(
            self.backoff_sec
                .saturating_mul(factor)
                .min(Self::LONGEST_WAIT_SEC),
        )
    }
}

/// What a definition says of a step beside its work; stored with the step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct StepOptions {
    /// The step is skipped unless this holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// How often it is tried again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry: Option<Retry>,
    /// Under which name later steps know its result.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub register: Option<String>,
    /// Whether its condition or its holes ask for results of earlier steps.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub reads_results: bool,
}

/// The work of a step, by type; stored with the step, holes not yet filled.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type")]
pub enum StepSpec {
    /// Runs a command over SSH.
    #[serde(rename = "ssh.exec")]
    SshExec(ExecSpec),
    /// Writes a file over SSH.
    #[serde(rename = "ssh.copy")]
    SshCopy(CopySpec),
    /// Reads a file over SSH.
    #[serde(rename = "ssh.fetch")]
    SshFetch(FetchSpec),
    /// Runs a command over WinRM.
    #[serde(rename = "winrm.exec")]
    WinrmExec(WinrmExecSpec),
    /// Writes a file over WinRM.
    #[serde(rename = "winrm.copy")]
    WinrmCopy(CopySpec),
    /// Waits for time, a port or an answer.
    #[serde(rename = "wait")]
    Wait(WaitSpec),
    /// Asks an HTTP interface.
    #[serde(rename = "http.request")]
    HttpRequest(RequestSpec),
    /// Waits for the word of a person.
    #[serde(rename = "approval")]
    Approval(ApprovalSpec),
    /// Runs another job.
    #[serde(rename = "job")]
    Job(JobSpec),
}

impl StepSpec {
    /// The word on the wire and in the database.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::SshExec(_) => "ssh.exec",
            Self::SshCopy(_) => "ssh.copy",
            Self::SshFetch(_) => "ssh.fetch",
            Self::WinrmExec(_) => "winrm.exec",
            Self::WinrmCopy(_) => "winrm.copy",
            Self::Wait(_) => "wait",
            Self::HttpRequest(_) => "http.request",
            Self::Approval(_) => "approval",
            Self::Job(_) => "job",
        }
    }

    /// The shell that reads the command, where there is one.
    pub fn shell(&self) -> Option<&str> {
        match self {
            Self::SshExec(spec) => Some(&spec.shell),
            Self::WinrmExec(spec) => Some(&spec.shell),
            Self::SshCopy(_)
            | Self::SshFetch(_)
            | Self::WinrmCopy(_)
            | Self::Wait(_)
            | Self::HttpRequest(_)
            | Self::Approval(_)
            | Self::Job(_) => None,
        }
    }

    /// Whether it is done on a target, or about one; else it is done once, whatever the fleet is.
    pub fn needs_target(&self) -> bool {
        match self {
            Self::SshExec(_)
            | Self::SshCopy(_)
            | Self::SshFetch(_)
            | Self::WinrmExec(_)
            | Self::WinrmCopy(_) => true,
            Self::Wait(WaitSpec { awaited }) => match awaited {
                Awaited::Port(port) => port.host.as_deref().is_none_or(template::asks_for_target),
                Awaited::Http(http) => template::asks_for_target(&http.url),
                Awaited::Seconds(_) => false,
            },
            Self::HttpRequest(request) => {
                request.url.as_deref().is_none_or(template::asks_for_target)
            }
            Self::Approval(_) | Self::Job(_) => false,
        }
    }

    /// Whether it needs the secret of its target.
    pub fn needs_secret(&self) -> bool {
        match self {
            Self::SshExec(_)
            | Self::SshCopy(_)
            | Self::SshFetch(_)
            | Self::WinrmExec(_)
            | Self::WinrmCopy(_) => true,
            Self::Wait(_) => false,
            Self::HttpRequest(request) => request.path.is_some(),
            Self::Approval(_) | Self::Job(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_and_ends() {
        let retry = Retry {
            attempts: 4,
            backoff_sec: 1000,
        };
        let waits = [1, 2, 3, 4, 5].map(|failures| retry.wait_sec(failures));
        assert_eq!(waits, [Some(1000), Some(2000), Some(3600), None, None]);
    }

    #[test]
    fn only_what_is_cheap_to_run_again_is_bound_by_itself() {
        for (detach, idempotent, timeout_sec, applies) in [
            (Detach::Auto, false, 5, true),
            (Detach::Auto, true, 60, false),
            (Detach::Auto, true, 61, true),
            (Detach::Always, true, 5, true),
            (Detach::Never, false, 86_400, false),
        ] {
            assert_eq!(
                detach.applies(idempotent, timeout_sec),
                applies,
                "{detach:?}"
            );
        }
    }
}
