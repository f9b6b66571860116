//! The partners of the suite: what they are told, and where.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use service_kit::audit::Entry;

use crate::config::{Config, PartnerConfig};
use crate::domain::record::OWN_NAME;

/// Path for changed ports, at the Hub and Ninja.
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
/// Path for the known services, at the Hub.
pub const DISCOVER: &str = "/api/v1/services/discover";
/// Path for audit records, at the Ledger.
pub const AUDIT: &str = "/api/v1/audit/records";
/// Path for the end of the registration, at the Hub.
pub const UNREGISTER: &str = "/api/v1/services/unregister";

/// Who is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Partner {
    /// Knows all services of the suite.
    Hub,
    /// Watches and heals them.
    Ninja,
    /// Keeps audit records.
    Ledger,
}

impl Partner {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Hub, Self::Ninja, Self::Ledger];
    /// Those that hear of changed ports, and that this program is registered at.
    pub const WATCHING: [Self; 2] = [Self::Hub, Self::Ninja];

    /// The word in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hub => "hub",
            Self::Ninja => "ninja",
            Self::Ledger => "ledger",
        }
    }

    /// Its settings.
    pub fn config(self, config: &Config) -> &PartnerConfig {
        match self {
            Self::Hub => &config.hub,
            Self::Ninja => &config.ninja,
            Self::Ledger => &config.ledger,
        }
    }
}

/// Services that the Hub knows, as it said last.
#[derive(Debug, Default)]
pub struct Discovered(Mutex<BTreeSet<String>>);

impl Discovered {
    /// Keeps what it said.
    pub fn set(&self, services: BTreeSet<String>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = services;
    }

    /// What it said last; empty if nothing yet.
    pub fn get(&self) -> BTreeSet<String> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
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

/// Hands an audit record over.
pub fn audit_record(entry: &Entry, at: DateTime<Utc>) -> Value {
    json!({"source": OWN_NAME, "timestamp": at.timestamp(), "record": entry})
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
