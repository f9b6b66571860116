//! Knows which service of a suite has which port, who really listens, and what is wrong with it.
#![warn(missing_docs)]

pub mod app;
pub mod config;
pub mod domain;
pub mod error;
pub mod gateway;
pub mod observe;
pub mod observer;
pub mod partner;
pub mod probe;
pub mod recent;
pub mod routes;
pub mod store;
mod usage;
pub mod worker;

use std::sync::Arc;

use common::clock::Clock;
use common::permission::Permission;
use service_kit::server::Server;
use service_kit::service::{BuildError, Descriptor, Kit};

use crate::app::App;
use crate::config::Config;

/// What this service is.
pub const SERVICE: Descriptor = Descriptor {
    name: "port-manager",
    public_name: "port-manager",
    description: "Ports of suites of services: assigned once, watched, explained",
    version: env!("CARGO_PKG_VERSION"),
    supported: None,
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
    let kit = if config.anonymous_read {
        kit.with_open(Permission::ReadPorts)
    } else {
        kit
    };
    let kit = match &config.passport {
        Some(issuer) => kit.with_issuer(issuer.clone()),
        None => kit,
    };
    kit.health
        .tell_components(SERVICE.version, &["port_manager", "suite_communicator"]);
    let app = Arc::new(App::new(&kit, config)?);
    worker::start(&kit, &app);
    Server::start(kit, app, routes::configure).await
}
