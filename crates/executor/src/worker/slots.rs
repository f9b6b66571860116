//! The claims that this worker holds, and what each may still do.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, Semaphore, SemaphorePermit};
use tokio_util::sync::CancellationToken;

use crate::store::claims::{Claim, Renewed};

/// A step that is not connected by then may hang, and keeps no other from beginning.
pub(crate) const SLOW: Duration = Duration::from_millis(300);
/// Steps that may hang at a time.
const MOST_SLOW: usize = 400;
/// Files that are fetched and held in memory at a time.
const MOST_FILES: usize = 8;

/// Why a held step has to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// A person canceled the run.
    Canceled,
    /// This process ends, and the step was not sent yet.
    Draining,
    /// The claim is lost, or must be taken for lost.
    Lost,
}

/// One claim that is worked on.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) step_id: i64,
    pub(crate) epoch: i64,
    idempotent: bool,
    claimed_at: Instant,
    state: Mutex<State>,
    /// Fires when the work has to be stopped.
    pub(crate) stop: CancellationToken,
    /// Fires when the work goes on without this process.
    pub(crate) abandon: CancellationToken,
}

#[derive(Debug)]
struct State {
    renewed_at: Instant,
    is_connected: bool,
    is_sent: bool,
    /// Whether the work outlives this process, so that another one can go on with it.
    is_detached: bool,
    is_settling: bool,
    is_reported: bool,
    why: Option<Why>,
}

impl Held {
    fn new(claim: &Claim, claimed_at: Instant) -> Self {
        Self {
            step_id: claim.step_id,
            epoch: claim.epoch,
            idempotent: claim.idempotent,
            claimed_at,
            state: Mutex::new(State {
                renewed_at: claimed_at,
                is_connected: false,
                is_sent: false,
                is_detached: false,
                is_settling: false,
                is_reported: false,
                why: None,
            }),
            stop: CancellationToken::new(),
            abandon: CancellationToken::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Why it has to stop, if it has to.
    pub(crate) fn why(&self) -> Option<Why> {
        self.state().why
    }

    /// Stops the work; a lost claim outweighs every other reason.
    ///
    /// A command that was sent and must not be sent again is not ended for a lost claim: a person
    /// decides about it, and half of it may be worse than all of it. Neither is one that another
    /// worker can go on with.
    pub(crate) fn halt(&self, why: Why) {
        let mut state = self.state();
        if state.why.is_none() || why == Why::Lost {
            state.why = Some(why);
        }
        let is_left_alone =
            why == Why::Lost && state.is_sent && (state.is_detached || !self.idempotent);
        drop(state);
        if is_left_alone && !self.stop.is_cancelled() {
            self.abandon.cancel();
        } else {
            self.stop.cancel();
        }
    }

    /// Notes that its target answers.
    pub(crate) fn note_connected(&self) {
        self.state().is_connected = true;
    }

    /// Notes that sending begins; false if the step has to stop, or the claim is not fresh.
    pub(crate) fn begin_sending(&self, fence: Duration, is_detached: bool) -> bool {
        let mut state = self.state();
        state.is_sent = state.why.is_none() && state.renewed_at.elapsed() < fence;
        state.is_detached = is_detached;
        state.is_sent
    }

    /// Notes that the work was sent before, and is only followed.
    pub(crate) fn begin_following(&self) {
        let mut state = self.state();
        state.is_sent = true;
        state.is_detached = true;
    }

    /// Whether the work outlives this process.
    pub(crate) fn is_detached(&self) -> bool {
        self.state().is_detached
    }

    /// Whether the claim was renewed within `fence`, by the clock that never jumps.
    pub(crate) fn is_fresh(&self, fence: Duration) -> bool {
        self.state().renewed_at.elapsed() < fence
    }

    /// Notes that the work is over and only its result has to be written.
    pub(crate) fn begin_settling(&self) {
        self.state().is_settling = true;
    }

    /// True once: the loss of the claim has to be reported.
    pub(crate) fn report_once(&self) -> bool {
        !std::mem::replace(&mut self.state().is_reported, true)
    }

    /// Whether work would go on without a right to it.
    ///
    /// A command that was sent and must not be sent again is left alone: nobody else will send
    /// it, and its result counts if the claim turns out to be held still. So is one that another
    /// worker can go on with.
    fn is_stale(&self, fence: Duration) -> bool {
        let state = self.state();
        let may_go_on =
            state.is_settling || state.is_sent && (state.is_detached || !self.idempotent);
        !may_go_on && state.renewed_at.elapsed() >= fence
    }
}

/// All claims of this worker.
#[derive(Debug)]
pub(crate) struct Slots {
    most: usize,
    held: Mutex<HashMap<i64, Arc<Held>>>,
    /// One permit for each step that may work at a time.
    working: Semaphore,
    /// One permit for each file that may be in memory.
    files: Semaphore,
    freed: Notify,
}

impl Slots {
    pub(crate) fn new(most: usize) -> Self {
        Self {
            most,
            held: Mutex::default(),
            working: Semaphore::new(most),
            files: Semaphore::new(MOST_FILES),
            freed: Notify::new(),
        }
    }

    fn held(&self) -> MutexGuard<'_, HashMap<i64, Arc<Held>>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many more steps can be taken. Those whose targets may hang keep nobody waiting, and nor
    /// do as many as may work whose results are only to be recorded.
    pub(crate) fn free(&self) -> usize {
        let held = self.held();
        let (mut slow, mut settling) = (0, 0);
        for held in held.values() {
            let state = held.state();
            if state.is_settling {
                settling += 1;
            } else if !state.is_connected && held.claimed_at.elapsed() >= SLOW {
                slow += 1;
            }
        }
        let settling = self.most.min(settling);
        let busy = held.len().saturating_sub(slow + settling);
        let open = self.most.saturating_sub(busy);
        open.min(MOST_SLOW.saturating_sub(slow))
    }

    /// Waits until a connected step may work; many may get their connection at the same time.
    pub(crate) async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        self.working.acquire().await.ok()
    }

    /// Waits until there is room for a file in memory.
    pub(crate) async fn room(&self) -> Option<SemaphorePermit<'_>> {
        self.files.acquire().await.ok()
    }

