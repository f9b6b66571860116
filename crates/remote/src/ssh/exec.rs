//! Running a command: its output, its end, and stopping it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use russh::client::Msg;
use russh::{ChannelMsg, ChannelReadHalf, ChannelWriteHalf, Sig};
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::command::{Command, CommandError};
use super::connection::SshConnection;
use super::error::printable;
use super::launch::{Launch, Marker, Process, Reach};
use super::output::{OutputSink, Stream};
use super::stop::Stopped;

/// How long output may still flow after a command was stopped.
const DRAIN: Duration = Duration::from_secs(2);
/// The stream number of standard error.
pub(super) const STDERR: u32 = 1;

/// How a command ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// It ended by itself.
    Exited(u32),
    /// A signal ended it.
    Signaled {
        /// Name without `SIG`, such as `KILL`.
        signal: String,
    },
    /// It was stopped because its time was up.
    TimedOut(Stopped),
    /// It was stopped because the caller wished so.
    Canceled(Stopped),
}

/// What became of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// How it ended.
    pub end: End,
    /// How far a stop could have reached.
    pub reach: Reach,
}

/// Why nothing is known about the end of a command.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExecError {
    /// The command cannot be run anywhere.
    #[error(transparent)]
    BadCommand(#[from] CommandError),
    /// The server opens no further channel.
    #[error("the server refused a channel: {detail}")]
    ChannelRefused {
        /// What the server said.
        detail: String,
    },
    /// The server runs no commands for this user.
    #[error("the server refused to run a command")]
    RequestRefused,
    /// The login shell ended before the command's own shell ran.
    #[error("the target did not start the command's shell (exit code {code:?})")]
    NeverStarted {
        /// Exit code of the login shell; none if a signal ended it.
        code: Option<u32>,
    },
    /// The connection broke.
    #[error("connection lost: {detail}")]
    LostConnection {
        /// What is known about the end.
        detail: String,
        /// Whether the command may have started.
        started: bool,
    },
    /// The server closed the channel without saying how the command ended.
    #[error("the server did not say how the command ended")]
    NoExitStatus,
}

impl ExecError {
    /// The stable name of the condition.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::BadCommand(_) => "bad_command",
            Self::ChannelRefused { .. } => "channel_refused",
            Self::RequestRefused => "exec_refused",
            Self::NeverStarted { .. } => "never_started",
            Self::LostConnection { .. } => "lost_connection",
            Self::NoExitStatus => "no_exit_status",
        }
    }

    /// What a person can do about it.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::BadCommand(_) => "Correct the command.",
            Self::ChannelRefused { .. } => "Raise MaxSessions of the SSH server, or wait.",
            Self::RequestRefused => "Allow the user to run commands on the target.",
            Self::NeverStarted { .. } => {
                "Check that the shell exists on the target and that the user may run commands."
            }
            Self::LostConnection { .. } => "Check on the target whether the command has run.",
            Self::NoExitStatus => "Check on the target what became of the command.",
        }
    }

    /// Whether the command may have done something, so that running it again is not safe.
    pub fn may_have_started(&self) -> bool {
        match self {
            Self::BadCommand(_)
            | Self::ChannelRefused { .. }
            | Self::RequestRefused
            | Self::NeverStarted { .. } => false,
            Self::LostConnection { started, .. } => *started,
            Self::NoExitStatus => true,
        }
    }
}

/// What the server said about the end.
pub(super) enum Told {
    Status(u32),
    Signal(String),
}

