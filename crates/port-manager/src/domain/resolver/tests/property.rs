//! Random questions: plans are valid, and as good as those of the oracles.

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::Index;

use super::super::{Movable, Obstacle, Plan, Question, Stuck, Wish, resolve};
use super::oracle::{Price, assign, try_all};
use super::replay;

/// A wish on ports 1 to `last`, with up to three ranges; `manual` of a thousand are manual.
fn a_wish(last: u16, manual: u32) -> impl Strategy<Value = Wish> {
    let port = move || 1..=last;
    let movable = prop_oneof![
        600 => Just(Movable::Live),
        300 => Just(Movable::Restart),
        manual => Just(Movable::Manual),
    ];
    let ranges = vec((port(), 0..=last / 3), 1..=3);
    let now = prop::option::weighted(0.8, port());
    let former = vec(port(), 0..3);
    let parts = (now, 1_u32..=4, movable, ranges, former, port());
    parts.prop_map(move |(port, weight, movable, ranges, former, preferred)| {
        let ranges = ranges.into_iter();
        Wish {
            name: String::new(),
            port,
            weight,
            movable,
            allowed: ranges
                .map(|(low, more)| low..=last.min(low + more))
                .collect(),
            former,
            preferred,
        }
    })
}

/// Up to `most` wishes of which few are manual, and up to `blocked` blocked ports.
fn a_question(most: usize, last: u16, blocked: usize) -> impl Strategy<Value = Question> {
    let manual = if most > 10 { 10 } else { 100 };
    let blocked = btree_map(1..=last, Just("reserved".to_owned()), 0..=blocked);
    (vec(a_wish(last, manual), most / 2..=most), blocked).prop_map(|(mut wishes, blocked)| {
        for (place, wish) in wishes.iter_mut().enumerate() {
            wish.name = format!("s{place:03}");
        }
        Question { wishes, blocked }
    })
}

/// Services of a few crowded pools, each of which starts in its own one.
fn a_crowd(most: usize, last: u16) -> impl Strategy<Value = Question> {
    let pools = vec(a_wish(last, 0), 8).prop_map(|wishes| {
        let allowed = wishes.into_iter().map(|wish| wish.allowed);
        allowed.collect::<Vec<_>>()
    });
    let places = vec((any::<Index>(), any::<Index>()), most);
    (a_question(most, last, 1), pools, places).prop_map(|(mut question, pools, places)| {
        for (wish, (pool, place)) in question.wishes.iter_mut().zip(places) {
            wish.movable = match wish.movable {
                Movable::Manual => Movable::Live,
                other @ (Movable::Live | Movable::Restart) => other,
            };
            wish.allowed = pool.get(&pools).iter().take(2).cloned().collect();
            let inside: Vec<u16> = wish.allowed.iter().cloned().flatten().collect();
            wish.port = wish.port.map(|_| *place.get(&inside));
        }
        question
    })
}

fn price(plan: &Plan) -> Price {
    Price {
        left: 0,
        weight: plan.cost,
        moves: plan.moves.iter().filter(|m| m.from.is_some()).count(),
    }
}

/// Checks what holds for all plans.
fn check(question: &Question, plan: &Plan) {
    replay(question, plan);
    assert!(plan.optimal);
    assert!(plan.lower_bound <= plan.cost);
}

/// Compares with the table of all costs, also how many are left over.
fn compare(question: &Question, last: u16) {
    match resolve(question) {
        Ok(plan) => {
            check(question, &plan);
            assert_eq!(price(&plan), assign(question, last));
        }
        Err(Stuck { services, why }) => {
            if let [
                Obstacle::TooFewPorts {
                    left,
                    services: all,
                    ports,
                },
            ] = why.as_slice()
            {
                assert_eq!(&services, left);
                assert_eq!(left.len(), all - ports);
                assert_eq!(left.len(), assign(question, last).left);
            }
        }
    }
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config(800))]

    #[test]
    fn a_plan_is_as_good_as_the_best_of_all(question in a_question(6, 8, 2)) {
        let plan = resolve(&question).ok();
        prop_assert_eq!(plan.as_ref().map(price), try_all(&question, 8));
        if let Some(plan) = plan {
            check(&question, &plan);
        }
    }

    #[test]
    fn a_plan_for_scarce_ports_costs_the_least(question in a_question(20, 22, 1)) {
        compare(&question, 22);
    }

    #[test]
    fn a_plan_for_crowded_pools_costs_the_least(question in a_crowd(36, 60)) {
        compare(&question, 60);
    }

    #[test]
    fn the_order_of_wishes_does_not_matter(question in a_question(12, 20, 3)) {
        let mut turned = question.clone();
        turned.wishes.reverse();
        prop_assert_eq!(resolve(&question), resolve(&turned));
    }
}

proptest! {
    #![proptest_config(config(40))]

    #[test]
    fn a_large_plan_costs_the_least(question in a_question(200, 220, 5)) {
        compare(&question, 220);
    }
}
