//! Which targets of a fleet are worked on when.

use std::collections::{BTreeMap, BTreeSet};

use common::model::target::SelectedTarget;

use crate::domain::definition::fleet::{Order, Strategy};

/// A target with its batch or wave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lane {
    /// The target.
    pub target: SelectedTarget,
    /// From 0.
    pub batch: i32,
}

/// The targets need each other in a circle.
#[derive(Debug, PartialEq, Eq)]
pub struct Cycle(pub Vec<String>);

/// Puts targets in their order, each with its batch or wave.
pub fn lanes(strategy: &Strategy, targets: Vec<SelectedTarget>) -> Result<Vec<Lane>, Cycle> {
    if strategy.order == Order::Dependencies {
        return waves(targets);
    }
    let total = targets.len();
    let size = strategy.batch.map_or(total, |batch| batch.batch_of(total));
    let place = |(at, target): (usize, SelectedTarget)| Lane {
        batch: at
            .checked_div(size)
            .and_then(|batch| i32::try_from(batch).ok())
            .unwrap_or_default(),
        target,
    };
    Ok(targets.into_iter().enumerate().map(place).collect())
}

/// Each wave has the targets whose needs within the fleet are all in earlier ones.
fn waves(targets: Vec<SelectedTarget>) -> Result<Vec<Lane>, Cycle> {
    let fleet: BTreeSet<String> = targets.iter().map(|target| target.name.clone()).collect();
    let mut dependents: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut missing: BTreeMap<String, usize> = BTreeMap::new();
    let mut by_name = BTreeMap::new();
    for target in targets {
        let needs = target
            .depends_on
            .iter()
            .filter(|name| fleet.contains(*name));
        let mut count = 0_usize;
        for need in needs {
            count = count.saturating_add(1);
            let list = dependents.entry(need.clone()).or_default();
            list.push(target.name.clone());
        }
        missing.insert(target.name.clone(), count);
        by_name.insert(target.name.clone(), target);
    }
    let mut lanes = Vec::new();
    for batch in 0_i32.. {
        let wave: Vec<String> = missing
            .iter()
            .filter(|(_, count)| **count == 0)
            .map(|(name, _)| name.clone())
            .collect();
        if wave.is_empty() {
            break;
        }
        for name in wave {
            missing.remove(&name);
            for dependent in dependents.remove(&name).unwrap_or_default() {
                if let Some(count) = missing.get_mut(&dependent) {
                    // Those that this wave sets free are still not in it.
                    *count = count.saturating_sub(1);
                }
            }
            lanes.extend(by_name.remove(&name).map(|target| Lane { target, batch }));
        }
    }
    if missing.is_empty() {
        return Ok(lanes);
    }
    Err(Cycle(missing.into_keys().collect()))
}

/// Numbers the phases of a run: each begins when the one before is over.
#[derive(Clone, Debug, Default)]
pub struct Phases {
    /// Phase of each step on each batch; one number where the step has its own target.
    phases: Vec<Vec<i32>>,
}

impl Phases {
    /// `on_fleet` says of each step whether the fleet does it.
    pub fn new(on_fleet: &[bool], order: Order, batches: usize) -> Self {
        let mut phases: Vec<Vec<i32>> = Vec::new();
        let mut next = 0_i32;
        for segment in on_fleet.chunk_by(|before, after| before == after) {
            let is_fleet = segment.first().copied().unwrap_or_default();
            let start = next;
            let count = |number: usize| i32::try_from(number).unwrap_or(i32::MAX);
            let length = count(segment.len());
            for at in 0..length {
                phases.push(match (is_fleet, order) {
                    (false, _) => vec![start.saturating_add(at)],
                    (true, Order::StepFirst) => (0..count(batches))
                        .map(|batch| {
                            let before = batch.saturating_mul(length).saturating_add(at);
                            start.saturating_add(before)
                        })
                        .collect(),
                    (true, Order::TargetFirst | Order::Dependencies) => (0..count(batches))
                        .map(|batch| start.saturating_add(batch))
                        .collect(),
                });
            }
            next = match (is_fleet, order) {
                (false, _) => start.saturating_add(length),
                (true, Order::StepFirst) => {
                    start.saturating_add(length.saturating_mul(count(batches)))
                }
                (true, Order::TargetFirst | Order::Dependencies) => {
                    start.saturating_add(count(batches))
                }
            };
        }
        Self { phases }
    }

    /// The phase of a step on a batch.
    pub fn of(&self, step: usize, batch: i32) -> i32 {
        let batches = self.phases.get(step).map(Vec::as_slice).unwrap_or_default();
        let batch = usize::try_from(batch).unwrap_or_default();
        batches.get(batch).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
