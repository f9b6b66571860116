//! Keeps the secrets of targets, encrypted, and hands one out only to who may use it now.
#![warn(missing_docs)]

pub mod app;
pub mod command;
pub mod config;
pub mod crypto;
pub mod domain;
pub mod error;
pub mod process;
pub mod routes;
pub mod store;
pub mod worker;

use std::sync::Arc;

use anyhow::Context;
use common::clock::Clock;
use service_kit::server::Server;
use service_kit::service::{BuildError, Descriptor, Kit};

use crate::app::App;
use crate::config::Config;

/// What this service is.
pub const SERVICE: Descriptor = Descriptor {
    name: "credentials",
    public_name: "credentials-service",
    description: "Keeps the secrets of targets, encrypted, and releases them to who may use them",
    version: env!("CARGO_PKG_VERSION"),
    supported: Some(("supportedTypes", &["winrm", "ssh", "api_key"])),
};

/// Hardens the process, tests its cipher, and makes the server.
///
/// # Errors
/// When any of that fails, or the server cannot be built.
pub async fn build(config: Config) -> anyhow::Result<Server> {
    process::harden().context("cannot forbid core dumps")?;
    crypto::self_test()?;
    let kit = Kit::new(SERVICE, config.common.clone(), Clock::system())?;
    Ok(build_with(kit, config).await?)
}

/// Makes the server from its parts.
///
/// # Errors
/// When the address is taken, or an operation lacks an access rule.
pub async fn build_with(kit: Kit, config: Config) -> Result<Server, BuildError> {
    let app = Arc::new(App::new(&kit, config));
    worker::vault::start(&kit, &app).await;
    worker::parcels::start(&kit, &app);
    Server::start(kit, app, routes::configure).await
}
