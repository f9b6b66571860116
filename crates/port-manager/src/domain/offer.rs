//! The free ports of a suite, and which of them suits a service.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::domain::allocation;
use crate::domain::assignment::unfit;
use crate::domain::ledger::Ledger;
use crate::domain::record::{Service, Suite};
use crate::error::Error;
use crate::observe::Snapshot;
use crate::store;

/// What some services can be offered.
#[derive(Debug, Default)]
pub struct Offer {
    ports: Range<u32>,
    free: Vec<Range<u32>>,
    /// Ports that are kept for their former owners, by rows of services.
    kept: BTreeMap<i64, Vec<u16>>,
    /// Ports that services had, newest first.
    former: BTreeMap<i64, Vec<u16>>,
}

impl Offer {
    /// Reads what is free now.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn read(
        ledger: &mut Ledger<'_>,
        suite: &Suite,
        service_ids: &[i64],
        sockets: &Snapshot,
    ) -> Result<Self, Error> {
        let ports = suite.automatic();
        let taken = unfit(&ports, sockets);
        let now = ledger.at;
        let free = store::claims::list_free(ledger.conn(), &ports, &taken, now).await?;
        let (kept, former) = if service_ids.is_empty() {
            (Vec::new(), Vec::new())
        } else {
            (
                store::claims::list_quarantined(ledger.conn(), service_ids).await?,
                store::history::list_ports(ledger.conn(), service_ids).await?,
            )
        };
        let is_fit =
            |port: u32| ports.contains(&port) && !taken.iter().any(|part| part.contains(&port));
        let kept = kept
            .into_iter()
            .filter(|(_service, port)| is_fit(u32::from(*port)));
        Ok(Self {
            kept: by_service(kept),
            former: by_service(former),
            ports,
            free,
        })
    }

    /// Chooses a port for a service, which nobody else is offered any more: a former one, its place,
    /// the next, the lowest.
    ///
    /// # Errors
    /// When no port is free.
    pub fn take(&mut self, suite: &Suite, service: &Service) -> Result<u16, Error> {
        let former = self.former.get(&service.id);
        let wish = allocation::Wish {
            former: former.map_or(&[], Vec::as_slice),
            preferred: allocation::place(&suite.name, &service.name, &self.ports),
            strategy: suite.strategy,
        };
        let kept = self.kept.get(&service.id);
        let own = kept.into_iter().flatten().copied();
        let mut free = allocation::parts(own);
        free.extend(self.free.iter().cloned());
        free.sort_by_key(|part| part.start);
        let port = allocation::choose(&wish, &free)
            .ok_or(Error::NoFreePort(self.ports.start, self.ports.end))?;
        self.withdraw(port);
        Ok(port)
    }

    /// Offers a port to nobody any more.
    pub fn withdraw(&mut self, port: u16) {
        let port = u32::from(port);
        let without = |part: Range<u32>| {
            if part.contains(&port) {
                [part.start..port, port + 1..part.end]
            } else {
                [part, 0..0]
            }
        };
        let left = std::mem::take(&mut self.free);
        self.free = left.into_iter().flat_map(without).collect();
        self.free.retain(|part| !part.is_empty());
    }
}

fn by_service(ports: impl IntoIterator<Item = (i64, u16)>) -> BTreeMap<i64, Vec<u16>> {
    let mut by_service: BTreeMap<i64, Vec<u16>> = BTreeMap::new();
    for (service, port) in ports {
        by_service.entry(service).or_default().push(port);
    }
    by_service
}
