//! What the handlers share.

use std::time::Duration;

use clients::credentials::CredentialsClient;
use common::clock::Clock;
use service_kit::service::Kit;
use sqlx::PgPool;
use tokio::sync::Semaphore;

use crate::config::{Config, Winrm};

/// The parts of the running service.
pub struct App {
    /// PostgreSQL.
    pub store: PgPool,
    /// The time.
    pub clock: Clock,
    /// Releases the secret for a connection test.
    pub credentials: CredentialsClient,
    /// How WinRM tests are answered.
    pub winrm: Winrm,
    /// A permit for each connection test that may run now.
    pub tests: Semaphore,
    /// Longest time that a connection test takes.
    pub test_limit: Duration,
}

impl App {
    /// Makes the parts.
    pub fn new(kit: &Kit, config: &Config) -> Self {
        Self {
            store: kit.db.clone(),
            clock: kit.clock.clone(),
            credentials: CredentialsClient::new(
                kit.http.clone(),
                kit.base("credentials", &config.credentials_url),
                kit.tokens.clone(),
            ),
            winrm: config.winrm,
            tests: Semaphore::new(config.max_tests),
            test_limit: config.test_limit,
        }
    }
}
