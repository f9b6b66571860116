//! The executor service: claims steps of runs and does them on their targets.
//!
//! `runs` in PostgreSQL is the truth; a claim with its epoch is the only right to act. See the
//! crate's README for the life of a step.
#![warn(missing_docs)]

pub mod app;
pub mod config;
pub mod connector;
pub mod domain;
pub mod error;
mod routes;
mod store;
mod worker;

use std::sync::Arc;

use common::clock::Clock;
use service_kit::server::Server;
use service_kit::service::{BuildError, Descriptor, Kit};

use crate::app::App;
use crate::config::Config;
use crate::worker::Worker;

/// What this service is.
pub const SERVICE: Descriptor = Descriptor {
    name: "executor",
    public_name: "executor-service",
    description: "Claims steps of runs and does them on their targets.",
    version: env!("CARGO_PKG_VERSION"),
    supported: Some((
        "supportedTypes",
        &[
            "ssh.exec",
            "ssh.copy",
            "ssh.fetch",
            "http.request",
            "wait",
            "approval",
        ],
    )),
};

/// Makes the service from its settings.
///
/// # Errors
/// When a part cannot be made or the address is taken.
pub async fn build(config: Config) -> anyhow::Result<Server> {
    let kit = Kit::new(SERVICE, config.common.clone(), Clock::system())?;
    Ok(build_with(kit, config).await?)
}

/// Makes the service on given parts and starts its worker.
///
/// # Errors
/// When the address is taken.
pub async fn build_with(kit: Kit, config: Config) -> Result<Server, BuildError> {
    let worker = Worker::new(&kit, &config)?;
    worker::start(&kit, &worker);
    let app = Arc::new(App::new(&kit, worker));
    Server::start(kit, app, routes::configure).await
}
