//! The exact search: who must make room so that the rest fits at the least cost.
//!
//! One shortest path for each service that has no port yet (the Hungarian method by rows). A move
//! costs the same wherever it leads, so a service takes one step to all its ports, a search seldom
//! looks at a port twice, and there is no table of services by ports. Prices keep all steps at or
//! above zero: `cost - price(service) - price(port) >= 0`, and `= 0` where a service sits. A port
//! that nobody sits on has the price 0, all others have that or less.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use super::board::{Board, Service};
use super::matching::shift;
use super::ports::{PORTS, PortSet};
use super::stuck::{Obstacle, Stuck};

/// Disrupted weight in the upper part, moves in the lower.
type Cost = i128;

/// Above any number of moves.
const WEIGHT_UNIT: Cost = 1 << 32;

/// What a search does next.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    /// Puts `by` on a port, so that its holder must go.
    Take { port: u16, by: usize },
    /// Lets a service go to any of its ports, for `level` without the price of the port.
    Spread { service: usize, level: Cost },
}

/// The cheapest way out that a search has seen.
#[derive(Clone, Copy)]
struct Exit {
    cost: Cost,
    service: usize,
    port: u16,
}

/// Prices that last from search to search, and the state of one search.
pub(super) struct Search<'b, 'a> {
    board: &'b mut Board<'a>,
    service_prices: Vec<Cost>,
    port_prices: Vec<Cost>,
    /// The pool of each service: those with the same allowed ports share one.
    pool_of: Vec<usize>,
    /// The least level of a spread to each pool.
    pool_levels: Vec<Option<Cost>>,
    spread_pools: Vec<usize>,
    /// Held ports, but for those that can never lead to an open one.
    alive: PortSet,
    /// Ports that no spread has reached, and the least level that reached the others.
    unseen: PortSet,
    port_levels: Vec<Cost>,
    highest_level: Cost,
    /// Ports that nobody has taken, and who has taken the others.
    untaken: PortSet,
    taken_by: Vec<usize>,
    reached_ports: Vec<(u16, Cost)>,
    reached_services: Vec<(usize, Cost)>,
    steps: BinaryHeap<Reverse<(Cost, Step)>>,
    exit: Option<Exit>,
}

impl<'b, 'a> Search<'b, 'a> {
    /// Starts from the heaviest at home and movers on open ports, which is optimal for these.
    pub(super) fn new(board: &'b mut Board<'a>) -> Self {
        let mut port_prices = vec![0; PORTS];
        let mut alive = PortSet::new();
        for (index, service) in board.services.iter().enumerate() {
            let seat = board.seat(index);
            if let Some(seat) = seat {
                alive.insert(seat);
            }
            // A home is worth what the heaviest who wants it, and is not there, would save.
            if let Some(home) = service.home.filter(|_| seat != service.home)
                && let Some(price) = port_prices.get_mut(usize::from(home))
            {
                *price = (*price).min(-move_cost(service));
            }
        }
        let services = board.services.iter().enumerate();
        let service_prices = services
            .map(|(index, service)| match (board.seat(index), service.home) {
                (None, _) => 0,
                (Some(seat), Some(home)) if seat == home => -price(&port_prices, usize::from(home)),
                (Some(_), _) => move_cost(service),
            })
            .collect();
        let pool_of = share_pools(&board.services);
        Self {
            board,
            service_prices,
            port_prices,
            pool_levels: vec![None; pool_of.len()],
            pool_of,
            spread_pools: Vec::new(),
            unseen: alive.clone(),
            untaken: alive.clone(),
            alive,
            port_levels: vec![0; PORTS],
            highest_level: Cost::MIN,
            taken_by: vec![0; PORTS],
            reached_ports: Vec::new(),
            reached_services: Vec::new(),
            steps: BinaryHeap::new(),
            exit: None,
        }
    }

    /// Places all of them, or tells who is left when as many as possible are placed.
    pub(super) fn place(mut self, unplaced: &[usize]) -> Result<(), Stuck> {
        let mut left = Vec::new();
        let (mut services, mut ports) = (0, 0);
        for index in unplaced {
            match self.find_exit(*index) {
                Some(exit) => self.follow(exit),
                None => {
                    left.extend(self.board.service(*index).map(|s| s.wish.name.clone()));
                    services += self.reached_services.len();
                    ports += self.reached_ports.len();
                    // Whoever sits on these ports can only go to these ports.
                    for (port, _) in &self.reached_ports {
                        self.alive.remove(*port);
                    }
                }
            }
        }
        if left.is_empty() {
            return Ok(());
        }
        left.sort_unstable();
        Err(Stuck::new(vec![Obstacle::TooFewPorts {
            left,
            services,
            ports,
        }]))
    }

    /// The cheapest chain of displacements from one service to an open port.
    fn find_exit(&mut self, start: usize) -> Option<Exit> {
        self.unseen.copy_from(&self.alive);
        self.untaken.copy_from(&self.alive);
        self.highest_level = Cost::MIN;
        while let Some(pool) = self.spread_pools.pop() {
            if let Some(level) = self.pool_levels.get_mut(pool) {
                *level = None;
            }
        }
        self.reached_ports.clear();
        self.reached_services.clear();
        self.steps.clear();
        self.exit = None;
        self.displace(start, 0);
        while let Some(Reverse((cost, step))) = self.steps.pop() {
            if self.exit.is_some_and(|exit| exit.cost <= cost) {
                break;
            }
            match step {
                Step::Take { port, by } => self.take(port, by, cost),
                Step::Spread { service, level } => self.spread(service, level, cost),
            }
        }
        self.exit
    }

