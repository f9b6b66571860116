//! Three states of each service side by side: what a document declares, what is assigned, and where the
//! service listens.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::document::Manifest;
use crate::domain::assignment;
use crate::domain::conflict::Known;
use crate::domain::health::Condition;
use crate::domain::record::{Claim, ClaimKind, Service};
use crate::domain::word::words;
use crate::observer;

words! {
    /// What is done with a service.
    Action {
        /// Nothing.
        Keep = "keep",
        /// It is added and gets its port.
        Add = "add",
        /// It has no port, or shares one, and gets its own.
        Assign = "assign",
        /// It gets another port.
        Move = "move",
        /// Its port is taken away.
        Release = "release",
        /// It is not in the document and stays as it is.
        Leave = "leave",
    }
}

/// What is to be done with services that a document does not name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unnamed {
    /// They stay as they are.
    Leave,
    /// Their ports are taken away.
    Release,
}

/// A service in its three states, and what a document would do with it.
#[derive(Clone, Debug)]
pub struct Line {
    /// Name of the service.
    pub service: String,
    /// Port of the document.
    pub declared: Option<u16>,
    /// Port that it has.
    pub assigned: Option<u16>,
    /// Ports that it is known to listen on.
    pub listening: Vec<u16>,
    /// What is done.
    pub action: Action,
    /// The same in words.
    pub detail: String,
    /// Why it cannot be done.
    pub fault: Option<String>,
}

impl Line {
    /// Whether anything is done with the service.
    pub fn is_change(&self) -> bool {
        !matches!(self.action, Action::Keep | Action::Leave)
    }
}

/// What a document would change.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// Each service of the suite or the document, by name.
    pub lines: Vec<Line>,
    /// Ports that become reserved.
    pub reserved: Vec<u16>,
    /// Ports that are reserved no more.
    pub unreserved: Vec<u16>,
}

impl Comparison {
    /// Names these changes: the same for the same ones.
    pub fn digest(&self) -> String {
        let changes = self.lines.iter().map(|line| {
            let (from, to) = (line.assigned.unwrap_or(0), line.declared.unwrap_or(0));
            format!("{} {} {from} {to}\n", line.service, line.action.as_str())
        });
        let text: String = changes.collect();
        let digest = Sha256::new()
            .chain_update(text)
            .chain_update(format!("{:?} {:?}", self.reserved, self.unreserved))
            .finalize();
        digest
            .iter()
            .take(8)
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    /// Whether everything is as the document wishes.
    pub fn is_empty(&self) -> bool {
        !self.lines.iter().any(Line::is_change)
            && self.reserved.is_empty()
            && self.unreserved.is_empty()
    }

    /// The first thing that cannot be done.
    pub fn fault(&self) -> Option<String> {
        self.lines.iter().find_map(|line| {
            let fault = line.fault.as_ref()?;
            Some(format!("{}: {fault}", line.service))
        })
    }
}

/// What is known beside the records.
#[derive(Clone, Copy, Debug)]
pub struct Findings<'a> {
    /// Services that answered by their names on the ports that the document declares for them.
    pub arrived: &'a BTreeSet<String>,
    /// What is to be done with services that the document does not name.
    pub unnamed: Unnamed,
}

/// Compares.
pub fn compare(known: &Known, manifest: &Manifest, findings: Findings<'_>) -> Comparison {
    let scale = Scale::new(known, manifest, findings);
    let services: BTreeMap<&str, &Service> = known
        .services
        .iter()
        .map(|service| (service.name.as_str(), service))
        .collect();
    let names: BTreeSet<&str> = services
        .keys()
        .copied()
        .chain(manifest.ports.keys().map(String::as_str))
        .collect();
    let lines = names.into_iter().map(|name| {
        scale.weigh(
            name,
            services.get(name).copied(),
            manifest.ports.get(name).copied(),
        )
    });
    let present = reserved_in(known);
    let wished = manifest.reserved.as_ref().unwrap_or(&present);
    Comparison {
        lines: lines.collect(),
        reserved: wished.difference(&present).copied().collect(),
        unreserved: present.difference(wished).copied().collect(),
    }
}

/// The reserved ports of the suite's range.
fn reserved_in(known: &Known) -> BTreeSet<u16> {
    let reserved = known
        .claims
        .iter()
        .filter(|claim| claim.kind == ClaimKind::Reserved);
    let ports = reserved.flat_map(|claim| claim.ports.clone());
    ports
        .filter(|port| known.suite.range.contains(port))
        .filter_map(|port| u16::try_from(port).ok())
        .collect()
}

struct Scale<'a> {
    known: &'a Known,
    manifest: &'a Manifest,
    findings: Findings<'a>,
    /// Rows of services that give their ports up.
    leaving: BTreeSet<i64>,
    /// Names of the services that the document declares on each port.
    wished: BTreeMap<u16, Vec<&'a str>>,
}

impl<'a> Scale<'a> {
    fn new(known: &'a Known, manifest: &'a Manifest, findings: Findings<'a>) -> Self {
        let leaves = |service: &&Service| match manifest.ports.get(&service.name) {
            Some(declared) => service.port != Some(*declared),
            None => findings.unnamed == Unnamed::Release,
        };
        let mut wished: BTreeMap<u16, Vec<&str>> = BTreeMap::new();
        for (name, port) in &manifest.ports {
            wished.entry(*port).or_default().push(name);
        }
        let leaving = known.services.iter().filter(leaves);
        Self {
            known,
            manifest,
            findings,
            leaving: leaving.map(|service| service.id).collect(),
            wished,
        }
    }

