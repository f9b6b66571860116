//! Breaks parts and mends them again, the same way for the same seed.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use testkit::redis::TestRedis;
use tokio::process::Command;

use crate::postgres::Shutdown;
use crate::proxy::{FaultProxy, Way};
use crate::world::World;

/// What can be done to a world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// An executor is ended with SIGKILL; a new one starts.
    Kill,
    /// An executor stands still for longer than its lease.
    Pause,
    /// An executor is asked to end; a new one starts.
    Drain,
    /// Redis forgets everything.
    Flush,
    /// Redis is away for a while.
    KillRedis,
    /// PostgreSQL is stopped as by a crash, and started.
    CrashPostgres,
    /// PostgreSQL is stopped properly, and started.
    StopPostgres,
    /// The way of an executor to the database is spoilt.
    SpoilDatabase,
    /// The way of all executors to a target is spoilt.
    SpoilTarget,
}

impl Fault {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Kill,
        Self::Pause,
        Self::Drain,
        Self::Flush,
        Self::KillRedis,
        Self::CrashPostgres,
        Self::StopPostgres,
        Self::SpoilDatabase,
        Self::SpoilTarget,
    ];
}

/// What has to be mended later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mend {
    Continue(usize),
    Start(usize),
    Redis,
    Database(usize),
    Target(usize),
}

/// The one who breaks things.
pub struct Nemesis {
    rng: StdRng,
    faults: Vec<Fault>,
    due: Vec<(Instant, Mend)>,
    /// How often each fault was done.
    pub done: BTreeMap<Fault, u32>,
}

impl Nemesis {
    /// One that knows these faults.
    pub fn new(seed: u64, faults: &[Fault]) -> Self {
        Self {
            rng: StdRng::seed_from_u64(seed ^ 0x6e65_6d65),
            faults: faults.to_owned(),
            due: Vec::new(),
            done: BTreeMap::new(),
        }
    }

    /// Breaks and mends for a while.
    pub async fn rage(&mut self, world: &mut World, time: Duration) {
        let until = Instant::now() + time;
        while Instant::now() < until {
            let fault = self.faults[self.rng.random_range(0..self.faults.len())];
            self.strike(world, fault).await;
            *self.done.entry(fault).or_default() += 1;
            let next = Instant::now() + Duration::from_millis(self.rng.random_range(200..2500));
            while Instant::now() < next {
                self.mend(world, Instant::now()).await;
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }

    /// Mends everything, and starts what is not there.
    pub async fn heal(&mut self, world: &mut World) {
        for place in &mut world.places {
            place.to_database.set(Way::Open);
            place.signal("CONT").await;
        }
        world
            .targets
            .iter()
            .for_each(|target| target.way.set(Way::Open));
        let last = self.due.iter().map(|(at, _)| *at).max();
        self.mend(world, last.unwrap_or_else(Instant::now)).await;
        for place in &mut world.places {
            if place.pid().is_none() {
                place.start(&[]);
            }
        }
    }

    async fn strike(&mut self, world: &mut World, fault: Fault) {
        let number = self.rng.random_range(0..world.places.len());
        match fault {
            Fault::Kill => {
                world.places[number].kill().await;
                self.due(200..1500, Mend::Start(number));
            }
            Fault::Pause => {
                world.places[number].signal("STOP").await;
                let pause = u64::try_from(world.size.pause().as_millis()).expect("short");
                self.due(pause..pause + 1000, Mend::Continue(number));
            }
            Fault::Drain => {
                world.places[number].signal("TERM").await;
                self.due(500..3000, Mend::Start(number));
            }
            Fault::Flush => flush(&world.redis).await,
            Fault::KillRedis => {
                world.redis.kill().await;
                self.due(500..6000, Mend::Redis);
            }
            Fault::CrashPostgres => self.restart(world, Shutdown::Immediate).await,
            Fault::StopPostgres => self.restart(world, Shutdown::Fast).await,
            Fault::SpoilDatabase => {
                spoil(&mut self.rng, &world.places[number].to_database);
                self.due(300..9000, Mend::Database(number));
            }
            Fault::SpoilTarget => {
                let target = self.rng.random_range(0..world.targets.len());
                spoil(&mut self.rng, &world.targets[target].way);
                self.due(300..9000, Mend::Target(target));
            }
        }
    }

    async fn restart(&mut self, world: &mut World, how: Shutdown) {
        world.database.server().stop(how);
        let away = self.rng.random_range(0..3000);
        tokio::time::sleep(Duration::from_millis(away)).await;
        world.database.server().resume().await;
    }

    fn due(&mut self, after_ms: std::ops::Range<u64>, mend: Mend) {
        let at = Instant::now() + Duration::from_millis(self.rng.random_range(after_ms));
        self.due.push((at, mend));
    }

    /// Mends what is due until a moment.
    async fn mend(&mut self, world: &mut World, until: Instant) {
        let (now, later) = self.due.drain(..).partition(|(at, _)| *at <= until);
        self.due = later;
        for (_, mend) in now {
            match mend {
                Mend::Continue(number) => world.places[number].signal("CONT").await,
                Mend::Start(number) => {
                    let place = &mut world.places[number];
                    // One that was asked to end gets the time it may take.
                    place.signal("CONT").await;
                    let _ended = place.ended(Duration::from_secs(40)).await;
                    place.kill().await;
                    place.start(&[]);
                }
                Mend::Redis => {
                    world.redis.kill().await;
                    world.redis.restart().await;
                }
                Mend::Database(number) => world.places[number].to_database.set(Way::Open),
                Mend::Target(number) => world.targets[number].way.set(Way::Open),
            }
        }
    }
}

fn spoil(rng: &mut StdRng, way: &FaultProxy) {
    let ways = [
        Way::Slow(Duration::from_millis(rng.random_range(20..800))),
        Way::Cut,
        Way::Blackhole,
        Way::HalfOpen,
        Way::DropAfter(rng.random_range(0..20_000)),
        Way::LoseReply,
    ];
    way.set(ways[rng.random_range(0..ways.len())]);
}

/// Empties Redis.
pub async fn flush(redis: &TestRedis) {
    let socket = redis.url().replace("redis+unix://", "");
    // It may be away at the moment.
    let _flushed = Command::new("redis-cli")
        .args(["-s", &socket, "FLUSHALL"])
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .status()
        .await;
}
