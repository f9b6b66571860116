//! Takes output from steps to the files, and tells the database how much of it is there.
//!
//! Two loops, so that a database that hangs keeps no output from the disk.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use common::clock::Clock;
use runlog::{Caps, RunUse, Source, StepWriter};
use service_kit::bus::{Bus, Topic};
use service_kit::service::Kit;
use tokio::sync::Notify;
use tracing::{info, warn};

use super::{Worker, limited};
use crate::config::Config;
use crate::domain::outcome::Verdict;
use crate::domain::printed::{Printed, Size};
use crate::store;
use crate::store::claims::Claim;

/// How often the database is told about output that goes on.
const PACE: Duration = Duration::from_millis(250);
/// The same for first output, and for very much of it.
const FAST_PACE: Duration = Duration::from_millis(20);
/// Very much.
const MUCH: u64 = 512 * 1024;
/// Longest sleep; what is due is looked for anyway.
const NAP: Duration = Duration::from_secs(1);

/// The output of all claims of this worker.
pub(super) struct Printing {
    root: PathBuf,
    caps: Caps,
    clock: Clock,
    bus: Bus,
    open: Mutex<HashMap<Source, Log>>,
    runs: Mutex<HashMap<i64, Weak<RunUse>>>,
    /// Wakes who writes files.
    bell: Arc<Notify>,
    /// Wakes who tells the database.
    news: Notify,
    is_announcing: AtomicBool,
    is_degraded: AtomicBool,
}

#[derive(Clone)]
struct Log {
    printed: Arc<Printed>,
    writer: Arc<Mutex<StepWriter>>,
}

impl Printing {
    pub(super) fn new(kit: &Kit, config: &Config) -> Self {
        Self {
            root: config.output_dir.clone(),
            caps: config.output_caps,
            clock: kit.clock.clone(),
            bus: kit.bus.clone(),
            open: Mutex::default(),
            runs: Mutex::default(),
            bell: Arc::default(),
            news: Notify::new(),
            is_announcing: AtomicBool::new(false),
            is_degraded: AtomicBool::new(false),
        }
    }

    /// Takes the output of a claim from now on.
    pub(super) fn open(&self, claim: &Claim) -> Arc<Printed> {
        let source = Source {
            run: claim.run_id,
            step: claim.step_id,
            epoch: claim.epoch,
        };
        let printed = Arc::new(Printed::new(
            source,
            self.clock.clone(),
            Arc::clone(&self.bell),
        ));
        let use_of_run = self.use_of(source.run);
        let writer = StepWriter::new(&self.root, source, self.caps, use_of_run);
        let log = Log {
            printed: Arc::clone(&printed),
            writer: Arc::new(Mutex::new(writer)),
        };
        lock(&self.open).insert(source, log);
        printed
    }

    fn use_of(&self, run: i64) -> Arc<RunUse> {
        let mut runs = lock(&self.runs);
        if let Some(known) = runs.get(&run).and_then(Weak::upgrade) {
            return known;
        }
        runs.retain(|_run, known| known.strong_count() > 0);
        let fresh = Arc::default();
        runs.insert(run, Arc::downgrade(&fresh));
        fresh
    }

    /// Forgets a claim that has ended.
    pub(super) fn close(&self, printed: &Printed) {
        lock(&self.open).remove(&printed.source);
        self.announce();
    }

    /// Has those who watch runs look what is new.
    pub(super) fn announce(&self) {
        self.is_announcing.store(true, Ordering::SeqCst);
        self.news.notify_one();
    }

    fn logs(&self) -> Vec<Log> {
        lock(&self.open).values().cloned().collect()
    }

    /// Says once when the disk begins to refuse, and once when it has ended.
    fn report(&self, trouble: Option<String>) {
        match trouble {
            Some(error) if !self.is_degraded.swap(true, Ordering::SeqCst) => {
                warn!("Output cannot be written, steps go on without: {error}");
            }
            None if self.is_degraded.swap(false, Ordering::SeqCst) => {
                info!("Output is written again");
            }
            Some(_) | None => {}
        }
    }
}

/// Starts both loops; they end when the process stops and nothing is held any more.
pub(super) fn start(kit: &Kit, worker: &Arc<Worker>) {
    kit.tasks.spawn("writing", write(Arc::clone(worker)));
    kit.tasks.spawn("recording", record(Arc::clone(worker)));
}

fn is_over(worker: &Worker) -> bool {
    worker.tasks.stopping().is_cancelled() && worker.slots.is_empty()
}

