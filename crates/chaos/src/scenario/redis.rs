//! Redis carries hints only: without it runs start a little later, with too many just once.

use std::time::Duration;

use super::{Trial, ask, begun, figure, judge, orders};
use crate::figures::Figure;
use crate::nemesis::flush;
use crate::work::Order;
use crate::world::{Size, World};

/// What a missing hint may cost: the pause between two looks, and a machine that is busy.
const POLL_SECONDS: f64 = 2.5;

/// R3: how long runs wait for their first claim while Redis is there, forgets, is away, is back.
pub(super) async fn redis(trial: Trial<'_>) -> Vec<Figure> {
    let mut world = World::new(Size::short(trial.program, 2)).await;
    world.start_all();
    let mut all = warm(&world).await;
    let mut figures = Vec::new();
    let mut usual = None;
    let what = "asked for while Redis";
    for phase in ["is there", "is emptied", "is killed", "is back"] {
        match phase {
            "is killed" => world.redis.kill().await,
            "is back" => world.redis.restart().await,
            _ => {}
        }
        let since = world.record.now().await;
        for round in 0..trial.rounds.div_ceil(10) {
            if phase == "is emptied" {
                flush(&world.redis).await;
            }
            let orders = orders(&format!("{phase}{round}").replace(' ', "_"), 10, (2, 0.2));
            ask(&world, &orders).await;
            all.extend(orders);
            tokio::time::sleep(Duration::from_millis(1500)).await;
        }
        let mut findings = judge(&world, &all).await;
        let waits = world.record.waits(since).await;
        let trials = waits.len();
        let longest = waits.iter().copied().fold(0.0, f64::max);
        let usual = *usual.get_or_insert(longest);
        if longest > usual + POLL_SECONDS {
            findings.broken.push(format!(
                "a run waited for {longest} s while Redis {phase}, else for {usual} s at most"
            ));
        }
        let what = format!("{what} {phase}; wait for the first claim");
        figures.push(figure("R3", &what, (trials, &findings), waits, trial.seed));
    }
    figures
}

/// R7: each hint comes three times and more; every step is claimed once.
pub(super) async fn hints(trial: Trial<'_>) -> Vec<Figure> {
    let mut world = World::new(Size::short(trial.program, 3)).await;
    world.start_all();
    let mut all = warm(&world).await;
    let orders = orders("hint", trial.rounds, (2, 0.1));
    for order in &orders {
        world.order(order).await.expect("a run");
        for _ in 0..3 {
            world.hint().await;
        }
    }
    all.extend(orders);
    let mut findings = judge(&world, &all).await;
    let steps = world.record.steps().await;
    let again = steps.iter().filter(|step| step.epoch != 1).count();
    if again > 0 {
        findings
            .broken
            .push(format!("{again} steps were claimed again"));
    }
    let what = "hints delivered three times; each step claimed once";
    vec![figure(
        "R7",
        what,
        (trial.rounds, &findings),
        Vec::new(),
        trial.seed,
    )]
}

/// Waits until the executors work.
async fn warm(world: &World) -> Vec<Order> {
    let orders = orders("warm", 3, (1, 0.0));
    ask(world, &orders).await;
    begun(world, orders.len()).await;
    orders
}
