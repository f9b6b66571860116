//! From a definition and its targets to the rows of a run.

use std::collections::BTreeMap;

use common::model::target::TargetSnapshot;
use common::problem::FieldError;
use common::template;
use serde_json::{Map, Value, json};

use crate::domain::definition::fleet::{Fleet, Lock, Order, Strategy};
use crate::domain::definition::{Definition, Step};
use crate::domain::fleet::{Lane, Phases, lanes};
use crate::domain::job::Found;
use crate::error::Error;
use crate::store::lanes::NewLane;
use crate::store::runs::NewOrder;
use crate::store::steps::{NewStep, NewWork};

/// Most steps of a run, over all targets.
const MAX_STEPS: usize = 50_000;

/// What is written of a run beside the run itself.
#[derive(Clone, Debug, Default)]
pub struct Work {
    /// Longest time it may take, in seconds.
    pub timeout_sec: i32,
    /// How the fleet is worked on, and what the run locks.
    pub order: NewOrder,
    /// One for each target of the fleet.
    pub lanes: Vec<NewLane>,
    /// One for each step and target.
    pub steps: Vec<NewStep>,
}

/// A target as it is written to its steps.
struct Snapshot {
    target: TargetSnapshot,
    json: Value,
}

/// Works out all rows of a run.
pub(super) fn expand(
    definition: &Definition,
    found: Found,
    values: &Map<String, Value>,
) -> Result<Work, Error> {
    let fleet_lanes = match &definition.fleet {
        Some(_) if found.fleet.is_empty() => return Err(Error::NoTargets),
        Some(fleet) => lanes(&fleet.strategy, found.fleet).map_err(|cycle| {
            let detail = format!("need each other in a circle: {}", cycle.0.join(", "));
            FieldError::new("definition.targets", "cycle", detail)
        })?,
        None => Vec::new(),
    };
    let snapshots = snapshots(found.targets)?;
    let rows = Rows {
        phases: phases(definition, &fleet_lanes),
        snapshots: &snapshots,
        values,
    };
    let mut steps = Vec::new();
    for (at, step) in definition.steps.iter().enumerate() {
        match &step.target {
            None if step.is_on_fleet() => {
                for (place, lane) in (0_i32..).zip(&fleet_lanes) {
                    let name = Some(lane.target.name.as_str());
                    steps.push(rows.step(at, step, name, Some((place, lane)))?);
                }
            }
            name => steps.push(rows.step(at, step, name.as_deref(), None)?),
        }
        if steps.len() > MAX_STEPS {
            let detail = format!("a run must not have more than {MAX_STEPS} steps");
            return Err(FieldError::new("definition.targets", "too_many", detail).into());
        }
    }
    Ok(Work {
        timeout_sec: definition.timeout_sec,
        order: order(definition, fleet_lanes.len(), values)?,
        lanes: (0_i32..).zip(&fleet_lanes).map(new_lane).collect(),
        steps,
    })
}

fn phases(definition: &Definition, lanes: &[Lane]) -> Phases {
    let last = lanes
        .iter()
        .map(|lane| lane.batch)
        .max()
        .unwrap_or_default();
    let batches = usize::try_from(last).unwrap_or_default().saturating_add(1);
    let on_fleet: Vec<bool> = definition.steps.iter().map(Step::is_on_fleet).collect();
    let fleet = definition.fleet.as_ref();
    let order = fleet.map_or(Order::TargetFirst, |fleet| fleet.strategy.order);
    Phases::new(&on_fleet, order, batches)
}

fn snapshots(
    targets: BTreeMap<String, TargetSnapshot>,
) -> Result<BTreeMap<String, Snapshot>, Error> {
    targets
        .into_iter()
        .map(|(name, target)| {
            let json = serde_json::to_value(&target)?;
            Ok((name, Snapshot { target, json }))
        })
        .collect()
}

fn new_lane((lane, of): (i32, &Lane)) -> NewLane {
    NewLane {
        lane,
        target_id: of.target.id,
        target_name: of.target.name.clone(),
        batch: of.batch,
    }
}

