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
