use serde_json::json;

use super::*;

fn parameters() -> BTreeMap<String, Parameter> {
    let mut faults = Vec::new();
    let definition = json!({
        "plain": "hello",
        "count": 3,
        "loud": false,
        "version": {"type": "string", "required": true, "pattern": "[0-9.]+", "max": 10},
        "replicas": {"type": "integer", "min": 1, "max": 9, "default": 2},
        "env": {"type": "enum", "values": ["dev", "prod"]},
    });
    let parsed = parse_all(Some(&definition), &mut faults);
    assert!(faults.is_empty(), "{faults:?}");
    parsed
}

#[test]
fn defaults_fill_what_a_run_does_not_give() {
    let given = json!({"version": "1.2"});
    let filled = fill(&parameters(), given.as_object().unwrap()).unwrap();
    assert!(filled.secrets.is_empty());
    let expected = json!({"plain": "hello", "count": 3, "loud": false, "version": "1.2",
        "replicas": 2, "env": ""});
    assert_eq!(Value::Object(filled.values), expected);
}

#[test]
fn wrong_values_are_refused_by_name() {
    for (name, value, code) in [
        ("version", json!("1.2; rm"), "pattern"),
        ("version", json!("12345678901"), "out_of_range"),
        ("version", json!(1), "wrong_type"),
        ("version", json!("1\u{0}"), "wrong_type"),
        ("replicas", json!(10), "out_of_range"),
        ("replicas", json!("2"), "wrong_type"),
        ("replicas", json!(1.5), "wrong_type"),
        ("env", json!("test"), "not_allowed"),
        ("loud", json!("yes"), "wrong_type"),
        ("plain", json!(null), "wrong_type"),
        ("nope", json!(1), "unknown"),
    ] {
        let mut given = json!({"version": "1.2"});
        given[name] = value.clone();
        let faults = fill(&parameters(), given.as_object().unwrap()).unwrap_err();
        let found = (faults[0].field.as_str(), faults[0].code.as_str());
        assert_eq!(
            found,
            (format!("parameters.{name}").as_str(), code),
            "{value}"
        );
    }
}

#[test]
fn a_required_parameter_has_to_be_given() {
    let faults = fill(&parameters(), &Map::new()).unwrap_err();
    assert_eq!(faults[0].field, "parameters.version");
}

#[test]
fn a_pattern_cannot_be_escaped_by_a_second_line() {
    let given = json!({"version": "1.2\nrm -rf /"});
    assert!(fill(&parameters(), given.as_object().unwrap()).is_err());
}

#[test]
fn a_secret_is_kept_apart_from_what_all_may_read() {
    let mut faults = Vec::new();
    let schema = json!({"token": {"type": "secret", "required": true}, "key": {"type": "secret"}});
    let secrets = parse_all(Some(&schema), &mut faults);
    let given = json!({"token": "hunter2"});
    let filled = fill(&secrets, given.as_object().unwrap()).unwrap();
    assert_eq!(
        Value::Object(filled.values),
        json!({"token": {"secret": true}, "key": ""})
    );
    assert_eq!(filled.secrets["token"].expose(), "hunter2");
    for (token, code) in [
        (json!("abc"), "out_of_range"),
        (json!(1234), "wrong_type"),
        (json!("1234\u{0}"), "wrong_type"),
        (json!({"secret": true}), "wrong_type"),
    ] {
        let given = json!({ "token": token });
        let faults = fill(&secrets, given.as_object().unwrap()).unwrap_err();
        assert_eq!(
            (faults[0].field.as_str(), faults[0].code.as_str()),
            ("parameters.token", code)
        );
    }
    let given = json!({"token": "a".repeat(15_000), "key": "b".repeat(5_001)});
    let faults = fill(&secrets, given.as_object().unwrap()).unwrap_err();
    assert_eq!(
        (faults[0].field.as_str(), faults[0].code.as_str()),
        ("parameters", "out_of_range")
    );
}
