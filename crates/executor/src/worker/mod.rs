//! The worker: claims steps, keeps its claims alive, does the work, hands back what it cannot do.
//!
//! Every write carries step, epoch and worker. Loops here only make reality match `runs`; each is
//! safe to repeat and to run beside the same loops of other executors.

mod access;
mod approving;
mod attempt;
mod claiming;
mod copying;
mod draining;
mod failing;
mod files;
mod finishing;
mod heartbeat;
mod identity;
mod lasting;
mod nesting;
mod options;
mod parcels;
mod printing;
mod recovery;
mod requesting;
mod settle;
mod slots;
mod waiting;

use std::future::{Future, ready};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use clients::credentials::CredentialsClient;
use clients::jobs::JobsClient;
use clients::outside::Outside;
use futures_util::FutureExt;
use service_kit::bus::Topic;
use service_kit::reconcile::Hint;
use service_kit::service::{BuildError, Kit};
use service_kit::tasks::Tasks;
use sqlx::PgPool;

use crate::config::Config;
use crate::connector::Connector;
use crate::connector::ssh::SshConnector;
use crate::worker::finishing::Finishing;
use crate::worker::parcels::Parcels;
use crate::worker::printing::Printing;
use crate::worker::slots::Slots;

/// Longest wait for one answer of the database, connecting included.
const DATABASE_TIMEOUT: Duration = Duration::from_secs(6);

/// The one worker of this process.
pub(crate) struct Worker {
    /// New with each start: host, process, random part.
    pub(crate) id: String,
    pub(crate) host: String,
    pub(crate) settings: Settings,
    db: PgPool,
    tasks: Tasks,
    slots: Slots,
    printing: Printing,
    finishing: Finishing,
    credentials: CredentialsClient,
    jobs: JobsClient,
    parcels: Parcels,
    ssh: Arc<dyn Connector>,
    outside: Outside,
    /// Wakes the claiming loop from inside the process.
    wake: Hint,
    is_running: AtomicBool,
}

/// Times and limits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    pub(crate) enabled: bool,
    pub(crate) poll_interval: Duration,
    pub(crate) lease: Duration,
    pub(crate) heartbeat: Duration,
    pub(crate) recovery: Duration,
}

impl Settings {
    /// After so long without a renewal nothing may be sent any more.
    pub(crate) fn fence(&self) -> Duration {
        self.lease.mul_f64(0.8)
    }

    fn lease_seconds(&self) -> i32 {
        i32::try_from(self.lease.as_secs()).unwrap_or(i32::MAX)
    }
}

impl Worker {
    /// # Errors
    /// When the client for addresses outside cannot be made.
    pub(crate) fn new(kit: &Kit, config: &Config) -> Result<Arc<Self>, BuildError> {
        let host = identity::host();
        let outside = Outside::new(config.loopback).map_err(BuildError::Outbound)?;
        Ok(Arc::new(Self {
            id: identity::worker_id(&host),
            host,
            settings: Settings {
                enabled: config.worker_enabled,
                poll_interval: config.poll_interval,
                lease: config.lease,
                heartbeat: config.heartbeat,
                recovery: config.recovery,
            },
            db: kit.db.clone(),
            tasks: kit.tasks.clone(),
            slots: Slots::new(config.max_steps),
            printing: Printing::new(kit, config),
            finishing: Finishing::default(),
            credentials: CredentialsClient::new(
                kit.http.clone(),
                kit.base("credentials", &config.credentials_url),
                kit.tokens.clone(),
            ),
            jobs: JobsClient::new(
                kit.http.clone(),
                kit.base("jobs", &config.jobs_url),
                kit.tokens.clone(),
            ),
            parcels: Parcels::default(),
            ssh: Arc::new(SshConnector::new(
                config.connect_timeout,
                config.auth_timeout,
            )),
            outside,
            wake: kit.bus.hint(Topic::RunsReady),
            is_running: AtomicBool::new(false),
        }))
    }

    /// Whether it looks for work.
    pub(crate) fn is_running(&self) -> bool {
        self.is_running.load(Ordering::SeqCst)
    }
}

/// Starts the loops; they end when the process stops.
pub(crate) fn start(kit: &Kit, worker: &Arc<Worker>) {
    recovery::start(kit, worker);
    printing::start(kit, worker);
    if !worker.settings.enabled {
        return;
    }
    add_health(kit, worker);
    let hint = kit.bus.hint(Topic::RunsReady);
    kit.tasks
        .spawn("heartbeat", heartbeat::keep(Arc::clone(worker), hint));
    kit.tasks
        .spawn("fence", heartbeat::fence(Arc::clone(worker)));
    kit.tasks
        .spawn("claiming", claiming::keep(Arc::clone(worker)));
    kit.tasks.spawn(
        "draining",
        draining::wait(Arc::clone(worker), kit.config.drain),
    );
}

/// An executor that claims nothing cannot do its work.
fn add_health(kit: &Kit, worker: &Arc<Worker>) {
    worker.is_running.store(true, Ordering::SeqCst);
    let worker = Arc::clone(worker);
    let check = move || {
        let is_well = worker.is_running() || worker.tasks.stopping().is_cancelled();
        let found = if is_well {
            Ok(())
        } else {
            Err("has stopped".to_owned())
        };
        ready(found).boxed()
    };
    kit.health.add("worker", Arc::new(check));
}

/// Gives the database limited time; no answer counts as the database being away.
async fn limited<T>(work: impl Future<Output = sqlx::Result<T>>) -> sqlx::Result<T> {
    tokio::time::timeout(DATABASE_TIMEOUT, work)
        .await
        .unwrap_or(Err(sqlx::Error::PoolTimedOut))
}
