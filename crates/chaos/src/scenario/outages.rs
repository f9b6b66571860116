//! The database is away: running steps go on, nothing that it acknowledged is lost.

use std::time::Duration;

use super::{Trial, ask, begun, figure, judge, orders};
use crate::figures::Figure;
use crate::postgres::Shutdown;
use crate::proxy::Way;
use crate::world::{Size, World};

/// R4: PostgreSQL restarts under running steps; from its answer to the next claim.
pub(super) async fn postgres(trial: Trial<'_>) -> Vec<Figure> {
    let mut figures = Vec::new();
    for (how, name) in [(Shutdown::Fast, "fast"), (Shutdown::Immediate, "immediate")] {
        let mut world = World::new(Size::usual(trial.program, 3)).await;
        world.start_all();
        let (mut all, mut seconds) = (Vec::new(), Vec::new());
        for round in 0..trial.rounds {
            let running = orders(&format!("{name}{round}"), 9, (8, 4.0));
            ask(&world, &running).await;
            begun(&world, all.len() + running.len()).await;
            world.database.server().stop(how);
            world.database.server().resume().await;
            let since = world.record.now().await;
            let next = orders(&format!("{name}{round}next"), 3, (1, 0.0));
            ask(&world, &next).await;
            all.extend(running);
            all.extend(next);
            begun(&world, all.len()).await;
            seconds.extend(world.record.first_claim(since).await);
        }
        let mut findings = judge(&world, &all).await;
        let steps = world.record.steps().await;
        for step in steps.iter().filter(|step| step.status != "succeeded") {
            findings.broken.push(format!("{name} restart: {step:?}"));
        }
        if seconds.iter().any(|value| *value > 5.0) {
            findings
                .broken
                .push(format!("{name} restart: nothing was claimed for 5 s"));
        }
        let what = format!(
            "{name} restart of PostgreSQL under running steps; from its answer to the next claim"
        );
        figures.push(figure(
            "R4",
            &what,
            (trial.rounds, &findings),
            seconds,
            trial.seed,
        ));
    }
    figures
}

/// R4: the way to the database is a black hole for two leases while steps run.
pub(super) async fn outage(trial: Trial<'_>) -> Vec<Figure> {
    let mut world = World::new(Size::short(trial.program, 2)).await;
    world.start_all();
    let (mut all, mut seconds) = (Vec::new(), Vec::new());
    for round in 0..trial.rounds {
        let running = orders(&format!("away{round}"), 9, (8, 3.0));
        ask(&world, &running).await;
        begun(&world, all.len() + running.len()).await;
        let way = if round % 2 == 0 {
            Way::Blackhole
        } else {
            Way::Cut
        };
        world
            .places
            .iter()
            .for_each(|place| place.to_database.set(way));
        tokio::time::sleep(Duration::from_secs(u64::from(world.size.lease_seconds) * 2)).await;
        world
            .places
            .iter()
            .for_each(|place| place.to_database.set(Way::Open));
        let since = world.record.now().await;
        let next = orders(&format!("away{round}next"), 3, (1, 0.0));
        ask(&world, &next).await;
        all.extend(running);
        all.extend(next);
        begun(&world, all.len()).await;
        seconds.extend(world.record.first_claim(since).await);
    }
    let findings = judge(&world, &all).await;
    let what = "no way to the database for two leases; from its return to the next claim";
    vec![figure(
        "R4",
        what,
        (trial.rounds, &findings),
        seconds,
        trial.seed,
    )]
}
