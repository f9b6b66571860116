//! One attempt at a step: plan, secret, connection, fence, work.

use std::future::Future;
use std::time::{Duration, Instant};

use clients::http::ClientError;
use common::id::StepId;
use common::model::credential::ReleaseForStep;
use remote::Redactor;
use tracing::{debug, warn};

use super::{Worker, limited};
use crate::connector::{End, Fault, Key, Session};
use crate::domain::backoff::{connect_delay, step_delay_seconds};
use crate::domain::outcome::{Ending, Measures, Verdict};
use crate::domain::output::{Side, StepOutput};
use crate::domain::plan::{Plan, Work};
use crate::store;
use crate::store::claims::{Claim, Fence};
use crate::worker::slots::{Held, Why};

/// Tries to connect, the first included.
const CONNECT_TRIES: u32 = 3;
/// Claims after which a step that cannot even begin has failed.
const MOST_CLAIMS: i32 = 8;
/// Pause between two tries to reach the database.
const DATABASE_PAUSE: Duration = Duration::from_millis(250);

/// Does what the claim says; tells what is to be done with it.
pub(super) async fn attempt(worker: &Worker, claim: &Claim, held: &Held) -> Verdict {
    let attempt = Attempt {
        worker,
        claim,
        held,
    };
    Box::pin(attempt.perform())
        .await
        .unwrap_or_else(|verdict| verdict)
}

struct Attempt<'a> {
    worker: &'a Worker,
    claim: &'a Claim,
    held: &'a Held,
}

