//! What handlers and loops share.

use std::path::PathBuf;
use std::sync::Arc;

use clients::credentials::CredentialsClient;
use clients::targets::TargetsClient;
use common::clock::Clock;
use service_kit::bus::Bus;
use service_kit::service::Kit;
use service_kit::tasks::Tasks;
use sqlx::PgPool;

use crate::config::Config;
use crate::domain::streams::Streams;
use crate::worker::live::Live;

/// Built once at the start.
pub struct App {
    /// PostgreSQL.
    pub db: PgPool,
    /// Names to snapshots.
    pub targets: TargetsClient,
    /// Keeps secret parameters.
    pub credentials: CredentialsClient,
    /// The time.
    pub clock: Clock,
    /// Wakes executors.
    pub bus: Bus,
    /// Tells when the process stops.
    pub tasks: Tasks,
    /// Where executors keep output.
    pub output_dir: PathBuf,
    /// Logs of runs that somebody watches.
    pub live: Arc<Live>,
    /// How many they are who watch.
    pub streams: Arc<Streams>,
}

impl App {
    /// Takes what it needs from the kit.
    pub fn new(kit: &Kit, config: &Config) -> Self {
        let targets = TargetsClient::new(
            kit.http.clone(),
            kit.base("targets", &config.targets_url),
            kit.tokens.clone(),
        );
        let credentials = CredentialsClient::new(
            kit.http.clone(),
            kit.base("credentials", &config.credentials_url),
            kit.tokens.clone(),
        );
        Self {
            db: kit.db.clone(),
            targets,
            credentials,
            clock: kit.clock.clone(),
            bus: kit.bus.clone(),
            tasks: kit.tasks.clone(),
            output_dir: config.output.dir.clone(),
            live: Arc::new(Live::new(kit, config.output.dir.clone())),
            streams: Streams::new(config.streams_per_user),
        }
    }
}
