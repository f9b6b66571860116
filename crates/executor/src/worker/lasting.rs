//! A command that outlives its connection: launched once, followed until its end is known.

use std::time::Duration;

use tokio::time::Instant;
use tracing::{info, warn};

use super::attempt::Attempt;
use crate::connector::{Detached, Fault, Key, Session, Settled, Ties, Unsettled};
use crate::domain::backoff::connect_delay;
use crate::domain::command::Exec;
use crate::domain::outcome::{Ending, Verdict};
use crate::domain::output::StepOutput;
use crate::domain::plan::Plan;
use crate::worker::slots::Why;

/// How long after its deadline, or after a wish to cancel it, a command is looked for on a target
/// that cannot be reached.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often a launch may turn out to have started nothing.
const LAUNCHES: u32 = 3;

/// What became of the command.
pub(super) enum Done {
    /// Its end is known.
    Settled(Settled),
    /// The target cannot keep it, for this reason: it has to be run over this session.
    Bound(Box<dyn Session>, String),
}

/// A command that is launched or followed.
pub(super) struct Lasting<'a> {
    attempt: &'a Attempt<'a>,
    plan: &'a Plan,
    key: &'a Key,
    exec: &'a Exec,
    deadline: Instant,
    detached: Detached,
    is_launched: bool,
    launches: u32,
    /// How often it was found again.
    pub(super) reattached: u32,
}

impl<'a> Lasting<'a> {
    /// The command of a claim, which may have been launched by an earlier one.
    pub(super) fn new(
        attempt: &'a Attempt<'a>,
        plan: &'a Plan,
        key: &'a Key,
        exec: &'a Exec,
    ) -> Self {
        let remote = attempt.claim.remote.clone();
        Self {
            attempt,
            plan,
            key,
            exec,
            deadline: Instant::now() + attempt.left(plan),
            is_launched: remote.is_some(),
            reattached: u32::from(remote.is_some()),
            detached: remote.map_or_else(Detached::new, Detached::known),
            launches: 0,
        }
    }

    /// Goes on until the end is known, or nothing can be known of it.
    pub(super) async fn perform(
        &mut self,
        mut session: Box<dyn Session>,
        output: &mut StepOutput,
    ) -> Result<Result<Done, Fault>, Verdict> {
        loop {
            match self.watch(&*session, output).await? {
                Ok(settled) => return Ok(Ok(Done::Settled(settled))),
                Err(Unsettled::Cannot(why)) => {
                    self.attempt.pass_fence(None).await?;
                    return Ok(Ok(Done::Bound(session, why)));
                }
                Err(Unsettled::Never) if self.attempt.held.why() == Some(Why::Canceled) => {
                    return Err(Ending::canceled_unsent().into());
                }
                Err(Unsettled::Never) if self.launches < LAUNCHES => self.start_anew(),
                Err(Unsettled::Never) => return Ok(Err(never())),
                Err(Unsettled::Gone)
                    if self.attempt.claim.idempotent && self.launches < LAUNCHES =>
                {
                    self.start_anew();
                }
                Err(Unsettled::Gone) => return Ok(Err(gone())),
                Err(Unsettled::Fault(fault)) => match self.recover(session, fault).await {
                    Ok(new) => session = new,
                    Err(fault) => return Ok(Err(fault)),
                },
            }
        }
    }

    async fn watch(
        &mut self,
        session: &dyn Session,
        output: &mut StepOutput,
    ) -> Result<Result<Settled, Unsettled>, Verdict> {
        let is_launched = self.is_launched;
        if !is_launched {
            self.attempt.pass_fence(Some(self.detached.token())).await?;
            self.is_launched = true;
            self.launches += 1;
        }
        let ties = Ties {
            detached: &mut self.detached,
            output,
            stop: &self.attempt.held.stop,
        };
        if is_launched {
            return Ok(session.follow(self.exec, self.deadline, ties).await);
        }
        let left = self.deadline.saturating_duration_since(Instant::now());
        Ok(session.launch(self.exec, left, ties).await)
    }

    /// A name that was never used, for a command that was certainly not started.
    fn start_anew(&mut self) {
        self.detached = Detached::new();
        self.is_launched = false;
    }

    /// A new way to the command, or to launch it if it was certainly not started.
    async fn recover(
        &mut self,
        session: Box<dyn Session>,
        fault: Fault,
    ) -> Result<Box<dyn Session>, Fault> {
        if !fault.may_have_started {
            if !fault.is_transient || self.launches >= LAUNCHES {
                return Err(fault);
            }
            self.is_launched = false;
            drop(session);
            return self
                .attempt
                .worker
                .ssh
                .connect(&self.plan.target, self.key)
                .await;
        }
        drop(session);
        let step = self.attempt.claim.step_id;
        warn!(
            step.id = step,
            reason = fault.reason,
            "The way to a command is lost; it goes on"
        );
        let session = self.reconnect(fault).await?;
        self.reattached += 1;
        info!(step.id = step, "A command is followed again");
        Ok(session)
    }

    /// Tries until the target is back, the time of the command is up, or nobody waits for it.
    async fn reconnect(&self, lost: Fault) -> Result<Box<dyn Session>, Fault> {
        let mut tries = 1;
        let mut canceled = None;
        loop {
            tokio::time::sleep(connect_delay(tries)).await;
            let target = &self.plan.target;
            match self.attempt.worker.ssh.connect(target, self.key).await {
                Ok(session) => return Ok(session),
                Err(fault) if !fault.is_transient => return Err(after_start(fault)),
                Err(_passing) => tries += 1,
            }
            let now = Instant::now();
            if self.attempt.held.why() == Some(Why::Canceled) {
                canceled.get_or_insert(now);
            }
            let asked = canceled.unwrap_or(self.deadline);
            if now > asked + PATIENCE {
                return Err(after_start(lost));
            }
        }
    }
}

fn after_start(fault: Fault) -> Fault {
    Fault {
        may_have_started: true,
        ..fault
    }
}

fn gone() -> Fault {
    Fault {
        reason: "lost_process",
        text:
            "The target restarted, or the process that waited for the command was ended. Check on \
               the target what became of the command."
                .to_owned(),
        is_transient: false,
        may_have_started: true,
    }
}

fn never() -> Fault {
    Fault::lasting(
        "never_started",
        "The target did not start the command, however often it was asked.",
    )
}
