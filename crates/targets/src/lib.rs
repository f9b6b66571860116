//! Machines and addresses that steps run against, and whether they can be reached.
#![warn(missing_docs)]

pub mod app;
pub mod config;
pub mod domain;
pub mod error;
pub mod routes;
pub mod store;

use std::sync::Arc;

use common::clock::Clock;
use service_kit::server::Server;
use service_kit::service::{BuildError, Descriptor, Kit};

use crate::app::App;
use crate::config::Config;

/// What this service is.
pub const SERVICE: Descriptor = Descriptor {
    name: "targets",
    public_name: "targets-service",
    description: "Machines and addresses that jobs run against",
    version: env!("CARGO_PKG_VERSION"),
    supported: Some(("supportedProtocols", &["winrm", "ssh", "http"])),
};

/// Builds the service of this process.
///
/// # Errors
/// When a setting cannot be used, or the address cannot be listened on.
pub async fn build(config: Config) -> anyhow::Result<Server> {
    let kit = Kit::new(SERVICE, config.common.clone(), Clock::system())?;
    Ok(build_with(kit, config).await?)
}

/// Builds the service from given parts.
///
/// # Errors
/// When the address cannot be listened on, or an operation lacks an access rule.
pub async fn build_with(kit: Kit, config: Config) -> Result<Server, BuildError> {
    let app = Arc::new(App::new(&kit, &config));
    Server::start(kit, app, routes::configure).await
}
