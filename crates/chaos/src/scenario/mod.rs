//! Trials: a world, work, faults, and what is measured.

mod cuts;
mod disk;
mod kills;
mod outages;
mod redis;
mod starts;
mod storm;
mod targets;
mod tests;
mod undo;

use std::path::Path;
use std::time::{Duration, Instant};

use crate::check::{Findings, check, quiescence};
use crate::figures::Figure;
use crate::work::{Kind, Order, Task};
use crate::world::World;

/// What a trial is given.
#[derive(Clone, Copy, Debug)]
pub struct Trial<'a> {
    /// The program of the executors.
    pub program: &'a Path,
    /// What everything random is made from.
    pub seed: u64,
    /// How often, or how many tens of seconds, depending on the scenario.
    pub rounds: usize,
}

/// A trial by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scenario {
    /// SIGKILL of executors that hold steps of all kinds.
    Kills,
    /// SIGSTOP for three leases.
    Pauses,
    /// Redis is there, forgets, is away, is back.
    Redis,
    /// PostgreSQL restarts.
    Postgres,
    /// The way to the database is cut.
    Outage,
    /// The ways to targets are cut.
    Cuts,
    /// Hints come many times.
    Hints,
    /// SIGTERM, one executor after the other.
    Rolling,
    /// Clocks of executors are wrong.
    Skew,
    /// Commands print without end.
    Flood,
    /// The disk takes no output.
    Disk,
    /// Targets hang.
    Tarpits,
    /// Host keys change.
    Keys,
    /// Runs fail, and what they did is undone.
    Undo,
    /// Tests of jobs, again and again.
    Tests,
    /// Everything at once.
    Storm,
}

impl Scenario {
    /// All, in the order of the table.
    pub const ALL: [Self; 16] = [
        Self::Kills,
        Self::Pauses,
        Self::Redis,
        Self::Postgres,
        Self::Outage,
        Self::Cuts,
        Self::Hints,
        Self::Rolling,
        Self::Skew,
        Self::Flood,
        Self::Disk,
        Self::Tarpits,
        Self::Keys,
        Self::Undo,
        Self::Tests,
        Self::Storm,
    ];

    /// What it is called by.
    pub fn name(self) -> &'static str {
        match self {
            Self::Kills => "kills",
            Self::Pauses => "pauses",
            Self::Redis => "redis",
            Self::Postgres => "postgres",
            Self::Outage => "outage",
            Self::Cuts => "cuts",
            Self::Hints => "hints",
            Self::Rolling => "rolling",
            Self::Skew => "skew",
            Self::Flood => "flood",
            Self::Disk => "disk",
            Self::Tarpits => "tarpits",
            Self::Keys => "keys",
            Self::Undo => "undo",
            Self::Tests => "tests",
            Self::Storm => "storm",
        }
    }

    /// How often the long run does it.
    pub fn rounds(self) -> usize {
        match self {
            Self::Kills => 20,
            Self::Pauses | Self::Cuts | Self::Rolling | Self::Keys | Self::Undo => 10,
            Self::Redis | Self::Hints => 100,
            Self::Postgres | Self::Outage | Self::Skew => 5,
            Self::Flood | Self::Disk | Self::Tests | Self::Storm => 30,
            Self::Tarpits => 200,
        }
    }

    /// Does it.
    pub async fn run(self, trial: Trial<'_>) -> Vec<Figure> {
        match self {
            Self::Kills => kills::kills(trial).await,
            Self::Pauses => kills::pauses(trial).await,
            Self::Redis => redis::redis(trial).await,
            Self::Hints => redis::hints(trial).await,
            Self::Postgres => outages::postgres(trial).await,
            Self::Outage => outages::outage(trial).await,
            Self::Cuts => cuts::cuts(trial).await,
            Self::Rolling => starts::rolling(trial).await,
            Self::Skew => starts::skew(trial).await,
            Self::Flood => targets::flood(trial).await,
            Self::Disk => disk::disk(trial).await,
            Self::Tarpits => targets::tarpits(trial).await,
            Self::Keys => targets::keys(trial).await,
            Self::Undo => undo::undo(trial).await,
            Self::Tests => tests::tests(trial).await,
            Self::Storm => storm::storm(trial).await,
        }
    }
}

/// Orders of one step, of all kinds in turn.
fn orders(name: &str, count: usize, shape: (u32, f64)) -> Vec<Order> {
    let kinds = Kind::ALL.into_iter().cycle();
    let one = |(number, kind): (usize, Kind)| {
        let mark = format!("{name}.{number}");
        let target = number % 2;
        Order::of(vec![Task {
            target,
            ..Task::new(&mark, kind, shape)
        }])
    };
    kinds.take(count).enumerate().map(one).collect()
}

/// Asks for all of them.
async fn ask(world: &World, orders: &[Order]) {
    for order in orders {
        world.order(order).await.expect("the database is there");
    }
}

/// Waits until so many commands have begun.
async fn begun(world: &World, count: usize) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while world.ledger().len() < count {
        assert!(
            Instant::now() < deadline,
            "{} of {count} have begun",
            world.ledger().len()
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Waits for quiet and looks at everything.
async fn judge(world: &World, orders: &[Order]) -> Findings {
    quiescence(world, Duration::from_secs(180)).await;
    check(world, orders).await
}

/// A row of the table, out of what was found.
fn figure(
    promise: &'static str,
    what: &str,
    (trials, findings): (usize, &Findings),
    seconds: Vec<f64>,
    seed: u64,
) -> Figure {
    for broken in findings.broken.iter().take(10) {
        report(broken);
    }
    Figure {
        promise,
        what: what.to_owned(),
        trials,
        failures: findings.broken.len(),
        seconds,
        seed,
    }
}

/// Says what a person at the harness wants to know at once.
#[expect(clippy::print_stderr, reason = "the harness is a program for people")]
fn report(text: &str) {
    eprintln!("{text}");
}
