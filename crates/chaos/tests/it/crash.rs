//! An executor that ends, or stands still for longer than its lease, at the worst moments.

use std::path::Path;
use std::time::Duration;

use chaos::check::{check, quiescence};
use chaos::process;
use chaos::work::{Kind, Order, Task};
use chaos::world::{Size, World};

/// What an executor does at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Abort,
    Stop,
}

/// How a step ends: its status, and how often its command was executed at least and at most.
type End = (&'static str, usize, usize);

const DONE: End = ("succeeded", 1, 1);
const AGAIN: End = ("succeeded", 2, 2);
const MAYBE_AGAIN: End = ("succeeded", 1, 2);
const FLAGGED: End = ("unknown", 1, 1);
const UNSENT: End = ("unknown", 0, 0);
const MAYBE_SENT: End = ("unknown", 0, 1);

/// Places, with the ends after an abort and after a stop: detached, bound, idempotent.
const MATRIX: [(&str, [End; 3], [End; 3]); 5] = [
    ("claim.after_commit", [DONE, DONE, DONE], [DONE, DONE, DONE]),
    ("step.before_send", [DONE, DONE, DONE], [DONE, DONE, DONE]),
    // Who stands still between its last look and sending cannot know it: it may send late.
    (
        "step.after_send",
        [DONE, UNSENT, DONE],
        [DONE, MAYBE_SENT, MAYBE_AGAIN],
    ),
    (
        "step.after_exec_before_finish",
        [DONE, FLAGGED, AGAIN],
        [DONE, FLAGGED, AGAIN],
    ),
    (
        "step.after_finish_before_cleanup",
        [DONE, DONE, DONE],
        [DONE, DONE, DONE],
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn an_executor_that_ends_at_any_place_breaks_no_promise() {
    Box::pin(all(Fate::Abort)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_executor_that_stands_still_at_any_place_breaks_no_promise() {
    Box::pin(all(Fate::Stop)).await;
}

/// All places side by side: they mostly wait for leases to end.
async fn all(fate: Fate) {
    let program = process::build();
    let cases = MATRIX.map(|(place, aborted, stopped)| {
        let ends = if fate == Fate::Abort {
            aborted
        } else {
            stopped
        };
        case(&program, (place, fate), ends)
    });
    let [a, b, c, d, e] = cases;
    tokio::join!(a, b, c, d, e);
}

async fn case(program: &Path, (point, fate): (&str, Fate), ends: [End; 3]) {
    let size = Size {
        targets: 1,
        lease_seconds: 6,
        ..Size::short(program, 4)
    };
    let mut world = World::shared(size).await;
    let mut orders = Vec::new();
    for (number, kind) in Kind::ALL.into_iter().enumerate() {
        let order = Order::of(vec![Task::new(&format!("{kind:?}"), kind, (3, 0.3))]);
        world.order(&order).await.expect("a run");
        orders.push(order);
        fail_at(&mut world, number, (point, fate)).await;
    }
    world.places[3].start(&[]);
    quiescence(&world, Duration::from_secs(60)).await;
    for place in &world.places[..3] {
        place.signal("CONT").await;
    }
    if fate == Fate::Stop {
        settled(&world, point).await;
    }
    let findings = check(&world, &orders).await;
    assert!(
        findings.broken.is_empty(),
        "{point} {fate:?}: {:#?}",
        findings.broken
    );
    let ledger = world.ledger();
    for (kind, end) in Kind::ALL.iter().zip(ends) {
        let step = world.record.step(&format!("{kind:?}")).await;
        let count = ledger.get(&step.name).map_or(0, Vec::len);
        let (status, least, most) = end;
        let is_so = step.status == status && (least..=most).contains(&count);
        assert!(is_so, "{point} {fate:?}, {count} executions: {step:?}");
    }
}

/// Starts an executor that takes the one step there is, and waits until it failed.
async fn fail_at(world: &mut World, number: usize, (point, fate): (&str, Fate)) {
    let action = match fate {
        Fate::Abort => "return",
        Fate::Stop => "return(stop)",
    };
    let points = format!("{point}=1*{action}");
    let settings = [("FAILPOINTS", points.as_str()), ("EXECUTOR_MAX_STEPS", "1")];
    world.places[number].start(&settings);
    if fate == Fate::Abort {
        let ended = world.places[number].ended(Duration::from_secs(20)).await;
        assert!(
            ended.is_some_and(|status| !status.success()),
            "{point} was not passed"
        );
        return;
    }
    let pid = world.places[number].pid().expect("it runs");
    testkit::wait::until("the stop", async || {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).expect("a process");
        stat.contains(") T ").then_some(())
    })
    .await;
}

/// Waits until those who stood still have done what they still do, and were refused.
async fn settled(world: &World, point: &str) {
    let refused = if point == "step.after_finish_before_cleanup" {
        0
    } else {
        3
    };
    testkit::wait::until("the refusals", async || {
        let refusals = world.record.refusals().await;
        (refusals.values().sum::<i64>() >= refused).then_some(())
    })
    .await;
    tokio::time::sleep(Duration::from_secs(2)).await;
}