impl SshConnection {
    /// Runs a command, and stops it when its time is up or `cancel` fires.
    ///
    /// Waits for the end and for the last output. Never drop this future while it runs: the
    /// command would live on; cancel it instead.
    pub async fn run<S: OutputSink>(
        &self,
        command: &Command,
        sink: &mut S,
        cancel: &CancellationToken,
    ) -> Result<Outcome, ExecError> {
        let launch = Launch::new(command)?;
        let deadline = Instant::now() + command.timeout;
        let (mut reader, writer) = self.open_exec(launch.line()).await?.split();
        let (learn, learned) = watch::channel(None);
        let started = AtomicBool::new(false);
        let mut marker = launch.marker(learn);

        let mut fed = std::pin::pin!(feed(&writer, &launch, command, &started));
        let mut pumped = std::pin::pin!(pump(&mut reader, sink, Some(&mut marker)));
        let mut is_fed = false;
        let ending: fn(Stopped) -> End = loop {
            tokio::select! {
                biased;
                told = &mut pumped => {
                    // The server may have closed it first.
                    let _closed = writer.close().await;
                    let process = *learned.borrow();
                    return self.ended(told, process, started.load(Ordering::SeqCst));
                }
                () = cancel.cancelled() => break End::Canceled,
                () = tokio::time::sleep_until(deadline) => break End::TimedOut,
                () = &mut fed, if !is_fed => is_fed = true,
            }
        };

        let mut stopped = std::pin::pin!(self.stop(&writer, &learned, command));
        let mut is_drained = false;
        let stopped = loop {
            tokio::select! {
                stopped = &mut stopped => break stopped,
                _told = &mut pumped, if !is_drained => is_drained = true,
            }
        };
        if !is_drained {
            let _told = tokio::time::timeout(DRAIN, pumped).await;
        }
        // The server may have closed it first.
        let _closed = writer.close().await;
        Ok(Outcome {
            reach: stopped.reach,
            end: ending(stopped),
        })
    }

    fn ended(
        &self,
        told: Option<Told>,
        process: Option<Process>,
        started: bool,
    ) -> Result<Outcome, ExecError> {
        let Some(told) = told else {
            return Err(if self.is_closed() {
                ExecError::LostConnection {
                    detail: self.end(),
                    started,
                }
            } else {
                ExecError::NoExitStatus
            });
        };
        match (told, process) {
            (Told::Status(code), None) => Err(ExecError::NeverStarted { code: Some(code) }),
            (Told::Signal(_), None) => Err(ExecError::NeverStarted { code: None }),
            (Told::Status(code), Some(Process { reach, .. })) => Ok(Outcome {
                end: End::Exited(code),
                reach,
            }),
            (Told::Signal(signal), Some(Process { reach, .. })) => Ok(Outcome {
                end: End::Signaled { signal },
                reach,
            }),
        }
    }
}

/// Sends the text and the input of a command; a broken channel shows in the output.
async fn feed(
    writer: &ChannelWriteHalf<Msg>,
    launch: &Launch,
    command: &Command,
    started: &AtomicBool,
) {
    let parts = async {
        writer
            .data_bytes(Bytes::copy_from_slice(launch.script()))
            .await?;
        started.store(true, Ordering::SeqCst);
        writer.data_bytes(Bytes::from_static(b"\n")).await?;
        writer
            .data_bytes(Bytes::copy_from_slice(command.stdin.expose()))
            .await?;
        writer.eof().await
    };
    if let Err(error) = parts.await {
        tracing::debug!(%error, "The input of a command was not taken");
    }
}

/// Passes output on until the command has ended and no more can come.
pub(super) async fn pump<S: OutputSink>(
    reader: &mut ChannelReadHalf,
    sink: &mut S,
    mut marker: Option<&mut Marker>,
) -> Option<Told> {
    let mut told = None;
    let mut is_at_end = false;
    while let Some(message) = reader.wait().await {
        if let ChannelMsg::Data { data } = message {
            sink.write(Stream::Stdout, &data).await;
        } else if let ChannelMsg::ExtendedData { data, ext: STDERR } = message {
            let output = marker
                .as_deref_mut()
                .map_or_else(|| data.to_vec(), |m| m.push(&data));
            if !output.is_empty() {
                sink.write(Stream::Stderr, &output).await;
            }
        } else if let ChannelMsg::ExitStatus { exit_status } = message {
            told = Some(Told::Status(exit_status));
        } else if let ChannelMsg::ExitSignal { signal_name, .. } = message {
            told = Some(Told::Signal(signal_text(&signal_name)));
        } else if matches!(message, ChannelMsg::Eof) {
            is_at_end = true;
        } else if matches!(message, ChannelMsg::Close) {
            break;
        }
        if is_at_end && told.is_some() {
            break;
        }
    }
    if let Some(held) = marker.map(Marker::finish).filter(|held| !held.is_empty()) {
        sink.write(Stream::Stderr, &held).await;
    }
    told
}

fn signal_text(signal: &Sig) -> String {
    if let Sig::Custom(name) = signal {
        printable(name)
    } else {
        format!("{signal:?}")
    }
}
