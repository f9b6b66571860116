//! What a definition says of a step beside its work.

use common::expression;
use common::model::job::{Retry, StepOptions};
use common::problem::FieldError;

use super::names::{Templates, is_name};
use super::reader::Reader;

/// Most tries of a step.
const MOST_ATTEMPTS: i64 = 20;

/// Reads `when`, `retry` and `register`; comes after all other texts of the step.
pub(super) fn read(reader: &mut Reader<'_, '_>, templates: &mut Templates<'_>) -> StepOptions {
    let when = reader.optional_text("when", 1..=expression::LONGEST);
    if let Some(condition) = &when {
        templates.check_condition(reader, "when", condition);
    }
    StepOptions {
        when,
        retry: retry(reader),
        register: register(reader, templates),
        reads_results: templates.reads_results,
    }
}

fn retry(reader: &mut Reader<'_, '_>) -> Option<Retry> {
    let value = reader.take("retry")?;
    let mut faults: Vec<FieldError> = Vec::new();
    let retry = Reader::of(&reader.path_of("retry"), value, &mut faults).and_then(|mut inner| {
        let attempts = inner.integer("attempts", 2..=MOST_ATTEMPTS);
        if inner.take("attempts").is_none() {
            inner.fault("attempts", "missing", "is needed");
        }
        let longest = i64::from(Retry::LONGEST_WAIT_SEC);
        let backoff = inner.integer("backoff_sec", 0..=longest).unwrap_or(2);
        inner.finish(&[]);
        Some(Retry {
            attempts: u32::try_from(attempts?).ok()?,
            backoff_sec: u32::try_from(backoff).ok()?,
        })
    });
    reader.note(faults);
    retry
}

fn register(reader: &mut Reader<'_, '_>, templates: &Templates<'_>) -> Option<String> {
    let name = reader.optional_text("register", 1..=100)?;
    if !is_name(&name) {
        reader.fault(
            "register",
            "invalid",
            "must be a name of letters, digits and _",
        );
        return None;
    }
    if templates.known.is_taken(&name) {
        let detail = format!("{name:?} is the name of something else");
        reader.fault("register", "not_allowed", detail);
        return None;
    }
    Some(name)
}
