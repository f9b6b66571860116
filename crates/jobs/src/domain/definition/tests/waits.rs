//! Steps that wait.

use serde_json::{Value, json};

use crate::domain::definition::Definition;

fn wait(awaited: &Value) -> Value {
    json!({"parameters": {"host": "db"}, "steps": [{"type": "wait", "for": awaited}]})
}

#[test]
fn a_step_may_wait_for_one_thing_without_a_target() {
    for awaited in [
        json!({"seconds": 0}),
        json!({"port": {"host": "{{ host }}", "port": 5432}}),
        json!({"http": {"url": "https://{{ host }}/ready", "expected_status": 204}}),
    ] {
        let step = Definition::parse(&wait(&awaited)).unwrap().steps.remove(0);
        assert_eq!((step.is_on_fleet(), step.mutates), (false, false));
        assert!(step.idempotent);
        assert_eq!(
            serde_json::to_value(&step.spec).unwrap(),
            json!({"type": "wait", "for": awaited})
        );
    }
}

#[test]
fn a_wait_has_the_time_that_it_takes() {
    let mut definition = wait(&json!({"seconds": 3600}));
    let timeout =
        |definition: &Value| Definition::parse(definition).map(|job| job.steps[0].timeout_sec);
    assert_eq!(timeout(&definition).unwrap(), 3600);
    definition["steps"][0]["timeoutSec"] = 100.into();
    assert_eq!(
        timeout(&definition).unwrap_err()[0].field,
        "definition.steps[0].timeoutSec"
    );
}

#[test]
fn the_port_of_each_target_of_a_fleet_can_be_waited_for() {
    let mut definition = wait(&json!({"port": {"port": 22}}));
    let faults = Definition::parse(&definition).unwrap_err();
    assert_eq!(faults[0].field, "definition.steps[0].target");
    definition["targets"] = json!({"tags": ["role:web"]});
    let step = Definition::parse(&definition).unwrap().steps.remove(0);
    assert!(step.is_on_fleet());
}

#[test]
fn an_address_that_asks_for_the_target_is_that_of_each_target() {
    let url = "http://{{ target.hostname }}:8080/ready";
    let wait = wait(&json!({"http": {"url": url}}));
    let port = self::wait(&json!({"port": {"host": "{{ target.hostname }}", "port": 80}}));
    let request = json!({"steps": [{"type": "http.request", "url": url}]});
    for mut definition in [wait, port, request] {
        let faults = Definition::parse(&definition).unwrap_err();
        assert_eq!(faults[0].field, "definition.steps[0].target");
        definition["targets"] = json!({"tags": ["role:web"]});
        let step = Definition::parse(&definition).unwrap().steps.remove(0);
        assert!(step.is_on_fleet());
        assert!(!step.spec.needs_secret());
    }
}

#[test]
fn wrong_waits_are_named() {
    for (awaited, field, code) in [
        (Value::Null, "for", "missing"),
        (json!({}), "for.seconds", "not_allowed"),
        (json!({"seconds": 86_401}), "for.seconds", "out_of_range"),
        (
            json!({"seconds": 1, "http": {"url": "http://a"}}),
            "for.seconds",
            "not_allowed",
        ),
        (json!({"port": {"host": "a"}}), "for.port.port", "missing"),
        (
            json!({"port": {"host": "a", "port": 0}}),
            "for.port.port",
            "out_of_range",
        ),
        (
            json!({"port": {"host": "{{ x }}", "port": 1}}),
            "for.port.host",
            "unknown_parameter",
        ),
        (
            json!({"http": {"url": "file:///etc"}}),
            "for.http.url",
            "invalid",
        ),
        (
            json!({"http": {"url": "http://a", "expected_status": 99}}),
            "for.http.expected_status",
            "out_of_range",
        ),
        (
            json!({"http": {"url": "http://a", "method": "GET"}}),
            "for.http.method",
            "unknown",
        ),
        (
            json!({"seconds": 1, "minutes": 1}),
            "for.minutes",
            "unknown",
        ),
    ] {
        let faults = Definition::parse(&wait(&awaited)).unwrap_err();
        let found: Vec<_> = faults
            .iter()
            .map(|fault| (fault.field.as_str(), fault.code.as_str()))
            .collect();
        let path = format!("definition.steps[0].{field}");
        assert_eq!(found, [(path.as_str(), code)], "{awaited}");
    }
}
