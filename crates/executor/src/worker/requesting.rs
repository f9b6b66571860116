//! Steps that ask an HTTP interface.

use std::sync::Arc;
use std::time::{Duration, Instant};

use clients::outside::OutsideError;
use remote::Redactor;
use serde_json::Value;

use super::attempt::{Attempt, Attempted, left_alone};
use crate::connector::{End, Fault, Stop};
use crate::domain::known::Known;
use crate::domain::outcome::{Ending, Measures, Verdict};
use crate::domain::output::{Side, StepOutput};
use crate::domain::request::Request;

/// Most of an answer that is kept to take values out of it, in bytes.
const MOST_KEPT: usize = 1 << 20;

/// An answer, and what was taken out of it.
struct Asked {
    end: End,
    extracted: Result<Option<Value>, String>,
}

impl Attempt<'_> {
    /// Asks what the claim says.
    pub(super) async fn request(&self, known: &Known) -> Result<Attempted, Verdict> {
        let request = Request::of(self.claim, known);
        let mut request = request.map_err(|fault| self.unsent(&fault))?;
        let key = match request.credential_id {
            Some(id) => Some(self.guarded(self.fetch_key(id)).await??),
            None => None,
        };
        let redactor = request.sign(key.as_ref().map(|key| &key.secret), known);
        let redactor = redactor.map_err(|fault| self.unsent(&fault))?;
        let seconds = u64::try_from(self.claim.timeout_sec).unwrap_or(1).max(1);
        let limit = Duration::from_secs(seconds);
        self.pass_fence(None).await?;
        let mut output = StepOutput::new(&redactor, Arc::clone(self.printed));
        let begun = Instant::now();
        let asked = tokio::select! {
            biased;
            () = self.held.abandon.cancelled() => Err(left_alone()),
            () = self.held.stop.cancelled() => Ok(Asked::stopped(End::Canceled)),
            () = tokio::time::sleep(limit) => Ok(Asked::stopped(End::TimedOut)),
            asked = self.ask(&request, &redactor, &mut output) => asked,
        };
        let measures = Measures {
            run: Some(begun.elapsed()),
            bytes_out: output.received(),
            redactions: output.redactions(),
            ..Measures::default()
        };
        let ended = self.judge(limit, asked);
        let (ending, extracted) = ended.inspect_err(|_verdict| output.close())?;
        let texts = output.finish(&ending.notes);
        let mut outcome = ending.with(texts, measures);
        if let (Some(found), Some(metrics)) = (extracted, outcome.metrics.as_object_mut()) {
            metrics.insert("extracted".to_owned(), found);
        }
        Ok(Attempted {
            verdict: Verdict::Finish(Box::new(outcome)),
            clean_up: None,
        })
    }

    /// What became of the step; only of a success values are taken.
    fn judge(
        &self,
        limit: Duration,
        asked: Result<Asked, Fault>,
    ) -> Result<(Ending, Option<Value>), Verdict> {
        let (ended, extracted) = match asked {
            Ok(Asked { end, extracted }) => (Ok(end), extracted),
            Err(fault) => (Err(fault), Ok(None)),
        };
        let ending = self.conclude(limit, ended)?;
        Ok(match extracted {
            Err(why) if ending.reason.is_none() => {
                let failed = Ending::failed("extract_failed", format!("{why}."));
                let exit_code = ending.exit_code;
                (
                    Ending {
                        exit_code,
                        ..failed
                    },
                    None,
                )
            }
            Ok(found) if ending.reason.is_none() => (ending, found),
            Ok(_) | Err(_) => (ending, None),
        })
    }

    async fn ask(
        &self,
        request: &Request,
        redactor: &Redactor,
        output: &mut StepOutput,
    ) -> Result<Asked, Fault> {
        let sent = self.worker.outside.send(&request.call).await;
        let mut answer = sent.map_err(|error| fault(&error))?;
        // An interface that hangs keeps no other step from working.
        self.held.note_connected();
        let _turn = self.worker.slots.turn().await;
        let status = answer.status();
        let mut kept = Some(Vec::new());
        while let Some(chunk) = answer.chunk().await.map_err(|error| fault(&error))? {
            output.push(Side::Stdout, &chunk).await;
            kept = kept.filter(|kept| kept.len() + chunk.len() <= MOST_KEPT);
            if let Some(kept) = &mut kept {
                kept.extend_from_slice(&chunk);
            }
        }
        Ok(Asked {
            end: End::Answered {
                status,
                is_expected: request.expects(status),
            },
            extracted: request.extracted(kept.as_deref(), redactor),
        })
    }
}

impl Asked {
    fn stopped(end: fn(Stop) -> End) -> Self {
        let detail = "the connection was closed; what was asked for may have been done".to_owned();
        Self {
            end: end(Stop {
                is_verified: false,
                detail,
            }),
            extracted: Ok(None),
        }
    }
}

pub(super) fn fault(error: &OutsideError) -> Fault {
    let text = format!("The request: {error}.");
    let (reason, may_have_started) = match error {
        OutsideError::BadUrl(_) | OutsideError::Denied(_) => ("not_allowed", false),
        OutsideError::Unreachable(_) => ("unreachable", false),
        OutsideError::TimedOut => ("timed_out", true),
        OutsideError::Broken(_) => ("lost_connection", true),
    };
    Fault {
        reason,
        text,
        is_transient: reason == "unreachable",
        may_have_started,
    }
}