fn order(
    definition: &Definition,
    total: usize,
    values: &Map<String, Value>,
) -> Result<NewOrder, Error> {
    let (locks, lock_slots) = locked(&definition.locks, values)?;
    let strategy = definition
        .fleet
        .as_ref()
        .map(|Fleet { strategy, .. }| strategy);
    let failures = |strategy: &Strategy| {
        let most = strategy.max_failures?.failures_of(total);
        Some(i32::try_from(most).unwrap_or(i32::MAX))
    };
    Ok(NewOrder {
        strategy: strategy.map(|strategy| strategy.order.as_str()),
        parallel: strategy.and_then(|strategy| strategy.parallel),
        max_failures: strategy.and_then(failures),
        pause_sec: strategy.map_or(0, |strategy| strategy.pause_sec),
        locks,
        lock_slots,
    })
}

/// Names and slots of locks, holes filled.
fn locked(locks: &[Lock], values: &Map<String, Value>) -> Result<(Vec<String>, Vec<i32>), Error> {
    let mut filled: BTreeMap<String, i32> = BTreeMap::new();
    for lock in locks {
        let name = template::render(&lock.name, values, str::to_owned)
            .map_err(|error| FieldError::new("locks", "malformed_template", error.to_string()))?;
        if name.trim().is_empty() || name.chars().count() > 300 || name.contains('\0') {
            let detail = "the name of a lock must have 1 to 300 characters";
            return Err(FieldError::new("locks", "out_of_range", detail).into());
        }
        let slots = filled.entry(name).or_insert(lock.slots);
        *slots = lock.slots.min(*slots);
    }
    Ok(filled.into_iter().unzip())
}

struct Rows<'a> {
    phases: Phases,
    snapshots: &'a BTreeMap<String, Snapshot>,
    values: &'a Map<String, Value>,
}

impl Rows<'_> {
    fn snapshot(&self, name: &str) -> Result<&Snapshot, Error> {
        let gone = || Error::TargetsGone(vec![name.to_owned()]);
        self.snapshots.get(name).ok_or_else(gone)
    }

    fn step(
        &self,
        at: usize,
        step: &Step,
        name: Option<&str>,
        lane: Option<(i32, &Lane)>,
    ) -> Result<NewStep, Error> {
        let on = name.map(|name| self.snapshot(name)).transpose()?;
        let target = on.map(|snapshot| &snapshot.target);
        let batch = lane.map_or(0, |(_, lane)| lane.batch);
        let undo = step.undo.as_ref();
        Ok(NewStep {
            idx: i32::try_from(at).unwrap_or(i32::MAX),
            target_id: target.map(|target| target.id),
            target_name: name.map(str::to_owned),
            target: on.map(|snapshot| snapshot.json.clone()),
            lane: lane.map(|(place, _)| place),
            phase: self.phases.of(at, batch),
            work: self.work(step, target)?,
            undo: undo.map(|undo| self.work(undo, target)).transpose()?,
        })
    }

    fn work(&self, step: &Step, target: Option<&TargetSnapshot>) -> Result<NewWork, Error> {
        let (locks, lock_slots) = self.locks(step, target)?;
        Ok(NewWork {
            name: step.name.clone(),
            kind: step.spec.kind(),
            credential_id: target
                .filter(|_target| step.spec.needs_secret())
                .and_then(|target| target.credential_id),
            spec: serde_json::to_value(&step.spec)?,
            shell: step.spec.shell().map(str::to_owned),
            timeout_sec: step.timeout_sec,
            on_error: step.on_error.as_str(),
            idempotent: step.idempotent,
            options: serde_json::to_value(&step.options)?,
            locks,
            lock_slots,
            mutates: step.mutates,
        })
    }

    fn locks(
        &self,
        step: &Step,
        target: Option<&TargetSnapshot>,
    ) -> Result<(Vec<String>, Vec<i32>), Error> {
        if step.locks.is_empty() {
            return Ok((Vec::new(), Vec::new()));
        }
        let mut values = self.values.clone();
        if let Some(target) = target {
            values.insert(
                "target".to_owned(),
                json!({"id": target.id, "name": target.name,
                    "hostname": target.hostname, "port": target.port}),
            );
        }
        locked(&step.locks, &values)
    }
}
