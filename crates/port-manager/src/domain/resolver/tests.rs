//! Tables of small cases, a replay of each plan, and a comparison with trying everything.

mod oracle;
mod order;
mod property;
mod reason;
mod stuck;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use super::{Movable, Plan, Question, Wish, resolve};

/// A live service of weight 1 that prefers its lowest allowed port.
fn wish(name: &str, port: impl Into<Option<u16>>, allowed: RangeInclusive<u16>) -> Wish {
    Wish {
        name: name.to_owned(),
        port: port.into(),
        weight: 1,
        movable: Movable::Live,
        former: Vec::new(),
        preferred: *allowed.start(),
        allowed: vec![allowed],
    }
}

/// The same, on single ports.
fn wish_one_of(name: &str, port: impl Into<Option<u16>>, allowed: &[u16]) -> Wish {
    Wish {
        allowed: allowed.iter().map(|port| *port..=*port).collect(),
        ..wish(name, port, 1..=1)
    }
}

fn heavy(weight: u32, wish: Wish) -> Wish {
    Wish { weight, ..wish }
}

fn manual(wish: Wish) -> Wish {
    Wish {
        movable: Movable::Manual,
        ..wish
    }
}

fn question(wishes: impl Into<Vec<Wish>>, blocked: &[(u16, &str)]) -> Question {
    Question {
        wishes: wishes.into(),
        blocked: blocked
            .iter()
            .map(|(port, why)| (*port, (*why).to_owned()))
            .collect(),
    }
}

/// The plan, after its replay.
fn plan(question: &Question) -> Plan {
    let plan = resolve(question).unwrap();
    replay(question, &plan);
    plan
}

/// `name@to` of each move, by wave and name.
fn targets(plan: &Plan) -> Vec<String> {
    let moves = plan.moves.iter();
    moves.map(|m| format!("{}@{}", m.service, m.to)).collect()
}

/// Carries out a plan wave by wave. No move goes to a port that is held when its wave starts, and
/// at the end each service has an allowed port of its own. Names must differ.
fn replay(question: &Question, plan: &Plan) {
    let mut held: BTreeMap<&str, u16> = BTreeMap::new();
    for wish in &question.wishes {
        held.extend(wish.port.map(|port| (wish.name.as_str(), port)));
    }
    let stops: BTreeSet<&str> = plan.stops().iter().map(|m| m.service.as_str()).collect();
    let last = plan.moves.iter().map(|m| m.wave).max().unwrap_or(0);
    for wave in 0..=last {
        let busy: BTreeSet<u16> = held.values().copied().collect();
        let mut come = Vec::new();
        for m in &plan.moves {
            if wave == m.wave {
                come.push((m.service.as_str(), m.to));
            } else if wave == 0 {
                come.extend(m.scratch.map(|port| (m.service.as_str(), port)));
            }
        }
        for (service, port) in come {
            assert!(!busy.contains(&port), "{service} comes to busy port {port}");
            assert!(!question.blocked.contains_key(&port), "{port} is blocked");
            assert!(
                held.values()
                    .all(|other| *other != port || busy.contains(&port)),
                "two services come to {port}"
            );
            held.insert(service, port);
        }
        if wave == 0 {
            held.retain(|service, _| !stops.contains(service));
        }
    }
    let ports: BTreeSet<u16> = held.values().copied().collect();
    assert_eq!(ports.len(), question.wishes.len(), "one port each");
    for wish in &question.wishes {
        let port = held[wish.name.as_str()];
        let fixed = wish.movable == Movable::Manual && wish.port.is_some();
        if fixed {
            assert_eq!(Some(port), wish.port, "{} stays", wish.name);
        } else {
            assert!(wish.allowed.iter().any(|range| range.contains(&port)));
        }
    }
}

#[test]
fn services_without_conflict_stay() {
    let plan = plan(&question([wish("a", 1, 1..=9), wish("b", 2, 1..=9)], &[]));
    assert!(plan.moves.is_empty());
    assert_eq!((plan.cost, plan.lower_bound, plan.optimal), (0, 0, true));
    assert_eq!(resolve(&Question::default()).unwrap().moves, []);
}

#[test]
fn the_heaviest_claimant_keeps_the_port() {
    let wishes = [
        wish("a", 5, 1..=9),
        heavy(3, wish("b", 5, 1..=9)),
        wish("c", 5, 1..=9),
    ];
    let plan = plan(&question(wishes, &[]));
    assert_eq!(targets(&plan), ["a@1", "c@2"]);
    assert_eq!((plan.cost, plan.lower_bound), (2, 2));
}

#[test]
fn a_restart_weighs_four_live_moves() {
    let restart = Wish {
        movable: Movable::Restart,
        ..wish("b", 5, 1..=9)
    };
    let light = plan(&question(
        [heavy(3, wish("a", 5, 1..=9)), restart.clone()],
        &[],
    ));
    assert_eq!((targets(&light), light.cost), (vec!["a@1".to_owned()], 3));
    let heavier = plan(&question([heavy(5, wish("a", 5, 1..=9)), restart], &[]));
    assert_eq!(
        (targets(&heavier), heavier.cost),
        (vec!["b@1".to_owned()], 4)
    );
}

#[test]
fn ties_go_to_the_first_name_whatever_the_order() {
    let (a, b) = (wish("a", 5, 1..=9), wish("b", 5, 1..=9));
    let forward = plan(&question([a.clone(), b.clone()], &[]));
    assert_eq!(targets(&forward), ["b@1"]);
    assert_eq!(forward, plan(&question([b, a], &[])));
}

