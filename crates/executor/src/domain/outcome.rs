//! What becomes of a step.

use std::time::Duration;

use common::model::run::StepStatus;
use serde_json::{Map, Value, json};

use crate::connector::{End, Fault, Stop};
use crate::domain::output::Texts;
use crate::domain::printed::Size;

/// The end of a step, as it is recorded.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    pub(crate) status: StepStatus,
    pub(crate) reason: Option<String>,
    pub(crate) exit_code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) metrics: Value,
    /// How much the claim has printed.
    pub(crate) size: Size,
}

impl Outcome {
    /// Adds how much was printed, and says so if some of it could not be written.
    pub(crate) fn set_size(&mut self, size: Size) {
        self.size = size;
        if size.lost_bytes > 0
            && let Some(metrics) = self.metrics.as_object_mut()
        {
            metrics.insert("log_degraded".to_owned(), json!(true));
            metrics.insert("log_lost_bytes".to_owned(), json!(size.lost_bytes));
        }
    }
}

impl Outcome {
    /// Whether the step failed in a way that may end otherwise the next time.
    pub(crate) fn may_pass_later(&self) -> bool {
        let reason = self.reason.as_deref().unwrap_or_default();
        self.status == StepStatus::Failed
            && (reason.starts_with("signal:")
                || matches!(
                    reason,
                    "exit_code"
                        | "http_status"
                        | "timed_out"
                        | "unreachable"
                        | "lost_connection"
                        | "never_started"
                        | "job_failed"
                ))
    }
}

/// What is to be done with a claim whose work is over.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// Record the end.
    Finish(Box<Outcome>),
    /// Hand the step back: it was not sent, or may be sent again.
    Release {
        reason: &'static str,
        delay_seconds: i32,
    },
    /// Queue the step again: it has failed, and its definition wants a further try.
    Retry { reason: String, delay_seconds: i32 },
    /// The claim is lost, and with it the right to say anything.
    Drop,
}

/// Milliseconds and bytes of an attempt.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Measures {
    pub(crate) connect: Option<Duration>,
    pub(crate) run: Option<Duration>,
    pub(crate) bytes_out: u64,
    pub(crate) redactions: u64,
    pub(crate) stop_verified: Option<bool>,
    /// Whether the command could outlive its connection.
    pub(crate) is_detached: bool,
    /// How often it was found again over a new connection.
    pub(crate) reattached: u32,
}

impl Measures {
    fn json(self) -> Value {
        let ms = |time: Duration| json!(u64::try_from(time.as_millis()).unwrap_or(u64::MAX));
        let mut metrics = Map::new();
        if let Some(time) = self.connect {
            metrics.insert("connect_ms".to_owned(), ms(time));
        }
        if let Some(time) = self.run {
            metrics.insert("run_ms".to_owned(), ms(time));
            metrics.insert("bytes_out".to_owned(), json!(self.bytes_out));
            metrics.insert("redactions".to_owned(), json!(self.redactions));
        }
        if self.is_detached {
            metrics.insert("detached".to_owned(), json!(true));
        }
        if self.reattached > 0 {
            metrics.insert("reattached".to_owned(), json!(self.reattached));
        }
        if let Some(is_verified) = self.stop_verified {
            metrics.insert("stop_verified".to_owned(), json!(is_verified));
        }
        Value::Object(metrics)
    }
}

/// How the work of a step ended, in the words of a result.
#[derive(Clone, Debug)]
pub(crate) struct Ending {
    pub(crate) status: StepStatus,
    pub(crate) reason: Option<String>,
    pub(crate) exit_code: Option<i32>,
    /// For the end of standard error.
    pub(crate) notes: Vec<String>,
    pub(crate) stop_verified: Option<bool>,
}

impl Ending {
    fn new(status: StepStatus, reason: Option<&str>, note: Option<String>) -> Self {
        Self {
            status,
            reason: reason.map(str::to_owned),
            exit_code: None,
            notes: note.into_iter().collect(),
            stop_verified: None,
        }
    }

    /// The step did what it should.
    pub(crate) fn succeeded() -> Self {
        Self::new(StepStatus::Succeeded, None, None)
    }

    /// The step was tried and did not do what it should.
    pub(crate) fn failed(reason: &str, note: impl Into<String>) -> Self {
        Self::new(StepStatus::Failed, Some(reason), Some(note.into()))
    }

    /// Nobody can say what became of the step.
    pub(crate) fn unknown(reason: &str, note: impl Into<String>) -> Self {
        Self::new(StepStatus::Unknown, Some(reason), Some(note.into()))
    }

    /// The condition of the step does not hold.
    pub(crate) fn skipped() -> Self {
        Self::new(StepStatus::Skipped, Some("when"), None)
    }

