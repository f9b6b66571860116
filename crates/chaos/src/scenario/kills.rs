//! Executors that end or stand still while they hold steps.

use std::time::Duration;

use super::{Trial, ask, begun, figure, judge, orders};
use crate::check::quiescence;
use crate::figures::Figure;
use crate::work::Order;
use crate::world::{Size, World};

/// Executors that are broken in one round; two more look on.
const VICTIMS: usize = 10;
/// Steps that each victim holds, one of each kind or more.
const STEPS: usize = 30;

/// R1: from SIGKILL to the next claim, or to the flag, of each step that was held.
pub(super) async fn kills(trial: Trial<'_>) -> Vec<Figure> {
    let mut world = World::new(Size::usual(trial.program, VICTIMS + 2)).await;
    let mut all = Vec::new();
    let (mut seconds, mut kills) = (Vec::new(), 0);
    for round in 0..trial.rounds {
        let orders = orders(&format!("kill{round}"), STEPS, (12, 12.0));
        kills += strike(&mut world, &orders, all.len(), &mut seconds).await;
        all.extend(orders);
    }
    let mut findings = judge(&world, &all).await;
    let slow = seconds.iter().filter(|value| **value > 20.0).count();
    if slow * 100 > seconds.len() {
        findings.broken.push(format!(
            "{slow} of {} steps took more than 20 s",
            seconds.len()
        ));
    }
    let what = "SIGKILL of executors; from there to the next claim or flag of each step held";
    vec![figure("R1", what, (kills, &findings), seconds, trial.seed)]
}

/// One round: victims take the steps, are killed, and others go on. Answers with the kills.
async fn strike(
    world: &mut World,
    orders: &[Order],
    before: usize,
    seconds: &mut Vec<f64>,
) -> usize {
    let most = [("EXECUTOR_MAX_STEPS", "3")];
    for place in &mut world.places[..VICTIMS] {
        place.start(&most);
    }
    ask(world, orders).await;
    begun(world, before + orders.len()).await;
    let mut kills = 0;
    let mut struck = Vec::new();
    for number in 0..VICTIMS {
        let pid = world.places[number].pid().expect("it runs");
        let held = world.record.held_by(pid).await;
        let since = world.record.now().await;
        world.places[number].kill().await;
        kills += usize::from(!held.is_empty());
        struck.extend(held.into_iter().map(|step| (step, since)));
    }
    for place in &mut world.places[VICTIMS..] {
        place.start(&[]);
    }
    quiescence(world, Duration::from_secs(120)).await;
    for (step, since) in struck {
        // A step that was over just before the kill has nothing to wait for.
        seconds.extend(world.record.resumed_after(step, since).await);
    }
    for place in &mut world.places[VICTIMS..] {
        place.kill().await;
    }
    kills
}

/// R2: executors stand still for three leases; what they then write is refused and noted.
pub(super) async fn pauses(trial: Trial<'_>) -> Vec<Figure> {
    let mut world = World::new(Size::short(trial.program, VICTIMS + 2)).await;
    let mut all = Vec::new();
    let mut pauses = 0;
    let mut late = Vec::new();
    for round in 0..trial.rounds {
        let orders = orders(&format!("pause{round}"), STEPS, (6, 3.0));
        pauses += hold_still(&mut world, &orders, all.len(), &mut late).await;
        all.extend(orders);
    }
    let mut findings = judge(&world, &all).await;
    let refused = world.record.refusals().await;
    let silent = late
        .iter()
        .filter(|step| !refused.contains_key(&step.to_string()))
        .count();
    if silent > 0 {
        findings.broken.push(format!(
            "{silent} of {} late claims are not in the audit log",
            late.len()
        ));
    }
    let what = "SIGSTOP for three leases, then SIGCONT; late claims refused and in the audit log";
    vec![figure(
        "R2",
        what,
        (pauses, &findings),
        Vec::new(),
        trial.seed,
    )]
}

/// One round: victims take the steps, stand still, and come back. Answers with the pauses.
async fn hold_still(
    world: &mut World,
    orders: &[Order],
    before: usize,
    late: &mut Vec<i64>,
) -> usize {
    for place in &mut world.places[..VICTIMS] {
        place.start(&[("EXECUTOR_MAX_STEPS", "3")]);
    }
    ask(world, orders).await;
    begun(world, before + orders.len()).await;
    let mut pauses = 0;
    for place in &world.places[..VICTIMS] {
        let pid = place.pid().expect("it runs");
        place.signal("STOP").await;
        let held = world.record.held_by(pid).await;
        pauses += usize::from(!held.is_empty());
        late.extend(held);
    }
    for place in &mut world.places[VICTIMS..] {
        place.start(&[]);
    }
    tokio::time::sleep(world.size.pause()).await;
    for place in &world.places[..VICTIMS] {
        place.signal("CONT").await;
    }
    quiescence(world, Duration::from_secs(120)).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    for place in &mut world.places {
        place.kill().await;
    }
    pauses
}
