//! A disk that takes no output: steps go on, say what is missing, and use it again once there is room.

use super::{Trial, ask, figure, judge, orders};
use crate::check::Findings;
use crate::figures::Figure;
use crate::world::{Size, World};

/// R10: no step fails for it, each says so; afterwards all is kept, by the same executors.
pub(super) async fn disk(trial: Trial<'_>) -> Vec<Figure> {
    let mut world = World::new(Size::short(trial.program, 2)).await;
    // Nothing can be made below a file; not even root can.
    let disk = world.folder().join("disk");
    std::fs::write(&disk, b"full").expect("a file");
    let output = disk.join("output").display().to_string();
    for place in &mut world.places {
        place.start(&[("OUTPUT_DIR", &output)]);
    }
    let pids: Vec<_> = world.places.iter().map(|place| place.pid()).collect();
    let mut all = orders("full", trial.rounds, (5, 0.5));
    ask(&world, &all).await;
    let mut findings = judge(&world, &all).await;
    expect_degraded(&mut findings, &world, "full", true).await;
    std::fs::remove_file(&disk).expect("room again");
    let later = orders("room", trial.rounds, (5, 0.5));
    ask(&world, &later).await;
    all.extend(later);
    findings
        .broken
        .append(&mut judge(&world, &all).await.broken);
    expect_degraded(&mut findings, &world, "room", false).await;
    let same: Vec<_> = world.places.iter().map(|place| place.pid()).collect();
    findings.expect(pids == same, || "an executor did not live on".to_owned());
    let what = "no room for output, then room; steps done, each lost output told";
    vec![figure(
        "R10",
        what,
        (all.len(), &findings),
        Vec::new(),
        trial.seed,
    )]
}

/// Whether each step of a name says, or does not say, that output is missing.
async fn expect_degraded(findings: &mut Findings, world: &World, name: &str, is_degraded: bool) {
    for step in world.record.steps().await {
        if !step.name.starts_with(name) {
            continue;
        }
        let says = step.metrics["log_degraded"] == true;
        let is_right = step.status == "succeeded" && says == is_degraded;
        findings.expect(is_right, || {
            format!("with a disk of state {name}: {step:?}")
        });
    }
}
