//! What is said of undoing a step.

use serde_json::{Value, json};

use crate::domain::definition::{Definition, Step};

/// A job on a fleet whose second step is undone like this.
fn undone(undo: Value) -> Value {
    json!({"parameters": {"site": "a", "key": {"type": "secret"}}, "targets": {"names": ["web-1"]}, "steps": [
        {"type": "ssh.exec", "command": "true", "name": "first", "register": "one"},
        {"type": "ssh.exec", "command": "true", "name": "second", "register": "two", "undo": undo},
        {"type": "ssh.exec", "command": "true", "name": "third"},
    ]})
}

fn read(undo: Value) -> Step {
    let mut steps = Definition::parse(&undone(undo)).unwrap().steps;
    *steps.remove(1).undo.unwrap()
}

fn fault(definition: &Value) -> (String, String) {
    let fault = Definition::parse(definition).unwrap_err().remove(0);
    (fault.field, fault.code)
}

#[test]
fn it_is_a_step_that_knows_what_its_step_knows_and_has_done() {
    let undo = read(
        json!({"type": "ssh.exec", "command": "rm {{ two.stdout }} {{ site }} {{ key }}", "timeoutSec": 9,
        "on_error": "ignore", "retry": {"attempts": 3}, "when": "steps.first.exit_code == 0", "idempotent": true}),
    );
    assert_eq!((undo.name.as_str(), undo.timeout_sec), ("ssh.exec", 9));
    assert!(undo.idempotent && undo.options.reads_results && undo.options.retry.is_some());
    assert!(undo.undo.is_none() && !undo.raw);
    let raw = Definition::parse(&undone(
        json!({"type": "ssh.exec", "command": "{{ site | raw }}"}),
    ));
    assert!(raw.unwrap().splices_raw());
    for other in [
        json!({"type": "http.request", "method": "DELETE", "url": "https://example.org/{{ target.name }}"}),
        json!({"type": "job", "job": "cleanup", "parameters": {"site": "{{ site }}"}}),
        json!({"type": "ssh.copy", "destPath": "/a", "contentB64": "", "target": null}),
    ] {
        assert!(read(other.clone()).undo.is_none(), "{other}");
    }
}

#[test]
fn faults_have_their_path() {
    let path = |field: &str| format!("definition.steps[1].undo{field}");
    let exec = |field: &str, value: Value| {
        let mut undo = json!({"type": "ssh.exec", "command": "true"});
        undo[field] = value;
        undo
    };
    for (undo, field, code) in [
        (json!("rm"), "", "wrong_type"),
        (json!({}), ".type", "missing"),
        (json!({"type": "magic"}), ".type", "not_allowed"),
        (
            exec("command", json!("{{ steps.third.stdout }}")),
            ".command",
            "unknown_parameter",
        ),
        (exec("target", json!("web-2")), ".target", "not_allowed"),
        (exec("register", json!("x")), ".register", "not_allowed"),
        (
            exec("undo", json!({"type": "wait"})),
            ".undo",
            "not_allowed",
        ),
        (exec("name", json!(5)), ".name", "wrong_type"),
        (exec("later", json!(5)), ".later", "unknown"),
    ] {
        let found = fault(&undone(undo.clone()));
        assert_eq!(found, (path(field), code.to_owned()), "{undo}");
    }
    let nowhere = json!({"steps": [{"type": "job", "job": "a", "undo": {"type": "ssh.exec", "command": "true"}}]});
    let expected = (
        "definition.steps[0].undo.type".to_owned(),
        "not_allowed".to_owned(),
    );
    assert_eq!(fault(&nowhere), expected);
    let there = json!({"steps": [{"type": "job", "job": "a", "target": "web-1", "undo": {"type": "ssh.exec", "command": "true"}}]});
    assert!(Definition::parse(&there).is_ok());
}
