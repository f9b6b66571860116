//! Job definitions with their versions, and the intent of runs: what is to be done, by whose wish.

pub mod app;
pub mod config;
pub mod domain;
pub mod error;
mod files;
pub mod routes;
pub mod store;
pub mod worker;

use std::sync::Arc;

use common::clock::Clock;
use service_kit::server::Server;
use service_kit::service::{BuildError, Descriptor, Kit};

use crate::app::App;
use crate::config::Config;

/// What this service is.
pub const SERVICE: Descriptor = Descriptor {
    name: "jobs",
    public_name: "jobs-service",
    description: "Job definitions, and runs of them",
    version: env!("CARGO_PKG_VERSION"),
    supported: Some(("supportedTypes", crate::domain::definition::TYPES)),
};

/// Builds the service for production.
///
/// # Errors
/// When a setting cannot be used or the address is taken.
pub async fn build(config: Config) -> anyhow::Result<Server> {
    let kit = Kit::new(SERVICE, config.common.clone(), Clock::system())?;
    Ok(build_with(kit, &config).await?)
}

/// Builds the service from given parts.
///
/// # Errors
/// When the address is taken.
pub async fn build_with(kit: Kit, config: &Config) -> Result<Server, BuildError> {
    let app = Arc::new(App::new(&kit, config));
    worker::spawn(&kit, &app, config);
    Server::start(kit, app, routes::configure).await
}
