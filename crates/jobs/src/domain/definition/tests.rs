//! Every rule of a definition, one line each.

use serde_json::{Value, json};

use super::Definition;

fn exec(change: Value) -> Value {
    let mut step = json!({"type": "ssh.exec", "target": "web-1", "command": "uptime"});
    for (name, value) in change.as_object().unwrap() {
        step[name] = value.clone();
    }
    json!({"steps": [step]})
}

fn copy(change: Value) -> Value {
    let mut step =
        json!({"type": "ssh.copy", "target": "web-1", "destPath": "/tmp/a", "contentB64": ""});
    for (name, value) in change.as_object().unwrap() {
        step[name] = value.clone();
    }
    json!({"steps": [step]})
}

fn parameter(schema: Value) -> Value {
    json!({"parameters": {"p": schema}, "steps": exec(json!({}))["steps"]})
}

#[test]
fn what_old_clients_send_is_accepted() {
    let definition = json!({
        "name": "deploy", "version": 1,
        "parameters": {"who": "world", "n": 3, "force": false},
        "steps": [
            {"type": "winrm.exec", "shell": "powershell", "target": "win", "command": "Get-Date {{ who }}"},
            {"type": "winrm.exec", "shell": "cmd", "target": "win", "command": "ver", "timeoutSec": 5},
            {"type": "winrm.copy", "target": "win", "destPath": "C:\\a.txt", "contentB64": "aGk=",
             "overwrite": true, "timeoutSec": 60},
        ],
    });
    let parsed = Definition::parse(&definition).unwrap();
    assert_eq!(parsed.target_names(), ["win"]);
    assert_eq!(parsed.steps[0].timeout_sec, 60);
    assert_eq!(parsed.steps[1].timeout_sec, 5);
}

#[path = "tests/copies.rs"]
mod copies;
#[path = "tests/fetches.rs"]
mod fetches;
#[path = "tests/fleet.rs"]
mod fleet;
#[path = "tests/options.rs"]
mod options;
#[path = "tests/requests.rs"]
mod requests;
#[path = "tests/undos.rs"]
mod undos;
#[path = "tests/waits.rs"]
mod waits;

