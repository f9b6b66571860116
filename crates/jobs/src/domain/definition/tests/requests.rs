//! Steps that ask an HTTP interface.

use serde_json::{Value, json};

use crate::domain::definition::Definition;

fn request(fields: &Value) -> Value {
    let mut step = json!({"type": "http.request", "target": "api"});
    for (name, value) in fields.as_object().unwrap() {
        step[name] = value.clone();
    }
    json!({"parameters": {"p": ""}, "steps": [step]})
}

#[test]
fn requests_are_read_and_those_that_only_look_may_be_repeated() {
    for (fields, only_looks) in [
        (json!({"path": "/a/{{ p }}"}), true),
        (
            json!({"path": "/", "method": "HEAD", "expected_status": 404}),
            true,
        ),
        (
            json!({"path": "/", "method": "DELETE", "expected_status": [200, 404]}),
            false,
        ),
        (
            json!({"path": "/", "method": "POST", "headers": {"X-A": "{{ p }}"},
                "body": {"a": ["{{ p }}"]}, "extract": {"id": "/items/0/id"}}),
            false,
        ),
        (json!({"url": "https://example.org/", "target": null}), true),
    ] {
        let step = Definition::parse(&request(&fields))
            .unwrap()
            .steps
            .remove(0);
        assert_eq!(
            (step.idempotent, !step.mutates),
            (only_looks, only_looks),
            "{fields}"
        );
    }
}

#[test]
fn wrong_requests_are_named() {
    for (fields, field, code) in [
        (json!({}), "path", "not_allowed"),
        (
            json!({"path": "/", "url": "http://a"}),
            "path",
            "not_allowed",
        ),
        (json!({"path": "//other"}), "path", "invalid"),
        (json!({"path": "/", "target": null}), "target", "missing"),
        (json!({"url": "file:///etc"}), "url", "invalid"),
        (
            json!({"path": "/", "method": "get"}),
            "method",
            "not_allowed",
        ),
        (
            json!({"path": "/", "headers": {"Host": "x"}}),
            "headers.Host",
            "not_allowed",
        ),
        (
            json!({"path": "/", "headers": {"A": "x\ny"}}),
            "headers.A",
            "wrong_type",
        ),
        (json!({"path": "/", "body": "x"}), "body", "not_allowed"),
        (
            json!({"path": "/", "method": "PUT", "body": {"a": "{{ x }}"}}),
            "body",
            "unknown_parameter",
        ),
        (
            json!({"path": "/", "expected_status": [99]}),
            "expected_status",
            "invalid",
        ),
        (
            json!({"path": "/", "extract": {"a": "id"}}),
            "extract.a",
            "invalid",
        ),
    ] {
        let faults = Definition::parse(&request(&fields)).unwrap_err();
        let found: Vec<_> = faults
            .iter()
            .map(|fault| (fault.field.as_str(), fault.code.as_str()))
            .collect();
        let path = format!("definition.steps[0].{field}");
        assert_eq!(found, [(path.as_str(), code)], "{fields}");
    }
}
