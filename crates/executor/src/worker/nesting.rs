//! Steps that run another job: its run is started once a try, and waited for without a place.

use std::time::{Duration, Instant};

use clients::http::ClientError;
use common::id::StepId;
use common::model::job::{JobSpec, StepSpec};
use common::model::run::{Child, RunStatus, StartChild};
use serde_json::{Map, Value, json};
use tracing::warn;

use super::attempt::{Attempt, Attempted};
use super::waiting::parked_for;
use crate::connector::Fault;
use crate::domain::command::render_plain;
use crate::domain::known::Known;
use crate::domain::outcome::{Ending, Verdict};
use crate::domain::plan::{bad_step, read_spec, unfilled};

/// How long the run is looked at without giving the place back: the jobs of many are short.
const AT_ONCE: Duration = Duration::from_secs(2);
/// Time between two looks meanwhile.
const PAUSE: Duration = Duration::from_millis(200);
/// Longest time without a look: the end of the run wakes the step, unless both meet.
const BLIND_SEC: u64 = 30;

impl Attempt<'_> {
    /// Runs the job that the claim names; tells what is to be done with the claim.
    pub(super) async fn run_job(&self, known: &Known) -> Result<Attempted, Verdict> {
        let wish = self.wish(known).map_err(|fault| self.unsent(&fault))?;
        let waited = self.guarded(self.begin_waiting()).await??;
        self.guarded(self.follow(&wish, waited)).await?
    }

    fn wish(&self, known: &Known) -> Result<StartChild, Fault> {
        let StepSpec::Job(JobSpec { job, parameters }) = read_spec(self.claim)? else {
            return Err(bad_step("it names no job"));
        };
        let values = known.values(self.claim);
        let mut given = Map::new();
        for (name, value) in parameters {
            let value = match value.as_str() {
                None => value,
                Some(text) => {
                    let text = render_plain(text, &values);
                    Value::String(text.map_err(unfilled("parameters"))?)
                }
            };
            given.insert(name, value);
        }
        Ok(StartChild {
            step_id: StepId(self.claim.step_id),
            epoch: self.claim.epoch,
            worker: self.worker.id.clone(),
            attempt: self.claim.failures,
            job,
            parameters: given,
        })
    }

    async fn follow(&self, wish: &StartChild, waited: Duration) -> Result<Attempted, Verdict> {
        let begun = Instant::now();
        let seconds = u64::try_from(self.claim.timeout_sec).unwrap_or(1).max(1);
        loop {
            let asked = self.worker.jobs.child(wish).await;
            let child = asked.map_err(|error| self.not_started(&error))?;
            if let Some(ending) = ending(&child) {
                return Ok(concluded(ending, &child));
            }
            let left = Duration::from_secs(seconds).saturating_sub(waited + begun.elapsed());
            if left.is_zero() {
                let note = format!("Run {} is not over after {seconds} s.", child.run_id);
                return Ok(concluded(Ending::failed("timed_out", note), &child));
            }
            if begun.elapsed() >= AT_ONCE {
                let blind = BLIND_SEC.min(left.as_secs().max(1));
                return Err(parked_for("job_running", blind));
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    fn not_started(&self, error: &ClientError) -> Verdict {
        warn!(step.id = self.claim.step_id, "No run for a step: {error}");
        match error {
            ClientError::Refused { problem, .. }
                if !matches!(problem.status, 401 | 429 | 500..) =>
            {
                let faults = problem.errors.iter();
                let faults: Vec<String> = faults
                    .map(|fault| format!("{} {}", fault.field, fault.detail))
                    .collect();
                let why = match faults.as_slice() {
                    [] => problem.detail.clone(),
                    faults => faults.join("; "),
                };
                let text = format!("The job was not started: {why} ({}).", problem.code);
                self.unsent(&Fault::lasting("job_refused", text))
            }
            ClientError::Refused { .. }
            | ClientError::Unavailable { .. }
            | ClientError::Malformed { .. } => self.later("jobs_unavailable"),
        }
    }
}

/// How the step ends, if its run is over.
fn ending(child: &Child) -> Option<Ending> {
    let Child {
        run_id,
        status,
        reason,
    } = child;
    let why = reason.as_deref().unwrap_or("no reason was given");
    match status {
        RunStatus::Queued | RunStatus::Running | RunStatus::NeedsAttention => None,
        RunStatus::Succeeded => Some(Ending::succeeded()),
        RunStatus::Failed => Some(Ending::failed(
            "job_failed",
            format!("Run {run_id} failed: {why}."),
        )),
        RunStatus::Canceled => Some(Ending::failed(
            "job_failed",
            format!("Run {run_id} was canceled."),
        )),
    }
}

fn concluded(ending: Ending, child: &Child) -> Attempted {
    let mut verdict = Verdict::from(ending);
    if let Verdict::Finish(outcome) = &mut verdict
        && let Some(metrics) = outcome.metrics.as_object_mut()
    {
        // Later steps may ask for it.
        metrics.insert("extracted".to_owned(), json!({ "run_id": child.run_id }));
    }
    Attempted {
        verdict,
        clean_up: None,
    }
}
