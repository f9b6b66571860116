//! What handlers and loops share.

use std::sync::Arc;

use clients::http::{LocalTokens, TokenSource};
use clients::users::UsersClient;
use common::clock::Clock;
use service_kit::bus::Bus;
use service_kit::service::Kit;
use sqlx::PgPool;

use crate::config::Config;
use crate::domain::keyring::Keyring;
use crate::domain::seen::SeenTokens;
use crate::domain::token;

/// The parts of the running service.
pub struct App {
    /// PostgreSQL.
    pub db: PgPool,
    /// The time.
    pub clock: Clock,
    /// Hints to other processes.
    pub bus: Bus,
    /// People and passwords.
    pub users: UsersClient,
    /// Keys that sign.
    pub keys: Arc<Keyring>,
    /// Access tokens that were used lately.
    pub seen: SeenTokens,
    /// Settings.
    pub config: Config,
}

impl App {
    /// Makes them; from here on `kit` calls other services with tokens that are signed here.
    pub fn new(kit: &mut Kit, config: Config) -> Self {
        let keys = Arc::new(Keyring::new(&config.auth_key));
        kit.tokens = own_tokens(&keys, &kit.clock);
        keys.watch(&kit.health);
        Self {
            db: kit.db.clone(),
            clock: kit.clock.clone(),
            bus: kit.bus.clone(),
            users: UsersClient::new(
                kit.http.clone(),
                kit.base("users", &config.users_url),
                kit.tokens.clone(),
            ),
            keys,
            seen: SeenTokens::default(),
            config,
        }
    }
}

/// Tokens that this service calls others with.
fn own_tokens(keys: &Arc<Keyring>, clock: &Clock) -> TokenSource {
    let (keys, clock) = (Arc::clone(keys), clock.clone());
    TokenSource::Local(LocalTokens(Arc::new(move |audience: &str| {
        token::sign_for_service(&keys, crate::SERVICE.name, audience, clock.now()).ok()
    })))
}
