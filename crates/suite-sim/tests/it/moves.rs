//! Services that move, start again, crash and end.

use std::time::Duration;

use serde_json::{Value, json};
use suite_sim::{Behaviour, Suite};

use crate::support::{free_port, get, holds, post, until, web};

const UPDATE: &str = "/api/config/update-port";
/// Longer than a service answers on the port that it leaves, and than a restart takes.
const SETTLED: Duration = Duration::from_millis(500);

/// Tells the service on a port to move; answers with status and body.
async fn update(port: u16, old: u16, new: u16) -> (u16, Value) {
    let wish = json!({"new_port": new, "old_port": old, "timestamp": 1, "source": "port-manager"});
    post(port, UPDATE, wish).await.unwrap()
}

async fn closed(port: u16) {
    let look = async || get(port, "/health").await.is_none().then_some(());
    until("the end of a listener", look).await;
}

#[tokio::test]
async fn the_old_port_is_answered_on_for_a_moment() {
    let suite = web(Behaviour::Well).await;
    let service = suite.service("web").unwrap();
    // A busy machine may let the moment pass, so that another move is tried.
    until("an answer on the port that was left", async || {
        let (old, new) = (service.port(), free_port());
        assert_eq!(update(old, old, new).await.0, 200);
        let answer = get(old, "/health").await;
        closed(old).await;
        answer.filter(|(status, _)| *status == 200)
    })
    .await;
    assert_eq!(get(service.port(), "/health").await.unwrap().0, 200);
}

#[tokio::test]
async fn a_service_that_moved_refuses_the_same_order_on_its_old_port() {
    let suite = web(Behaviour::Well).await;
    let service = suite.service("web").unwrap();
    let (old, new, other) = (service.port(), free_port(), free_port());
    let (first, second) = tokio::join!(update(old, old, new), update(old, old, other));
    let mut statuses = [first.0, second.0];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 400], "{first:?} {second:?}");
    closed(old).await;
    let unused = if service.port() == new { other } else { new };
    assert_eq!(get(service.port(), "/health").await.unwrap().0, 200);
    assert_eq!(get(unused, "/health").await, None);
}

#[tokio::test]
async fn leaving_a_port_does_not_close_what_was_opened_there_since() {
    let suite = web(Behaviour::Well).await;
    let service = suite.service("web").unwrap();
    let (home, away) = (service.port(), free_port());
    assert_eq!(update(home, home, away).await.0, 200);
    service.crash().await;
    service.start_again().await.unwrap();
    assert_eq!(update(away, away, home).await.0, 200);
    holds(SETTLED, async || {
        get(home, "/health").await.is_some_and(|(s, _)| s == 200)
    })
    .await;
}

#[tokio::test]
async fn a_slow_service_does_what_it_is_told_and_says_so() {
    let suite = web(Behaviour::Slow(Duration::from_millis(400))).await;
    let service = suite.service("web").unwrap();
    let (old, new) = (service.port(), free_port());
    assert_eq!(update(old, old, new).await.0, 200);
    assert_eq!(service.port(), new);
    let restart = post(new, "/api/admin/restart", json!({})).await;
    assert_eq!(restart.unwrap().0, 200);
    until("the restart", async || {
        (service.restarts() == 1).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_crash_frees_the_port_at_once() {
    let suite = web(Behaviour::Well).await;
    let service = suite.service("web").unwrap();
    for _ in 0..50 {
        service.crash().await;
        assert_eq!(get(service.port(), "/health").await, None);
        let taken = std::net::TcpListener::bind(("127.0.0.1", service.port()));
        assert!(taken.is_ok(), "{taken:?}");
        assert!(service.start_again().await.is_err(), "somebody else has it");
        drop(taken);
        service.start_again().await.unwrap();
    }
}

#[tokio::test]
async fn a_crash_while_a_service_restarts_lasts() {
    let suite = web(Behaviour::Well).await;
    let service = suite.service("web").unwrap();
    let restart = post(service.port(), "/api/admin/restart", json!({})).await;
    assert_eq!(restart.unwrap().0, 200);
    until("the start of the restart", async || {
        (!service.is_up() || service.restarts() == 1).then_some(())
    })
    .await;
    service.crash().await;
    holds(SETTLED, async || !service.is_up()).await;
}

#[tokio::test]
async fn a_dropped_suite_ends_although_a_service_is_held() {
    let suite: Suite = web(Behaviour::Well).await;
    let service = suite.service("web").unwrap();
    let restart = post(service.port(), "/api/admin/restart", json!({})).await;
    assert_eq!(restart.unwrap().0, 200);
    until("the restart", async || {
        (service.restarts() == 1).then_some(())
    })
    .await;
    drop(suite);
    closed(service.port()).await;
    assert!(!service.is_up());
}