#[test]
fn a_mover_returns_to_its_newest_free_former_port() {
    let mover = Wish {
        former: vec![7, 40, 8, 9],
        ..wish("b", 5, 1..=9)
    };
    let taken = wish("x", 7, 1..=9);
    let plan = plan(&question([wish("a", 5, 1..=9), mover, taken], &[]));
    assert_eq!(targets(&plan), ["b@8"]);
}

#[test]
fn who_has_one_former_port_chooses_before_who_has_two() {
    let returning = |name: &str, former: &[u16]| Wish {
        former: former.to_vec(),
        ..wish(name, None, 1..=9)
    };
    let wishes = [returning("a", &[7, 8]), returning("b", &[7])];
    assert_eq!(targets(&plan(&question(wishes, &[]))), ["a@8", "b@7"]);
}

#[test]
fn a_mover_goes_upward_from_its_preferred_port_and_around() {
    let prefers = |port: u16| Wish {
        preferred: port,
        allowed: vec![10..=12, 20..=22],
        ..wish("m", None, 1..=1)
    };
    for (preferred, holes, to) in [
        (11, vec![], 11),
        (12, vec![12], 20),
        (15, vec![], 20),
        (22, vec![22], 10),
        (30, vec![10, 11], 12),
        (0, vec![], 10),
    ] {
        let holes: Vec<_> = holes.iter().map(|port| (*port, "reserved")).collect();
        let plan = plan(&question([prefers(preferred)], &holes));
        assert_eq!(targets(&plan), [format!("m@{to}")], "preferred {preferred}");
    }
}

#[test]
fn a_port_that_another_must_leave_first_is_the_last_choice() {
    let wishes = [wish("a", 3, 7..=9), wish("b", None, 3..=5)];
    let plan = plan(&question(wishes, &[]));
    assert_eq!(targets(&plan), ["a@7", "b@4"]);
    assert!(plan.moves.iter().all(|m| m.wave == 0));
}

#[test]
fn port_0_is_never_given() {
    let plan = plan(&question([wish("a", 0, 0..=3)], &[]));
    assert_eq!(targets(&plan), ["a@1"]);
}

#[test]
fn the_last_port_can_be_given() {
    let plan = plan(&question([wish("a", None, 65_535..=65_535)], &[]));
    assert_eq!(targets(&plan), ["a@65535"]);
}

#[test]
fn maximal_sets_of_those_that_stay_are_not_equally_good() {
    // Keeping b on 2 would move a and d; {a, d} and {b} are both maximal.
    let wishes = [
        wish_one_of("c", None, &[1, 2]),
        wish_one_of("a", 1, &[1, 4]),
        wish_one_of("d", 4, &[4, 5]),
        wish_one_of("b", 2, &[2, 5]),
    ];
    let plan = plan(&question(wishes.clone(), &[]));
    assert_eq!(targets(&plan), ["b@5", "c@2"]);
    assert_eq!((plan.cost, plan.lower_bound, plan.optimal), (1, 0, true));
    let [c, a, d, b] = wishes;
    let wishes = [c, a, d, heavy(3, b)];
    let plan = self::plan(&question(wishes, &[]));
    assert_eq!(targets(&plan), ["d@5", "a@4", "c@1"]);
    assert_eq!((plan.cost, plan.lower_bound, plan.optimal), (2, 0, true));
}

#[test]
fn a_later_chain_through_scarce_ports_can_be_the_cheaper_one() {
    let wishes = [
        heavy(23, wish_one_of("a", 5, &[3, 4, 5, 7, 8])),
        heavy(184, wish("b", 6, 1..=8)),
        wish("c", None, 3..=4),
        heavy(74, wish("d", 6, 3..=3)),
        wish("e", None, 4..=6),
        heavy(14, wish("f", 5, 4..=6)),
    ];
    let plan = plan(&question(wishes, &[]));
    assert_eq!((plan.cost, plan.lower_bound, plan.optimal), (281, 88, true));
}

#[test]
fn movers_change_places_among_themselves_before_anyone_is_displaced() {
    // The first come takes 2, the only port that `c` may have.
    let wishes = [
        Wish {
            former: vec![2],
            ..wish("a", None, 1..=2)
        },
        wish("b", 3, 2..=3),
        wish("c", None, 2..=2),
    ];
    let plan = plan(&question(wishes, &[]));
    assert_eq!(
        (targets(&plan), plan.cost),
        (vec!["a@1".to_owned(), "c@2".to_owned()], 0)
    );
}

#[test]
fn a_service_that_made_room_still_prefers_its_former_ports() {
    let shy = |port: Option<u16>, former: &[u16]| Wish {
        former: former.to_vec(),
        ..wish("a", port, 1..=5)
    };
    for (first, reseated) in [(shy(None, &[2, 5]), "a@5"), (shy(Some(2), &[5]), "a@5")] {
        let plan = plan(&question([first, wish("c", None, 2..=2)], &[]));
        assert!(targets(&plan).contains(&reseated.to_owned()));
    }
}

#[test]
fn of_plans_with_one_weight_the_one_with_fewer_moves_is_taken() {
    let wishes = [
        wish_one_of("c", None, &[1, 2]),
        wish_one_of("a", 1, &[1, 4]),
        wish_one_of("d", 4, &[4, 5]),
        heavy(2, wish_one_of("b", 2, &[2, 5])),
    ];
    let plan = plan(&question(wishes, &[]));
    assert_eq!(targets(&plan), ["b@5", "c@2"]);
    assert_eq!(plan.cost, 2);
}
