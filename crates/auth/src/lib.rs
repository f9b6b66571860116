//! Signs people and services in: sessions, tokens, signing keys, revocations, lock-out.
#![warn(missing_docs)]

pub mod app;
pub mod authority;
pub mod config;
pub mod domain;
pub mod error;
pub mod routes;
pub mod store;
pub mod worker;

use std::sync::Arc;

use common::clock::Clock;
use service_kit::server::Server;
use service_kit::service::{BuildError, Descriptor, Kit};
use tracing::warn;

use crate::app::App;
use crate::authority::OwnAuthority;
use crate::config::Config;

/// What this service is.
pub const SERVICE: Descriptor = Descriptor {
    name: "auth",
    public_name: "auth-service",
    description: "Signs people and services in: sessions, tokens, keys, revocations, lock-out.",
    version: env!("CARGO_PKG_VERSION"),
    supported: None,
};

/// Makes the service of these settings.
///
/// # Errors
/// When a part cannot be made or the address is taken.
pub async fn build(config: Config) -> anyhow::Result<Server> {
    let kit = Kit::new(SERVICE, config.common.clone(), Clock::system())?;
    Ok(build_with(kit, config).await?)
}

/// Makes the service from the given parts; it checks tokens against its own database.
///
/// # Errors
/// When an operation lacks an access rule, or the address is taken.
pub async fn build_with(mut kit: Kit, config: Config) -> Result<Server, BuildError> {
    let app = assemble(&mut kit, config).await;
    let kit = kit.with_authority(Arc::new(OwnAuthority(Arc::clone(&app))));
    start(kit, app).await
}

/// Makes the service from the given parts; it checks tokens as the gate of `kit` does.
///
/// # Errors
/// When an operation lacks an access rule, or the address is taken.
pub async fn build_behind(mut kit: Kit, config: Config) -> Result<Server, BuildError> {
    let app = assemble(&mut kit, config).await;
    start(kit, app).await
}

async fn assemble(kit: &mut Kit, config: Config) -> Arc<App> {
    let app = Arc::new(App::new(kit, config));
    // The gate asks for the keys as soon as it starts; without a database it asks again.
    if let Err(error) = domain::rotation::reconcile(&app).await {
        warn!("Signing keys are not ready: {error}");
    }
    app
}

async fn start(kit: Kit, app: Arc<App>) -> Result<Server, BuildError> {
    worker::start(&kit, &app);
    Server::start(kit, app, routes::configure).await
}