    /// Takes a claim; `claimed_at` is a moment before the database gave it.
    pub(crate) fn take(&self, claim: &Claim, claimed_at: Instant) -> Arc<Held> {
        let held = Arc::new(Held::new(claim, claimed_at));
        if claim.remote.is_some() {
            held.begin_following();
        }
        if claim.cancel_requested {
            held.halt(Why::Canceled);
        }
        if let Some(older) = self.held().insert(claim.step_id, Arc::clone(&held)) {
            older.halt(Why::Lost);
        }
        held
    }

    /// Gives a claim back.
    pub(crate) fn free_up(&self, held: &Held) {
        let mut all = self.held();
        if all
            .get(&held.step_id)
            .is_some_and(|other| other.epoch == held.epoch)
        {
            all.remove(&held.step_id);
        }
        drop(all);
        self.freed.notify_one();
        self.freed.notify_waiters();
    }

    /// Waits until a claim was given back.
    pub(crate) async fn wait_freed(&self) {
        self.freed.notified().await;
    }

    /// The claims of this moment.
    pub(crate) fn all(&self) -> Vec<Arc<Held>> {
        self.held().values().cloned().collect()
    }

    /// Whether nothing is held.
    pub(crate) fn is_empty(&self) -> bool {
        self.held().is_empty()
    }

    /// Takes in what a renewal told that was asked for at `asked_at`; answers with the claims
    /// that are lost and were not given back meanwhile.
    pub(crate) fn learn(&self, told: &[Renewed], asked_at: Instant) -> Vec<Arc<Held>> {
        let mut lost = Vec::new();
        for one in told {
            let found = self.held().get(&one.step_id).cloned();
            let Some(held) = found.filter(|held| held.epoch == one.epoch) else {
                continue;
            };
            if one.still_mine {
                held.state().renewed_at = asked_at;
                if one.cancel_requested {
                    held.halt(Why::Canceled);
                }
            } else if !held.state().is_settling {
                held.halt(Why::Lost);
                lost.push(held);
            }
        }
        lost
    }

    /// Whether a claim that may still hold waits for its renewal.
    pub(crate) fn has_overdue(&self, fence: Duration) -> bool {
        self.all()
            .iter()
            .any(|held| !held.is_fresh(fence) && held.why() != Some(Why::Lost))
    }

    /// Stops what was not renewed within `fence` and might be done elsewhere.
    pub(crate) fn fence(&self, fence: Duration) -> usize {
        let stale: Vec<_> = self
            .all()
            .into_iter()
            .filter(|held| held.is_stale(fence))
            .collect();
        let fresh = stale
            .iter()
            .filter(|held| held.why() != Some(Why::Lost))
            .count();
        stale.iter().for_each(|held| held.halt(Why::Lost));
        fresh
    }

    /// Stops what was not sent yet, and lets go of what another worker can go on with.
    pub(crate) fn hand_back(&self) {
        for held in self.all() {
            let (is_sent, is_detached) = {
                let state = held.state();
                (state.is_sent, state.is_detached && !state.is_settling)
            };
            if is_detached {
                held.abandon.cancel();
            } else if !is_sent {
                held.halt(Why::Draining);
            }
        }
    }

    /// Lets go of what still runs.
    pub(crate) fn abandon(&self) {
        self.all().iter().for_each(|held| held.abandon.cancel());
    }
}
