//! Commands that outlive their connection.
//!
//! A small program on the target starts the command in a process group of its own, lets it write
//! to files, and notes its exit code. Whoever knows the token can follow it from any byte on, over
//! any connection, as often as needed; it is started once at most, however often that is tried.
//! What is left on the target is removed by [`Settled::forget`], when the end is on record.

mod program;
mod word;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use russh::client::Msg;
use russh::{ChannelMsg, ChannelReadHalf, ChannelWriteHalf};
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use zeroize::Zeroizing;

use self::program::{AT_ONCE, FIND_PID, FOLLOW, LAUNCH, TELL, line, lines};
use self::word::{Listener, Word};
use super::command::Command;
use super::connection::SshConnection;
use super::exec::{End, ExecError, STDERR};
use super::launch::{self, Process, Reach};
use super::output::{OutputSink, Stream};
use super::stop::Stopped;
use super::sudo::Sudo;

/// A command that goes on for so long is followed rather than waited for.
const QUICK: Duration = Duration::from_millis(150);
/// How long output may still flow after a command was stopped.
const DRAIN: Duration = Duration::from_secs(3);
/// How long a target may take for a small question.
const ASK: Duration = Duration::from_secs(10);

/// Names a command on its target, and counts what is known of its output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detached {
    token: String,
    stdout: u64,
    stderr: u64,
}

impl Detached {
    /// A command that was not started yet.
    pub fn new() -> Self {
        Self::known(format!("{:032x}", rand::random::<u128>()))
    }

    /// A command that may have been started under this token; nothing is known of its output.
    pub fn known(token: String) -> Self {
        Self {
            token,
            stdout: 0,
            stderr: 0,
        }
    }

    /// The secret-free name under which the command can be found again.
    pub fn token(&self) -> &str {
        &self.token
    }

    fn count(&mut self, stream: Stream, bytes: &[u8]) {
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        match stream {
            Stream::Stdout => self.stdout += length,
            Stream::Stderr => self.stderr += length,
        }
    }

    fn is_cut(&self) -> bool {
        self.stdout >= AT_ONCE || self.stderr >= AT_ONCE
    }
}

impl Default for Detached {
    fn default() -> Self {
        Self::new()
    }
}

/// How long to wait for the end of a command.
#[derive(Clone, Debug)]
pub struct Limits {
    /// When it is stopped.
    pub deadline: Instant,
    /// How long a stopped command may take to end before it is killed.
    pub grace: Duration,
    /// As whom it runs, if not as the login user: only then can it be stopped.
    pub sudo: Option<Sudo>,
}

/// Why nothing is known about the end of a detached command.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DetachError {
    /// The target cannot keep a command apart from its connection; nothing was started.
    #[error("the command cannot be detached: {0}")]
    Cannot(String),
    /// It was not started, and never will be under this token.
    #[error("the command was never started")]
    Never,
    /// The target knows it, but nobody there waits for its end any more.
    #[error("the target restarted, or the process that waited for the command was ended")]
    Gone,
    /// The way to the target failed; a command that has started goes on.
    #[error("{error}")]
    Exec {
        /// How it failed.
        error: ExecError,
        /// Whether the command may have started.
        started: bool,
    },
}

/// Before a command is known to have begun, its error tells whether it may have.
impl From<ExecError> for DetachError {
    fn from(error: ExecError) -> Self {
        let started = error.may_have_started();
        Self::Exec { error, started }
    }
}

/// Whoever follows a command takes it for started, whatever becomes of the way to it.
fn while_followed(error: ExecError) -> DetachError {
    DetachError::Exec {
        error,
        started: true,
    }
}

/// What listens to the target, under a mark that no command can know.
struct Ears {
    mark: String,
    stdout: Listener,
    stderr: Listener,
}

impl Ears {
    fn new() -> Self {
        let mark = format!("{:032x}", rand::random::<u128>());
        Self {
            stdout: Listener::new(&mark),
            stderr: Listener::new(&mark),
            mark,
        }
    }
}

/// The end of a command, and the traces of it that are still on the target.
pub struct Settled {
    /// How it ended.
    pub end: End,
    left: Option<ChannelWriteHalf<Msg>>,
}

