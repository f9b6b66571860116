//! Batches, waves and phases.

use common::id::TargetId;
use common::model::target::SelectedTarget;

use super::{Cycle, Phases, lanes};
use crate::domain::definition::fleet::{Amount, Order, Strategy};

fn strategy(order: Order, batch: Option<Amount>) -> Strategy {
    Strategy {
        order,
        parallel: None,
        batch,
        max_failures: None,
        pause_sec: 0,
    }
}

fn target(name: &str, depends_on: &[&str]) -> SelectedTarget {
    SelectedTarget {
        id: TargetId(1),
        name: name.to_owned(),
        depends_on: depends_on.iter().map(|name| (*name).to_owned()).collect(),
    }
}

#[test]
fn batches_are_filled_one_after_the_other() {
    let targets = || (0..5).map(|at| target(&format!("t{at}"), &[])).collect();
    for (batch, wanted) in [
        (None, [0, 0, 0, 0, 0]),
        (Some(Amount::Number(2)), [0, 0, 1, 1, 2]),
        (Some(Amount::Percent(50)), [0, 0, 0, 1, 1]),
        (Some(Amount::Number(9)), [0, 0, 0, 0, 0]),
    ] {
        let lanes = lanes(&strategy(Order::TargetFirst, batch), targets()).unwrap();
        let batches: Vec<i32> = lanes.iter().map(|lane| lane.batch).collect();
        assert_eq!(batches, wanted, "{batch:?}");
    }
}

#[test]
fn waves_follow_the_dependencies_within_the_fleet() {
    let order = strategy(Order::Dependencies, None);
    let targets = vec![
        target("app", &["db", "cache", "elsewhere"]),
        target("cache", &[]),
        target("db", &[]),
        target("lb", &["app"]),
    ];
    let lanes = lanes(&order, targets).unwrap();
    let found: Vec<(&str, i32)> = lanes
        .iter()
        .map(|lane| (lane.target.name.as_str(), lane.batch))
        .collect();
    assert_eq!(found, [("cache", 0), ("db", 0), ("app", 1), ("lb", 2)]);
    let circle = vec![target("a", &["b"]), target("b", &["a"]), target("c", &[])];
    let cycle = super::lanes(&order, circle).unwrap_err();
    assert_eq!(cycle, Cycle(vec!["a".to_owned(), "b".to_owned()]));
}

#[test]
fn phases_are_numbered_by_order() {
    let on_fleet = [false, true, true, false];
    for (order, wanted) in [
        (
            Order::TargetFirst,
            vec![vec![0], vec![1, 2], vec![1, 2], vec![3]],
        ),
        (
            Order::StepFirst,
            vec![vec![0], vec![1, 3], vec![2, 4], vec![5]],
        ),
    ] {
        assert_eq!(Phases::new(&on_fleet, order, 2).phases, wanted, "{order:?}");
    }
}
