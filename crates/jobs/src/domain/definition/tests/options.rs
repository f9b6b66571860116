//! What is said of a step beside its work.

use common::model::job::{Retry, StepOptions};
use serde_json::{Value, json};

use crate::domain::definition::Definition;

/// A job whose second step has these fields more; the first one registers `first`.
fn second(fields: &Value) -> Value {
    let mut step = json!({"type": "ssh.exec", "target": "web-1"});
    for (name, value) in fields.as_object().unwrap() {
        step[name] = value.clone();
    }
    if fields.get("script").is_none() && fields.get("command").is_none() {
        step["command"] = "true".into();
    }
    json!({"parameters": {"env": "prod"}, "steps": [
        {"type": "ssh.exec", "target": "web-1", "command": "true", "name": "check", "register": "first"},
        step,
    ]})
}

fn options(fields: &Value) -> StepOptions {
    Definition::parse(&second(fields))
        .unwrap()
        .steps
        .remove(1)
        .options
}

#[test]
fn options_are_read() {
    let options = options(&json!({
        "when": "env == 'prod' and steps.check.exit_code == 0",
        "retry": {"attempts": 3}, "register": "second",
    }));
    assert_eq!(
        options.retry,
        Some(Retry {
            attempts: 3,
            backoff_sec: 2
        })
    );
    assert_eq!(options.register.as_deref(), Some("second"));
    assert!(options.reads_results && options.when.is_some());
}

#[test]
fn it_is_known_whether_results_are_read() {
    for (fields, reads) in [
        (json!({}), false),
        (json!({"when": "env == 'x'"}), false),
        (
            json!({"command": "echo {{ target.name }} {{ env }}"}),
            false,
        ),
        (json!({"command": "echo {{ first.stdout }}"}), true),
        (json!({"stdin": "{{ steps.check.stdout }}"}), true),
        (json!({"env": {"A": "{{ steps['check'].stdout }}"}}), true),
        (
            json!({"script": "#!/bin/sh\necho {{ first.stderr }}\n"}),
            true,
        ),
    ] {
        assert_eq!(options(&fields).reads_results, reads, "{fields}");
    }
}

/// Fields, the one at fault, and its code.
fn wrong() -> Vec<(Value, &'static str, &'static str)> {
    vec![
        (json!({"when": "env =="}), "when", "malformed_condition"),
        (json!({"when": ""}), "when", "out_of_range"),
        (json!({"when": "1+".repeat(600)}), "when", "out_of_range"),
        (json!({"when": "who == 1"}), "when", "unknown_parameter"),
        (
            json!({"when": "steps.later.exit_code == 0"}),
            "when",
            "unknown_parameter",
        ),
        (
            json!({"command": "echo {{ steps.other.stdout }}"}),
            "command",
            "unknown_parameter",
        ),
        (json!({"retry": 3}), "retry", "wrong_type"),
        (json!({"retry": {}}), "retry.attempts", "missing"),
        (
            json!({"retry": {"attempts": 1}}),
            "retry.attempts",
            "out_of_range",
        ),
        (
            json!({"retry": {"attempts": 2, "backoff_sec": -1}}),
            "retry.backoff_sec",
            "out_of_range",
        ),
        (
            json!({"retry": {"attempts": 2, "wait": 1}}),
            "retry.wait",
            "unknown",
        ),
        (json!({"register": "a b"}), "register", "invalid"),
        (json!({"register": "env"}), "register", "not_allowed"),
        (json!({"register": "first"}), "register", "not_allowed"),
        (json!({"register": "steps"}), "register", "not_allowed"),
        (
            json!({"script": "true", "command": "true"}),
            "script",
            "not_allowed",
        ),
        (json!({"script": " "}), "script", "missing"),
        (json!({"detach": "sometimes"}), "detach", "not_allowed"),
        (json!({"become": "root"}), "become", "wrong_type"),
        (
            json!({"become": {"method": "su"}}),
            "become.method",
            "not_allowed",
        ),
    ]
}

#[test]
fn wrong_options_are_named() {
    for (fields, field, code) in wrong() {
        let faults = Definition::parse(&second(&fields)).unwrap_err();
        let found: Vec<_> = faults
            .iter()
            .map(|fault| (fault.field.as_str(), fault.code.as_str()))
            .collect();
        let path = format!("definition.steps[1].{field}");
        assert_eq!(found, [(path.as_str(), code)], "{fields}");
    }
}

#[test]
fn a_step_knows_only_what_came_before_it() {
    let definition = json!({"steps": [
        {"type": "ssh.exec", "target": "web-1", "command": "echo {{ mine.stdout }}", "register": "mine"},
    ]});
    let faults = Definition::parse(&definition).unwrap_err();
    assert_eq!(faults[0].field, "definition.steps[0].command");
}