impl Attempt<'_> {
    async fn perform(&self) -> Result<Verdict, Verdict> {
        let plan = Plan::of(self.claim).map_err(|fault| self.unsent(&fault))?;
        let key = self.guarded(self.fetch_key(&plan)).await??;
        let redactor = self
            .worker
            .ssh
            .redactor(&key)
            .map_err(|fault| self.unsent(&fault))?;
        let mut measures = Measures::default();
        let begun = Instant::now();
        let session = self.guarded(self.connect(&plan, &key, &redactor)).await??;
        measures.connect = Some(begun.elapsed());
        self.pass_fence().await?;
        let mut output = StepOutput::new(&redactor);
        let begun = Instant::now();
        let ended = tokio::select! {
            biased;
            ended = self.work(&plan, &key, session, &mut output) => ended,
            () = self.held.abandon.cancelled() => Err(left_alone()),
        };
        measures.run = Some(begun.elapsed());
        measures.bytes_out = output.received();
        measures.redactions = output.redactions();
        let ending = self.conclude(&plan, ended)?;
        let texts = output.finish(&ending.notes);
        Ok(Verdict::Finish(Box::new(ending.with(texts, measures))))
    }

    /// Does `work` unless the step has to stop; for what comes before sending.
    async fn guarded<T>(&self, work: impl Future<Output = T>) -> Result<T, Verdict> {
        tokio::select! {
            biased;
            () = self.held.stop.cancelled() => Err(self.stopped_unsent()),
            done = work => Ok(done),
        }
    }

    /// The verdict on a step that has to stop and was not sent.
    fn stopped_unsent(&self) -> Verdict {
        match self.held.why() {
            Some(Why::Canceled) => Ending::canceled_unsent().into(),
            Some(Why::Draining) => Verdict::Release {
                reason: "draining",
                delay_seconds: 0,
            },
            Some(Why::Lost) | None => Verdict::Drop,
        }
    }

    fn unsent(&self, fault: &Fault) -> Verdict {
        debug!(
            step.id = self.claim.step_id,
            reason = fault.reason,
            "Step cannot begin"
        );
        Ending::from(fault).into()
    }

    fn later(&self, reason: &'static str) -> Verdict {
        Verdict::Release {
            reason,
            delay_seconds: step_delay_seconds(self.claim.attempt_count),
        }
    }

    /// The claim is the capability: credentials checks it in the database.
    async fn fetch_key(&self, plan: &Plan) -> Result<Key, Verdict> {
        let request = ReleaseForStep {
            credential_id: plan.credential_id,
            step_id: StepId(self.claim.step_id),
            epoch: self.claim.epoch,
            worker: self.worker.id.clone(),
        };
        match self.worker.credentials.release_for_step(&request).await {
            Ok(released) => Ok(Key {
                version: format!("{}.{}", released.credential_id, released.version),
                secret: released.secret,
            }),
            Err(error) => Err(self.no_key(&error)),
        }
    }

    fn no_key(&self, error: &ClientError) -> Verdict {
        warn!(
            step.id = self.claim.step_id,
            "No secret for a step: {error}"
        );
        let is_passing = match error {
            ClientError::Unavailable { .. } => true,
            ClientError::Refused { problem, .. } => matches!(problem.status, 401 | 429),
            ClientError::Malformed { .. } => false,
        };
        if is_passing && self.claim.attempt_count < MOST_CLAIMS {
            return self.later("credential_unavailable");
        }
        let fault = match error {
            ClientError::Refused { problem, .. } => Fault::lasting(
                "credential_refused",
                format!(
                    "The credential was not released: {} ({}).",
                    problem.detail, problem.code
                ),
            ),
            ClientError::Unavailable { .. } | ClientError::Malformed { .. } => Fault::lasting(
                "credential_unavailable",
                "The credentials service gave no usable answer.",
            ),
        };
        self.unsent(&fault)
    }

    async fn connect(
        &self,
        plan: &Plan,
        key: &Key,
        redactor: &Redactor,
    ) -> Result<Box<dyn Session>, Verdict> {
        let mut tries = 1;
        loop {
            match self.worker.ssh.connect(&plan.target, key).await {
                Ok(session) => return Ok(session),
                Err(fault) if fault.is_transient && tries < CONNECT_TRIES => {
                    tokio::time::sleep(connect_delay(tries)).await;
                    tries += 1;
                }
                Err(mut fault) => {
                    fault.text = redactor.text(&fault.text);
                    return Err(self.unsent(&fault));
                }
            }
        }
    }

    /// The last look before anything is sent: by this process's clock and by the database.
    async fn pass_fence(&self) -> Result<(), Verdict> {
        let fence = self.worker.settings.fence();
        if !self.held.begin_sending(fence) {
            return Err(self.stopped_unsent());
        }
        loop {
            let marked = limited(async {
                let mut conn = self.worker.db.acquire().await?;
                store::claims::mark_sent(&mut conn, self.fence()).await
            })
            .await;
            match marked {
                // The process may have stood still since the claim was last renewed.
                Ok(is_held) if is_held && self.held.is_fresh(fence) => return Ok(()),
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

    fn fence(&self) -> Fence<'_> {
        let Claim { step_id, epoch, .. } = *self.claim;
        Fence {
            step_id,
            epoch,
            worker: &self.worker.id,
        }
    }

    /// Does the work; once more on a new connection if it certainly did not start.
    async fn work(
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
            Work::Copy(file) => {
                let end = session.copy(file, plan.timeout, stop).await?;
                if let End::Copied {
                    bytes,
                    sha256,
                    is_verified,
                } = &end
                {
                    let checked = if *is_verified {
                        "as the target confirms"
                    } else {
                        "unconfirmed"
                    };
                    let path = &file.path;
                    let said =
                        format!("{bytes} bytes written to {path}, SHA-256 {sha256}, {checked}\n");
                    output.push(Side::Stdout, said.as_bytes());
                }
                Ok(end)
            }
        }
    }

    /// What became of a step that was sent.
    fn conclude(&self, plan: &Plan, ended: Result<End, Fault>) -> Result<Ending, Verdict> {
        let why = self.held.why();
        if why == Some(Why::Lost) {
            return Err(Verdict::Drop);
        }
        let fault = match ended {
            Ok(end) => return Ok(Ending::of(&end, plan.timeout)),
            Err(fault) => fault,
        };
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
fn left_alone() -> Fault {
    Fault {
        reason: "executor_stopped",
        text: "The executor stopped while the step was running; it may go on on the target."
            .to_owned(),
        is_transient: false,
        may_have_started: true,
    }
}
