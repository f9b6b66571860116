//! Who sits on which port while a plan is made.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::ports::{Allowed, PORTS, PortSet};
use super::question::{Movable, Question, Wish};
use super::stuck::{Obstacle, Stuck};

/// A service that a plan may place.
pub(super) struct Service<'a> {
    pub(super) wish: &'a Wish,
    pub(super) allowed: Allowed,
    /// The port where it can stay.
    pub(super) home: Option<u16>,
    /// Cost of a move; 0 if it has no port.
    pub(super) weight: u64,
}

/// Services by name, and the ports they are given.
pub(super) struct Board<'a> {
    pub(super) services: Vec<Service<'a>>,
    pub(super) blocked: &'a BTreeMap<u16, String>,
    /// Ports of services that only a person moves.
    fixed: BTreeMap<u16, &'a str>,
    seats: Vec<Option<u16>>,
    holders: Vec<Option<usize>>,
    /// Ports that someone may have, and nobody sits on.
    open: PortSet,
    /// Open ports that nobody has to leave first.
    quiet: PortSet,
    declared: PortSet,
}

impl<'a> Board<'a> {
    /// Seats nobody, except those that only a person moves.
    pub(super) fn new(question: &'a Question) -> Result<Self, Stuck> {
        let mut wishes: Vec<&Wish> = question.wishes.iter().collect();
        wishes.sort_by(|a, b| a.name.cmp(&b.name));
        let fixed = hold_fixed(&wishes, &question.blocked)?;
        let mut declared = PortSet::new();
        for port in wishes.iter().filter_map(|wish| wish.port) {
            declared.insert(port);
        }
        let usable = |port| !question.blocked.contains_key(&port) && !fixed.contains_key(&port);
        let services: Vec<Service<'_>> = wishes
            .into_iter()
            .filter(|wish| wish.port.is_none() || wish.movable != Movable::Manual)
            .map(|wish| {
                let allowed = Allowed::new(&wish.allowed);
                Service {
                    wish,
                    home: wish
                        .port
                        .filter(|port| usable(*port) && allowed.contains(*port)),
                    allowed,
                    weight: wish.disruption(),
                }
            })
            .collect();
        let (mut open, mut quiet) = (PortSet::new(), PortSet::new());
        for port in covered(&services).filter(|port| usable(*port)) {
            open.insert(port);
            if !declared.contains(port) {
                quiet.insert(port);
            }
        }
        Ok(Self {
            seats: vec![None; services.len()],
            holders: vec![None; PORTS],
            blocked: &question.blocked,
            services,
            fixed,
            open,
            quiet,
            declared,
        })
    }

    /// Seats the heaviest claimant of each port at home; gives the others.
    pub(super) fn keep_heaviest(&mut self) -> Vec<usize> {
        let mut claims: Vec<(u16, Reverse<u64>, usize)> = Vec::new();
        for (index, service) in self.services.iter().enumerate() {
            if let Some(home) = service.home {
                claims.push((home, Reverse(service.weight), index));
            }
        }
        claims.sort_unstable();
        claims.dedup_by_key(|(home, ..)| *home);
        for (home, _, index) in claims {
            self.sit(index, home);
        }
        (0..self.services.len())
            .filter(|index| self.seat(*index).is_none())
            .collect()
    }

    pub(super) fn weight_of(&self, indexes: &[usize]) -> u64 {
        let services = indexes.iter().filter_map(|index| self.service(*index));
        services.map(|service| service.weight).sum()
    }

