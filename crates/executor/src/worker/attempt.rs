//! One attempt at a step: plan, secret, connection, fence, work.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use common::model::run::StepStatus;
use futures_util::future::BoxFuture;
use runlog::Stream;
use tracing::{debug, warn};

use super::access::MOST_CLAIMS;
use super::{Worker, failing, limited};
use crate::connector::{End, Fault, Key, Session};
use crate::domain::backoff::step_delay_seconds;
use crate::domain::known::Known;
use crate::domain::outcome::{Ending, Measures, Verdict};
use crate::domain::output::StepOutput;
use crate::domain::plan::{Plan, Work};
use crate::domain::printed::Printed;
use crate::store;
use crate::store::claims::{Claim, Fence};
use crate::worker::lasting::{Done, Lasting};
use crate::worker::slots::{Held, Why};

/// Reason of a step whose executor stopped while it went on.
const LEFT_ALONE: &str = "executor_stopped";
/// Another executor can go on with a command that outlives this one.
const HANDED_OVER: Verdict = Verdict::Release {
    reason: "handed_over",
    delay_seconds: 0,
};
/// Pause between two tries to reach the database.
const DATABASE_PAUSE: Duration = Duration::from_millis(250);

/// What is to be done with a claim, and on its target once that is on record.
pub(super) struct Attempted {
    pub(super) verdict: Verdict,
    pub(super) clean_up: Option<BoxFuture<'static, ()>>,
}

/// Does what the claim says; tells what is to be done with it.
pub(super) async fn attempt(
    worker: &Worker,
    claim: &Claim,
    held: &Held,
    printed: &Arc<Printed>,
) -> Attempted {
    let attempt = Attempt {
        worker,
        claim,
        held,
        printed,
    };
    let performed = Box::pin(attempt.perform()).await;
    let mut attempted = performed.unwrap_or_else(|verdict| Attempted {
        verdict: attempt.doubted(verdict),
        clean_up: None,
    });
    explain(printed, &attempted.verdict);
    if let Some(again) = attempt.again(&attempted.verdict) {
        attempted.verdict = again;
    }
    attempted
}

/// Why a step could not begin is output as well.
fn explain(printed: &Printed, verdict: &Verdict) {
    if let Verdict::Finish(outcome) = verdict
        && !outcome.stderr.is_empty()
        && printed.is_empty()
    {
        printed.push(Stream::System, outcome.stderr.as_bytes());
    }
}

pub(super) struct Attempt<'a> {
    pub(super) worker: &'a Worker,
    pub(super) claim: &'a Claim,
    pub(super) held: &'a Held,
    pub(super) printed: &'a Arc<Printed>,
}

/// How the work went.
struct Worked {
    ended: Result<End, Fault>,
    notes: Vec<String>,
    reattached: u32,
    clean_up: Option<BoxFuture<'static, ()>>,
}

impl From<Result<End, Fault>> for Worked {
    fn from(ended: Result<End, Fault>) -> Self {
        Self {
            ended,
            notes: Vec::new(),
            reattached: 0,
            clean_up: None,
        }
    }
}

