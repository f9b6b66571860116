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
pub mod port_map;
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
use service_kit::reconcile::{Hint, every};
use service_kit::server::Server;
use service_kit::service::{Descriptor, Kit};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::config::Config;
use crate::overview::Overview;
use crate::port_map::Follower;
use crate::state::EdgeState;
use crate::supervisor::Supervisor;

/// How often the port map is asked for without a hint; a port manager waits longer for a gateway.
const FOLLOW_PERIOD: Duration = Duration::from_secs(2);

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
    /// Has the edge compared with the settings at once.
    pub hint: Hint,
    /// Has the port map asked for at once.
    pub ports: Hint,
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
pub async fn start(kit: Kit, mut config: Config) -> anyhow::Result<(Server, Arc<App>)> {
    supervisor::make_folders(&config)?;
    config.edge.admin_key = port_map::key(&config.state_dir)?;
    let edge = EdgeState::default();
    let app = Arc::new(App {
        overview: Overview::new(&kit, &config.edge.services, edge.clone()),
        edge: edge.clone(),
        hint: Hint::default(),
        ports: kit.ports.clone(),
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
    let follower = Follower::open(&kit, &config, edge.clone()).await?;
    let mut supervisor =
        Supervisor::prepare(config, kit.clock.clone(), kit.http.clone(), edge).await?;
    let (tasks, stop) = (kit.tasks.clone(), kit.tasks.stopping());
    follow(&kit, follower);
    let server = Server::start(kit, Arc::clone(&app), routes::add).await?;
    tasks.spawn("edge", async move {
        supervise(&mut supervisor, &stop, &mut turn).await
    });
    // nginx is a child of this program.
    Ok((server.without_restart(), app))
}

/// Follows the port map until the process stops.
fn follow(kit: &Kit, follower: Follower) {
    let follower = Arc::new(Mutex::new(follower));
    every(
        &kit.tasks,
        "port map",
        FOLLOW_PERIOD,
        kit.ports.clone(),
        move || {
            let follower = Arc::clone(&follower);
            async move { follower.lock().await.round().await }
        },
    );
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
