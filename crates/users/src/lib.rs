//! People, their roles and passwords, and the reading side of the audit log.
#![warn(missing_docs)]

pub mod app;
pub mod config;
pub mod domain;
pub mod error;
pub mod routes;
pub mod store;
pub mod worker;

use std::io::Write;
use std::sync::Arc;

use common::clock::Clock;
use service_kit::config::Profile;
use service_kit::server::Server;
use service_kit::service::{BuildError, Descriptor, Kit};

use crate::app::App;
use crate::config::Config;
use crate::domain::bootstrap;

/// What this service is.
pub const SERVICE: Descriptor = Descriptor {
    name: "users",
    public_name: "user-service",
    description: "People, their roles and passwords, and the audit log",
    version: env!("CARGO_PKG_VERSION"),
    supported: Some(("supportedTypes", &["admin", "operator", "viewer"])),
};

/// Builds the service of this process.
///
/// # Errors
/// When a setting cannot be used, or the production profile finds what it refuses.
pub async fn build(config: Config) -> anyhow::Result<Server> {
    let kit = Kit::new(SERVICE, config.common.clone(), Clock::system())?;
    let app = Arc::new(App::new(&kit, &config));
    if config.common.profile == Profile::Production
        && let Some(code) = bootstrap::prepare(&app).await?
    {
        // Nobody is left to tell if standard error is closed.
        let _written = writeln!(std::io::stderr(), "{}", bootstrap::announcement(&code));
    }
    Ok(serve(kit, app).await?)
}

/// Builds the service from given parts.
///
/// # Errors
/// When the address cannot be listened on, or an operation lacks an access rule.
pub async fn build_with(kit: Kit, config: Config) -> Result<Server, BuildError> {
    let app = Arc::new(App::new(&kit, &config));
    serve(kit, app).await
}

async fn serve(kit: Kit, app: Arc<App>) -> Result<Server, BuildError> {
    worker::audit::start(&kit.tasks, &app);
    Server::start(kit, app, routes::configure).await
}
