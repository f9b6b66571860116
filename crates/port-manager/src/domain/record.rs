//! What is kept of suites, services and claims.

use std::ops::Range;

use chrono::{DateTime, Utc};
use common::problem::FieldError;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::word::words;

/// The suite of requests that name none.
pub const DEFAULT_SUITE: &str = "itechsmart";

/// The suite of the services of OpsConductor, which the gateway leads to.
pub const GATEWAY_SUITE: &str = "opsconductor";

/// The service of a suite that is this program itself.
pub const OWN_NAME: &str = "itechsmart-port-manager";

words! {
    /// How a port is chosen where none is asked for.
    Strategy {
        /// From the name of the service, so that it gets the same again.
        Hash = "hash",
        /// The lowest free one.
        Lowest = "lowest",
    }
}

words! {
    /// How much an interruption of a service hurts.
    Criticality {
        /// Hardly.
        Low = "low",
        /// As usual.
        Normal = "normal",
        /// People notice at once.
        High = "high",
        /// Everything else depends on it.
        Critical = "critical",
    }
}

impl Criticality {
    /// Weight in plans: moving one critical service hurts more than several normal ones.
    pub fn weight(self) -> u32 {
        match self {
            Self::Low => 1,
            Self::Normal => 2,
            Self::High => 4,
            Self::Critical => 8,
        }
    }
}

words! {
    /// How a service changes its port.
    Movable {
        /// While it runs.
        Live = "live",
        /// By a restart.
        Restart = "restart",
        /// Only by hand.
        Manual = "manual",
    }
}

/// Services that share a range of ports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suite {
    /// Row.
    pub id: i64,
    /// Name in requests.
    pub name: String,
    /// Name for people.
    pub title: String,
    /// Ports that are given out automatically.
    pub range: Range<u32>,
    /// So many first ports are given on explicit request only.
    pub static_band: u16,
    /// How a port is chosen.
    pub strategy: Strategy,
    /// Host of its services; none takes the setting.
    pub host_template: Option<String>,
}

impl Suite {
    /// Ports that are given without being asked for by number.
    pub fn automatic(&self) -> Range<u32> {
        self.range.start + u32::from(self.static_band)..self.range.end
    }
}

/// A service of a suite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// Row.
    pub id: i64,
    /// Row of its suite.
    pub suite_id: i64,
    /// Name in requests: `service_id`.
    pub name: String,
    /// Name for people.
    pub title: String,
    /// Group that it is shown in.
    pub category: String,
    /// How much an interruption hurts.
    pub criticality: Criticality,
    /// Where it runs; none follows the suite.
    pub host: Option<String>,
    /// Path that answers 200 when it is healthy.
    pub health_path: String,
    /// How it changes its port.
    pub movable: Movable,
    /// Whether its health counts for nothing.
    pub maintenance: bool,
    /// Port after a reset.
    pub default_port: Option<u16>,
    /// Declared port.
    pub port: Option<u16>,
    /// Whether the port is its own: another declared on it has no claim.
    pub has_claim: bool,
    /// Process that registered itself as this service.
    pub pid: Option<u32>,
    /// Names of the services that it calls.
    pub depends_on: Vec<String>,
    /// When a field changed last.
    pub updated_at: DateTime<Utc>,
}

impl Service {
    /// Where it can be reached.
    pub fn host(&self, suite: &Suite, template: &str) -> String {
        let template = suite.host_template.as_deref().unwrap_or(template);
        let made = || template.replace("{service_id}", &self.name);
        self.host.clone().unwrap_or_else(made)
    }
}

words! {
    /// What a claim is for.
    ClaimKind {
        /// The port of a service.
        Assigned = "assigned",
        /// The port that a service is moving to.
        Staged = "staged",
        /// Kept free.
        Reserved = "reserved",
        /// Just released: given to nobody but its former owner.
        Quarantine = "quarantine",
    }
}

/// Who has some ports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Row.
    pub id: i64,
    /// Its ports, one unless reserved.
    pub ports: Range<u32>,
    /// What for.
    pub kind: ClaimKind,
    /// The service; in quarantine the former one.
    pub service: Option<String>,
    /// Row of the service.
    pub service_id: Option<i64>,
    /// Why, in words.
    pub reason: String,
    /// Since when.
    pub claimed_at: DateTime<Utc>,
    /// From here it counts for nothing.
    pub expires_at: Option<DateTime<Utc>>,
}

impl Claim {
    /// Whether it still counts.
    pub fn holds(&self, now: DateTime<Utc>) -> bool {
        self.expires_at.is_none_or(|end| end > now)
    }