    /// A service must leave its port: home, to an open port, or to one that another holds.
    fn displace(&mut self, index: usize, cost: Cost) {
        self.reached_services.push((index, cost));
        let Some(service) = self.board.service(index) else {
            return;
        };
        let stay = cost - price(&self.service_prices, index);
        let go = stay + move_cost(service);
        let home = service.home.filter(|home| self.alive.contains(*home));
        if let Some(port) = home {
            let by = index;
            let cost = stay - price(&self.port_prices, usize::from(port));
            self.push(cost, Step::Take { port, by });
        }
        if self.exit.is_some_and(|exit| exit.cost <= go) {
            return;
        }
        match self.board.nearest(index) {
            Some(port) => {
                self.exit = Some(Exit {
                    cost: go,
                    service: index,
                    port,
                });
            }
            None => {
                let (service, level) = (index, go);
                // Below `cost` the prices of all its ports make up for the difference.
                self.push(go.max(cost), Step::Spread { service, level });
            }
        }
    }

    /// Reaches all ports of a service that no lower level has reached.
    fn spread(&mut self, index: usize, level: Cost, now: Cost) {
        let pool = self.pool_of(index);
        let Some(least) = self.pool_levels.get_mut(pool) else {
            return;
        };
        if least.is_some_and(|least| least <= level) {
            return;
        }
        *least = Some(level);
        self.spread_pools.push(pool);
        // Levels mostly rise, and then what is seen needs no second look. Where all ports have a
        // price, a later level can be lower.
        let in_order = self.highest_level <= level;
        self.highest_level = self.highest_level.max(level);
        let mut from = Some(0);
        while let Some(port) = from.and_then(|from| {
            let rest = if in_order {
                &self.unseen
            } else {
                &self.untaken
            };
            self.next_of(index, rest, from)
        }) {
            self.reach(port, index, level, now);
            from = port.checked_add(1);
        }
    }

    /// Notes the cost of a port at the level of a spread, unless a lower level reached it.
    fn reach(&mut self, port: u16, by: usize, level: Cost, now: Cost) {
        let Some(least) = self.port_levels.get_mut(usize::from(port)) else {
            return;
        };
        if !self.unseen.contains(port) && *least <= level {
            return;
        }
        *least = level;
        self.unseen.remove(port);
        let cost = level - price(&self.port_prices, usize::from(port));
        if cost == now {
            self.take(port, by, cost);
        } else {
            self.push(cost, Step::Take { port, by });
        }
    }

    fn take(&mut self, port: u16, by: usize, cost: Cost) {
        if !self.untaken.contains(port) {
            return;
        }
        self.untaken.remove(port);
        self.reached_ports.push((port, cost));
        if let Some(taker) = self.taken_by.get_mut(usize::from(port)) {
            *taker = by;
        }
        if let Some(holder) = self.board.holder(port) {
            self.displace(holder, cost);
        }
    }

    fn pool_of(&self, index: usize) -> usize {
        self.pool_of.get(index).copied().unwrap_or(index)
    }

    fn next_of(&self, index: usize, ports: &PortSet, from: u16) -> Option<u16> {
        let service = self.board.service(index)?;
        ports.next_up(&service.allowed, from)
    }

    fn push(&mut self, cost: Cost, step: Step) {
        if self.exit.is_none_or(|exit| cost < exit.cost) {
            self.steps.push(Reverse((cost, step)));
        }
    }

    /// Carries out a chain, and raises prices so that all steps stay at or above zero.
    fn follow(&mut self, exit: Exit) {
        for (index, cost) in &self.reached_services {
            if let Some(price) = self.service_prices.get_mut(*index) {
                *price += exit.cost - cost;
            }
        }
        for (port, cost) in &self.reached_ports {
            if let Some(price) = self.port_prices.get_mut(usize::from(*port)) {
                *price -= exit.cost - cost;
            }
        }
        let mut path = vec![exit.service];
        let mut last = exit.service;
        while let Some(seat) = self.board.seat(last) {
            let Some(by) = self.taken_by.get(usize::from(seat)) else {
                break;
            };
            last = *by;
            path.push(last);
        }
        path.reverse();
        shift(self.board, &path, exit.port);
        self.alive.insert(exit.port);
    }
}

/// Cost of not being at home; what cannot be avoided costs nothing here.
fn move_cost(service: &Service<'_>) -> Cost {
    match service.home {
        Some(_) => Cost::from(service.weight) * WEIGHT_UNIT + 1,
        None => 0,
    }
}

fn price(prices: &[Cost], place: usize) -> Cost {
    prices.get(place).copied().unwrap_or(0)
}

/// The first service with the same allowed ports, for each service.
fn share_pools(services: &[Service<'_>]) -> Vec<usize> {
    let mut firsts = BTreeMap::new();
    let indexed = services.iter().enumerate();
    indexed
        .map(|(index, service)| *firsts.entry(service.allowed.spans()).or_insert(index))
        .collect()
}
