//! Questions without an answer.

use super::super::{Obstacle, Question, Stuck, resolve};
use super::{manual, plan, question, targets, wish};

fn stuck(question: &Question) -> Stuck {
    resolve(question).unwrap_err()
}

#[test]
fn manual_services_on_one_port_are_stuck() {
    let wishes = [
        manual(wish("b", 5, 1..=9)),
        manual(wish("a", 5, 1..=9)),
        wish("c", 5, 1..=9),
    ];
    let stuck = stuck(&question(wishes, &[]));
    assert_eq!(stuck.services, ["a", "b"]);
    let services = stuck.services.clone();
    assert_eq!(stuck.why, [Obstacle::SharedPort { port: 5, services }]);
    let message = "a, b share port 5 and only a person can move them";
    assert_eq!(stuck.to_string(), message);
}

#[test]
fn a_manual_service_on_a_blocked_port_is_stuck() {
    let stuck = stuck(&question([manual(wish("a", 5, 1..=9))], &[(5, "reserved")]));
    assert_eq!(stuck.services, ["a"]);
    let message = "port 5 of a is reserved and only a person can move it";
    assert_eq!(stuck.to_string(), message);
}

#[test]
fn all_obstacles_of_manual_services_are_told_at_once() {
    let wishes = ["a", "b", "c", "d"].map(|name| manual(wish(name, 5, 1..=9)));
    let [a, b, mut c, d] = wishes;
    c.port = Some(6);
    let stuck = stuck(&question([a, b, c, d], &[(6, "reserved")]));
    assert_eq!(stuck.services, ["a", "b", "c", "d"]);
    assert_eq!(stuck.why.len(), 2);
}

#[test]
fn a_manual_service_out_of_its_range_stays_and_blocks_its_port() {
    let wishes = [manual(wish("a", 5, 7..=9)), wish("b", None, 5..=6)];
    assert_eq!(targets(&plan(&question(wishes, &[]))), ["b@6"]);
}

#[test]
fn more_services_than_ports_are_stuck() {
    let wishes = ["a", "b", "c", "d"].map(|name| wish(name, None, 5..=7));
    let stuck = stuck(&question(wishes, &[(6, "reserved")]));
    assert_eq!(stuck.services, ["c", "d"]);
    let message = "no port is left for c, d: services 4, allowed ports 2";
    assert_eq!(stuck.to_string(), message);
}

#[test]
fn a_crowd_does_not_count_services_that_can_step_aside() {
    let wishes = [
        wish("a", 5, 5..=6),
        wish("b", 6, 5..=6),
        wish("c", None, 5..=6),
        wish("d", 7, 7..=9),
        wish("e", None, 7..=7),
    ];
    let expected = Obstacle::TooFewPorts {
        left: vec!["c".to_owned()],
        services: 3,
        ports: 2,
    };
    assert_eq!(stuck(&question(wishes, &[])).why, [expected]);
}

#[test]
fn a_service_without_any_allowed_port_is_stuck() {
    let mut nowhere = wish("a", 5, 1..=9);
    nowhere.allowed.clear();
    let stuck = stuck(&question([nowhere], &[]));
    let message = "no port is left for a: services 1, allowed ports 0";
    assert_eq!(stuck.to_string(), message);
}

#[test]
fn a_long_list_of_names_is_cut_in_the_message_only() {
    let wishes: Vec<_> = (0..9)
        .map(|i| wish(&format!("s{i}"), None, 5..=5))
        .collect();
    let stuck = stuck(&question(wishes, &[]));
    assert_eq!(stuck.services.len(), 8);
    assert!(stuck.to_string().contains("s5 and 3 more"));
}
