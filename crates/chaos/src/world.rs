//! Everything that runs need, all of it private, and in one folder.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::json;
use service_kit::bus::{Bus, Topic};
use sqlx::PgPool;
use tempfile::TempDir;
use testkit::credentials::Credentials;
use testkit::db::TestDb;
use testkit::redis::TestRedis;
use testkit::sshd::Sshd;

use crate::ledger::{self, Ledger};
use crate::postgres::{Cluster, Database};
use crate::process::Place;
use crate::proxy::FaultProxy;
use crate::record::Record;

/// The credential that opens all targets.
pub(crate) const CREDENTIAL: i64 = 7;

/// How large a world is.
#[derive(Clone, Debug)]
pub struct Size {
    /// Executors.
    pub executors: usize,
    /// SSH servers.
    pub targets: usize,
    /// Lease of a claim.
    pub lease_seconds: u32,
    /// Heartbeat of an executor.
    pub heartbeat_seconds: u32,
    /// The program of the executors.
    pub program: PathBuf,
}

impl Size {
    /// With a short lease: faults show sooner.
    pub fn short(program: &Path, executors: usize) -> Self {
        Self {
            executors,
            targets: 2,
            lease_seconds: 4,
            heartbeat_seconds: 1,
            program: program.to_owned(),
        }
    }

    /// With the lease that executors have by default: what the figures are about.
    pub fn usual(program: &Path, executors: usize) -> Self {
        Self {
            lease_seconds: 15,
            heartbeat_seconds: 5,
            ..Self::short(program, executors)
        }
    }

    /// Longer than any claim lives without its executor.
    pub fn pause(&self) -> Duration {
        Duration::from_secs(u64::from(self.lease_seconds) * 3)
    }
}

/// A target, and the way to it.
pub struct Target {
    /// The server.
    pub sshd: Sshd,
    /// The way that executors take.
    pub way: FaultProxy,
}

/// All parts.
pub struct World {
    /// What it was asked to be.
    pub size: Size,
    /// The executors.
    pub places: Vec<Place>,
    /// The database.
    pub database: Database,
    /// Wakes executors.
    pub redis: TestRedis,
    /// Where steps run.
    pub targets: Vec<Target>,
    /// What is on record.
    pub record: Record,
    /// Every text that belongs to the secret.
    pub canaries: Vec<String>,
    pub(crate) jobs: PgPool,
    bus: Bus,
    folder: TempDir,
}

impl World {
    /// Starts all but the executors, with a database server of its own.
    pub async fn new(size: Size) -> Self {
        Self::on(Database::Private(Cluster::start().await), size).await
    }

    /// Starts all but the executors, on the database server of the tests.
    pub async fn shared(size: Size) -> Self {
        Self::on(Database::Shared(Box::new(TestDb::new().await)), size).await
    }

    async fn on(database: Database, size: Size) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("opsc-chaos.")
            .tempdir()
            .expect("a folder");
        let redis = TestRedis::start().await;
        let mut targets = Vec::new();
        for _ in 0..size.targets {
            let sshd = Sshd::start().await;
            let way = FaultProxy::start(sshd.port()).await;
            targets.push(Target { sshd, way });
        }
        let passphrase = format!("canary-{}", std::process::id());
        std::fs::write(folder.path().join("canary"), format!("{passphrase}\n")).expect("a canary");
        let key = targets[0].sshd.accepted_key("ed25519", &passphrase);
        share_key(&targets);
        let body = key.lines().nth(1).expect("a body").to_owned();
        let secret = json!({
            "username": targets[0].sshd.user(), "private_key": key, "passphrase": passphrase,
        });
        let credentials = Credentials::start(database.pool("opsc_credentials"));
        credentials.keep(CREDENTIAL, secret);
        let mut world = Self {
            bus: bus(&redis),
            record: Record::new(database.pool("tester")),
            jobs: database.pool("opsc_jobs"),
            canaries: vec![passphrase, body],
            places: Vec::new(),
            size,
            database,
            redis,
            targets,
            folder,
        };
        world.record.make_job().await;
        world.make_places(&credentials.url).await;
        world
    }

    async fn make_places(&mut self, credentials: &str) {
        for number in 0..self.size.executors {
            let way = FaultProxy::start(self.database.port()).await;
            let log = self.folder.path().join(format!("executor{number}.log"));
            let database = self.database.url_through("opsc_executor", way.port);
            let settings = [
                ("OPSC_PROFILE", "test".to_owned()),
                ("PORT", "0".to_owned()),
                ("LOG_LEVEL", "info".to_owned()),
                ("AUTH_URL", "http://127.0.0.1:9".to_owned()),
                ("CREDENTIALS_URL", credentials.to_owned()),
                ("DATABASE_URL", database),
                ("REDIS_URL", self.redis.url()),
                (
                    "EXECUTOR_LEASE_SECONDS",
                    self.size.lease_seconds.to_string(),
                ),
                (
                    "EXECUTOR_HEARTBEAT_SECONDS",
                    self.size.heartbeat_seconds.to_string(),
                ),
                ("EXECUTOR_RECOVERY_SECONDS", "1".to_owned()),
            ];
            let mut place = Place::new(number, &self.size.program, log, way);
            place.settings = settings
                .map(|(name, value)| (name.to_owned(), value))
                .into();
            self.places.push(place);
        }
    }

    /// Starts an executor in every place.
    pub fn start_all(&mut self) {
        self.places.iter_mut().for_each(|place| place.start(&[]));
    }

    /// Tells executors that a step may be ready.
    pub async fn hint(&self) {
        self.bus.give(Topic::RunsReady).await;
    }

    /// The folder of the trial.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What was really executed.
    pub fn ledger(&self) -> Ledger {
        ledger::read(&self.folder().join("ledger"))
    }

    /// Texts in which no secret may be: logs and the ledger.
    pub fn texts(&self) -> Vec<(String, String)> {
        let mut names: Vec<_> = self.places.iter().map(|place| place.log.clone()).collect();
        names.push(self.folder().join("ledger"));
        let read = |path: &PathBuf| std::fs::read_to_string(path).unwrap_or_default();
        names
            .iter()
            .map(|path| (path.display().to_string(), read(path)))
            .collect()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        ledger::sweep(&self.ledger());
    }
}

fn bus(redis: &TestRedis) -> Bus {
    let mut common = testkit::app::settings("");
    common.redis_url = Some(redis.url());
    Bus::new(&common).expect("a bus")
}

/// Lets the key of the first target in everywhere.
fn share_key(targets: &[Target]) {
    let accepted = targets[0].sshd.folder().join("authorized_keys");
    let keys = std::fs::read_to_string(accepted).expect("the accepted keys");
    for target in &targets[1..] {
        target.sshd.accept(keys.trim());
    }
}
