//! The ways to targets break in every manner while commands run.

use std::time::Duration;

use super::{Trial, ask, begun, figure, judge, orders};
use crate::figures::Figure;
use crate::proxy::Way;
use crate::work::Kind;
use crate::world::{Size, World};

const WAYS: [Way; 5] = [
    Way::Cut,
    Way::Blackhole,
    Way::HalfOpen,
    Way::LoseReply,
    Way::DropAfter(2000),
];

/// R1: a detached command is found again; its output is whole.
pub(super) async fn cuts(trial: Trial<'_>) -> Vec<Figure> {
    let mut world = World::new(Size::usual(trial.program, 2)).await;
    world.start_all();
    let mut all = Vec::new();
    for round in 0..trial.rounds {
        let orders = orders(&format!("cut{round}"), 9, (20, 4.0));
        ask(&world, &orders).await;
        begun(&world, all.len() + orders.len()).await;
        let way = WAYS[round % WAYS.len()];
        world.targets.iter().for_each(|target| target.way.set(way));
        tokio::time::sleep(Duration::from_secs(3)).await;
        world
            .targets
            .iter()
            .for_each(|target| target.way.set(Way::Open));
        all.extend(orders);
    }
    let mut findings = judge(&world, &all).await;
    let steps = world.record.steps().await;
    let tasks: Vec<_> = all.iter().flat_map(|order| &order.tasks).collect();
    for (step, task) in steps.iter().zip(&tasks) {
        if task.kind == Kind::Detached && step.status != "succeeded" {
            findings
                .broken
                .push(format!("a detached command was not found again: {step:?}"));
        }
    }
    let what = "ways to targets cut, silent, half open, without answers; commands found again, output whole";
    vec![figure(
        "R1",
        what,
        (tasks.len(), &findings),
        Vec::new(),
        trial.seed,
    )]
}
