//! What is wrong with one port of one service: the number itself, and who listens there. Pure.

use serde_json::json;

use super::{Finding, Kind, Severity, World, claim_on, pid};
use crate::domain::allocation::BROWSER_BLOCKED;
use crate::domain::health::{Condition, Status};
use crate::domain::record::{ClaimKind, OWN_NAME, Service};
use crate::observe::Listener;
use crate::observer;

/// A service and the port that is declared for it.
pub(super) struct Seen<'a> {
    pub(super) world: &'a World<'a>,
    pub(super) service: &'a Service,
    pub(super) port: u16,
}

impl Seen<'_> {
    fn finding(&self, kind: Kind, severity: Severity, detail: String) -> Finding {
        Finding {
            kind,
            severity,
            port: Some(self.port),
            services: vec![self.service.name.clone()],
            detail,
            evidence: json!({}),
        }
    }

    /// What is wrong with the number itself.
    pub(super) fn declared(&self) -> Vec<Finding> {
        let (world, port, name) = (self.world, self.port, &self.service.name);
        let range = &world.suite.range;
        let mut found = Vec::new();
        if let Some(claim) = claim_on(world, port).filter(|claim| claim.kind == ClaimKind::Reserved)
        {
            let detail = format!(
                "{port} is {}, and {name} is declared on it",
                claim.describe()
            );
            found.push(self.finding(Kind::ReservedViolation, Severity::High, detail));
        }
        if !range.contains(&u32::from(port)) {
            let detail = format!(
                "{name} has {port}, outside of the suite's {} to {}",
                range.start,
                range.end - 1
            );
            found.push(self.finding(Kind::OutOfPool, Severity::Low, detail));
        }
        if port < world.sockets.kernel.unprivileged_from {
            let detail = format!(
                "{port} of {name} can only be opened with the rights of root (or CAP_NET_BIND_SERVICE)"
            );
            found.push(self.finding(Kind::PrivilegedWithoutCap, Severity::Low, detail));
        }
        if BROWSER_BLOCKED.contains(&port) {
            let detail = format!("browsers refuse to open {port}, which {name} has");
            found.push(self.finding(Kind::BrowserBlocked, Severity::Low, detail));
        }
        found
    }

    /// What is wrong with who listens.
    pub(super) fn listeners(&self) -> Vec<Finding> {
        let listeners = self.world.sockets.held_by(self.port);
        if listeners.is_empty() {
            return self.absent();
        }
        let mut found = self.holder(listeners);
        if let [first, .., last] = listeners
            && pid(first) != pid(last)
        {
            let detail = format!(
                "{} is listened on twice, on different addresses: by {} ({}) and by {} ({})",
                self.port,
                observer::describe(first),
                first.address,
                observer::describe(last),
                last.address
            );
            found.push(self.finding(Kind::WildcardShadow, Severity::Medium, detail));
        }
        if let Some(shared) = listeners.iter().find(|listener| listener.sockets > 1) {
            let detail = format!(
                "{} sockets share {} (SO_REUSEPORT), one of them of {}",
                shared.sockets,
                self.port,
                observer::describe(shared)
            );
            found.push(self.finding(Kind::MultiListenerReuseport, Severity::Low, detail));
        }
        found
    }

    fn condition(&self) -> Option<&Condition> {
        self.world.health.get(&self.service.id)
    }

    /// Whether the one who listens proved to be the service.
    fn is_proven(&self, listener: &Listener) -> bool {
        let process = pid(listener);
        let is_own = process.is_some() && process == self.service.pid;
        let is_this = self.service.name == OWN_NAME && process == Some(std::process::id());
        is_own
            || is_this
            || self
                .condition()
                .is_some_and(|condition| condition.status.is_up())
    }

    /// Whether the one who listens is somebody else.
    fn holder(&self, listeners: &[Listener]) -> Vec<Finding> {
        let Some(listener) = listeners.first() else {
            return Vec::new();
        };
        if listeners.iter().any(|listener| self.is_proven(listener)) {
            return Vec::new();
        }
        let held = format!("{} is held by {}", self.port, observer::describe(listener));
        let evidence = json!({"pid": pid(listener), "program": listener.owner.as_ref().map(|owner| &owner.program),
            "since": listener.owner.as_ref().map(|owner| owner.started_at), "address": listener.address});
        let judged = self.judge(&held);
        let found = judged.map(|(kind, severity, detail)| Finding {
            evidence,
            ..self.finding(kind, severity, detail)
        });
        found.into_iter().collect()
    }

    /// What the last check says of one who did not prove to be the service; `held` says who that is.
    fn judge(&self, held: &str) -> Option<(Kind, Severity, String)> {
        let name = &self.service.name;
        let condition = self
            .condition()
            .filter(|condition| condition.last_checked.is_some())?;
        let is_known = |other: &str| {
            self.world
                .services
                .iter()
                .any(|service| service.name == other)
        };
        match condition.identity.as_deref() {
            Some(other) if other == name => None,
            Some(other) if is_known(other) => {
                let detail = format!("{held}, which answers as {other}, not as {name}");
                Some((Kind::DriftWrongProcess, Severity::High, detail))
            }
            Some(other) => {
                let detail = format!("{held}, which answers as {other}, not by {name}");
                Some((Kind::SystemConflict, Severity::Critical, detail))
            }
            None if condition.status != Status::Unhealthy => None,
            None if condition.latency_ms.is_some() => {
                let detail = format!("{held}, not by {name}: it {}", condition.detail);
                Some((Kind::SystemConflict, Severity::Critical, detail))
            }
            None => {
                let detail = format!(
                    "{held}, and nothing shows that this is {name}: it {}",
                    condition.detail
                );
                Some((Kind::ForeignListener, Severity::Medium, detail))
            }
        }
    }

    /// Where the service listens instead, if that is in a network namespace of its own.
    fn hidden(&self) -> Option<Finding> {
        let (name, port) = (&self.service.name, self.port);
        let process = self.service.pid?;
        let mut hidden = self.world.sockets.hidden.iter();
        let listener = hidden.find(|listener| pid(listener) == Some(process))?;
        let detail = format!(
            "{name} (pid {process}) listens on {} in another network namespace, such as a container's, and nothing \
             leads there from {port}",
            listener.port
        );
        Some(self.finding(Kind::NetnsMismatch, Severity::High, detail))
    }

    /// What it means that nobody listens.
    fn absent(&self) -> Vec<Finding> {
        let (sockets, name, port) = (self.world.sockets, &self.service.name, self.port);
        // Elsewhere it is a connection that a listener took which is gone by now.
        let by_kernel = sockets.kernel.hands_out(port);
        if let Some(connection) = sockets.outgoing_from(port).first().filter(|_| by_kernel) {
            let detail = format!(
                "an outgoing connection to {} holds {port}, so {name} cannot listen there",
                connection.remote
            );
            return vec![self.finding(Kind::EphemeralHit, Severity::High, detail)];
        }
        if self.service.maintenance {
            return Vec::new();
        }
        let elsewhere = |pid_of_service| {
            let mut others = sockets
                .listeners
                .iter()
                .filter(|listener| pid(listener) == Some(pid_of_service));
            others.next()
        };
        if let Some(listener) = self.service.pid.and_then(elsewhere) {
            let detail = format!(
                "{name} (pid {:?}) listens on {}, not on {port}",
                pid(listener).unwrap_or(0),
                listener.port
            );
            return vec![self.finding(Kind::DriftWrongPort, Severity::High, detail)];
        }
        if let Some(found) = self.hidden() {
            return vec![found];
        }
        // A service that was never seen may simply not be installed here.
        let was_there = self
            .condition()
            .is_some_and(|condition| condition.recent != 0);
        if was_there
            && self
                .condition()
                .is_some_and(|condition| condition.status == Status::Unhealthy)
        {
            let detail = format!("{name} was on {port}, and nobody listens there any more");
            return vec![self.finding(Kind::DriftNotListening, Severity::Medium, detail)];
        }
        Vec::new()
    }
}