    fn weigh(&self, name: &str, service: Option<&Service>, declared: Option<u16>) -> Line {
        let assigned = service.and_then(|service| service.port);
        let listening = self.listening(name, service, declared);
        let (action, detail) = match (service, declared) {
            (Some(service), Some(port)) => change(service, port, &listening),
            (_, Some(port)) => (Action::Add, format!("is new and gets {port}")),
            (_, None) => self.unnamed(assigned),
        };
        let fault = declared
            .filter(|_| matches!(action, Action::Add | Action::Assign | Action::Move))
            .and_then(|port| self.fault(name, service, port));
        Line {
            service: name.to_owned(),
            declared,
            assigned,
            listening: listening.into_iter().collect(),
            action,
            detail,
            fault,
        }
    }

    fn unnamed(&self, assigned: Option<u16>) -> (Action, String) {
        match (assigned, self.findings.unnamed) {
            (Some(port), Unnamed::Release) => (
                Action::Release,
                format!("is not in the document and gives {port} up"),
            ),
            (Some(port), Unnamed::Leave) => (
                Action::Leave,
                format!("is not in the document and keeps {port}"),
            ),
            (None, _) => (
                Action::Leave,
                "is not in the document and has no port".to_owned(),
            ),
        }
    }

    /// Where the service is known to listen: its process, its checks, or its own word say so.
    fn listening(
        &self,
        name: &str,
        service: Option<&Service>,
        declared: Option<u16>,
    ) -> BTreeSet<u16> {
        let mut ports = BTreeSet::new();
        ports.extend(declared.filter(|_| self.findings.arrived.contains(name)));
        let Some(service) = service else { return ports };
        let condition = self.known.health.get(&service.id);
        let is_up = |condition: &Condition| condition.status.is_up();
        ports.extend(service.port.filter(|_| condition.is_some_and(is_up)));
        let own = self.known.sockets.listeners.iter().filter(|listener| {
            let owner = listener.owner.as_ref().map(|owner| owner.pid);
            owner.is_some() && owner == service.pid
        });
        ports.extend(own.map(|listener| listener.port));
        ports
    }

    /// Why a service cannot have a port.
    fn fault(&self, name: &str, service: Option<&Service>, port: u16) -> Option<String> {
        let mut others = self.wished.get(&port).into_iter().flatten();
        if let Some(other) = others.find(|other| **other != name) {
            return Some(format!("port {port} is declared for {other}, too"));
        }
        let reserved = self.manifest.reserved.as_ref();
        if reserved.is_some_and(|reserved| reserved.contains(&port)) {
            return Some(format!("port {port} is declared as reserved, too"));
        }
        let claim = self.claim_on(port);
        if claim.is_some_and(|claim| self.goes(claim, port)) {
            // Whoever listens there is the one that goes away.
            return None;
        }
        let other = claim.filter(|claim| {
            let own = service.map(|service| service.id);
            claim.kind != ClaimKind::Quarantine && (own.is_none() || claim.service_id != own)
        });
        let stranger = match service {
            _ if self.findings.arrived.contains(name) => None,
            Some(service) => assignment::stranger(service, port, &self.known.sockets),
            None => self
                .known
                .sockets
                .held_by(port)
                .first()
                .map(observer::describe),
        };
        assignment::refusal(port, other, stranger).map(|error| error.to_string())
    }

    /// Whether a claim on a port is gone after the change.
    fn goes(&self, claim: &Claim, port: u16) -> bool {
        match claim.service_id {
            Some(id) => claim.kind == ClaimKind::Assigned && self.leaving.contains(&id),
            None => {
                self.manifest.reserved.is_some()
                    && self.known.suite.range.contains(&u32::from(port))
            }
        }
    }

    fn claim_on(&self, port: u16) -> Option<&'a Claim> {
        let port = u32::from(port);
        let after = self
            .known
            .claims
            .partition_point(|claim| claim.ports.end <= port);
        self.known
            .claims
            .get(after)
            .filter(|claim| claim.ports.contains(&port))
    }
}

/// What happens to a service that is known and declared.
fn change(service: &Service, port: u16, listening: &BTreeSet<u16>) -> (Action, String) {
    match service.port {
        Some(assigned) if assigned == port && service.has_claim => {
            let seen = if listening.contains(&port) {
                "listens there".to_owned()
            } else if let Some(other) = listening.first() {
                format!("listens on {other}")
            } else {
                "is not seen there".to_owned()
            };
            (Action::Keep, format!("keeps {port} and {seen}"))
        }
        Some(assigned) if assigned == port => (
            Action::Assign,
            format!("shares {port} and gets it as its own"),
        ),
        None => (Action::Assign, format!("has no port and gets {port}")),
        Some(assigned) if listening.contains(&port) => (
            Action::Move,
            format!("listens on {port} already, not on {assigned}: only the record changes"),
        ),
        Some(assigned) if listening.contains(&assigned) => (
            Action::Move,
            format!("runs on {assigned} and is told to move to {port}"),
        ),
        Some(assigned) => (
            Action::Move,
            format!("changes from {assigned} to {port}, and is not seen running"),
        ),
    }
}
