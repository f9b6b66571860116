//! Who has some ports, while services are given ports one after the other.

use std::collections::BTreeMap;

use crate::domain::ledger::Ledger;
use crate::domain::record::{Claim, ClaimKind, Service, single};
use crate::error::Error;

/// Claims that keep ports from others, by their first port: they never overlap.
#[derive(Debug)]
pub struct Holders(BTreeMap<u32, Claim>);

impl Holders {
    /// Reads who has some ports.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn read(ledger: &mut Ledger<'_>, ports: &[u16]) -> Result<Self, Error> {
        if ports.is_empty() {
            return Ok(Self(BTreeMap::new()));
        }
        let claims = ledger.list_hindrances(ports).await?;
        let by_port = claims.into_iter().map(|claim| (claim.ports.start, claim));
        Ok(Self(by_port.collect()))
    }

    /// The claim on a port.
    pub fn find(&self, port: u16) -> Option<&Claim> {
        let port = u32::from(port);
        let (_start, claim) = self.0.range(..=port).next_back()?;
        claim.ports.contains(&port).then_some(claim)
    }

    /// The claim on a port that somebody else than the service has.
    pub fn find_other(&self, service: &Service, port: u16) -> Option<&Claim> {
        let claim = self.find(port);
        claim.filter(|claim| claim.service_id != Some(service.id))
    }

    /// Notes that a service gives its port up and gets another one.
    pub fn give(&mut self, service: &Service, port: u16) {
        if let Some(old) = service.port {
            let is_own = |claim: &Claim| {
                claim.service_id == Some(service.id) && claim.kind == ClaimKind::Assigned
            };
            if self.find(old).is_some_and(is_own) {
                self.0.remove(&u32::from(old));
            }
        }
        let claim = Claim {
            id: 0,
            ports: single(port),
            kind: ClaimKind::Assigned,
            service: Some(service.name.clone()),
            service_id: Some(service.id),
            reason: String::new(),
            claimed_at: service.updated_at,
            expires_at: None,
        };
        self.0.insert(claim.ports.start, claim);
    }
}
