//! What handlers and loops share.

use clients::targets::TargetsClient;
use common::clock::Clock;
use service_kit::bus::Bus;
use service_kit::service::Kit;
use sqlx::PgPool;

use crate::config::Config;

/// Built once at the start.
pub struct App {
    /// PostgreSQL.
    pub db: PgPool,
    /// Names to snapshots.
    pub targets: TargetsClient,
    /// The time.
    pub clock: Clock,
    /// Wakes executors.
    pub bus: Bus,
}

impl App {
    /// Takes what it needs from the kit.
    pub fn new(kit: &Kit, config: &Config) -> Self {
        let targets = TargetsClient::new(kit.http.clone(), &config.targets_url, kit.tokens.clone());
        Self {
            db: kit.db.clone(),
            targets,
            clock: kit.clock.clone(),
            bus: kit.bus.clone(),
        }
    }
}
