//! Each reason, and its sentence.

use super::super::{Question, Reason};
use super::{manual, plan, question, wish, wish_one_of};

/// The reason of one service, and the sentence.
fn reason(question: &Question, service: &str) -> (Reason, String) {
    let plan = plan(question);
    let found = plan.moves.iter().find(|m| m.service == service).unwrap();
    (found.reason.clone(), found.reason.describe())
}

#[test]
fn a_duplicate_names_who_keeps_the_port() {
    let question = question([wish("auth", 5, 1..=9), wish("users", 5, 1..=9)], &[]);
    let kept_by = "auth".to_owned();
    let sentence = "port 5 is also declared by auth, which keeps it";
    let expected = (Reason::Duplicate { port: 5, kept_by }, sentence.to_owned());
    assert_eq!(reason(&question, "users"), expected);
}

#[test]
fn a_manual_service_keeps_the_port_of_a_duplicate() {
    let wishes = [wish("auth", 5, 1..=9), manual(wish("users", 5, 1..=9))];
    let kept_by = "users".to_owned();
    let (reason, _) = reason(&question(wishes, &[]), "auth");
    assert_eq!(reason, Reason::Duplicate { port: 5, kept_by });
}

#[test]
fn a_blocked_port_says_what_it_is() {
    let why = "held by pid 4242 node".to_owned();
    let question = question([wish("auth", 5, 1..=9)], &[(5, &why)]);
    let sentence = "port 5 is held by pid 4242 node";
    let expected = (Reason::Blocked { port: 5, why }, sentence.to_owned());
    assert_eq!(reason(&question, "auth"), expected);
}

#[test]
fn a_port_outside_the_allowed_ones_is_out_of_range() {
    let question = question([wish("auth", 5, 8..=9), wish("users", 5, 1..=9)], &[]);
    let sentence = "port 5 is outside the ports it may have";
    let expected = (Reason::OutOfRange { port: 5 }, sentence.to_owned());
    assert_eq!(reason(&question, "auth"), expected);
}

#[test]
fn a_service_without_a_port_is_unassigned() {
    let question = question([wish("auth", None, 8..=9)], &[]);
    let expected = (Reason::Unassigned, "it has no port yet".to_owned());
    assert_eq!(reason(&question, "auth"), expected);
}

#[test]
fn a_manual_service_without_a_port_gets_its_first_one() {
    let question = question([manual(wish("auth", None, 8..=9))], &[]);
    assert_eq!(reason(&question, "auth").0, Reason::Unassigned);
}

#[test]
fn a_displaced_service_names_who_gets_the_port() {
    let wishes = [wish("auth", 5, 5..=9), wish_one_of("users", None, &[5])];
    let for_service = "users".to_owned();
    let sentence = "port 5 makes room for users with the least disruption".to_owned();
    let expected = Reason::Displaced {
        port: 5,
        for_service,
    };
    let question = question(wishes, &[]);
    assert_eq!(reason(&question, "auth"), (expected, sentence));
}
