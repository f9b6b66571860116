//! What the gateway says of itself: where it passes requests, and what keeps nginx from doing so.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use serde::Deserialize;
use tracing::info;

use crate::probe::{Probe, printable};

/// Path at which it says so, on a port that only this machine reaches.
pub const UPSTREAMS: &str = "/upstreams";
/// Longest reason that is kept, in characters.
const MAX_REASON: usize = 300;

/// What the gateway said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Report {
    /// Generation of the configuration that nginx serves.
    pub generation: Option<u64>,
    /// Why nginx does not serve what it should, if so.
    pub drift: Option<String>,
    /// Where requests are passed to.
    pub upstreams: Vec<Upstream>,
}

/// A service and the address that its requests are passed to.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Upstream {
    /// What the gateway calls the service.
    pub name: String,
    /// Host.
    pub host: String,
    /// Port.
    pub port: u16,
}

impl Report {
    /// Reads the gateway's answer; none if that is something else.
    pub fn read(body: &[u8]) -> Option<Self> {
        let mut report: Self = serde_json::from_slice(body).ok()?;
        // nginx speaks in lines.
        let in_one = |why: String| why.split_whitespace().collect::<Vec<_>>().join(" ");
        report.drift = report.drift.map(|why| printable(&in_one(why), MAX_REASON));
        for upstream in &mut report.upstreams {
            upstream.host = printable(&upstream.host, MAX_REASON);
        }
        Some(report)
    }
}

/// Asks the gateway, once at a time.
#[derive(Default)]
pub struct Gateway {
    url: Option<String>,
    /// Held while it is asked, so that an early answer never replaces a later one.
    turn: tokio::sync::Mutex<()>,
    standing: Mutex<Standing>,
}

/// What is known of it.
#[derive(Default)]
struct Standing {
    said: Option<Arc<Report>>,
    is_silent: bool,
    asked_at: Option<Instant>,
}

impl Gateway {
    /// The one at an address; nobody is asked without one.
    pub fn new(url: Option<String>) -> Self {
        Self {
            url,
            ..Self::default()
        }
    }

    /// Asks it. While it does not answer, nothing is known of it; that is logged once.
    pub async fn look(&self, probe: &Probe) {
        let Some(url) = &self.url else {
            return;
        };
        let wanted_at = Instant::now();
        let _turn = self.turn.lock().await;
        if self.standing().asked_at.is_some_and(|at| at >= wanted_at) {
            // Somebody else has asked meanwhile.
            return;
        }
        let asked_at = Instant::now();
        let answer = probe.ask_gateway(url).await;
        let mut standing = self.standing();
        match &answer {
            Err(why) if !standing.is_silent => {
                info!("The gateway does not say where it passes requests: {why}");
            }
            Ok(_) if standing.is_silent => info!("The gateway says where it passes requests"),
            Ok(_) | Err(_) => {}
        }
        *standing = Standing {
            is_silent: answer.is_err(),
            said: answer.ok().map(Arc::new),
            asked_at: Some(asked_at),
        };
    }

    /// What it said last, if it answered then.
    pub fn said(&self) -> Option<Arc<Report>> {
        self.standing().said.clone()
    }

    fn standing(&self) -> MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
