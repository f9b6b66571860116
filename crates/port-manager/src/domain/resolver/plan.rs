//! The answer: who moves where, why and when.

use std::collections::BTreeMap;

use super::board::Board;
use super::order::{Step, order};
use super::question::Wish;
use super::reason::Reason;

/// One service changes its port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    /// Its name.
    pub service: String,
    /// The port it has; `None` gets its first one.
    pub from: Option<u16>,
    /// The port it gets.
    pub to: u16,
    /// Why it moves.
    pub reason: Reason,
    /// When it comes to `to`; all moves of a wave are independent.
    pub wave: u32,
    /// A port to wait on, taken in wave 0, because the way to `to` is a cycle.
    /// It is one it may have if such a port is free, else any free one. If no port is free at all,
    /// there is none, and the service must stop instead: `Plan::stops` tells which.
    pub scratch: Option<u16>,
}

/// Moves that leave each service on an allowed port of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// By wave, then by name; services that stay are not in it.
    pub moves: Vec<Move>,
    /// Weight of the services that have a port and move.
    pub cost: u64,
    /// Weight that moves in every plan: forced movers, and all but the heaviest on one port.
    pub lower_bound: u64,
    /// No plan costs less, or costs the same with fewer moves.
    pub optimal: bool,
}

impl Plan {
    /// Moves of services that must be stopped in wave 0, because nowhere is room for a hop.
    pub fn stops(&self) -> Vec<&Move> {
        let arrivals: BTreeMap<u16, u32> = self.moves.iter().map(|m| (m.to, m.wave)).collect();
        let is_early = |from: u16, wave: u32| arrivals.get(&from).is_some_and(|w| *w <= wave);
        self.moves
            .iter()
            .filter(|m| m.scratch.is_none() && m.from.is_some_and(|from| is_early(from, m.wave)))
            .collect()
    }
}

/// Writes down where everybody sits.
pub(super) fn draw(board: &Board<'_>, lower_bound: u64) -> Plan {
    let services = board.services.iter().enumerate();
    let steps: Vec<Step<'_, '_>> = services
        .filter_map(|(index, service)| Some((service, board.seat(index)?)))
        .filter(|(service, to)| service.wish.port != Some(*to))
        .map(|(service, to)| Step { service, to })
        .collect();
    let turns = order(board, &steps);
    let mut moves: Vec<Move> = steps
        .iter()
        .zip(turns)
        .map(|(step, turn)| Move {
            service: step.service.wish.name.clone(),
            from: step.service.wish.port,
            to: step.to,
            reason: reason(board, step.service.wish),
            wave: turn.wave,
            scratch: turn.scratch,
        })
        .collect();
    moves.sort_by_key(|m| m.wave);
    let cost = steps.iter().map(|step| step.service.weight).sum();
    Plan {
        moves,
        cost,
        lower_bound,
        optimal: cost == lower_bound,
    }
}

/// Why a service is not where it was.
fn reason(board: &Board<'_>, wish: &Wish) -> Reason {
    let Some(port) = wish.port else {
        return Reason::Unassigned;
    };
    if let Some(why) = board.blocked.get(&port) {
        let why = why.clone();
        return Reason::Blocked { port, why };
    }
    let may_have = port != 0 && wish.allowed.iter().any(|range| range.contains(&port));
    match board.tenant(port).filter(|_| may_have) {
        None => Reason::OutOfRange { port },
        Some((name, declared)) if declared == Some(port) => Reason::Duplicate {
            port,
            kept_by: name.to_owned(),
        },
        Some((name, _)) => Reason::Displaced {
            port,
            for_service: name.to_owned(),
        },
    }
}