impl std::fmt::Debug for Settled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settled")
            .field("end", &self.end)
            .finish_non_exhaustive()
    }
}

impl Settled {
    /// Lets the target remove what is left: the end is on record. Otherwise it stays for a week.
    pub async fn forget(self) {
        let Some(writer) = self.left else { return };
        // A connection that broke leaves the folder to the next command's clean-up.
        let _told = writer.data_bytes(Bytes::from_static(b"\n")).await;
        let _ended = writer.eof().await;
    }
}

impl SshConnection {
    /// Starts a command under a token that was not used before, and waits for its end.
    ///
    /// Dropping the future leaves the command to itself; [`Self::follow`] finds it again.
    pub async fn launch<S: OutputSink>(
        &self,
        command: &Command,
        detached: &mut Detached,
        sink: &mut S,
        cancel: &CancellationToken,
    ) -> Result<Settled, DetachError> {
        let limits = Limits {
            deadline: Instant::now() + command.timeout,
            grace: command.grace,
            sudo: command.sudo.clone(),
        };
        let mut ears = Ears::new();
        let program = launch::program(TELL, command).map_err(ExecError::from)?;
        let line = line(
            LAUNCH,
            &[command.shell.name(), &detached.token, &ears.mark, &program],
        )?;
        let lines = lines(command)?;
        let (mut reader, writer) = self.open_exec(&line).await?.split();
        let started = AtomicBool::new(false);
        let told = {
            let begun = ears.stderr.begun();
            let heard = listen(&mut reader, &mut ears, detached, sink);
            let fed = feed(&writer, &lines, &started);
            let stop = async {
                tokio::select! {
                    () = cancel.cancelled() => {}
                    () = tokio::time::sleep_until(limits.deadline) => {}
                }
            };
            hear_quick_end(heard, fed, begun, stop).await
        };
        match told {
            Some(Some(Word::Code(code))) if !detached.is_cut() => Ok(Settled {
                end: End::Exited(code),
                left: Some(writer),
            }),
            Some(Some(Word::Cannot(why))) => Err(DetachError::Cannot(why)),
            Some(Some(Word::Gone)) => Err(DetachError::Gone),
            Some(None) if self.is_closed() => {
                Err(self.lost_while(started.load(Ordering::SeqCst)).into())
            }
            // It may have ended before it began; whoever follows it finds out.
            _ => {
                let _closed = writer.close().await;
                self.follow(detached, limits, sink, cancel).await
            }
        }
    }

    /// Waits for the end of a command that was started before, over whichever connection.
    ///
    /// Output comes from the first byte on that `detached` does not count yet.
    pub async fn follow<S: OutputSink>(
        &self,
        detached: &mut Detached,
        limits: Limits,
        sink: &mut S,
        cancel: &CancellationToken,
    ) -> Result<Settled, DetachError> {
        let mut ears = Ears::new();
        let (stdout, stderr) = (detached.stdout.to_string(), detached.stderr.to_string());
        let token = detached.token.clone();
        let line = line(FOLLOW, &[&token, &stdout, &stderr, &ears.mark])?;
        let opened = self.open_exec(&line).await.map_err(while_followed)?;
        let (mut reader, writer) = opened.split();
        let mut heard = std::pin::pin!(listen(&mut reader, &mut ears, detached, sink));
        let ending: fn(Stopped) -> End = tokio::select! {
            biased;
            told = &mut heard => return self.settled(told, writer, None),
            () = cancel.cancelled() => End::Canceled,
            () = tokio::time::sleep_until(limits.deadline) => End::TimedOut,
        };
        let mut stopping = std::pin::pin!(self.stop_detached(&token, &limits));
        let mut told = None;
        let stopped = loop {
            tokio::select! {
                stopped = &mut stopping => break stopped,
                word = &mut heard, if told.is_none() => told = Some(word),
            }
        };
        if told.is_none() {
            told = tokio::time::timeout(DRAIN, heard).await.ok();
        }
        self.settled(told.flatten(), writer, Some(ending(stopped)))
    }