    /// A person ended the run before the step was sent.
    pub(crate) fn canceled_unsent() -> Self {
        let note = "Canceled before anything was sent.".to_owned();
        Self::new(StepStatus::Aborted, Some("canceled"), Some(note))
    }

    /// What the connector told.
    pub(crate) fn of(end: &End, timeout: Duration) -> Self {
        match end {
            End::Exited(0) => Self {
                exit_code: Some(0),
                ..Self::new(StepStatus::Succeeded, None, None)
            },
            End::Exited(code) => Self {
                exit_code: Some(*code),
                ..Self::new(StepStatus::Failed, Some("exit_code"), None)
            },
            End::Signaled(signal) => {
                let reason = format!("signal:{signal}");
                Self::new(StepStatus::Failed, Some(&reason), None)
            }
            End::TimedOut(stop) => {
                let what = format!("Stopped after {} s", timeout.as_secs());
                Self::stopped(StepStatus::Failed, "timed_out", &what, stop)
            }
            End::Canceled(stop) => {
                Self::stopped(StepStatus::Aborted, "canceled", "Stopped as wished", stop)
            }
            End::NotBecome => {
                let note = "The user was not changed: look at what sudo said, at the password of \
                            the credential, and at what sudo allows the login user.";
                Self::failed("become_failed", note)
            }
            End::Answered {
                status,
                is_expected,
            } => Self::answered(*status, *is_expected),
            End::Copied { .. } | End::Fetched { .. } => Self::succeeded(),
        }
    }

    fn answered(status: u16, is_expected: bool) -> Self {
        let ending = if is_expected {
            Self::succeeded()
        } else {
            let what = match status {
                300..=399 => " Redirects are not followed.",
                _ => "",
            };
            Self::failed(
                "http_status",
                format!("Answered with status {status}.{what}"),
            )
        };
        Self {
            exit_code: Some(i32::from(status)),
            ..ending
        }
    }

    fn stopped(status: StepStatus, reason: &str, what: &str, stop: &Stop) -> Self {
        let doubt = if stop.is_verified {
            ""
        } else {
            " It may still run on the target."
        };
        let note = format!("{what}: {}.{doubt}", stop.detail);
        Self {
            stop_verified: Some(stop.is_verified),
            ..Self::new(status, Some(reason), Some(note))
        }
    }

    /// Adds output and measures.
    pub(crate) fn with(self, texts: Texts, measures: Measures) -> Outcome {
        let measures = Measures {
            stop_verified: self.stop_verified,
            ..measures
        };
        Outcome {
            status: self.status,
            reason: self.reason,
            exit_code: self.exit_code,
            stdout: texts.stdout,
            stderr: texts.stderr,
            metrics: measures.json(),
            size: Size::default(),
        }
    }

    /// The result of a step that has no output of its own.
    pub(crate) fn alone(mut self, measures: Measures) -> Outcome {
        let mut stderr = std::mem::take(&mut self.notes)
            .join("\n")
            .replace('\0', "\u{fffd}");
        if !stderr.is_empty() {
            stderr.push('\n');
        }
        self.with(
            Texts {
                stdout: String::new(),
                stderr,
            },
            measures,
        )
    }
}

impl From<&Fault> for Ending {
    fn from(fault: &Fault) -> Self {
        Self::failed(fault.reason, fault.text.clone())
    }
}

impl From<Ending> for Verdict {
    fn from(ending: Ending) -> Self {
        Self::Finish(Box::new(ending.alone(Measures::default())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stop(is_verified: bool) -> Stop {
        Stop {
            is_verified,
            detail: "the process group ended".to_owned(),
        }
    }

    #[test]
    fn every_end_has_a_status_and_a_reason() {
        let limit = Duration::from_secs(5);
        for (end, status, reason, code) in [
            (End::Exited(0), StepStatus::Succeeded, None, Some(0)),
            (
                End::Exited(7),
                StepStatus::Failed,
                Some("exit_code"),
                Some(7),
            ),
            (
                End::Signaled("KILL".to_owned()),
                StepStatus::Failed,
                Some("signal:KILL"),
                None,
            ),
            (
                End::TimedOut(stop(true)),
                StepStatus::Failed,
                Some("timed_out"),
                None,
            ),
            (
                End::Canceled(stop(true)),
                StepStatus::Aborted,
                Some("canceled"),
                None,
            ),
        ] {
            let ending = Ending::of(&end, limit);
            assert_eq!(
                (ending.status, ending.reason.as_deref(), ending.exit_code),
                (status, reason, code)
            );
        }
    }

    #[test]
    fn a_stop_that_nobody_saw_is_not_claimed() {
        let ending = Ending::of(&End::TimedOut(stop(false)), Duration::from_secs(5));
        assert!(
            ending.notes.concat().contains("may still run"),
            "{ending:?}"
        );
        let outcome = ending.alone(Measures::default());
        assert_eq!(outcome.metrics, json!({"stop_verified": false}));
    }
}
