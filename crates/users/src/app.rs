//! What the handlers and loops share.

use common::clock::Clock;
use service_kit::bus::Bus;
use service_kit::service::Kit;
use sqlx::PgPool;

use crate::config::Config;
use crate::domain::hashing::Hasher;

/// The parts of the running service.
pub struct App {
    /// PostgreSQL.
    pub store: PgPool,
    /// The time.
    pub clock: Clock,
    /// Wakes auth.
    pub bus: Bus,
    /// Hashes passwords.
    pub hasher: Hasher,
}

impl App {
    /// Makes the parts.
    pub fn new(kit: &Kit, config: &Config) -> Self {
        Self {
            store: kit.db.clone(),
            clock: kit.clock.clone(),
            bus: kit.bus.clone(),
            hasher: Hasher::start(
                config.hash_threads,
                config.bcrypt_cost,
                config.pepper.clone(),
            ),
        }
    }
}
