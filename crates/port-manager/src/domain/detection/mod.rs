//! Finds what is wrong with the ports of a suite. Pure: it is given all that is known.

mod gateway;
mod seen;

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::domain::health::Condition;
use crate::domain::record::{Claim, ClaimKind, Service, Suite};
use crate::domain::word::words;
use crate::gateway::Report;
use crate::observe::{Listener, Snapshot};
use crate::observer;
use seen::Seen;

/// How long a process may take to let go of a port that was released.
const RELEASED: TimeDelta = TimeDelta::minutes(2);

words! {
    /// What is wrong.
    Kind {
        /// Two services are declared on one port.
        DuplicateAssignment = "duplicate_assignment",
        /// A process that is not the service listens on its port.
        SystemConflict = "system_conflict",
        /// A process listens on the port of a service and does not prove to be it.
        ForeignListener = "foreign_listener",
        /// A service that was there listens no more.
        DriftNotListening = "drift_not_listening",
        /// A service listens on another port than its own.
        DriftWrongPort = "drift_wrong_port",
        /// Another known service answers on the port.
        DriftWrongProcess = "drift_wrong_process",
        /// A service listens in another network namespace, and its port is not published here.
        NetnsMismatch = "netns_mismatch",
        /// Several processes share the port (SO_REUSEPORT).
        MultiListenerReuseport = "multi_listener_reuseport",
        /// Two processes listen on the port, on different addresses.
        WildcardShadow = "wildcard_shadow",
        /// A service is declared on a reserved port.
        ReservedViolation = "reserved_violation",
        /// The port lies outside the range of the suite.
        OutOfPool = "out_of_pool",
        /// The port needs the rights of root.
        PrivilegedWithoutCap = "privileged_without_cap",
        /// The kernel gives ports of the range to outgoing connections.
        EphemeralOverlap = "ephemeral_overlap",
        /// An outgoing connection holds the port now.
        EphemeralHit = "ephemeral_hit",
        /// Browsers refuse to open the port.
        BrowserBlocked = "browser_blocked",
        /// A released port is still listened on.
        StaleQuarantine = "stale_quarantine",
        /// The gateway passes requests to another port than the service has, or nginx does not follow it.
        GatewayDrift = "gateway_drift",
    }
}

words! {
    /// How bad it is.
    Severity {
        /// Good to know.
        Low = "low",
        /// Will hurt at some time.
        Medium = "medium",
        /// Hurts.
        High = "high",
        /// A service cannot work.
        Critical = "critical",
    }
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// What.
    pub kind: Kind,
    /// How bad.
    pub severity: Severity,
    /// The port, if it is about one.
    pub port: Option<u16>,
    /// Names of the services, by name.
    pub services: Vec<String>,
    /// What was seen, in words.
    pub detail: String,
    /// The same as facts.
    pub evidence: Value,
}

impl Finding {
    /// The same for the same trouble, however often it is found.
    pub fn fingerprint(&self, suite: &str) -> String {
        let port = self
            .port
            .map_or_else(|| "-".to_owned(), |port| port.to_string());
        let subjects = if self.kind == Kind::DuplicateAssignment {
            String::new()
        } else {
            self.services.join(",")
        };
        format!("{suite}|{}|local|tcp|{port}|{subjects}", self.kind.as_str())
    }
}

/// All that is known.
#[derive(Clone, Copy, Debug)]
pub struct World<'a> {
    /// The suite.
    pub suite: &'a Suite,
    /// Its services.
    pub services: &'a [Service],
    /// Claims of whatever suite, in the order of their ports.
    pub claims: &'a [Claim],
    /// What the checks say, by row of the service.
    pub health: &'a BTreeMap<i64, Condition>,
    /// Sockets of this machine.
    pub sockets: &'a Snapshot,
    /// What the gateway says; none while it does not answer.
    pub gateway: Option<&'a Report>,
    /// Host of services where neither they nor the suite have one.
    pub host_template: &'a str,
    /// The time.
    pub now: DateTime<Utc>,
}

