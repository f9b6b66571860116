//! Steps that undo what other steps have done.

use common::problem::FieldError;
use serde_json::Value;

use super::names::Names;
use super::reader::Reader;
use super::step::{self, Step};

/// What a step that undoes another does not have: it is done where that one was, and in its place.
const OF_STEPS: &[&str] = &["target", "register", "undo"];

/// Reads what undoes `step`; it knows what that one knows, and its result.
pub(super) fn read(
    reader: &mut Reader<'_, '_>,
    step: &Value,
    known: &Names<'_>,
) -> Option<Box<Step>> {
    let undo = reader.take("undo")?;
    let path = reader.path_of("undo");
    let mut faults: Vec<FieldError> = Vec::new();
    let mut known = known.clone();
    known.learn(step);
    let has = |of: &Value, field: &str| of.get(field).is_some_and(|value| !value.is_null());
    for field in OF_STEPS.iter().filter(|field| has(undo, field)) {
        let detail = "is not for a step that undoes another";
        let path = format!("{path}.{field}");
        faults.push(FieldError::new(path, "not_allowed", detail));
    }
    let has_target = has(step, "target") || step::needs_target(step);
    if undo.is_object() && step::needs_target(undo) && !has_target {
        let detail = "needs a target, and the step that it undoes has none";
        let path = format!("{path}.type");
        faults.push(FieldError::new(path, "not_allowed", detail));
    }
    let read = match faults.is_empty() {
        true => Step::parse(&path, undo, &known, &mut faults),
        false => None,
    };
    reader.note(faults);
    read.map(Box::new)
}
