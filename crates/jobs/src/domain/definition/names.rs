//! Which names the holes and conditions of a step may ask for.

use std::collections::BTreeSet;

use common::{expression, template};
use serde_json::Value;

use super::reader::Reader;

/// The target of the step, which every step knows.
const TARGET: &str = "target";
/// The results of earlier steps by the names of those.
const STEPS: &str = "steps";

/// What a step knows.
#[derive(Clone, Debug, Default)]
pub(super) struct Names<'a> {
    parameters: BTreeSet<&'a str>,
    /// Those of them that nobody may read.
    secrets: BTreeSet<&'a str>,
    /// Names under which earlier steps register their results.
    registered: BTreeSet<&'a str>,
    /// Names of earlier steps.
    steps: BTreeSet<&'a str>,
}

impl<'a> Names<'a> {
    /// What the first step knows: parameters by name, and whether each is a secret.
    pub(super) fn new(parameters: impl Iterator<Item = (&'a str, bool)>) -> Self {
        let mut known = Self::default();
        for (name, is_secret) in parameters {
            known.parameters.insert(name);
            known.secrets.extend(is_secret.then_some(name));
        }
        known
    }

    /// Adds what a step leaves to those after it.
    pub(super) fn learn(&mut self, step: &'a Value) {
        let text = |field: &str| step.get(field).and_then(Value::as_str);
        self.steps.extend(text("name").or_else(|| text("type")));
        self.registered.extend(text("register"));
    }

    /// Whether a result may not have this name.
    pub(super) fn is_taken(&self, name: &str) -> bool {
        matches!(name, TARGET | STEPS)
            || self.parameters.contains(name)
            || self.registered.contains(name)
    }

    /// What is asked for, or what is wrong with that; `name` may go on with dots.
    fn look_up(&self, name: &str) -> Result<Asked, String> {
        let mut parts = name.split('.');
        let first = parts.next().unwrap_or_default();
        if self.secrets.contains(first) {
            return Ok(Asked::Secret);
        }
        if first == TARGET || self.parameters.contains(first) {
            return Ok(Asked::Known);
        }
        if self.registered.contains(first) {
            return Ok(Asked::Result);
        }
        if first != STEPS {
            return Err(format!("asks for {first:?}, which is no parameter"));
        }
        match parts.next() {
            Some(step) if !self.steps.contains(step) => Err(format!(
                "asks for the result of {step:?}, which is no earlier step"
            )),
            Some(_) | None => Ok(Asked::Result),
        }
    }
}

enum Asked {
    Known,
    Secret,
    Result,
}

/// Who may see a text once its holes are filled.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Seen {
    /// It is stored, shown or logged.
    Shown,
    /// Only what it is sent to.
    Hidden,
}

/// Checks the holes and the condition of one step.
pub(super) struct Templates<'a> {
    pub(super) known: &'a Names<'a>,
    /// Whether a value is spliced without quotes.
    pub(super) raw: bool,
    /// Whether results of earlier steps are asked for.
    pub(super) reads_results: bool,
}

impl<'a> Templates<'a> {
    pub(super) fn new(known: &'a Names<'a>) -> Self {
        Self {
            known,
            raw: false,
            reads_results: false,
        }
    }

    /// Checks a text with holes that others than the target may see: no secret may be in it.
    pub(super) fn check(&mut self, reader: &mut Reader<'_, '_>, field: &str, text: &str) {
        self.check_text(reader, field, text, Seen::Shown);
    }

    /// Checks a text with holes that nobody but the target sees filled.
    pub(super) fn check_hidden(&mut self, reader: &mut Reader<'_, '_>, field: &str, text: &str) {
        self.check_text(reader, field, text, Seen::Hidden);
    }

    fn check_text(&mut self, reader: &mut Reader<'_, '_>, field: &str, text: &str, seen: Seen) {
        match template::holes(text) {
            Ok(holes) => {
                self.raw |= holes.raw;
                self.check_names(reader, field, &holes.names, seen);
            }
            Err(error) => reader.fault(field, "malformed_template", error.to_string()),
        }
    }

    /// Checks the name of a lock, which is known before any step has run.
    pub(super) fn check_lock(&mut self, reader: &mut Reader<'_, '_>, field: &str, text: &str) {
        let results = self.reads_results;
        self.reads_results = false;
        self.check(reader, field, text);
        if self.reads_results {
            let detail = "must not ask for results of steps";
            reader.fault(field, "not_allowed", detail);
        }
        self.reads_results = results;
    }

    /// Checks a condition.
    pub(super) fn check_condition(&mut self, reader: &mut Reader<'_, '_>, field: &str, text: &str) {
        match expression::names(text) {
            Ok(names) => self.check_names(reader, field, &names, Seen::Shown),
            Err(error) => reader.fault(field, "malformed_condition", error.to_string()),
        }
    }

    fn check_names(
        &mut self,
        reader: &mut Reader<'_, '_>,
        field: &str,
        names: &BTreeSet<String>,
        seen: Seen,
    ) {
        for name in names {
            match self.known.look_up(name) {
                Ok(Asked::Secret) if seen == Seen::Shown => {
                    let detail = format!(
                        "asks for {name:?}, which is secret: only command, script, stdin, env, headers and body may hold it"
                    );
                    reader.fault(field, "secret_shown", detail);
                }
                Ok(Asked::Known | Asked::Secret) => {}
                Ok(Asked::Result) => self.reads_results = true,
                Err(detail) => reader.fault(field, "unknown_parameter", detail),
            }
        }
    }
}

/// Whether a text can be asked for in holes: letters, digits and `_`, no digit first.
pub(super) fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 100
        && !text.starts_with(|c: char| c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