    /// Says who has the port, to follow "port 8010 is".
    pub fn describe(&self) -> String {
        let service = self.service.as_deref().unwrap_or("nobody");
        match self.kind {
            ClaimKind::Assigned => format!("assigned to {service}"),
            ClaimKind::Staged => format!("being taken by {service}, which moves there"),
            ClaimKind::Reserved if self.reason.is_empty() => "reserved".to_owned(),
            ClaimKind::Reserved => format!("reserved ({})", self.reason),
            ClaimKind::Quarantine => format!("in quarantine: {service} had it until now"),
        }
    }
}

words! {
    /// What is done of a move.
    Phase {
        /// Both ports are held.
        Staged = "staged",
        /// The service listens on the new port.
        Bound = "bound",
        /// It was proved that it answers there; the port map leads there.
        Healthy = "healthy",
        /// Every gateway passes requests to the new port.
        Switched = "switched",
        /// The old port is closed.
        Drained = "drained",
        /// It is recorded, and over.
        Committed = "committed",
        /// Something went wrong; the service goes back to the old port.
        RollingBack = "rolling_back",
        /// It is back, and the move is over.
        RolledBack = "rolled_back",
    }
}

impl Phase {
    /// Whether nothing more is to be done.
    pub fn is_end(self) -> bool {
        matches!(self, Self::Committed | Self::RolledBack)
    }
}

/// A listener of a process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListenerId {
    /// The process.
    pub instance: String,
    /// Number of the listener within it.
    pub generation: u64,
}

/// What the drain of the old port cost; none of it is known of a service that does not tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Certificate {
    /// Requests at the old port when it was told to close.
    pub in_flight_at_switch: Option<u32>,
    /// Requests that were still open when it was closed.
    pub lost: Option<u32>,
}

/// A service on its way to another port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    /// Row.
    pub id: i64,
    /// Name of the suite.
    pub suite: String,
    /// Name of the service.
    pub service: String,
    /// Port that it leaves.
    pub from: u16,
    /// Port that it comes to.
    pub to: u16,
    /// What is done.
    pub phase: Phase,
    /// Who wanted it.
    pub actor: String,
    /// Why, for histories.
    pub reason: String,
    /// What went wrong.
    pub fault: Option<String>,
    /// Number of who leads it.
    pub epoch: u64,
    /// The listener that is left.
    pub old_listener: Option<ListenerId>,
    /// What the drain cost.
    pub certificate: Certificate,
    /// When both ports were held.
    pub started_at: DateTime<Utc>,
    /// When the service listened on the new port.
    pub bound_at: Option<DateTime<Utc>>,
    /// When it was proved that it answers there.
    pub healthy_at: Option<DateTime<Utc>>,
    /// When every gateway passed requests there.
    pub switched_at: Option<DateTime<Utc>>,
    /// When the old port was closed.
    pub drained_at: Option<DateTime<Utc>>,
    /// When it was over.
    pub ended_at: Option<DateTime<Utc>>,
}

impl Move {
    /// Keeps when a phase was done.
    pub fn note(&mut self, phase: Phase, at: DateTime<Utc>) {
        let place = match phase {
            Phase::Staged | Phase::RollingBack => return,
            Phase::Bound => &mut self.bound_at,
            Phase::Healthy => &mut self.healthy_at,
            Phase::Switched => &mut self.switched_at,
            Phase::Drained => &mut self.drained_at,
            Phase::Committed | Phase::RolledBack => &mut self.ended_at,
        };
        *place = Some(at);
    }
}

/// Name in tokens of a service of OpsConductor itself; none of any other.
pub fn platform_name(suite: &str, service: &str) -> Option<&'static str> {
    match (suite, service) {
        (GATEWAY_SUITE, "auth") => Some("auth"),
        (GATEWAY_SUITE, "user") => Some("users"),
        (GATEWAY_SUITE, "credentials") => Some("credentials"),
        (GATEWAY_SUITE, "targets") => Some("targets"),
        (GATEWAY_SUITE, "jobs") => Some("jobs"),
        (GATEWAY_SUITE, "executor") => Some("executor"),
        (DEFAULT_SUITE, OWN_NAME) => Some("port-manager"),
        _ => None,
    }
}

/// One port as a range.
pub fn single(port: u16) -> Range<u32> {
    u32::from(port)..u32::from(port) + 1
}

/// Checks a port number of a request.
///
/// # Errors
/// When it is not between 1 and 65535.
pub fn port(field: &str, number: i64) -> Result<u16, FieldError> {
    u16::try_from(number)
        .ok()
        .filter(|port| *port > 0)
        .ok_or_else(|| FieldError::new(field, "out_of_range", "must be between 1 and 65535"))
}
