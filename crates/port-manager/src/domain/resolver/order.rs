//! The order of moves: a port is left before another service comes to it.

use std::collections::BTreeMap;

use super::board::{Board, Service};
use super::ports::PortSet;

/// One change of port that has no place in the order yet.
pub(super) struct Step<'b, 'a> {
    pub(super) service: &'b Service<'a>,
    pub(super) to: u16,
}

/// When a step happens, and where it goes in between.
#[derive(Clone, Copy, Default)]
pub(super) struct Turn {
    pub(super) wave: u32,
    pub(super) scratch: Option<u16>,
}

/// What is known of a step so far.
#[derive(Clone, Copy, Default)]
struct State {
    turn: Turn,
    /// Steps that must leave the target first.
    waits_for: usize,
}

/// Steps and who waits for whom. One step comes to each port, so each frees the way of one other
/// at most: what is left when all free ends are gone are plain cycles.
struct Sequence<'s, 'b, 'a> {
    steps: &'s [Step<'b, 'a>],
    comes_to: BTreeMap<u16, usize>,
    states: Vec<State>,
    /// Ports that nobody has before, during or after the plan.
    scratch: PortSet,
}

/// Gives each step its turn.
pub(super) fn order(board: &Board<'_>, steps: &[Step<'_, '_>]) -> Vec<Turn> {
    let targets = steps.iter().enumerate();
    let mut sequence = Sequence {
        steps,
        comes_to: targets.map(|(place, step)| (step.to, place)).collect(),
        states: vec![State::default(); steps.len()],
        scratch: board.quiet(),
    };
    for place in 0..steps.len() {
        if let Some(state) = sequence
            .follower(place)
            .and_then(|f| sequence.states.get_mut(f))
        {
            state.waits_for += 1;
        }
    }
    sequence.follow_chains();
    sequence.break_cycles();
    sequence.states.iter().map(|state| state.turn).collect()
}

impl Sequence<'_, '_, '_> {
    /// The step that comes to the port which this one leaves.
    fn follower(&self, place: usize) -> Option<usize> {
        let from = self.steps.get(place)?.service.wish.port?;
        self.comes_to.get(&from).copied()
    }

    fn state(&self, place: usize) -> State {
        self.states.get(place).copied().unwrap_or_default()
    }

    /// Puts a step behind a wave; true when it waits for nothing else.
    fn put_behind(&mut self, place: usize, wave: u32) -> bool {
        self.states.get_mut(place).is_some_and(|state| {
            state.turn.wave = state.turn.wave.max(wave + 1);
            state.waits_for = state.waits_for.saturating_sub(1);
            state.waits_for == 0
        })
    }

    fn follow_chains(&mut self) {
        for start in 0..self.steps.len() {
            if self.state(start).waits_for > 0 || self.state(start).turn.wave > 0 {
                continue;
            }
            let mut last = start;
            while let Some(next) = self.follower(last) {
                if !self.put_behind(next, self.state(last).turn.wave) {
                    break;
                }
                last = next;
            }
        }
    }

    fn break_cycles(&mut self) {
        for start in 0..self.steps.len() {
            if self.state(start).waits_for == 0 {
                continue;
            }
            let (first, scratch) = self.choose_hop(&self.cycle(start));
            if let Some(state) = self.states.get_mut(first) {
                state.turn.scratch = scratch;
            }
            if let Some(port) = scratch {
                self.scratch.remove(port);
            }
            // The hop leaves its port in wave 0.
            let mut wave = 0;
            let mut last = first;
            while let Some(next) = self.follower(last) {
                self.put_behind(next, wave);
                wave = self.state(next).turn.wave;
                last = next;
                if next == first {
                    break;
                }
            }
        }
    }

    fn cycle(&self, start: usize) -> Vec<usize> {
        let mut cycle = vec![start];
        let mut last = start;
        while let Some(next) = self.follower(last).filter(|next| *next != start) {
            cycle.push(next);
            last = next;
        }
        cycle
    }

    /// The lightest step of a cycle that can hop to a port it may have; else to any port; else
    /// the lightest without a hop.
    fn choose_hop(&self, cycle: &[usize]) -> (usize, Option<u16>) {
        let mut lightest: Vec<(u64, usize, &Service<'_>)> = cycle
            .iter()
            .filter_map(|place| Some((*place, self.steps.get(*place)?.service)))
            .map(|(place, service)| (service.weight, place, service))
            .collect();
        lightest.sort_unstable_by_key(|(weight, place, _)| (*weight, *place));
        let own = lightest.iter().find_map(|(_, place, service)| {
            let start = service.wish.preferred;
            let port = self.scratch.next_around(&service.allowed, start)?;
            Some((*place, Some(port)))
        });
        let first = lightest.first().map_or(0, |(_, place, _)| *place);
        own.unwrap_or_else(|| (first, self.scratch.next(1, u16::MAX)))
    }
}
