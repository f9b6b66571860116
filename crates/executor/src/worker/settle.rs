//! Writes what became of a claim, through the fence and through outages of the database.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;
use service_kit::audit::{self, Entry, Outcome as AuditOutcome};
use service_kit::db::is_unavailable;
use tracing::{error, info, warn};

use super::{Worker, limited};
use crate::domain::outcome::{Outcome, Verdict};
use crate::store;
use crate::store::claims::{Claim, End, Fence};
use crate::worker::slots::{Held, Why};

/// How long a result is kept for a database that is away.
const PATIENCE: Duration = Duration::from_secs(600);
/// How often a write is tried that the database refuses for a reason of its own.
const REFUSALS: u32 = 5;
/// First and longest pause between two tries.
const PAUSES: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(2));

/// Longest time for which a step is released; what waits longer is parked.
const LONGEST_RELEASE_SEC: i32 = 300;
/// Outcome of a claim that was taken back.
const LOST: &str = "lost";

/// What is to be written.
#[derive(Clone, Copy, Debug)]
enum Write<'a> {
    Finish(&'a Outcome),
    Release {
        reason: &'static str,
        delay_seconds: i32,
    },
    Retry {
        reason: &'a str,
        delay_seconds: i32,
    },
}

/// Writes the verdict; a lost claim is reported, its result dropped. True if it is on record.
pub(super) async fn settle(worker: &Worker, claim: &Claim, held: &Held, verdict: Verdict) -> bool {
    let Some(write) = Write::of(&verdict) else {
        info!(
            step.id = held.step_id,
            epoch = held.epoch,
            "A claim is given up"
        );
        if outcome_on_record(worker, held).await.as_deref() == Some(LOST) {
            report_stale(worker, held, "none").await;
        }
        return false;
    };
    let is_recorded = match persist(worker, held, write).await {
        Some(true) => {
            report_end(claim, write);
            return true;
        }
        Some(false) => is_recorded(worker, held, write).await,
        None => {
            let (step, epoch) = (held.step_id, held.epoch);
            warn!(step.id = step, epoch, "A result is dropped");
            return false;
        }
    };
    if !is_recorded {
        let (name, step) = (write.name(), held.step_id);
        warn!(
            step.id = step,
            epoch = held.epoch,
            "A late {name} was refused"
        );
        report_stale(worker, held, name).await;
    }
    is_recorded
}

fn report_end(claim: &Claim, write: Write<'_>) {
    info!(
        run.id = claim.run_id,
        step.id = claim.step_id,
        epoch = claim.epoch,
        request_id = claim.correlation_id,
        "Step {} of run {} {}",
        claim.idx,
        claim.run_id,
        write.said()
    );
}

impl<'a> Write<'a> {
    fn of(verdict: &'a Verdict) -> Option<Self> {
        match verdict {
            Verdict::Finish(outcome) => Some(Self::Finish(outcome)),
            &Verdict::Release {
                reason,
                delay_seconds,
            } => Some(Self::Release {
                reason,
                delay_seconds,
            }),
            Verdict::Retry {
                reason,
                delay_seconds,
            } => Some(Self::Retry {
                reason,
                delay_seconds: *delay_seconds,
            }),
            Verdict::Drop => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Finish(_) => "finish",
            Self::Release { .. } => "release",
            Self::Retry { .. } => "retry",
        }
    }

    /// The word that the attempt gets.
    fn outcome(self) -> &'static str {
        match self {
            Self::Finish(outcome) => outcome.status.as_str(),
            Self::Release { .. } => "released",
            Self::Retry { .. } => "failed",
        }
    }

    fn said(self) -> String {
        match self {
            Self::Finish(outcome) => {
                let why = outcome.reason.as_deref().map(|why| format!(": {why}"));
                format!("has {}{}", outcome.status.as_str(), why.unwrap_or_default())
            }
            Self::Release { reason, .. } => format!("is handed back: {reason}"),
            Self::Retry { reason, .. } => format!("has failed ({reason}) and is tried again"),
        }
    }
}

/// Whether an earlier try has written it, and only its answer was lost on the way.
async fn is_recorded(worker: &Worker, held: &Held, write: Write<'_>) -> bool {
    outcome_on_record(worker, held).await.as_deref() == Some(write.outcome())
}

/// What the record says of the claim, if the database can tell.
async fn outcome_on_record(worker: &Worker, held: &Held) -> Option<String> {
    let found = limited(async {
        let mut conn = worker.db.acquire().await?;
        store::claims::find_outcome(&mut conn, held.step_id, held.epoch).await
    });
    found.await.ok().flatten()
}

/// Tries until the database has answered; none if it did not, or the claim was lost meanwhile.
async fn persist(worker: &Worker, held: &Held, write: Write<'_>) -> Option<bool> {
    let begun = Instant::now();
    let mut pause = PAUSES.0;
    let mut refusals = 0;
    loop {
        match try_once(worker, held, write).await {
            Ok(is_held) => return Some(is_held),
            Err(error) => {
                if !is_unavailable(&error) {
                    refusals += 1;
                }
                if refusals >= REFUSALS || begun.elapsed() > PATIENCE {
                    let epoch = held.epoch;
                    error!(
                        step.id = held.step_id,
                        epoch, "A result cannot be written: {error}"
                    );
                    return None;
                }
            }
        }
        if held.why() == Some(Why::Lost) {
            return None;
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(PAUSES.1);
    }
}

async fn try_once(
    worker: &Worker,
    held: &Held,
    write: Write<'_>,
) -> Result<bool, Arc<sqlx::Error>> {
    let fence = Fence {
        step_id: held.step_id,
        epoch: held.epoch,
        worker: &worker.id,
    };
    match write {
        Write::Finish(outcome) => {
            let end = End::new(held.step_id, held.epoch, outcome);
            worker.finishing.finish(&worker.db, &worker.id, end).await
        }
        Write::Release {
            reason,
            delay_seconds,
        } => limited(async {
            let mut conn = worker.db.acquire().await?;
            if delay_seconds > LONGEST_RELEASE_SEC {
                store::claims::park(&mut conn, fence, reason, delay_seconds).await
            } else {
                store::claims::release(&mut conn, fence, reason, delay_seconds).await
            }
        })
        .await
        .map_err(Arc::new),
        Write::Retry {
            reason,
            delay_seconds,
        } => limited(async {
            let mut conn = worker.db.acquire().await?;
            store::claims::retry(&mut conn, fence, reason, delay_seconds).await
        })
        .await
        .map_err(Arc::new),
    }
}

/// Notes in the audit log that a worker came too late, with which write if any; once for each claim.
pub(super) async fn report_stale(worker: &Worker, held: &Held, write: &'static str) {
    if !held.report_once() {
        return;
    }
    let step = held.step_id;
    let facts = json!({"epoch": held.epoch, "worker": worker.id, "write": write});
    let entry = Entry::by_system("executor", "run.stale_write_rejected")
        .object("step", step, &format!("step {step}"))
        .change(facts)
        .outcome(AuditOutcome::Denied);
    let noted = limited(async {
        let mut conn = worker.db.acquire().await?;
        audit::record(&mut conn, entry).await
    })
    .await;
    if let Err(error) = noted {
        warn!(
            step.id = step,
            "The audit log could not be written: {error}"
        );
    }
}
