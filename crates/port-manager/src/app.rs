//! What handlers and loops share.

use std::sync::Arc;

use clients::http::TokenSource;
use common::clock::Clock;
use service_kit::bus::Bus;
use service_kit::service::{BuildError, Kit};
use service_kit::tasks::Tasks;
use sqlx::PgPool;
use tokio::sync::Notify;

use crate::config::Config;
use crate::domain::group::Queue;
use crate::gateway::Gateway;
use crate::observer::Observer;
use crate::partner::Discovered;
use crate::probe::Probe;
use crate::recent::Recent;
use crate::worker::live::Live;

/// The parts of the running service.
pub struct App {
    /// PostgreSQL.
    pub store: PgPool,
    /// The time.
    pub clock: Clock,
    /// Background work.
    pub tasks: Tasks,
    /// Gives hints.
    pub bus: Bus,
    /// The settings.
    pub config: Config,
    /// Looks at the sockets of this machine.
    pub observer: Observer,
    /// Talks to managed services.
    pub probe: Probe,
    /// Where assignments wait for each other.
    pub assignments: Queue,
    /// Answers that hold still.
    pub recent: Recent,
    /// Where the gateway passes requests.
    pub gateway: Gateway,
    /// What the Hub said of services.
    pub discovered: Discovered,
    /// Wakes those who follow events.
    pub live: Live,
    /// Outbound HTTP to our own services.
    pub http: reqwest::Client,
    /// Tokens for them.
    pub tokens: TokenSource,
    /// Given when a gateway has told which port map it serves.
    pub switched: Notify,
    /// When this process started, by the real clock of the machine.
    pub started: std::time::Instant,
    /// Name of this process among port managers.
    pub id: String,
}

impl App {
    /// Makes the parts.
    ///
    /// # Errors
    /// When the outbound client cannot be made.
    pub fn new(kit: &Kit, config: Config) -> Result<Self, BuildError> {
        Ok(Self {
            store: kit.db.clone(),
            clock: kit.clock.clone(),
            tasks: kit.tasks.clone(),
            bus: kit.bus.clone(),
            observer: Observer::default(),
            probe: Probe::new(config.health_timeout).map_err(BuildError::Outbound)?,
            assignments: Queue::default(),
            recent: Recent::default(),
            gateway: Gateway::new(config.gateway_url.clone()),
            discovered: Discovered::default(),
            live: Live::default(),
            http: kit.http.clone(),
            tokens: kit.tokens.clone(),
            switched: Notify::new(),
            started: std::time::Instant::now(),
            id: service_kit::request::new_id(),
            config,
        })
    }
}

/// How the parts are handed around.
pub type Shared = Arc<App>;
