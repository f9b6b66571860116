//! Takes steps as long as there are free slots.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use tracing::{info, warn};

use super::attempt::{self, Attempted};
use super::{Worker, failing, limited, printing, settle};
use crate::store;
use crate::store::claims::Claim;
use crate::worker::slots::{Held, SLOW};

/// Claims whenever something may be ready, until the process stops.
pub(super) async fn keep(worker: Arc<Worker>) {
    let stop = worker.tasks.stopping();
    let _running = Running(&worker);
    let mut is_failing = false;
    while !stop.is_cancelled() {
        match claim(&worker).await {
            Ok(true) => continue,
            Ok(false) if is_failing => {
                is_failing = false;
                info!("The database is back, steps are claimed again");
            }
            Ok(false) => {}
            Err(error) if !is_failing => {
                is_failing = true;
                warn!("No steps can be claimed at the moment: {error}");
            }
            Err(_still) => {}
        }
        // Steps that hang make room after a moment.
        let pause = if worker.slots.free() == 0 {
            SLOW
        } else {
            worker.settings.poll_interval
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = worker.wake.wait() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Says that claiming has ended, even by a panic.
struct Running<'a>(&'a Worker);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.is_running.store(false, Ordering::SeqCst);
    }
}

/// Claims once; true if there may be more at once: steps that wait for one thing are taken one by
/// one, and those behind them are seen by the next claim.
async fn claim(worker: &Arc<Worker>) -> sqlx::Result<bool> {
    let free = worker.slots.free();
    if free == 0 {
        return Ok(false);
    }
    let most = i32::try_from(free).unwrap_or(i32::MAX);
    let lease_seconds = worker.settings.lease_seconds();
    let claimed_at = Instant::now();
    let claims = limited(async {
        let mut conn = worker.db.acquire().await?;
        store::claims::claim(&mut conn, &worker.id, most, lease_seconds).await
    })
    .await?;
    let has_some = !claims.is_empty();
    if has_some {
        failing::pass("claim.after_commit");
        worker.printing.announce();
    }
    for claim in claims {
        let held = worker.slots.take(&claim, claimed_at);
        let work = work(Arc::clone(worker), claim, Held::guard(&held, worker));
        worker.tasks.spawn("step", Box::pin(work));
    }
    Ok(has_some && worker.slots.free() > 0)
}

/// Does one step and records what became of it.
async fn work(worker: Arc<Worker>, claim: Claim, guard: Guard) {
    let held = &guard.held;
    info!(
        run.id = claim.run_id,
        step.id = claim.step_id,
        epoch = claim.epoch,
        request_id = claim.correlation_id,
        "Step {} of run {} begins: {}",
        claim.idx,
        claim.run_id,
        claim.kind
    );
    let printed = worker.printing.open(&claim);
    let attempted = Box::pin(attempt::attempt(&worker, &claim, held, &printed)).await;
    let Attempted {
        mut verdict,
        clean_up,
    } = attempted;
    failing::pass("step.after_exec_before_finish");
    held.begin_settling();
    // Another step may work meanwhile.
    worker.wake.give();
    printing::complete(&worker, &printed, &mut verdict).await;
    let is_recorded = settle::settle(&worker, &claim, held, verdict).await;
    worker.printing.close(&printed);
    failing::pass("step.after_finish_before_cleanup");
    drop(guard);
    // The next step of the run may be ready by now.
    worker.wake.give();
    if let Some(clean_up) = clean_up.filter(|_| is_recorded) {
        clean_up.await;
    }
}

/// Gives the slot back, even if the work panics.
pub(super) struct Guard {
    held: Arc<Held>,
    worker: Arc<Worker>,
}

impl Held {
    fn guard(held: &Arc<Self>, worker: &Arc<Worker>) -> Guard {
        Guard {
            held: Arc::clone(held),
            worker: Arc::clone(worker),
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.worker.slots.free_up(&self.held);
        self.worker.wake.give();
    }
}
