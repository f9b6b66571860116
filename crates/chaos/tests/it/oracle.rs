//! The checker sees what it is there to see.

use std::fs::OpenOptions;
use std::io::Write;
use std::time::Duration;

use chaos::check::{check, quiescence};
use chaos::process;
use chaos::work::{Kind, Order, Task};
use chaos::world::{Size, World};

/// A world in which one step of each kind has ended well.
async fn quiet() -> (World, Vec<Order>) {
    let program = process::build();
    let mut world = World::shared(Size::short(&program, 1)).await;
    world.start_all();
    let orders =
        Kind::ALL.map(|kind| Order::of(vec![Task::new(&format!("{kind:?}"), kind, (3, 0.0))]));
    for order in &orders {
        world.order(order).await.expect("a run");
    }
    quiescence(&world, Duration::from_secs(30)).await;
    (world, orders.into())
}

fn note(world: &World, line: &str) {
    let ledger = world.folder().join("ledger");
    let mut ledger = OpenOptions::new()
        .append(true)
        .open(ledger)
        .expect("a ledger");
    writeln!(ledger, "{line}").expect("written");
}

#[tokio::test]
async fn the_checker_finds_what_was_broken_and_nothing_else() {
    let (world, mut orders) = quiet().await;
    let findings = check(&world, &orders).await;
    findings.assert_kept(0);
    assert_eq!((findings.steps, findings.executions), (3, 3));
    let empty = |(_place, text): &(String, String)| text.is_empty();
    assert!(!world.texts().iter().any(empty), "an executor logs nothing");

    note(&world, "Idempotent begin 4000000 1.000001");
    check(&world, &orders).await.assert_kept(0);
    for kind in ["Detached", "Bound"] {
        note(&world, &format!("{kind} begin 4000000 1.000001"));
    }
    let broken = check(&world, &orders).await.broken;
    assert_eq!(broken.len(), 2, "{broken:#?}");
    assert!(
        broken.iter().all(|one| one.starts_with("run 2 times")),
        "{broken:#?}"
    );

    orders[2].tasks[0].count += 1;
    let broken = check(&world, &orders).await.broken;
    assert!(
        broken.iter().any(|one| one.starts_with("other output")),
        "{broken:#?}"
    );

    note(
        &world,
        &format!("{} begin 4000000 1.000001", world.canaries[0]),
    );
    let broken = check(&world, &orders).await.broken;
    assert!(
        broken.iter().any(|one| one.starts_with("a secret is in")),
        "{broken:#?}"
    );
}

#[tokio::test]
async fn a_run_that_nobody_goes_on_with_is_called_lost() {
    let (mut world, mut orders) = quiet().await;
    world.places[0].kill().await;
    let order = Order::of(vec![Task::new("late", Kind::Detached, (1, 0.0))]);
    world.order(&order).await.expect("a run");
    orders.push(order);
    let broken = check(&world, &orders).await.broken;
    assert!(
        broken.iter().any(|one| one.starts_with("lost run")),
        "{broken:#?}"
    );
    assert!(
        broken.iter().any(|one| one.starts_with("a claim is left")),
        "{broken:#?}"
    );
}
