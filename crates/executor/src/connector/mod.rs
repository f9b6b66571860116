//! The narrow door to targets: connect, run a command, write a file.
//!
//! One implementation per protocol. What a connector answers is already in the words of a step's
//! result, so that nothing behind it has to know the protocol.

pub mod ssh;

use std::time::Duration;

use common::model::credential::SecretData;
use common::model::target::TargetSnapshot;
use futures_util::future::BoxFuture;
use remote::Redactor;
use tokio_util::sync::CancellationToken;

use crate::domain::command::{Exec, FileCopy};
use crate::domain::output::StepOutput;

/// A secret with the name and version under which connections that it opened may be shared.
#[derive(Debug)]
pub struct Key {
    /// Credential and version, such as `7.2`.
    pub version: String,
    /// The secret.
    pub secret: SecretData,
}

/// Why something was not done, or how it went wrong.
#[derive(Clone, Debug)]
pub struct Fault {
    /// Stable name of the condition.
    pub reason: &'static str,
    /// In words for a person, the way out included.
    pub text: String,
    /// Whether trying again may help.
    pub is_transient: bool,
    /// Whether the target may have done something.
    pub may_have_started: bool,
}

impl Fault {
    /// A condition that trying again does not change, found before anything was sent.
    pub fn lasting(reason: &'static str, text: impl Into<String>) -> Self {
        Self {
            reason,
            text: text.into(),
            is_transient: false,
            may_have_started: false,
        }
    }
}

/// How a stopped command was left behind.
#[derive(Clone, Debug)]
pub struct Stop {
    /// Whether the target was seen to have ended it.
    pub is_verified: bool,
    /// In words for a person.
    pub detail: String,
}

/// How the work ended.
#[derive(Clone, Debug)]
pub enum End {
    /// The command ended by itself, with this exit code.
    Exited(i32),
    /// A signal ended the command; its name without `SIG`.
    Signaled(String),
    /// It was stopped because its time was up.
    TimedOut(Stop),
    /// It was stopped because the caller wished so.
    Canceled(Stop),
    /// The file stands.
    Copied {
        /// Its length.
        bytes: u64,
        /// Its SHA-256, lower-case hex.
        sha256: String,
        /// Whether the target computed the same hash.
        is_verified: bool,
    },
}

/// An open way to one target.
pub trait Session: Send + Sync {
    /// Runs a command; its output goes through `output`. Cancel it rather than drop the future.
    fn run<'a>(
        &'a self,
        exec: &'a Exec,
        timeout: Duration,
        output: &'a mut StepOutput,
        cancel: &'a CancellationToken,
    ) -> BoxFuture<'a, Result<End, Fault>>;

    /// Writes a file.
    fn copy<'a>(
        &'a self,
        file: &'a FileCopy,
        timeout: Duration,
        cancel: &'a CancellationToken,
    ) -> BoxFuture<'a, Result<End, Fault>>;
}

/// Reaches the targets of one protocol.
pub trait Connector: Send + Sync {
    /// Looks for what must not appear in any output.
    ///
    /// # Errors
    /// When the secret is of another protocol, or cannot be looked for.
    fn redactor(&self, key: &Key) -> Result<Redactor, Fault>;

    /// Connects and logs in; nothing is sent beyond that.
    fn connect<'a>(
        &'a self,
        target: &'a TargetSnapshot,
        key: &'a Key,
    ) -> BoxFuture<'a, Result<Box<dyn Session>, Fault>>;

    /// Closes what was unused for too long; called every few seconds.
    fn tidy(&self);
}
