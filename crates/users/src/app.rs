//! What the handlers and loops share.

use std::sync::Arc;

use common::clock::Clock;
use service_kit::bus::Bus;
use service_kit::service::Kit;
use sqlx::PgPool;

use crate::config::Config;
use crate::domain::chain::ChainKey;
use crate::domain::hashing::Hasher;
use crate::domain::witness::Witness;

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
    /// Links and signs the audit log.
    pub chain_key: Arc<ChainKey>,
    /// Keeps signed ends of the audit log.
    pub witness: Witness,
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
            chain_key: Arc::clone(&config.audit_key),
            witness: Witness::new(config.audit_head_file.clone()),
        }
    }
}
