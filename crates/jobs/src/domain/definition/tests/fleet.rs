//! Selectors, strategies and locks.

use serde_json::{Value, json};

use crate::domain::definition::Definition;

/// A job whose one step has no target, with these fields more.
fn fleet(fields: &Value) -> Value {
    let mut job = json!({"parameters": {"env": "prod"},
        "steps": [{"type": "ssh.exec", "command": "true"}]});
    for (name, value) in fields.as_object().unwrap() {
        job[name] = value.clone();
    }
    job
}

fn tags() -> Value {
    json!({"tags": ["role:web", "!env:dev"]})
}

#[test]
fn fleets_are_read() {
    for fields in [
        json!({"targets": {"names": ["a", "b"]}}),
        json!({"targets": tags()}),
        json!({"targets": {"filter": "protocol = ssh and tag:role = web"}}),
        json!({"targets": tags(), "strategy": {"order": "step_first", "parallel": 50, "batch": "20%",
            "max_failures": "10%", "pause_between_batches_sec": 5}}),
        json!({"targets": tags(), "strategy": {"order": "dependencies", "max_failures": 0}}),
        json!({"targets": tags(), "locks": ["db-{{ env }}", "pool/4"], "timeoutSec": 60}),
        json!({"targets": tags(), "steps": [{"type": "ssh.exec", "command": "true", "mutates": false,
            "locks": ["host:{{ target.name }}"]}]}),
    ] {
        let read = Definition::parse(&fleet(&fields));
        assert!(read.is_ok(), "{fields}: {:?}", read.unwrap_err());
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a line for each rule")]
fn wrong_fleets_name_the_path() {
    let with = |strategy: Value| json!({"targets": tags(), "strategy": strategy});
    for (fields, path, code) in [
        (json!({}), "steps[0].target", "missing"),
        (json!({"targets": []}), "targets", "wrong_type"),
        (json!({"targets": {}}), "targets.filter", "not_allowed"),
        (
            json!({"targets": {"tags": ["a"], "names": ["b"]}}),
            "targets.filter",
            "not_allowed",
        ),
        (
            json!({"targets": {"names": []}}),
            "targets.names",
            "wrong_type",
        ),
        (
            json!({"targets": {"names": [1]}}),
            "targets.names[0]",
            "wrong_type",
        ),
        (
            json!({"targets": {"tags": ["a", "!"]}}),
            "targets.tags[1]",
            "invalid",
        ),
        (
            json!({"targets": {"filter": "port = x"}}),
            "targets.filter",
            "malformed_filter",
        ),
        (
            json!({"targets": {"tags": ["a"], "group": 1}}),
            "targets.group",
            "unknown",
        ),
        (
            with(json!({"order": "random"})),
            "strategy.order",
            "not_allowed",
        ),
        (
            with(json!({"parallel": 0})),
            "strategy.parallel",
            "out_of_range",
        ),
        (with(json!({"batch": "0"})), "strategy.batch", "invalid"),
        (
            with(json!({"batch": 2, "order": "dependencies"})),
            "strategy.batch",
            "not_allowed",
        ),
        (
            with(json!({"max_failures": "101%"})),
            "strategy.max_failures",
            "invalid",
        ),
        (with(json!({"speed": 1})), "strategy.speed", "unknown"),
        (
            json!({"targets": tags(), "timeoutSec": 0}),
            "timeoutSec",
            "out_of_range",
        ),
        (
            json!({"targets": tags(), "locks": ["a", "a/2"]}),
            "locks[1]",
            "duplicate",
        ),
        (
            json!({"targets": tags(), "locks": ["a/0"]}),
            "locks[0]",
            "invalid",
        ),
        (
            json!({"targets": tags(), "locks": ["{{ nope }}"]}),
            "locks[0]",
            "unknown_parameter",
        ),
        (
            json!({"targets": tags(), "steps": [{"type": "ssh.exec", "command": "x", "target": "a"}]}),
            "targets",
            "not_allowed",
        ),
    ] {
        let faults = Definition::parse(&fleet(&fields)).unwrap_err();
        let found: Vec<(&str, &str)> = faults
            .iter()
            .map(|fault| (fault.field.as_str(), fault.code.as_str()))
            .collect();
        let path = format!("definition.{path}");
        assert_eq!(found, [(path.as_str(), code)], "{fields}");
    }
}
