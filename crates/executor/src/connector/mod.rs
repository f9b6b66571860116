//! The narrow door to targets: connect, run a command, write a file.
//!
//! One implementation per protocol. What a connector answers is already in the words of a step's
//! result, so that nothing behind it has to know the protocol.

mod redactors;
pub mod ssh;
mod ssh_sink;

use std::time::Duration;

use common::model::credential::SecretData;
use common::model::target::TargetSnapshot;
use common::secret::Secret;
use futures_util::future::BoxFuture;
pub use remote::Detached;
use remote::Redactor;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::domain::command::{Exec, FileCopy, FileFetch};
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
    /// The other user could not be become; nothing was started.
    NotBecome,
    /// An HTTP interface has answered.
    Answered {
        /// The status.
        status: u16,
        /// Whether the step calls that a success.
        is_expected: bool,
    },
    /// The file was read.
    Fetched {
        /// All of it.
        content: Vec<u8>,
        /// Its SHA-256, lower-case hex.
        sha256: String,
        /// Whether the target computed the same hash.
        is_verified: bool,
    },
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

/// The end of a command that could outlive its connection.
pub struct Settled {
    /// How it ended.
    pub end: End,
    /// Removes what the command has left on its target; for when the end is on record.
    pub clean_up: BoxFuture<'static, ()>,
}

/// Why the end of a command that could outlive its connection is not known.
#[derive(Clone, Debug)]
pub enum Unsettled {
    /// The target cannot keep it apart from its connection; nothing was started.
    Cannot(String),
    /// It was not started, and never will be under this name.
    Never,
    /// The target knows it, but nothing there waits for its end any more.
    Gone,
    /// The way to the target failed.
    Fault(Fault),
}

/// What a command that can outlive its connection is tied to on this side.
pub struct Ties<'a> {
    /// Its name, and how much of its output is known.
    pub detached: &'a mut Detached,
    /// Where its output goes.
    pub output: &'a mut StepOutput,
    /// Stops it.
    pub stop: &'a CancellationToken,
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

    /// Starts a command that outlives this session, and waits for its end. Dropping the future
    /// leaves it to itself.
    fn launch<'a>(
        &'a self,
        exec: &'a Exec,
        timeout: Duration,
        ties: Ties<'a>,
    ) -> BoxFuture<'a, Result<Settled, Unsettled>>;

    /// Waits for the end of a command that was launched before, by whomever; stops it at `deadline`.
    fn follow<'a>(
        &'a self,
        exec: &'a Exec,
        deadline: Instant,
        ties: Ties<'a>,
    ) -> BoxFuture<'a, Result<Settled, Unsettled>>;

    /// Reads a file.
    fn fetch<'a>(
        &'a self,
        file: &'a FileFetch,
        timeout: Duration,
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
    /// Looks for what must not appear in any output: the key, and what else is to be hidden.
    ///
    /// # Errors
    /// When the secret is of another protocol, or cannot be looked for.
    fn redactor(&self, key: &Key, hidden: &[&Secret]) -> Result<Redactor, Fault>;

    /// Connects and logs in; nothing is sent beyond that.
    fn connect<'a>(
        &'a self,
        target: &'a TargetSnapshot,
        key: &'a Key,
    ) -> BoxFuture<'a, Result<Box<dyn Session>, Fault>>;

    /// Closes what was unused for too long; called every few seconds.
    fn tidy(&self);
}
