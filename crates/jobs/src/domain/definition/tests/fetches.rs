//! Steps that read a file.

use serde_json::{Value, json};

use crate::domain::definition::Definition;

fn fetch(change: &Value) -> Value {
    let mut step = json!({"type": "ssh.fetch", "target": "web-1", "path": "/etc/hosts"});
    for (name, value) in change.as_object().unwrap() {
        step[name] = value.clone();
    }
    json!({"steps": [step]})
}

#[test]
fn a_file_is_read_without_changing_anything() {
    let wish = fetch(&json!({"max_bytes": 196_608, "as": "b64", "become": true}));
    let step = Definition::parse(&wish).unwrap().steps.remove(0);
    assert!(step.idempotent && !step.mutates);
    let spec = serde_json::to_value(&step.spec).unwrap();
    assert_eq!(
        (&spec["as"], &spec["become"]["user"]),
        (&json!("b64"), &json!("root"))
    );
}

#[test]
fn wrong_wishes_are_named() {
    for (change, field, code) in [
        (json!({"path": null}), "path", "missing"),
        (json!({"path": "etc/hosts"}), "path", "invalid"),
        (json!({"max_bytes": 196_609}), "max_bytes", "out_of_range"),
        (json!({"as": "hex"}), "as", "not_allowed"),
        (json!({"destPath": "/tmp/x"}), "destPath", "unknown"),
    ] {
        let faults = Definition::parse(&fetch(&change)).unwrap_err();
        let path = format!("definition.steps[0].{field}");
        assert_eq!(
            (faults[0].field.as_str(), faults[0].code.as_str()),
            (path.as_str(), code)
        );
    }
}
