//! What a job may be made of; every fault is found at once, with its path.

mod copy;
mod fetch;
pub mod fleet;
mod names;
mod nested;
mod options;
mod privilege;
pub(crate) mod reader;
mod request;
mod step;
mod undo;
mod wait;

use std::collections::{BTreeMap, BTreeSet};

use common::problem::FieldError;
use serde_json::Value;

use self::fleet::{Fleet, Lock};
use self::names::{Names, Templates};
use self::reader::Reader;
pub use self::step::{Step, TYPES};
use crate::domain::parameter::{self, Parameter};

/// Most steps of a job.
const MAX_STEPS: usize = 100;
/// Fields of the definition that a later version brings.
const LATER: &[&str] = &["notify"];
/// Longest run, in seconds: 24 hours unless the definition says otherwise.
const USUAL_TIMEOUT_SEC: i32 = 86_400;

/// A definition that can be run.
#[derive(Clone, Debug)]
pub struct Definition {
    /// What a run has to be told.
    pub parameters: BTreeMap<String, Parameter>,
    /// In order; at least one.
    pub steps: Vec<Step>,
    /// Targets of the steps that name none.
    pub fleet: Option<Fleet>,
    /// What a run holds from its first step to its end.
    pub locks: Vec<Lock>,
    /// Longest time a run may take, in seconds.
    pub timeout_sec: i32,
}

impl Definition {
    /// Reads a definition.
    ///
    /// # Errors
    /// All faults, each with its path below `definition`.
    pub fn parse(definition: &Value) -> Result<Self, Vec<FieldError>> {
        let mut faults = Vec::new();
        let Some(mut reader) = Reader::of("definition", definition, &mut faults) else {
            return Err(faults);
        };
        reader.optional_text("name", 1..=200);
        reader.optional_text("description", 0..=2000);
        reader.integer("version", 1..=i64::from(i32::MAX));
        let parameters = reader.take("parameters");
        let steps = reader.take("steps");
        let fleet = fleet::read(&mut reader);
        let timeout = reader.integer("timeoutSec", 1..=2_592_000);
        let raw = parameters.and_then(Value::as_object);
        let known = Names::new(raw.into_iter().flatten().map(|(name, schema)| {
            let is_secret = schema.get("type").is_some_and(|kind| kind == "secret");
            (name.as_str(), is_secret)
        }));
        let locks = fleet::locks(&mut reader, &mut Templates::new(&known));
        let has_fleet = reader.take("targets").is_some();
        reader.finish(LATER);
        let parameters = parameter::parse_all(parameters, &mut faults);
        let known = Names::new(parameters.iter().map(|(name, parameter)| {
            let is_secret = parameter.kind == parameter::Kind::Secret;
            (name.as_str(), is_secret)
        }));
        let steps = parse_steps(steps, known, has_fleet, &mut faults);
        if has_fleet && faults.is_empty() && !steps.iter().any(Step::is_on_fleet) {
            let detail = "is used by no step: each has a target of its own or needs none";
            faults.push(FieldError::new("definition.targets", "not_allowed", detail));
        }
        if faults.is_empty() {
            Ok(Self {
                parameters,
                steps,
                fleet,
                locks,
                timeout_sec: timeout
                    .and_then(|seconds| i32::try_from(seconds).ok())
                    .unwrap_or(USUAL_TIMEOUT_SEC),
            })
        } else {
            Err(faults)
        }
    }

    /// Names of the targets that its steps run on, each once.
    pub fn target_names(&self) -> Vec<String> {
        let names: BTreeSet<&str> = self
            .steps
            .iter()
            .filter_map(|step| step.target.as_deref())
            .collect();
        names.into_iter().map(str::to_owned).collect()
    }

    /// Whether a step splices a value without quotes.
    pub fn splices_raw(&self) -> bool {
        self.steps.iter().any(|step| step.raw)
    }
}

fn parse_steps<'a>(
    steps: Option<&'a Value>,
    mut known: Names<'a>,
    has_fleet: bool,
    faults: &mut Vec<FieldError>,
) -> Vec<Step> {
    let Some(steps) = steps.and_then(Value::as_array) else {
        faults.push(FieldError::new(
            "definition.steps",
            "missing",
            "must be a list of steps",
        ));
        return Vec::new();
    };
    if steps.is_empty() || steps.len() > MAX_STEPS {
        let detail = format!("must hold between 1 and {MAX_STEPS} steps");
        faults.push(FieldError::new("definition.steps", "out_of_range", detail));
    }
    let mut parsed = Vec::new();
    for (i, step) in steps.iter().enumerate().take(MAX_STEPS) {
        let path = format!("definition.steps[{i}]");
        parsed.extend(Step::parse(&path, step, &known, faults));
        let has_target = has_fleet || step.get("target").is_some_and(|name| !name.is_null());
        if step.is_object() && !has_target && step::needs_target(step) {
            let path = format!("{path}.target");
            faults.push(FieldError::new(path, "missing", "is needed"));
        }
        // One that has faults as well: they are not to be told of those that ask for its result.
        known.learn(step);
    }
    parsed
}

#[cfg(test)]
mod tests;