/// Finds everything, worst first, then by port.
pub fn detect(world: &World<'_>) -> Vec<Finding> {
    let mut found = duplicates(world);
    for service in world.services {
        if let Some(port) = service.port {
            let seen = Seen {
                world,
                service,
                port,
            };
            found.extend(seen.declared());
            if service.has_claim {
                found.extend(seen.listeners());
            }
        }
    }
    found.extend(ephemeral_overlap(world));
    found.extend(stale_quarantines(world));
    found.extend(gateway::drift(world));
    found.sort_by(|a, b| {
        b.severity
            .cmp(&a.severity)
            .then(a.port.cmp(&b.port))
            .then(a.kind.cmp(&b.kind))
    });
    found
}

fn duplicates(world: &World<'_>) -> Vec<Finding> {
    let mut by_port: BTreeMap<u16, Vec<&Service>> = BTreeMap::new();
    for service in world.services {
        if let Some(port) = service.port {
            by_port.entry(port).or_default().push(service);
        }
    }
    let mut found = Vec::new();
    for (port, services) in by_port {
        let claim = claim_on(world, port).filter(|claim| claim.kind == ClaimKind::Assigned);
        let keeper = claim.and_then(|claim| claim.service.clone());
        let mut names: Vec<String> = services
            .iter()
            .map(|service| service.name.clone())
            .collect();
        // The other one may be of another suite.
        let is_foreign = keeper
            .as_ref()
            .is_some_and(|keeper| !names.contains(keeper));
        if is_foreign && services.iter().all(|service| !service.has_claim) {
            names.extend(keeper.clone());
        }
        if names.len() < 2 {
            continue;
        }
        names.sort();
        let has = keeper.as_deref().map_or_else(
            || "none of them has it".to_owned(),
            |name| format!("{name} has it"),
        );
        found.push(Finding {
            kind: Kind::DuplicateAssignment,
            severity: Severity::High,
            port: Some(port),
            detail: format!("{port} is declared for {}; {has}", names.join(" and ")),
            evidence: json!({"keeper": keeper}),
            services: names,
        });
    }
    found
}

fn claim_on<'a>(world: &World<'a>, port: u16) -> Option<&'a Claim> {
    let port = u32::from(port);
    let next = world
        .claims
        .partition_point(|claim| claim.ports.end <= port);
    world
        .claims
        .get(next)
        .filter(|claim| claim.ports.contains(&port))
}

fn pid(listener: &Listener) -> Option<u32> {
    listener.owner.as_ref().map(|owner| owner.pid)
}

fn ephemeral_overlap(world: &World<'_>) -> Option<Finding> {
    let (kernel, range) = (&world.sockets.kernel, &world.suite.range);
    let first = range.start.max(u32::from(*kernel.ephemeral.start()));
    let last = (range.end - 1).min(u32::from(*kernel.ephemeral.end()));
    let open = |port: u32| u16::try_from(port).is_ok_and(|port| kernel.hands_out(port));
    if first > last || !(first..=last).any(open) {
        return None;
    }
    Some(Finding {
        kind: Kind::EphemeralOverlap,
        severity: Severity::Medium,
        port: None,
        services: Vec::new(),
        detail: format!(
            "the kernel gives {first} to {last} to outgoing connections; \
             sysctl net.ipv4.ip_local_reserved_ports={first}-{last} keeps them free"
        ),
        evidence: json!({"first": first, "last": last}),
    })
}

fn stale_quarantines(world: &World<'_>) -> Vec<Finding> {
    let names: Vec<&String> = world.services.iter().map(|service| &service.name).collect();
    let quarantines = world.claims.iter().filter(|claim| {
        claim.kind == ClaimKind::Quarantine && world.now - claim.claimed_at > RELEASED
    });
    let mut found = Vec::new();
    for claim in quarantines {
        let (Some(name), Ok(port)) = (&claim.service, u16::try_from(claim.ports.start)) else {
            continue;
        };
        if let Some(listener) = world
            .sockets
            .held_by(port)
            .first()
            .filter(|_| names.contains(&name))
        {
            found.push(Finding {
                kind: Kind::StaleQuarantine,
                severity: Severity::Low,
                port: Some(port),
                services: vec![name.clone()],
                detail: format!(
                    "{port} was released by {name}, and is still held by {}",
                    observer::describe(listener)
                ),
                evidence: json!({"pid": pid(listener)}),
            });
        }
    }
    found
}