impl Attempt<'_> {
    async fn perform(&self) -> Result<Attempted, Verdict> {
        let options = self.options()?;
        let mut known = Known {
            results: self.fetch_results(&options).await?,
            parcel: None,
        };
        self.check_condition(&options, &known)?;
        if self.claim.kind == "wait" {
            return Err(self.wait(&known).await);
        }
        if self.claim.kind == "approval" {
            return Err(self.ask_person(&known).await);
        }
        if self.claim.kind == "job" {
            return self.run_job(&known).await;
        }
        self.guarded(self.open_parcel(&mut known)).await??;
        if self.claim.kind == "http.request" {
            return Box::pin(self.request(&known)).await;
        }
        self.reach_target(&known).await
    }

    /// Does what is done on a target that is connected to.
    async fn reach_target(&self, known: &Known) -> Result<Attempted, Verdict> {
        let mut plan = Plan::of(self.claim, known).map_err(|fault| self.unsent(&fault))?;
        let key = self.guarded(self.fetch_key(plan.credential_id)).await??;
        let redactor = self
            .worker
            .ssh
            .redactor(&key, &known.hidden())
            .map_err(|fault| self.unsent(&fault))?;
        let mut measures = Measures::default();
        let begun = Instant::now();
        let session = self.guarded(self.connect(&plan, &key, &redactor)).await??;
        measures.connect = Some(begun.elapsed());
        self.held.note_connected();
        let _turn = self.guarded(self.worker.slots.turn()).await?;
        let _room = self
            .guarded(self.fetch_content(&mut plan.work, plan.timeout))
            .await??;
        let mut output = StepOutput::new(&redactor, Arc::clone(self.printed));
        let begun = Instant::now();
        let worked = tokio::select! {
            biased;
            worked = self.work(&plan, &key, session, &mut output) => worked,
            () = self.held.abandon.cancelled() => Ok(Worked::from(Err(left_alone()))),
        };
        measures.run = Some(begun.elapsed());
        measures.bytes_out = output.received();
        measures.redactions = output.redactions();
        measures.is_detached = self.held.is_detached();
        let worked = worked.inspect_err(|_verdict| output.close())?;
        measures.reattached = worked.reattached;
        let mut ending = self
            .conclude(plan.timeout, worked.ended)
            .inspect_err(|_verdict| output.close())?;
        ending.notes.extend(worked.notes);
        let texts = output.finish(&ending.notes);
        Ok(Attempted {
            verdict: Verdict::Finish(Box::new(ending.with(texts, measures))),
            clean_up: worked.clean_up,
        })
    }

    /// Does `work` unless the step has to stop; for what comes before sending, or following.
    ///
    /// A command that goes on has to be reached all the more when somebody wants it stopped.
    pub(super) async fn guarded<T>(&self, work: impl Future<Output = T>) -> Result<T, Verdict> {
        let stop = if self.is_following() {
            &self.held.abandon
        } else {
            &self.held.stop
        };
        tokio::select! {
            biased;
            () = stop.cancelled() => Err(self.stopped_unsent()),
            done = work => Ok(done),
        }
    }

    /// Whether the command was launched by an earlier claim and may go on.
    pub(super) fn is_following(&self) -> bool {
        self.claim.remote.is_some()
    }

    /// How much of its time the command has left.
    pub(super) fn left(&self, plan: &Plan) -> Duration {
        let spent = self.claim.sent_seconds.unwrap_or(0.0).max(0.0);
        let spent = Duration::try_from_secs_f64(spent).unwrap_or(Duration::MAX);
        plan.timeout.saturating_sub(spent)
    }

    /// What could not be found out about a command that goes on is no failure of the command.
    fn doubted(&self, verdict: Verdict) -> Verdict {
        match verdict {
            Verdict::Finish(mut outcome)
                if self.is_following() && outcome.status == StepStatus::Failed =>
            {
                outcome.status = StepStatus::Unknown;
                Verdict::Finish(outcome)
            }
            sure @ (Verdict::Finish(_)
            | Verdict::Release { .. }
            | Verdict::Retry { .. }
            | Verdict::Drop) => sure,
        }
    }

    /// The verdict on a step that has to stop and was not sent, or is only followed.
    fn stopped_unsent(&self) -> Verdict {
        match self.held.why() {
            Some(Why::Canceled | Why::Draining) | None if self.is_following() => HANDED_OVER,
            Some(Why::Canceled) => Ending::canceled_unsent().into(),
            Some(Why::Draining) => Verdict::Release {
                reason: "draining",
                delay_seconds: 0,
            },
            Some(Why::Lost) | None => Verdict::Drop,
        }
    }

    pub(super) fn unsent(&self, fault: &Fault) -> Verdict {
        debug!(
            step.id = self.claim.step_id,
            reason = fault.reason,
            "Step cannot begin"
        );
        Ending::from(fault).into()
    }

    pub(super) fn later(&self, reason: &'static str) -> Verdict {
        Verdict::Release {
            reason,
            delay_seconds: step_delay_seconds(self.claim.attempt_count),
        }
    }

    /// The last look before anything is sent: by this process's clock and by the database.
    ///
    /// `remote` is the name under which the command can be found again, if it outlives its
    /// connection.
    pub(super) async fn pass_fence(&self, remote: Option<&str>) -> Result<(), Verdict> {
        failing::pass("step.before_send");
        let fence = self.worker.settings.fence();
        if !self.held.begin_sending(fence, remote.is_some()) {
            return Err(self.stopped_unsent());
        }
        loop {
            let marked = limited(async {
                let mut conn = self.worker.db.acquire().await?;
                store::claims::mark_sent(&mut conn, self.fence(), remote).await
            })
            .await;
            match marked {
                // The process may have stood still since the claim was last renewed.
                Ok(is_held) if is_held && self.held.is_fresh(fence) => {
                    failing::pass("step.after_send");
                    return Ok(());
                }
                Ok(_lost) => return Err(Verdict::Drop),
                Err(_away) if self.held.is_fresh(fence) => {
                    tokio::time::sleep(DATABASE_PAUSE).await;
                }
                Err(error) => {
                    warn!(step.id = self.claim.step_id, "A step was not sent: {error}");
                    return Err(Verdict::Drop);
                }
            }
        }
    }

    pub(super) fn fence(&self) -> Fence<'_> {
        let Claim { step_id, epoch, .. } = *self.claim;
        Fence {
            step_id,
            epoch,
            worker: &self.worker.id,
        }
    }

    async fn work(
        &self,
        plan: &Plan,
        key: &Key,
        session: Box<dyn Session>,
        output: &mut StepOutput,
    ) -> Result<Worked, Verdict> {
        let exec = match &plan.work {
            Work::Exec(exec) if exec.is_detached || self.is_following() => exec,
            Work::Exec(_) | Work::Copy(_) | Work::Fetch(_) => {
                self.pass_fence(None).await?;
                return Ok(self.work_bound(plan, key, session, output).await.into());
            }
        };
        let mut lasting = Lasting::new(self, plan, key, exec);
        let done = Box::pin(lasting.perform(session, output)).await?;
        let reattached = lasting.reattached;
        Ok(match done {
            Ok(Done::Settled(settled)) => Worked {
                reattached,
                clean_up: Some(settled.clean_up),
                ..Ok(settled.end).into()
            },
            Ok(Done::Bound(session, why)) => Worked {
                notes: vec![format!("The command was bound to its connection: {why}.")],
                ..self.work_bound(plan, key, session, output).await.into()
            },
            Err(fault) => Worked {
                reattached,
                ..Err(fault).into()
            },
        })
    }

    /// Does the work over one connection; once more over a new one if it certainly did not start.
    async fn work_bound(
        &self,
        plan: &Plan,
        key: &Key,
        session: Box<dyn Session>,
        output: &mut StepOutput,
    ) -> Result<End, Fault> {
        let first = Box::pin(self.work_over(plan, &*session, output)).await;
        match first {
            Err(fault) if fault.is_transient && !fault.may_have_started => {
                drop(session);
                let is_held = self.held.is_fresh(self.worker.settings.fence());
                if !is_held || self.held.why().is_some() {
                    return Err(fault);
                }
                let session = self.worker.ssh.connect(&plan.target, key).await?;
                Box::pin(self.work_over(plan, &*session, output)).await
            }
            ended => ended,
        }
    }

    async fn work_over(
        &self,
        plan: &Plan,
        session: &dyn Session,
        output: &mut StepOutput,
    ) -> Result<End, Fault> {
        let stop = &self.held.stop;
        match &plan.work {
            Work::Exec(exec) => session.run(exec, plan.timeout, output, stop).await,
            Work::Copy(file) => self.copy_file(file, plan.timeout, session, output).await,
            Work::Fetch(file) => self.fetch_file(file, plan.timeout, session, output).await,
        }
    }

    /// What became of a step that was sent.
    pub(super) fn conclude(
        &self,
        timeout: Duration,
        ended: Result<End, Fault>,
    ) -> Result<Ending, Verdict> {
        let why = self.held.why();
        if why == Some(Why::Lost) {
            return Err(Verdict::Drop);
        }
        let fault = match ended {
            Ok(end) => return Ok(Ending::of(&end, timeout)),
            Err(fault) => fault,
        };
        if fault.reason == LEFT_ALONE && self.held.is_detached() {
            return Err(HANDED_OVER);
        }
        if !fault.may_have_started {
            if why == Some(Why::Canceled) {
                return Ok(Ending::canceled_unsent());
            }
            return Ok(Ending::from(&fault));
        }
        if !self.claim.idempotent {
            return Ok(Ending::unknown(fault.reason, fault.text));
        }
        if self.claim.attempt_count < MOST_CLAIMS {
            return Err(self.later(fault.reason));
        }
        Ok(Ending::from(&fault))
    }
}

/// The process ends before the work does.
pub(super) fn left_alone() -> Fault {
    Fault {
        reason: LEFT_ALONE,
        text: "The executor stopped while the step was running; it may go on on the target."
            .to_owned(),
        is_transient: false,
        may_have_started: true,
    }
}
