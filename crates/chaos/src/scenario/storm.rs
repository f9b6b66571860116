//! Everything at once: random work, random faults, random cancels.

use std::time::{Duration, Instant};

use super::{Trial, figure, report};
use crate::check::{Findings, check, quiescence};
use crate::figures::Figure;
use crate::nemesis::{Fault, Nemesis};
use crate::work::{Cancel, Order, Stream};
use crate::world::{Size, World};

/// Runs that are open at most.
const OPEN: i64 = 12;

/// R1: every run ends or waits for a person; nothing twice, output whole.
pub(super) async fn storm(trial: Trial<'_>) -> Vec<Figure> {
    let time = Duration::from_secs(10) * u32::try_from(trial.rounds).unwrap_or(u32::MAX);
    let mut world = World::new(Size::short(trial.program, 4)).await;
    world.start_all();
    let begun = Instant::now();
    let mut nemesis = Nemesis::new(trial.seed, &Fault::ALL);
    let mut works = Works::new(trial.seed, world.size.targets);
    while begun.elapsed() < time {
        works.go_on(&world).await;
        nemesis.rage(&mut world, Duration::from_secs(2)).await;
    }
    nemesis.heal(&mut world).await;
    works
        .cancel_due(&world, Instant::now() + Duration::from_secs(60))
        .await;
    quiescence(&world, Duration::from_secs(180)).await;
    let findings = check(&world, &works.asked).await;
    report(&summary(&nemesis, &findings));
    let faults = nemesis.done.values().sum::<u32>();
    let what = "storm: all faults, random work and cancels; steps (failures: broken promises)";
    let mut row = figure(
        "R1",
        what,
        (findings.steps, &findings),
        Vec::new(),
        trial.seed,
    );
    row.what = format!("{what}, {faults} faults");
    vec![row]
}

fn summary(nemesis: &Nemesis, findings: &Findings) -> String {
    let Findings {
        runs,
        steps,
        ends,
        executions,
        ..
    } = findings;
    format!(
        "{runs} runs, {steps} steps, {executions} executions; faults {:?}; ends {ends:?}",
        nemesis.done
    )
}

/// What was asked for, and whose cancel is due when.
struct Works {
    stream: Stream,
    asked: Vec<Order>,
    cancels: Vec<(Instant, i64, Cancel)>,
}

impl Works {
    fn new(seed: u64, targets: usize) -> Self {
        Self {
            stream: Stream::new("storm", seed, targets),
            asked: Vec::new(),
            cancels: Vec::new(),
        }
    }

    /// Asks for new runs as long as there are few, and cancels what is due.
    async fn go_on(&mut self, world: &World) {
        self.cancel_due(world, Instant::now()).await;
        for _ in world.record.open_runs().await..OPEN {
            let Some(order) = self.stream.next() else {
                return;
            };
            let run = world.order(&order).await;
            if let (Some(run), Some(cancel)) = (run, order.cancel.clone()) {
                let at = Instant::now() + Duration::from_millis(cancel.after_ms);
                self.cancels.push((at, run, cancel));
            }
            // A commit whose answer was lost is on record as well.
            self.asked.push(order);
        }
    }

    async fn cancel_due(&mut self, world: &World, until: Instant) {
        let mut later = Vec::new();
        for (at, run, cancel) in std::mem::take(&mut self.cancels) {
            if at > until || !world.cancel(run, &cancel).await {
                later.push((at, run, cancel));
            }
        }
        self.cancels = later;
    }
}
