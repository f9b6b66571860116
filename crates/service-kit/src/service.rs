//! The parts that every service is built from, made once at its start.

use std::sync::Arc;

use clients::address::{Base, Directory};
use clients::auth::AuthClient;
use clients::http::{ServiceTokens, TokenSource, outbound};
use common::clock::Clock;
use common::permission::Permission;
use sqlx::PgPool;

use crate::authority::{Authority, RemoteAuthority};
use crate::bus::{Bus, Topic};
use crate::config::Common;
use crate::gate::Gate;
use crate::health::HealthChecks;
use crate::issuer::{Issuer, IssuerConfig};
use crate::reconcile::Hint;
use crate::tasks::Tasks;
use crate::{db, metrics, telemetry};

/// Name of the service that every other one calls.
const AUTH: &str = "auth";

/// What a service is.
#[derive(Clone, Copy, Debug)]
pub struct Descriptor {
    /// Name in tokens and settings, such as `targets`.
    pub name: &'static str,
    /// Name in health answers, such as `targets-service`.
    pub public_name: &'static str,
    /// One sentence.
    pub description: &'static str,
    /// Version of the crate.
    pub version: &'static str,
    /// What it supports, under the name of that list in `/info`.
    pub supported: Option<(&'static str, &'static [&'static str])>,
}

/// Why a service cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// `DATABASE_URL` cannot be read.
    #[error("DATABASE_URL: {0}")]
    Database(#[source] sqlx::Error),
    /// `REDIS_URL` cannot be read.
    #[error("REDIS_URL: {0}")]
    Redis(#[source] redis::RedisError),
    /// The outbound client cannot be made.
    #[error("outbound client")]
    Outbound(#[source] reqwest::Error),
    /// Operations that do not say who may call them.
    #[error("operations without an access rule: {}", .0.join("; "))]
    Access(Vec<String>),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address.
        address: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

/// The parts.
#[derive(Clone)]
pub struct Kit {
    /// What the service is.
    pub service: Descriptor,
    /// Its common settings.
    pub config: Common,
    /// The time.
    pub clock: Clock,
    /// PostgreSQL, in the service's own role.
    pub db: PgPool,
    /// Redis.
    pub bus: Bus,
    /// Outbound HTTP between services.
    pub http: reqwest::Client,
    /// This service's own tokens.
    pub tokens: TokenSource,
    /// Where other services are.
    pub directory: Directory,
    /// Given when the port map may have changed; one loop of the process waits for it.
    pub ports: Hint,
    /// Background work.
    pub tasks: Tasks,
    /// Health.
    pub health: HealthChecks,
    authority: Option<Arc<dyn Authority>>,
    open: Option<Permission>,
    second: Option<IssuerConfig>,
}

impl Kit {
    /// Makes the parts. Nothing is connected to yet.
    ///
    /// # Errors
    /// When an address in the settings cannot be read.
    pub fn new(service: Descriptor, config: Common, clock: Clock) -> Result<Self, BuildError> {
        telemetry::start(&config);
        metrics::start();
        // Fails only when the process has a provider already, which is then the same one.
        let _installed = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let db = db::pool(&config, service.public_name).map_err(BuildError::Database)?;
        let http = outbound().map_err(BuildError::Outbound)?;
        let bus = Bus::new(&config).map_err(BuildError::Redis)?;
        let ports = bus.hint(Topic::Ports);
        let asked = ports.clone();
        let directory = Directory::new(move || asked.give());
        let tokens = match &config.service_secret {
            Some(secret) => {
                let base = directory.base(AUTH, &config.auth_url);
                let auth = AuthClient::new(http.clone(), base, TokenSource::None);
                let tokens = ServiceTokens::new(auth, service.name, secret.clone());
                TokenSource::Auth(Arc::new(tokens))
            }
            None => TokenSource::None,
        };
        let health = HealthChecks::new(service.public_name);
        if !config.database_url.is_empty() {
            health.add_database(&db);
        }
        Ok(Self {
            service,
            clock,
            db,
            bus,
            directory,
            ports,
            http,
            tokens,
            tasks: Tasks::default(),
            health,
            authority: None,
            open: None,
            second: None,
            config,
        })
    }

    /// The address of another service, which is `url` in the settings.
    pub fn base(&self, service: &'static str, url: &str) -> Base {
        self.directory.base(service, url)
    }

    /// Uses `authority` instead of auth over HTTP.
    #[must_use]
    pub fn with_authority(mut self, authority: Arc<dyn Authority>) -> Self {
        self.authority = Some(authority);
        self
    }

    /// Lets everybody do without a token what `permission` allows.
    #[must_use]
    pub fn with_open(mut self, permission: Permission) -> Self {
        self.open = Some(permission);
        self
    }

    /// Takes tokens of a second issuer as well.
    #[must_use]
    pub fn with_issuer(mut self, second: IssuerConfig) -> Self {
        self.second = Some(second);
        self
    }

    /// The gate in front of the routes.
    pub fn gate(&self) -> Arc<Gate> {
        let authority = self.authority.clone().unwrap_or_else(|| {
            let auth = |tokens| {
                let base = self.base(AUTH, &self.config.auth_url);
                AuthClient::new(self.http.clone(), base, tokens)
            };
            Arc::new(RemoteAuthority {
                anonymous: auth(TokenSource::None),
                as_service: auth(self.tokens.clone()),
            })
        });
        let gate = Gate::new(self.service.name, authority, self.clock.clone());
        let (http, clock, tasks) = (&self.http, &self.clock, &self.tasks);
        let second = self
            .second
            .clone()
            .map(|issuer| Issuer::new(issuer, http.clone(), clock.clone(), tasks.clone()));
        Arc::new(gate.opened(self.open).trusting(second))
    }

    /// A hint for revocations, given by every service that ends tokens.
    pub(crate) fn revocations_hint(&self) -> Hint {
        self.bus.hint(Topic::Revocations)
    }
}