#[test]
fn right_definitions_are_accepted() {
    for definition in [
        exec(json!({})),
        exec(json!({"name": "a", "shell": "sh", "stdin": "x", "env": {"A_1": "b"}})),
        exec(json!({"on_error": "ignore", "idempotent": true, "timeoutSec": 86_400})),
        exec(json!({"detach": "always", "become": true})),
        exec(json!({"become": {"user": "www-data", "method": "sudo"}})),
        copy(json!({"become": {}})),
        exec(json!({"command": "echo ${#list[@]} {{ target.name }}"})),
        exec(json!({"command": "a".repeat(100_000)})),
        copy(json!({"mode": "0644", "overwrite": false, "contentB64": "aGk="})),
        copy(
            json!({"contentB64": null, "fromUrl": "https://example.org/{{ target.name }}", "sha256": "A".repeat(64), "owner": ":adm"}),
        ),
        parameter(json!({"type": "string", "pattern": "[a-z]+", "min": 1, "max": 5})),
        parameter(json!({"type": "integer", "min": 1, "max": 5, "default": 3})),
        parameter(json!({"type": "enum", "values": ["a", "b"], "default": "b"})),
        parameter(json!({"type": "boolean", "description": "whether"})),
    ] {
        assert!(Definition::parse(&definition).is_ok(), "{definition}");
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a line for each rule")]
fn wrong_definitions_name_the_path() {
    let step = "definition.steps[0]";
    let p = "definition.parameters.p";
    let long = "a".repeat(100_001);
    let cases = [
        (json!(1), "definition".to_owned(), "wrong_type"),
        (json!([]), "definition".to_owned(), "wrong_type"),
        (json!({}), "definition.steps".to_owned(), "missing"),
        (
            json!({"steps": {}}),
            "definition.steps".to_owned(),
            "missing",
        ),
        (
            json!({"steps": []}),
            "definition.steps".to_owned(),
            "out_of_range",
        ),
        (json!({"steps": [1]}), step.to_owned(), "wrong_type"),
        (json!({"steps": [{}]}), format!("{step}.type"), "missing"),
        (
            json!({"steps": vec![exec(json!({}))["steps"][0].clone(); 101]}),
            "definition.steps".to_owned(),
            "out_of_range",
        ),
        (
            json!({"extra": 1, "steps": exec(json!({}))["steps"]}),
            "definition.extra".to_owned(),
            "unknown",
        ),
        (
            json!({"notify": [], "steps": exec(json!({}))["steps"]}),
            "definition.notify".to_owned(),
            "not_available",
        ),
        (
            json!({"targets": {}, "steps": exec(json!({}))["steps"]}),
            "definition.targets.filter".to_owned(),
            "not_allowed",
        ),
        (
            json!({"strategy": {}, "steps": exec(json!({}))["steps"]}),
            "definition.strategy".to_owned(),
            "not_allowed",
        ),
        (
            json!({"name": 1, "steps": exec(json!({}))["steps"]}),
            "definition.name".to_owned(),
            "wrong_type",
        ),
        (
            json!({"version": "1", "steps": exec(json!({}))["steps"]}),
            "definition.version".to_owned(),
            "wrong_type",
        ),
        (
            json!({"version": 0, "steps": exec(json!({}))["steps"]}),
            "definition.version".to_owned(),
            "out_of_range",
        ),
        (
            json!({"parameters": [], "steps": exec(json!({}))["steps"]}),
            "definition.parameters".to_owned(),
            "wrong_type",
        ),
        (
            exec(json!({"type": "shell"})),
            format!("{step}.type"),
            "not_allowed",
        ),
        (
            exec(json!({"type": "winrm.fetch"})),
            format!("{step}.type"),
            "not_available",
        ),
        (
            exec(json!({"type": 1})),
            format!("{step}.type"),
            "wrong_type",
        ),
        (
            exec(json!({"target": null})),
            format!("{step}.target"),
            "missing",
        ),
        (
            exec(json!({"target": 5})),
            format!("{step}.target"),
            "wrong_type",
        ),
        (
            exec(json!({"target": ""})),
            format!("{step}.target"),
            "out_of_range",
        ),
        (
            exec(json!({"command": null})),
            format!("{step}.command"),
            "missing",
        ),
        (
            exec(json!({"command": "  "})),
            format!("{step}.command"),
            "missing",
        ),
        (
            exec(json!({"command": "a\u{0}b"})),
            format!("{step}.command"),
            "invalid",
        ),
        (
            exec(json!({"command": long})),
            format!("{step}.command"),
            "out_of_range",
        ),
        (
            exec(json!({"command": "echo {{ who }}"})),
            format!("{step}.command"),
            "unknown_parameter",
        ),
        (
            exec(json!({"command": "echo {{ who"})),
            format!("{step}.command"),
            "malformed_template",
        ),
        (
            exec(json!({"shell": "powershell"})),
            format!("{step}.shell"),
            "not_allowed",
        ),
        (
            exec(json!({"timeoutSec": 0})),
            format!("{step}.timeoutSec"),
            "out_of_range",
        ),
        (
            exec(json!({"timeoutSec": 86_401})),
            format!("{step}.timeoutSec"),
            "out_of_range",
        ),
        (
            exec(json!({"timeoutSec": "60"})),
            format!("{step}.timeoutSec"),
            "wrong_type",
        ),
        (
            exec(json!({"timeoutSec": 1.5})),
            format!("{step}.timeoutSec"),
            "wrong_type",
        ),
        (
            exec(json!({"on_error": "retry"})),
            format!("{step}.on_error"),
            "not_allowed",
        ),
        (
            exec(json!({"idempotent": "yes"})),
            format!("{step}.idempotent"),
            "wrong_type",
        ),
        (
            exec(json!({"comand": "x"})),
            format!("{step}.comand"),
            "unknown",
        ),
        (
            exec(json!({"env": []})),
            format!("{step}.env"),
            "wrong_type",
        ),
        (
            exec(json!({"env": {"A": 1}})),
            format!("{step}.env.A"),
            "wrong_type",
        ),
        (
            exec(json!({"env": {"A B": "1"}})),
            format!("{step}.env.A B"),
            "invalid",
        ),
        (
            exec(json!({"env": {"1A": "1"}})),
            format!("{step}.env.1A"),
            "invalid",
        ),
        (
            exec(json!({"stdin": 1})),
            format!("{step}.stdin"),
            "wrong_type",
        ),
        (
            copy(json!({"destPath": null})),
            format!("{step}.destPath"),
            "missing",
        ),
        (
            copy(json!({"destPath": "tmp/a"})),
            format!("{step}.destPath"),
            "invalid",
        ),
        (
            copy(json!({"contentB64": "%%"})),
            format!("{step}.contentB64"),
            "invalid",
        ),
        (
            copy(json!({"contentB64": "YQ"})),
            format!("{step}.contentB64"),
            "invalid",
        ),
        (
            copy(json!({"mode": "0999"})),
            format!("{step}.mode"),
            "invalid",
        ),
        (
            copy(json!({"mode": 644})),
            format!("{step}.mode"),
            "wrong_type",
        ),
        (
            copy(json!({"command": "x"})),
            format!("{step}.command"),
            "unknown",
        ),
        (parameter(json!(null)), p.to_owned(), "wrong_type"),
        (parameter(json!([1])), p.to_owned(), "wrong_type"),
        (parameter(json!(1.5)), p.to_owned(), "wrong_type"),
        (
            parameter(json!({"type": "float"})),
            format!("{p}.type"),
            "not_allowed",
        ),
        (
            parameter(json!({"type": "secret", "default": "hunter2"})),
            format!("{p}.default"),
            "not_allowed",
        ),
        (
            parameter(json!({"type": "enum"})),
            format!("{p}.values"),
            "wrong_type",
        ),
        (
            parameter(json!({"type": "enum", "values": []})),
            format!("{p}.values"),
            "wrong_type",
        ),
        (
            parameter(json!({"type": "string", "pattern": "("})),
            format!("{p}.pattern"),
            "invalid",
        ),
        (
            parameter(json!({"type": "string", "pattern": "(?=x)"})),
            format!("{p}.pattern"),
            "invalid",
        ),
        (
            parameter(json!({"type": "integer", "default": "x"})),
            format!("{p}.default"),
            "wrong_type",
        ),
        (
            parameter(json!({"type": "string", "maximum": 1})),
            format!("{p}.maximum"),
            "unknown",
        ),
        (
            json!({"parameters": {"a b": 1}, "steps": exec(json!({}))["steps"]}),
            "definition.parameters.a b".to_owned(),
            "invalid",
        ),
        (
            json!({"parameters": {"target": 1}, "steps": exec(json!({}))["steps"]}),
            "definition.parameters.target".to_owned(),
            "invalid",
        ),
    ];
    for (definition, field, code) in cases {
        let faults = Definition::parse(&definition).expect_err(&definition.to_string());
        let found: Vec<_> = faults
            .iter()
            .map(|fault| (&*fault.field, &*fault.code))
            .collect();
        assert!(
            found.contains(&(field.as_str(), code)),
            "{field} {code} not in {found:?}"
        );
    }
}

#[test]
fn all_faults_are_found_at_once() {
    let definition = json!({"nope": 1, "steps": [
        {"type": "ssh.exec", "target": "a", "command": "x", "timeoutSec": 0},
        {"type": "ssh.copy", "destPath": "x"},
    ]});
    assert!(Definition::parse(&definition).unwrap_err().len() >= 4);
}

#[test]
fn a_template_that_splices_without_quotes_is_known() {
    let raw = json!({"parameters": {"p": "x"}, "steps": exec(json!({"command": "echo {{ p | raw }}"}))["steps"]});
    assert!(Definition::parse(&raw).unwrap().splices_raw());
    assert!(!Definition::parse(&exec(json!({}))).unwrap().splices_raw());
}