async fn write(worker: Arc<Worker>) {
    let printing = &worker.printing;
    while !is_over(&worker) {
        let now = Instant::now();
        let logs = printing.logs();
        let dues = logs.iter().filter_map(|log| log.printed.due());
        let nap = dues
            .min()
            .map_or(NAP, |due| due.saturating_duration_since(now));
        if !nap.is_zero() {
            rest(&worker, &printing.bell, nap.min(NAP)).await;
            continue;
        }
        let due = logs
            .into_iter()
            .filter(|log| log.printed.due().is_some_and(|due| due <= now))
            .collect();
        // A panic there is told by its hook; the output of that turn is missing.
        let written = tokio::task::spawn_blocking(move || write_all(due)).await;
        printing.report(written.ok().flatten());
        printing.news.notify_one();
    }
}

/// Writes what waits; tells why some could not be written.
fn write_all(logs: Vec<Log>) -> Option<String> {
    let mut trouble = None;
    for log in logs {
        let taken = log.printed.take();
        let written = lock(&log.writer).append(taken.frames());
        log.printed.note_written(&taken, written.lost_bytes);
        trouble = trouble.or(written.error.map(|error| error.to_string()));
    }
    trouble
}

async fn record(worker: Arc<Worker>) {
    let printing = &worker.printing;
    let mut last = Instant::now();
    while !is_over(&worker) {
        let untold = untold(printing);
        let is_announcing = printing.is_announcing.load(Ordering::SeqCst);
        let pace = match &untold {
            _ if is_announcing => FAST_PACE,
            Some(Urgency::High) => FAST_PACE,
            Some(Urgency::Low) => PACE,
            None => NAP,
        };
        let left = pace.saturating_sub(last.elapsed());
        let is_idle = untold.is_none() && !is_announcing;
        if is_idle || !left.is_zero() {
            rest(&worker, &printing.news, if is_idle { NAP } else { left }).await;
            continue;
        }
        printing.is_announcing.store(false, Ordering::SeqCst);
        if tell(&worker).await {
            printing.bus.give(Topic::RunEvents).await;
        } else {
            rest(&worker, &Notify::new(), NAP).await;
        }
        last = Instant::now();
    }
}

/// Waits for a bell, but not for long; an idle process that stops is not held up.
async fn rest(worker: &Worker, bell: &Notify, time: Duration) {
    let stop = worker.tasks.stopping();
    let is_idle = worker.slots.is_empty() && !stop.is_cancelled();
    tokio::select! {
        () = bell.notified() => {}
        () = stop.cancelled(), if is_idle => {}
        () = tokio::time::sleep(time) => {}
    }
}

/// How soon the database has to be told.
enum Urgency {
    High,
    Low,
}

fn untold(printing: &Printing) -> Option<Urgency> {
    let mut urgency = None;
    for log in lock(&printing.open).values() {
        let Some((_size, news)) = log.printed.untold() else {
            continue;
        };
        if news >= MUCH || log.printed.is_news() {
            return Some(Urgency::High);
        }
        urgency = Some(Urgency::Low);
    }
    urgency
}

/// Tells the database of all output that it does not know of; false if it is away.
async fn tell(worker: &Worker) -> bool {
    let logs = worker.printing.logs();
    let untold = logs
        .iter()
        .filter_map(|log| Some((&log.printed, log.printed.untold()?.0)));
    let (printed, sizes): (Vec<_>, Vec<_>) = untold
        .map(|(printed, size)| (printed, (printed.source, size)))
        .unzip();
    let Some(held) = record_output(worker, &sizes).await else {
        return false;
    };
    for (printed, (source, size)) in printed.into_iter().zip(sizes) {
        if held.contains(&source.step) {
            printed.note_told(size);
        } else {
            printed.refuse();
        }
    }
    true
}

async fn record_output(worker: &Worker, sizes: &[(Source, Size)]) -> Option<Vec<i64>> {
    if sizes.is_empty() {
        return Some(Vec::new());
    }
    let told = limited(async {
        let mut conn = worker.db.acquire().await?;
        store::claims::record_output(&mut conn, &worker.id, sizes).await
    });
    told.await.ok()
}

/// Brings the last output of a claim to the files, and its size into the verdict.
pub(super) async fn complete(worker: &Worker, printed: &Printed, verdict: &mut Verdict) {
    match verdict {
        Verdict::Finish(outcome) => {
            outcome.set_size(printed.finish().await);
        }
        Verdict::Release { .. } | Verdict::Retry { .. } => {
            let size = printed.finish().await;
            if size.end.bytes > 0 {
                // The claim has more to tell than that; without it, only output is missing.
                let _told = record_output(worker, &[(printed.source, size)]).await;
            }
        }
        Verdict::Drop => {}
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
