//! What the handlers share.

use common::clock::Clock;
use service_kit::service::Kit;
use sqlx::{PgPool, PgTransaction};

use crate::config::{Config, Reveal};
use crate::domain::vault::Vault;
use crate::error::Error;

/// Built once, shared by all requests.
pub struct App {
    /// PostgreSQL.
    pub db: PgPool,
    /// The time.
    pub clock: Clock,
    /// Encrypts and decrypts.
    pub vault: Vault,
    /// Whether an admin may read the data of a credential.
    pub reveal: Reveal,
}

impl App {
    /// Takes what it needs from the kit.
    pub fn new(kit: &Kit, config: Config) -> Self {
        Self {
            db: kit.db.clone(),
            clock: kit.clock.clone(),
            vault: Vault::new(config.keys),
            reveal: config.reveal,
        }
    }

    /// Begins a transaction.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn begin(&self) -> Result<PgTransaction<'static>, Error> {
        Ok(self.db.begin().await?)
    }
}
