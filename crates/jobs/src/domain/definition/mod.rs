//! What a job may be made of; every fault is found at once, with its path.

pub(crate) mod reader;
mod step;

use std::collections::{BTreeMap, BTreeSet};

use common::problem::FieldError;
use serde_json::Value;

use self::reader::Reader;
pub use self::step::Step;
use crate::domain::parameter::{self, Parameter};

/// Most steps of a job.
const MAX_STEPS: usize = 100;
/// Fields of the definition that a later version brings.
const LATER: &[&str] = &["targets", "strategy", "timeoutSec", "locks", "notify"];

/// A definition that can be run.
#[derive(Clone, Debug)]
pub struct Definition {
    /// What a run has to be told.
    pub parameters: BTreeMap<String, Parameter>,
    /// In order; at least one.
    pub steps: Vec<Step>,
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
        reader.finish(LATER);
        let parameters = parameter::parse_all(parameters, &mut faults);
        let known: BTreeSet<&str> = parameters.keys().map(String::as_str).collect();
        let steps = parse_steps(steps, &known, &mut faults);
        if faults.is_empty() {
            Ok(Self { parameters, steps })
        } else {
            Err(faults)
        }
    }

    /// Names of the targets that its steps run on, each once.
    pub fn target_names(&self) -> Vec<String> {
        let names: BTreeSet<&str> = self.steps.iter().map(|step| step.target.as_str()).collect();
        names.into_iter().map(str::to_owned).collect()
    }

    /// Whether a step splices a value without quotes.
    pub fn splices_raw(&self) -> bool {
        self.steps.iter().any(|step| step.raw)
    }
}

fn parse_steps(
    steps: Option<&Value>,
    parameters: &BTreeSet<&str>,
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
    let numbered = steps.iter().enumerate().take(MAX_STEPS);
    numbered
        .filter_map(|(i, step)| {
            Step::parse(&format!("definition.steps[{i}]"), step, parameters, faults)
        })
        .collect()
}

#[cfg(test)]
mod tests;
