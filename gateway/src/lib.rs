//! The edge of OpsConductor: keeps nginx configured, running and reloaded, and renews its
//! certificate.
//!
//! nginx carries every request; this process only decides what nginx should do, and answers how
//! the platform is.

pub mod certificate;
pub mod config;
pub mod error;
pub mod generation;
pub mod nginx;
pub mod overview;
pub mod probe;
pub mod render;
pub mod routes;
pub mod services;
pub mod state;
pub mod supervisor;
mod worker_user;

use std::sync::Arc;
use std::time::Duration;

use common::clock::Clock;
use service_kit::reconcile::Hint;
use service_kit::server::Server;
use service_kit::service::{Descriptor, Kit};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::config::Config;
use crate::overview::Overview;
use crate::services::Address;
use crate::state::EdgeState;
use crate::supervisor::Supervisor;

/// What the gateway says of itself.
pub const DESCRIPTOR: Descriptor = Descriptor {
    name: "gateway",
    public_name: "gateway",
    description: "Carries every request to its service over TLS.",
    version: env!("CARGO_PKG_VERSION"),
    supported: None,
};

/// What the handlers share.
#[derive(Debug)]
pub struct App {
    /// How the platform is.
    pub overview: Overview,
    /// How the edge is.
    pub edge: EdgeState,
    /// Where the services are, in the order of [`services::SERVICES`].
    pub addresses: Vec<Address>,
    /// Has the edge compared with the settings at once.
    pub hint: Hint,
}

/// Starts nginx's supervisor and the gateway's own server.
///
/// # Errors
/// When the state folder, nginx or the server's port cannot be used.
pub async fn build(config: Config) -> anyhow::Result<(Server, Arc<App>)> {
    let kit = Kit::new(DESCRIPTOR, config.common.clone(), Clock::system())?;
    start(kit, config).await
}

/// Like [`build`], on parts that the caller made.
///
/// # Errors
/// Like [`build`].
pub async fn start(kit: Kit, config: Config) -> anyhow::Result<(Server, Arc<App>)> {
    let edge = EdgeState::default();
    let app = Arc::new(App {
        overview: Overview::new(kit.http.clone(), &config.edge.services, edge.clone()),
        edge: edge.clone(),
        addresses: config.edge.services.clone(),
        hint: Hint::default(),
    });
    let check = edge.clone();
    kit.health.add(
        "nginx",
        Arc::new(move || Box::pin(std::future::ready(check.check()))),
    );
    let mut turn = Turn {
        hint: app.hint.clone(),
        hang_up: signal(SignalKind::hangup())?,
        period: config.reconcile_period,
    };
    let mut supervisor =
        Supervisor::prepare(config, kit.clock.clone(), kit.http.clone(), edge).await?;
    let (tasks, stop) = (kit.tasks.clone(), kit.tasks.stopping());
    let server = Server::start(kit, Arc::clone(&app), routes::add)?;
    tasks.spawn("edge", async move {
        supervise(&mut supervisor, &stop, &mut turn).await
    });
    Ok((server, app))
}

/// What starts a round of the supervisor.
struct Turn {
    hint: Hint,
    hang_up: Signal,
    period: Duration,
}

impl Turn {
    /// Waits for a hint, for SIGHUP or for the time to look again.
    async fn wait(&mut self) {
        tokio::select! {
            () = self.hint.wait() => {}
            _ = self.hang_up.recv() => {}
            () = tokio::time::sleep(self.period) => {}
        }
    }
}

/// Rounds of the supervisor until `stop`.
async fn supervise(supervisor: &mut Supervisor, stop: &CancellationToken, turn: &mut Turn) {
    while !stop.is_cancelled() {
        if let Err(error) = supervisor.reconcile().await {
            warn!("The edge is not as desired: {error}");
        }
        let rest = async {
            if supervisor.is_running() {
                tokio::select! {
                    () = supervisor.lost() => {}
                    () = turn.wait() => return,
                }
            }
            supervisor.rest().await;
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = rest => {}
        }
    }
    supervisor.stop().await;
}
