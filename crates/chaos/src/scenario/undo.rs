//! Runs that fail at each of their steps, while executors that undo them are killed.

use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::{Trial, ask, figure, judge};
use crate::check::Findings;
use crate::figures::Figure;
use crate::ledger::Ledger;
use crate::record::StepRow;
use crate::work::{Kind, Order, Task};
use crate::world::{Size, World};

/// Steps of a run, or of a target of its fleet.
const STEPS: usize = 4;
/// Kinds whose end is known however their executor ends: nobody has to decide.
const KINDS: [Kind; 2] = [Kind::Detached, Kind::Idempotent];

/// R16: whatever step fails and whoever is killed, all that was done is undone once, in reverse.
pub(super) async fn undo(trial: Trial<'_>) -> Vec<Figure> {
    let mut world = World::new(Size::short(trial.program, 3)).await;
    world.start_all();
    let mut rng = StdRng::seed_from_u64(trial.seed);
    let (mut all, mut kills) = (Vec::new(), 0);
    for round in 0..trial.rounds {
        let orders: Vec<_> = (0..STEPS).flat_map(|node| failing(round, node)).collect();
        ask(&world, &orders).await;
        kills += strike(&mut world, &mut rng).await;
        all.extend(orders);
    }
    let mut findings = judge(&world, &all).await;
    let steps = world.record.steps().await;
    let ledger = world.ledger();
    for lane in all.iter().flat_map(lanes) {
        check_undone(&mut findings, lane, &steps, &ledger);
    }
    for run in world.record.runs().await {
        let is_right = run.undoes.is_none() || run.status == "succeeded";
        findings.expect(is_right, || format!("not undone: {run:?}"));
    }
    let what =
        format!("a failure at each step, {kills} SIGKILLs; what was done undone once, in reverse");
    let trials = (all.len(), &findings);
    vec![figure("R16", &what, trials, Vec::new(), trial.seed)]
}

/// Two runs whose step of this number fails: one by one, and on a target of two.
fn failing(round: usize, node: usize) -> [Order; 2] {
    let task = |name: &str, at: usize, lane: Option<i32>| {
        let mark = format!("{name}{round}.{node}.{at}");
        let kind = KINDS[at % KINDS.len()];
        let fails = at == node && lane != Some(1);
        let task = Task {
            exit_code: if fails { 7 } else { 0 },
            target: node % 2,
            lane,
            ..Task::new(&mark, kind, (3, 0.3))
        };
        task.undone_by(KINDS[(at + node) % KINDS.len()])
    };
    let line = (0..STEPS).map(|at| task("line", at, None)).collect();
    let lane = |lane: i32| (0..STEPS).map(move |at| task(&format!("lane{lane}."), at, Some(lane)));
    let fleet = lane(0).chain(lane(1)).collect();
    let fleet = Order {
        parallel: Some(2),
        ..Order::of(fleet)
    };
    [Order::of(line), fleet]
}

/// Kills one executor after the other, each soon replaced, until all runs are over. Answers how often.
async fn strike(world: &mut World, rng: &mut StdRng) -> usize {
    let deadline = Instant::now() + Duration::from_secs(180);
    let mut kills = 0;
    while world.record.open_runs().await > 0 && Instant::now() < deadline {
        let place = rng.random_range(0..world.places.len());
        tokio::time::sleep(Duration::from_millis(rng.random_range(500..2500))).await;
        world.places[place].kill().await;
        world.places[place].start(&[]);
        kills += 1;
    }
    kills
}

/// The steps that are undone together: of a run, or of each target of its fleet.
fn lanes(order: &Order) -> std::slice::Chunks<'_, Task> {
    order.tasks.chunks(STEPS)
}

fn check_undone(findings: &mut Findings, lane: &[Task], steps: &[StepRow], ledger: &Ledger) {
    let failed = lane.iter().position(|task| task.exit_code != 0);
    let done = failed.unwrap_or_default();
    let step = |mark: &str| steps.iter().find(|step| step.name == mark);
    let mut last_us = u64::MAX;
    for (at, task) in lane.iter().enumerate() {
        let mark = format!("{}.undo", task.mark);
        let status = step(&mark).map(|step| step.status.as_str());
        let expected = (at < done).then_some("succeeded");
        findings.expect(status == expected, || {
            format!("{mark} is {status:?}, not {expected:?}")
        });
        let began = ledger.get(&mark).and_then(|all| all.first());
        findings.expect(began.is_some() == (at < done), || {
            format!("{mark} was executed: {began:?}")
        });
        let Some(began) = began else { continue };
        findings.expect(began.began_us < last_us, || {
            format!("{mark} was undone before what came after it")
        });
        last_us = began.began_us;
    }
}
