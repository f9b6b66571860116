//! Executors that are asked to end, one after the other, under work.

use std::time::{Duration, Instant};

use super::{Trial, ask, figure, judge, orders};
use crate::figures::Figure;
use crate::world::{Size, World};

/// R17: each ends by itself with success; no step is lost, none is flagged.
pub(super) async fn rolling(trial: Trial<'_>) -> Vec<Figure> {
    let mut world = World::new(Size::usual(trial.program, 3)).await;
    world.start_all();
    let (mut all, mut seconds, mut bad) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..trial.rounds {
        for number in 0..world.places.len() {
            let orders = orders(&format!("roll{round}.{number}"), 6, (6, 3.0));
            ask(&world, &orders).await;
            all.extend(orders);
            tokio::time::sleep(Duration::from_millis(700)).await;
            let place = &mut world.places[number];
            let begun = Instant::now();
            place.signal("TERM").await;
            let status = place.ended(Duration::from_secs(40)).await;
            seconds.push(begun.elapsed().as_secs_f64());
            if !status.is_some_and(|status| status.success()) {
                bad.push(format!("an executor ended with {status:?}"));
            }
            place.start(&[]);
        }
    }
    let mut findings = judge(&world, &all).await;
    findings.broken.append(&mut bad);
    for step in world.record.steps().await {
        if step.status != "succeeded" {
            findings
                .broken
                .push(format!("after a rolling restart: {step:?}"));
        }
    }
    let what = "SIGTERM one after the other under work; time to the end of the process";
    vec![figure(
        "R17",
        what,
        (seconds.len(), &findings),
        seconds,
        trial.seed,
    )]
}

/// Makes the clock of a process wrong, but not the one that measures time.
const WRONG_CLOCK: &str = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

/// R9: clocks of executors are ten minutes off, in both directions; leases do not care.
pub(super) async fn skew(trial: Trial<'_>) -> Vec<Figure> {
    if !std::path::Path::new(WRONG_CLOCK).exists() {
        super::report("skew is left out: libfaketime is not installed");
        return Vec::new();
    }
    let mut world = World::new(Size::short(trial.program, 3)).await;
    for (number, skew) in ["+600s", "-600s", "+0s"].into_iter().enumerate() {
        world.places[number].start(&[
            ("LD_PRELOAD", WRONG_CLOCK),
            ("FAKETIME", skew),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
        ]);
    }
    let mut all = Vec::new();
    for round in 0..trial.rounds {
        let orders = orders(&format!("skew{round}"), 12, (6, 6.0));
        ask(&world, &orders).await;
        all.extend(orders);
        tokio::time::sleep(Duration::from_secs(7)).await;
    }
    let mut findings = judge(&world, &all).await;
    for step in world.record.steps().await {
        if step.status != "succeeded" || step.epoch != 1 {
            findings
                .broken
                .push(format!("under wrong clocks: {step:?}"));
        }
    }
    let what = "clocks of executors 10 min ahead and behind; steps longer than the lease, each claimed once";
    vec![figure(
        "R9",
        what,
        (all.len(), &findings),
        Vec::new(),
        trial.seed,
    )]
}
