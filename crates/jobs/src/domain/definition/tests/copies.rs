//! Where the content of a file comes from, and whose it is.

use common::model::job::{CopySpec, StepSpec};
use serde_json::{Value, json};

use crate::domain::definition::Definition;

/// A job that writes a file with these fields more.
fn copy(fields: &Value) -> Value {
    let mut step = json!({"type": "ssh.copy", "target": "web-1", "destPath": "/tmp/a"});
    for (name, value) in fields.as_object().unwrap() {
        step[name] = value.clone();
    }
    json!({"steps": [step]})
}

fn read(fields: &Value) -> CopySpec {
    let mut steps = Definition::parse(&copy(fields)).unwrap().steps;
    let StepSpec::SshCopy(spec) = steps.remove(0).spec else {
        panic!("it is no copy");
    };
    spec
}

#[test]
fn content_is_given_or_fetched() {
    let given = read(&json!({"contentB64": "aGk=", "owner": "www-data:adm"}));
    assert_eq!(given.content_b64.as_deref(), Some("aGk="));
    assert_eq!(given.owner.as_deref(), Some("www-data:adm"));
    let url = "https://example.org/{{ target.name }}";
    let fetched = read(&json!({"fromUrl": url, "sha256": "A".repeat(64), "owner": ":adm"}));
    assert_eq!(
        (fetched.content_b64, fetched.from_url.as_deref()),
        (None, Some(url))
    );
    assert_eq!(fetched.sha256, Some("a".repeat(64)));
}

#[test]
fn wrong_copies_name_the_field() {
    let url = "https://example.org/a";
    for (fields, field, code) in [
        (json!({}), "contentB64", "missing"),
        (
            json!({"contentB64": "", "owner": "root;"}),
            "owner",
            "invalid",
        ),
        (json!({"contentB64": "", "owner": ":"}), "owner", "invalid"),
        (
            json!({"contentB64": "", "fromUrl": url}),
            "fromUrl",
            "not_allowed",
        ),
        (
            json!({"fromUrl": "ftp://example.org/a"}),
            "fromUrl",
            "invalid",
        ),
        (
            json!({"fromUrl": "https://{{ who }}"}),
            "fromUrl",
            "unknown_parameter",
        ),
        (
            json!({"fromUrl": url, "sha256": "abc"}),
            "sha256",
            "invalid",
        ),
        (
            json!({"contentB64": "", "sha256": "a".repeat(64)}),
            "sha256",
            "not_allowed",
        ),
    ] {
        let fault = Definition::parse(&copy(&fields)).unwrap_err().remove(0);
        let expected = (format!("definition.steps[0].{field}"), code.to_owned());
        assert_eq!((fault.field, fault.code), expected, "{fields}");
    }
    let winrm = json!({"steps": [{"type": "winrm.copy", "target": "w", "destPath": "C:\\a", "contentB64": "", "owner": "a"}]});
    assert_eq!(Definition::parse(&winrm).unwrap_err()[0].code, "unknown");
}
