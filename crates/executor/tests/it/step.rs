//! Steps as jobs would store them.

use serde_json::{Value, json};

/// A step that is not stored yet.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) kind: &'static str,
    pub(crate) spec: Value,
    pub(crate) target: Value,
    pub(crate) credential_id: Option<i64>,
    pub(crate) timeout_sec: i32,
    pub(crate) on_error: &'static str,
    pub(crate) idempotent: bool,
    pub(crate) name: &'static str,
    pub(crate) options: Value,
    pub(crate) undo: Option<Value>,
}

impl Step {
    pub(crate) fn on_error(mut self, word: &'static str) -> Self {
        self.on_error = word;
        self
    }

    pub(crate) fn timeout(mut self, seconds: i32) -> Self {
        self.timeout_sec = seconds;
        self
    }

    pub(crate) fn idempotent(mut self) -> Self {
        self.idempotent = true;
        self
    }

    pub(crate) fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    /// Says something of it beside its work.
    pub(crate) fn option(mut self, name: &str, value: Value) -> Self {
        self.options[name] = value;
        self
    }

    /// Asks for results of earlier steps.
    pub(crate) fn reads_results(self) -> Self {
        self.option("reads_results", true.into())
    }

    /// Says how it is undone.
    pub(crate) fn undone_by(mut self, undo: Self) -> Self {
        self.undo = Some(json!({
            "name": undo.name, "kind": undo.kind, "credential_id": undo.credential_id, "spec": undo.spec,
            "shell": "bash", "timeout_sec": undo.timeout_sec, "on_error": undo.on_error,
            "idempotent": undo.idempotent, "options": undo.options, "locks": [], "lock_slots": [],
            "mutates": false,
        }));
        self
    }

    /// Ends with its connection.
    pub(crate) fn bound(self) -> Self {
        self.spec("detach", "never".into())
    }

    pub(crate) fn credential(mut self, id: Option<i64>) -> Self {
        self.credential_id = id;
        self
    }

    /// Changes a field of the specification.
    pub(crate) fn spec(mut self, name: &str, value: Value) -> Self {
        self.spec[name] = value;
        self
    }

    /// Changes a field of the target.
    pub(crate) fn target(mut self, name: &str, value: Value) -> Self {
        self.target[name] = value;
        self
    }

    pub(crate) fn kind(mut self, kind: &'static str) -> Self {
        self.kind = kind;
        self
    }
}