    fn settled(
        &self,
        told: Option<Word>,
        writer: ChannelWriteHalf<Msg>,
        stopped: Option<End>,
    ) -> Result<Settled, DetachError> {
        match (told, stopped) {
            (Some(Word::Never), _) => Err(DetachError::Never),
            (told, Some(end)) => Ok(Settled {
                end,
                left: told.map(|_heard| writer),
            }),
            (Some(Word::Code(code)), None) => Ok(Settled {
                end: End::Exited(code),
                left: Some(writer),
            }),
            (Some(_), None) => Err(DetachError::Gone),
            (None, None) => Err(self.lost_while(true).into()),
        }
    }

    async fn stop_detached(&self, token: &str, limits: &Limits) -> Stopped {
        let asked = match line(FIND_PID, &[token]) {
            Ok(line) => self.capture(&line, &[], 64, ASK).await.ok(),
            Err(_zero) => None,
        };
        let pid = asked.and_then(|asked| asked.output.stdout_text().trim().parse().ok());
        let Some(pid) = pid else {
            return Stopped {
                verified: false,
                reach: Reach::Unknown,
                detail: "the target did not tell the process id".to_owned(),
            };
        };
        let reach = Reach::Group;
        let sudo = limits.sudo.as_ref();
        self.end_process(Process { pid, reach }, limits.grace, sudo)
            .await
    }

    fn lost_while(&self, started: bool) -> ExecError {
        if !self.is_closed() {
            return ExecError::NoExitStatus;
        }
        ExecError::LostConnection {
            detail: self.end(),
            started,
        }
    }
}

/// Waits for what is told of a quick command; none if it takes longer, or `stop` comes.
///
/// A command that is not known to have begun is waited for: who comes too early to follow it
/// would find nothing, and keep it from being started.
async fn hear_quick_end(
    heard: impl Future<Output = Option<Word>>,
    fed: impl Future<Output = ()>,
    mut begun: watch::Receiver<bool>,
    stop: impl Future<Output = ()>,
) -> Option<Option<Word>> {
    let mut is_fed = false;
    let slow = async {
        if begun.wait_for(|has_begun| *has_begun).await.is_ok() {
            tokio::time::sleep(QUICK).await;
        }
    };
    let (mut heard, mut fed) = (std::pin::pin!(heard), std::pin::pin!(fed));
    let (mut slow, mut stop) = (std::pin::pin!(slow), std::pin::pin!(stop));
    loop {
        tokio::select! {
            biased;
            told = &mut heard => return Some(told),
            () = &mut fed, if !is_fed => is_fed = true,
            () = &mut stop => return None,
            () = &mut slow => return None,
        }
    }
}

/// Passes output on until the target tells what became of the command; none if it does not.
async fn listen<S: OutputSink>(
    reader: &mut ChannelReadHalf,
    ears: &mut Ears,
    detached: &mut Detached,
    sink: &mut S,
) -> Option<Word> {
    while let Some(message) = reader.wait().await {
        let (stream, ear, data) = if let ChannelMsg::Data { data } = message {
            (Stream::Stdout, &mut ears.stdout, data)
        } else if let ChannelMsg::ExtendedData { data, ext: STDERR } = message {
            (Stream::Stderr, &mut ears.stderr, data)
        } else if matches!(message, ChannelMsg::Close) {
            break;
        } else {
            continue;
        };
        let output = ear.push(&data);
        detached.count(stream, &output);
        if !output.is_empty() {
            sink.write(stream, &output).await;
        }
        if ears.stdout.is_done() && ears.stderr.is_done() {
            break;
        }
    }
    for (stream, ear) in [
        (Stream::Stdout, &mut ears.stdout),
        (Stream::Stderr, &mut ears.stderr),
    ] {
        let noise = ear.take_noise();
        if !noise.is_empty() {
            sink.write(stream, &noise).await;
        }
    }
    ears.stderr.take_end()
}

/// Sends text and input, and leaves the channel open for the last word.
async fn feed(writer: &ChannelWriteHalf<Msg>, lines: &Zeroizing<Vec<u8>>, started: &AtomicBool) {
    let sent = async {
        writer.data_bytes(Bytes::copy_from_slice(lines)).await?;
        started.store(true, Ordering::SeqCst);
        writer.data_bytes(Bytes::from_static(b"\n")).await
    };
    if let Err(error) = sent.await {
        tracing::debug!(%error, "The text of a command was not taken");
    }
}
