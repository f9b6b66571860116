//! Targets that flood, hang, or are not who they were.

use std::net::TcpListener;

use super::{Trial, ask, figure, judge, orders};
use crate::figures::Figure;
use crate::record::StepRow;
use crate::work::{Kind, Order, Task};
use crate::world::{Size, World};

/// Most memory of an executor, whatever commands print.
const MEMORY_KIB: u64 = 64 * 1024;

fn alone(task: Task) -> Order {
    Order::of(vec![task])
}

/// Seconds of work of the steps whose marks begin with `name`.
fn run_seconds(steps: &[StepRow], name: &str) -> Vec<f64> {
    let named = steps.iter().filter(|step| step.name.starts_with(name));
    named
        .filter_map(|step| Some(step.metrics["run_ms"].as_f64()? / 1000.0))
        .collect()
}

/// R13: a gibibyte of output; memory stays small, other steps go on.
pub(super) async fn flood(trial: Trial<'_>) -> Vec<Figure> {
    let mut world = World::new(Size::usual(trial.program, 1)).await;
    world.start_all();
    let mut all = orders("before", 12, (2, 0.2));
    ask(&world, &all).await;
    let mut findings = judge(&world, &all).await;
    for (kind, bytes) in [(Kind::Bound, 1 << 30), (Kind::Detached, 1 << 28)] {
        let mark = format!("flood{kind:?}");
        let task = Task {
            flood: bytes,
            ..Task::new(&mark, kind, (2, 0.0))
        };
        let mut floods = vec![alone(task)];
        floods.extend(orders(&format!("beside{kind:?}"), trial.rounds, (2, 0.2)));
        ask(&world, &floods).await;
        all.extend(floods);
        findings = judge(&world, &all).await;
    }
    let peak = world.places[0].peak_memory_kib().expect("it runs");
    if peak > MEMORY_KIB {
        findings.broken.push(format!("an executor took {peak} KiB"));
    }
    let steps = world.record.steps().await;
    for step in steps.iter().filter(|step| step.status != "succeeded") {
        findings
            .broken
            .push(format!("beside a flood: {step:.500?}"));
    }
    let seconds = run_seconds(&steps, "beside");
    let what = format!(
        "1 GiB over a connection, 256 MiB detached, executor at most {} MiB; time of steps beside it (alone {:.2} s)",
        peak.div_ceil(1024),
        run_seconds(&steps, "before").iter().sum::<f64>() / 12.0,
    );
    vec![figure(
        "R13",
        &what,
        (steps.len(), &findings),
        seconds,
        trial.seed,
    )]
}

/// R14: targets that take connections and say nothing; healthy targets beside them.
pub(super) async fn tarpits(trial: Trial<'_>) -> Vec<Figure> {
    let mut world = World::new(Size::usual(trial.program, 1)).await;
    world.start_all();
    let pit = TcpListener::bind(("0.0.0.0", 0)).expect("a port");
    let port = pit.local_addr().expect("an address").port();
    let kinds = Kind::ALL.into_iter().cycle().take(trial.rounds).enumerate();
    let stuck = kinds.map(|(number, kind)| {
        alone(Task {
            place: Some((format!("127.0.1.{}", number + 1), port)),
            ..Task::new(&format!("stuck{number}"), kind, (1, 0.0))
        })
    });
    let mut all: Vec<_> = stuck.collect();
    ask(&world, &all).await;
    let since = world.record.now().await;
    let healthy = orders("healthy", 30, (2, 0.1));
    ask(&world, &healthy).await;
    all.extend(healthy);
    let mut findings = judge(&world, &all).await;
    let steps = world.record.steps().await;
    let is_as_meant = |step: &&StepRow| match step.name.starts_with("stuck") {
        true => step.status == "failed" && step.metrics.get("run_ms").is_none(),
        false => step.status == "succeeded",
    };
    for step in steps.iter().filter(|step| !is_as_meant(step)) {
        findings
            .broken
            .push(format!("beside tarpits: {step:.500?}"));
    }
    let waits = world.record.waits(since).await;
    let delayed = waits.iter().filter(|wait| **wait > 10.0).count();
    if delayed > 0 {
        findings.broken.push(format!(
            "{delayed} healthy runs waited as long as for a tarpit"
        ));
    }
    let what = format!(
        "{} silent targets; wait of runs on healthy ones",
        trial.rounds
    );
    vec![figure(
        "R14",
        &what,
        (waits.len(), &findings),
        waits,
        trial.seed,
    )]
}

/// R15: a changed host key; nothing is offered to log in, nothing is tried again.
pub(super) async fn keys(trial: Trial<'_>) -> Vec<Figure> {
    let mut world = World::new(Size::usual(trial.program, 1)).await;
    let mut all = Vec::new();
    let mut offers = 0;
    for round in 0..trial.rounds {
        let orders: Vec<_> = orders(&format!("key{round}"), 3, (1, 0.0))
            .into_iter()
            .map(|mut order| {
                order.tasks[0].target = 0;
                order
            })
            .collect();
        ask(&world, &orders).await;
        world.targets[0].sshd.renew_host_keys().await;
        world.start_all();
        all.extend(orders);
        super::quiescence(&world, std::time::Duration::from_secs(60)).await;
        offers += world.targets[0]
            .sshd
            .log()
            .matches("userauth-request")
            .count();
        world.places[0].kill().await;
    }
    let mut findings = judge(&world, &all).await;
    if offers > 0 {
        findings.broken.push(format!("{offers} offers to log in"));
    }
    for step in world.record.steps().await {
        if step.reason.as_deref() != Some("host_key_mismatch") || step.epoch != 1 {
            findings
                .broken
                .push(format!("on a changed host key: {step:?}"));
        }
    }
    let what = "host key changed; no offer to log in, refused once, not tried again";
    vec![figure(
        "R15",
        what,
        (all.len(), &findings),
        Vec::new(),
        trial.seed,
    )]
}
