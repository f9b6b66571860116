//! Waves: chains, cycles and hops.

use super::super::{Plan, Wish};
use super::{heavy, plan, question, wish, wish_one_of};

/// `name@to` with its wave, and `via` the scratch port.
fn turns(plan: &Plan) -> Vec<String> {
    let turn = |m: &super::super::Move| {
        let via = m.scratch.map(|port| format!(" via {port}"));
        format!(
            "{} {}@{}{}",
            m.wave,
            m.service,
            m.to,
            via.unwrap_or_default()
        )
    };
    plan.moves.iter().map(turn).collect()
}

/// Each service has the port of the next one, and must go to its own.
fn ring(names: &[&str]) -> Vec<Wish> {
    let ports: Vec<u16> = (11..).take(names.len()).collect();
    let next = ports.iter().cycle().skip(1);
    let places = names.iter().zip(ports.iter().zip(next));
    places
        .map(|(name, (from, to))| wish(name, *from, *to..=*to))
        .collect()
}

#[test]
fn a_chain_moves_its_last_first() {
    let wishes = [
        wish("a", 1, 2..=2),
        wish("b", 2, 3..=3),
        wish("c", 3, 4..=4),
        wish("d", 8, 9..=9),
    ];
    let plan = plan(&question(wishes, &[]));
    assert_eq!(turns(&plan), ["0 c@4", "0 d@9", "1 b@3", "2 a@2"]);
}

#[test]
fn all_that_share_a_port_leave_before_another_comes() {
    let wishes = [
        wish("a", 1, 2..=2),
        wish("b", 2, 3..=3),
        wish("c", 2, 4..=4),
        wish("d", 4, 5..=5),
    ];
    let plan = plan(&question(wishes, &[]));
    assert_eq!(turns(&plan), ["0 b@3", "0 d@5", "1 c@4", "2 a@2"]);
}

#[test]
fn a_swap_needs_one_scratch_port() {
    let mut wishes = ring(&["a", "b"]);
    wishes.push(wish("idle", 20, 20..=29));
    let plan = plan(&question(wishes, &[]));
    assert_eq!(turns(&plan), ["1 b@11", "2 a@12 via 21"]);
    assert!(plan.stops().is_empty());
}

#[test]
fn a_cycle_hops_with_its_lightest_service() {
    let mut wishes = ring(&["a", "b", "c"]);
    wishes[0].weight = 5;
    wishes[1].weight = 2;
    wishes[2].weight = 3;
    wishes.push(wish("idle", 20, 20..=29));
    let plan = plan(&question(wishes, &[]));
    assert_eq!(turns(&plan), ["1 a@12", "2 c@11", "3 b@13 via 21"]);
}

#[test]
fn a_hop_prefers_a_port_the_service_may_have() {
    // Port 31 is b's alone, and b must leave it: 12 is where it was before.
    let a = wish("a", 11, 12..=12);
    let b = Wish {
        former: vec![11],
        preferred: 31,
        ..heavy(9, wish_one_of("b", 12, &[11, 31]))
    };
    let idle = wish("idle", 20, 20..=29);
    let plan = plan(&question([a, b, idle], &[]));
    assert_eq!(turns(&plan), ["1 a@12", "2 b@11 via 31"]);
}

#[test]
fn each_cycle_hops_to_a_port_of_its_own() {
    let mut wishes = ring(&["a", "b"]);
    wishes.extend([wish("c", 15, 16..=16), wish("d", 16, 15..=15)]);
    wishes.push(wish("idle", 20, 20..=22));
    let plan = plan(&question(wishes, &[(21, "reserved")]));
    let expected = ["1 b@11", "1 d@15", "2 a@12 via 22", "2 c@16"];
    assert_eq!(turns(&plan), expected);
    let stops: Vec<_> = plan.stops().iter().map(|m| m.service.as_str()).collect();
    assert_eq!(stops, ["c"]);
}

#[test]
fn a_cycle_without_any_free_port_needs_a_stop() {
    let plan = plan(&question(ring(&["a", "b"]), &[]));
    assert_eq!(turns(&plan), ["1 b@11", "2 a@12"]);
    let stops: Vec<_> = plan.stops().iter().map(|m| m.service.as_str()).collect();
    assert_eq!(stops, ["a"]);
}

#[test]
fn a_duplicate_on_a_cycle_leaves_in_time() {
    let mut wishes = ring(&["a", "b"]);
    wishes.push(wish("dup", 11, 20..=29));
    wishes.push(wish("tail", 20, 30..=30));
    wishes[2].preferred = 20;
    wishes[2].allowed = vec![20..=20];
    let plan = plan(&question(wishes, &[]));
    assert_eq!(turns(&plan), ["0 tail@30", "1 dup@20", "2 b@11", "3 a@12"]);
}
