//! The grammar, one line each.

use super::Field::{Hostname, Name, Port, Protocol, Tag, TagOf};
use super::Filter::{self, All, Any, Contains, Is, Not};

fn is(field: super::Field, value: &str) -> Filter {
    Is(field, vec![value.to_owned()])
}

#[test]
fn filters_are_read() {
    let role = || TagOf("role".to_owned());
    for (text, wanted) in [
        ("name = web-1", is(Name, "web-1")),
        ("name='web 1'", is(Name, "web 1")),
        (
            "port in (22, 2222)",
            Is(Port, vec!["22".into(), "2222".into()]),
        ),
        ("hostname ~ example", Contains(Hostname, "example".into())),
        ("tag = role:web", is(Tag, "role:web")),
        (
            "protocol = ssh and tag:role = web",
            All(vec![is(Protocol, "ssh"), is(role(), "web")]),
        ),
        (
            "name = a or name = b and not port = 1",
            Any(vec![
                is(Name, "a"),
                All(vec![is(Name, "b"), Not(Box::new(is(Port, "1")))]),
            ]),
        ),
        (
            "(name = a or name = b) and tag:role != web",
            All(vec![
                Any(vec![is(Name, "a"), is(Name, "b")]),
                Not(Box::new(is(role(), "web"))),
            ]),
        ),
    ] {
        assert_eq!(Filter::parse(text), Ok(wanted), "{text}");
    }
}

#[test]
fn faults_name_their_place() {
    let deep = format!("{}name = a", "not ".repeat(60));
    for (text, at) in [
        ("", 1),
        ("name", 5),
        ("name =", 7),
        ("name = a b", 10),
        ("nome = a", 1),
        ("tag: = a", 1),
        ("name = a and", 13),
        ("name = a and or", 14),
        ("(name = a", 10),
        ("name in a", 9),
        ("name in (a b)", 12),
        ("port = x", 8),
        ("port ~ 2", 6),
        ("protocol = ftp", 12),
        ("name ! a", 6),
        ("name = 'a", 8),
        ("name = a;", 9),
        (deep.as_str(), 201),
    ] {
        let fault = Filter::parse(text).expect_err(text);
        assert_eq!(fault.at, at, "{text}: {fault}");
    }
    assert!(Filter::parse(&"a".repeat(2001)).is_err());
}

#[test]
fn labels_may_be_unwanted() {
    let tags = ["role:web".to_owned(), "!env:dev".to_owned()];
    let wanted = All(vec![is(Tag, "role:web"), Not(Box::new(is(Tag, "env:dev")))]);
    assert_eq!(Filter::of_tags(&tags), Ok(wanted));
    assert!(Filter::of_tags(&["a".to_owned(), "!".to_owned()]).is_err_and(|(at, _)| at == 1));
}