    pub(super) fn service(&self, index: usize) -> Option<&Service<'a>> {
        self.services.get(index)
    }

    pub(super) fn seat(&self, index: usize) -> Option<u16> {
        self.seats.get(index).copied().flatten()
    }

    pub(super) fn holder(&self, port: u16) -> Option<usize> {
        self.holders.get(usize::from(port)).copied().flatten()
    }

    /// Who sits on a port at the end, those that never move included.
    pub(super) fn tenant(&self, port: u16) -> Option<(&'a str, Option<u16>)> {
        let placed = self.holder(port).and_then(|index| self.service(index));
        placed
            .map(|service| (service.wish.name.as_str(), service.wish.port))
            .or_else(|| self.fixed.get(&port).map(|name| (*name, Some(port))))
    }

    /// Those that do not sit at home, by name.
    pub(super) fn away(&self) -> Vec<usize> {
        let services = self.services.iter().enumerate();
        services
            .filter(|(index, service)| service.home.is_none() || self.seat(*index) != service.home)
            .map(|(index, _)| index)
            .collect()
    }

    /// Seats a service. Whoever sits there must be seated elsewhere next.
    pub(super) fn sit(&mut self, index: usize, port: u16) {
        if let Some(seat) = self.seats.get_mut(index) {
            *seat = Some(port);
        }
        if let Some(holder) = self.holders.get_mut(usize::from(port)) {
            *holder = Some(index);
        }
        self.open.remove(port);
        self.quiet.remove(port);
    }

    /// Opens the port of a service again.
    pub(super) fn leave(&mut self, index: usize) {
        let Some(port) = self.seats.get_mut(index).and_then(Option::take) else {
            return;
        };
        if let Some(holder) = self.holders.get_mut(usize::from(port)) {
            *holder = None;
        }
        self.open.insert(port);
        if !self.declared.contains(port) {
            self.quiet.insert(port);
        }
    }

    /// Former ports of a service that are open to it, newest first.
    pub(super) fn open_former(&self, index: usize) -> impl Iterator<Item = u16> {
        let service = self.service(index);
        service.into_iter().flat_map(|service| {
            let former = service.wish.former.iter().copied();
            former.filter(|port| self.open.contains(*port) && service.allowed.contains(*port))
        })
    }

    /// The open port that suits a service best, but for its former ones.
    pub(super) fn nearest(&self, index: usize) -> Option<u16> {
        let service = self.service(index)?;
        let start = service.wish.preferred;
        self.quiet
            .next_around(&service.allowed, start)
            .or_else(|| self.open.next_around(&service.allowed, start))
    }

    /// Open ports that nobody holds at any time of the plan.
    pub(super) fn quiet(&self) -> PortSet {
        self.quiet.clone()
    }
}

/// Ports of services that only a person moves, wherever they may be.
fn hold_fixed<'a>(
    wishes: &[&'a Wish],
    blocked: &BTreeMap<u16, String>,
) -> Result<BTreeMap<u16, &'a str>, Stuck> {
    let mut names: BTreeMap<u16, Vec<&'a str>> = BTreeMap::new();
    for wish in wishes.iter().filter(|w| w.movable == Movable::Manual) {
        if let Some(port) = wish.port {
            names.entry(port).or_default().push(&wish.name);
        }
    }
    let mut why = Vec::new();
    for (port, services) in &names {
        let owned = || services.iter().map(|name| (*name).to_owned());
        if let Some(reason) = blocked.get(port) {
            why.extend(owned().map(|service| Obstacle::BlockedPort {
                port: *port,
                service,
                why: reason.clone(),
            }));
        } else if services.len() > 1 {
            why.push(Obstacle::SharedPort {
                port: *port,
                services: owned().collect(),
            });
        }
    }
    if why.is_empty() {
        let single = |(port, names): (u16, Vec<&'a str>)| Some((port, names.first().copied()?));
        Ok(names.into_iter().filter_map(single).collect())
    } else {
        Err(Stuck::new(why))
    }
}

/// Ports that at least one service may have, in order.
fn covered(services: &[Service<'_>]) -> impl Iterator<Item = u16> {
    // How many more spans cover a port than the one before it.
    let mut changes = vec![0_i64; PORTS + 1];
    for (low, high) in services.iter().flat_map(|service| service.allowed.spans()) {
        if let Some(change) = changes.get_mut(usize::from(*low)) {
            *change += 1;
        }
        if let Some(change) = changes.get_mut(usize::from(*high) + 1) {
            *change -= 1;
        }
    }
    let mut depth = 0;
    (0..=u16::MAX)
        .zip(changes)
        .filter_map(move |(port, change)| {
            depth += change;
            (depth > 0).then_some(port)
        })
}
