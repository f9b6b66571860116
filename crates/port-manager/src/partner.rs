//! The Hub and Ninja of the suite: what they are told, and where.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::config::{Config, PartnerConfig};
use crate::domain::record::OWN_NAME;

/// Path for changed ports, at both.
pub const PORT_CHANGE: &str = "/api/v1/events/port-change";
/// Path for errors, at Ninja.
pub const ERROR_REPORT: &str = "/api/v1/errors/report";
/// Path for the registration at the Hub.
pub const REGISTER: &str = "/api/v1/services/register";
/// Path for the registration at Ninja.
pub const MONITORING: &str = "/api/v1/monitoring/register";
/// Path for the own health, at the Hub.
pub const HEALTH: &str = "/api/v1/services/health";
/// Path for the own numbers, at the Hub.
pub const METRICS: &str = "/api/v1/services/metrics";
/// Path for the end of the registration, at the Hub.
pub const UNREGISTER: &str = "/api/v1/services/unregister";

/// Who is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Partner {
    /// Knows all services of the suite.
    Hub,
    /// Watches and heals them.
    Ninja,
}

impl Partner {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Hub, Self::Ninja];

    /// The word in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hub => "hub",
            Self::Ninja => "ninja",
        }
    }

    /// Its settings.
    pub fn config(self, config: &Config) -> &PartnerConfig {
        match self {
            Self::Hub => &config.hub,
            Self::Ninja => &config.ninja,
        }
    }
}

/// Tells of a changed port.
pub fn port_change(service: &str, old: Option<u16>, new: Option<u16>, at: DateTime<Utc>) -> Value {
    json!({
        "event": "port_changed", "service_id": service, "old_port": old, "new_port": new, "timestamp": at.timestamp(),
    })
}

/// Tells of a service that is in trouble.
pub fn error_report(service: &str, kind: &str, message: &str, at: DateTime<Utc>) -> Value {
    json!({
        "service_id": service, "error_type": kind, "message": message, "severity": "high",
        "timestamp": at.timestamp(), "context": {"reported_by": OWN_NAME},
    })
}

/// Registers this program at the Hub.
pub fn registration(host: &str, port: u16, version: &str) -> Value {
    json!({
        "service_id": OWN_NAME, "service_name": "iTechSmart Port Manager", "service_type": "infrastructure",
        "version": version, "host": host, "port": port, "health_endpoint": "/health",
        "capabilities": ["port-management", "conflict-detection", "conflict-resolution", "health-monitoring"],
        "metadata": {"websocket": "/ws/updates", "documentation": "/docs/"},
    })
}

/// Registers this program at Ninja.
pub fn monitoring() -> Value {
    json!({
        "service_id": OWN_NAME, "service_name": "iTechSmart Port Manager", "monitoring_enabled": true,
        "self_healing_enabled": true,
    })
}
