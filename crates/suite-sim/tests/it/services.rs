//! Services and partners, one behaviour after the other.

use std::time::{Duration, Instant};

use serde_json::json;
use suite_sim::{Behaviour, Partner, PartnerMode, ServiceSpec, Suite};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::support::{free_port, get, post, until, web};

#[tokio::test]
async fn health_says_who_answers_as_far_as_the_service_is_honest() {
    for (behaviour, status, id) in [
        (Behaviour::Well, 200, json!("web")),
        (Behaviour::Lying("other".to_owned()), 200, json!("other")),
        (Behaviour::Plain, 200, json!(null)),
        (Behaviour::Failing, 503, json!("web")),
        (Behaviour::Stranger, 404, json!(null)),
    ] {
        let suite = web(behaviour.clone()).await;
        let answer = get(suite.service("web").unwrap().port(), "/health")
            .await
            .unwrap();
        assert_eq!(
            (answer.0, &answer.1["service_id"]),
            (status, &id),
            "{behaviour}"
        );
    }
}

#[tokio::test]
async fn no_answer_gives_away_who_a_plain_or_lying_service_is() {
    for behaviour in [
        Behaviour::Plain,
        Behaviour::Lying("other".to_owned()),
        Behaviour::Stranger,
    ] {
        let suite = web(behaviour.clone()).await;
        for path in ["/health", "/", "/anything"] {
            let answer = get(suite.service("web").unwrap().port(), path).await;
            let said = answer.unwrap().1.to_string();
            assert!(!said.contains("web"), "{behaviour} on {path}: {said}");
        }
    }
}

#[tokio::test]
async fn a_failing_service_fails_at_everything() {
    let suite = web(Behaviour::Failing).await;
    let port = suite.service("web").unwrap().port();
    assert_eq!(get(port, "/").await.unwrap().0, 500);
    let wish = json!({"new_port": free_port(), "old_port": port});
    let moved = post(port, "/api/config/update-port", wish).await;
    assert_eq!(moved.unwrap().0, 500);
    let restarted = post(port, "/api/admin/restart", json!({})).await;
    assert_eq!(restarted.unwrap().0, 500);
}

#[tokio::test]
async fn a_hung_service_reads_says_nothing_and_lets_go_of_who_has_gone() {
    let suite = web(Behaviour::Hung).await;
    let service = suite.service("web").unwrap();
    let address = ("127.0.0.1", service.port());
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let asked = b"GET /health HTTP/1.1\r\nhost: web\r\n\r\n";
    stream.write_all(asked).await.unwrap();
    until("the call", async || service.calls().first().cloned()).await;
    stream.shutdown().await.unwrap();
    let mut said = Vec::new();
    let ended = tokio::time::timeout(Duration::from_secs(10), stream.read_to_end(&mut said)).await;
    assert_eq!(
        ended.unwrap().unwrap(),
        0,
        "it closes without having spoken"
    );
}

#[tokio::test]
async fn a_told_service_moves_and_answers_on_the_old_port_for_a_moment() {
    let suite = web(Behaviour::Well).await;
    let service = suite.service("web").unwrap();
    let (old, new) = (service.port(), free_port());
    let wish = json!({"new_port": new, "old_port": old, "timestamp": 1, "source": "port-manager"});
    let answer = post(old, "/api/config/update-port", wish.clone())
        .await
        .unwrap();
    assert_eq!((answer.0, &answer.1["success"]), (200, &json!(true)));
    assert_eq!(service.port(), new);
    assert_eq!(
        get(new, "/health").await.unwrap().1["listener_generation"],
        2
    );
    until("the end of the old port", async || {
        get(old, "/health").await.is_none().then_some(())
    })
    .await;
    assert_eq!(service.calls().first().unwrap().body, wish);
}

#[tokio::test]
async fn a_service_that_cannot_or_will_not_move_says_so() {
    let suite = web(Behaviour::Well).await;
    let service = suite.service("web").unwrap();
    let taken = Partner::start(0).await.unwrap();
    let wish = |new, old| json!({"new_port": new, "old_port": old});
    let update = async |body| {
        post(service.port(), "/api/config/update-port", body)
            .await
            .unwrap()
            .0
    };
    assert_eq!(update(wish(taken.port(), service.port())).await, 409);
    assert_eq!(update(wish(free_port(), 1)).await, 400);
    assert_eq!(update(json!({"new_port": "x"})).await, 400);
    service.set(Behaviour::Refuses);
    assert_eq!(update(wish(free_port(), service.port())).await, 500);
    service.set(Behaviour::Stays);
    let before = service.port();
    assert_eq!(update(wish(free_port(), before)).await, 200);
    assert_eq!(service.port(), before);
}

#[tokio::test]
async fn a_restart_takes_a_moment_and_a_crash_lasts() {
    let suite = web(Behaviour::Well).await;
    let service = suite.service("web").unwrap();
    let port = service.port();
    assert_eq!(
        post(port, "/api/admin/restart", json!({})).await.unwrap().0,
        200
    );
    until("the restart", async || {
        (service.restarts() == 1).then_some(())
    })
    .await;
    assert_eq!(get(port, "/health").await.unwrap().0, 200);
    service.crash().await;
    until("the crash", async || {
        get(port, "/health").await.is_none().then_some(())
    })
    .await;
    service.start_again().await.unwrap();
    assert_eq!(get(port, "/").await.unwrap().0, 200);
}

#[tokio::test]
async fn many_hung_services_start_at_once_and_answer_nothing() {
    let began = Instant::now();
    let specs = (0..27).map(|number| ServiceSpec {
        id: number.to_string(),
        port: 0,
        behaviour: Behaviour::Hung,
    });
    let suite = Suite::start(specs.collect()).await.unwrap();
    assert!(began.elapsed() < Duration::from_secs(2));
    assert!(
        get(suite.service("3").unwrap().port(), "/health")
            .await
            .is_none()
    );
}

#[tokio::test]
async fn a_slow_service_answers_late() {
    let suite = web(Behaviour::Slow(Duration::from_millis(300))).await;
    let began = Instant::now();
    assert_eq!(
        get(suite.service("web").unwrap().port(), "/health")
            .await
            .unwrap()
            .0,
        200
    );
    assert!(began.elapsed() >= Duration::from_millis(300));
}

#[tokio::test]
async fn a_partner_remembers_what_it_is_told_however_it_answers() {
    let hub = Partner::start(0).await.unwrap();
    hub.set_discovered(vec!["web".to_owned()]);
    let path = "/api/v1/services/register";
    assert_eq!(
        post(hub.port(), path, json!({"service_id": "web"}))
            .await
            .unwrap()
            .0,
        200
    );
    hub.set(PartnerMode::Failing);
    assert_eq!(post(hub.port(), path, json!({})).await.unwrap().0, 500);
    hub.set(PartnerMode::Hung);
    assert!(post(hub.port(), path, json!({})).await.is_none());
    hub.set(PartnerMode::Well);
    let found = get(hub.port(), "/api/v1/services/discover").await.unwrap();
    assert_eq!(found.1["services"], json!([{"service_id": "web"}]));
    let restart = "/api/v1/services/web/restart";
    hub.set_restarts(true);
    assert_eq!(post(hub.port(), restart, json!({})).await.unwrap().0, 200);
    hub.set_restarts(false);
    assert_eq!(
        post(hub.port(), "/api/v1/services/web/restart", json!({}))
            .await
            .unwrap()
            .0,
        404
    );
    assert_eq!(
        hub.calls().iter().filter(|call| call.path == path).count(),
        3
    );
    hub.stop().await;
    until("the stop", async || {
        get(hub.port(), "/x").await.is_none().then_some(())
    })
    .await;
    hub.start_again().await.unwrap();
    assert_eq!(get(hub.port(), "/x").await.unwrap().0, 200);
}
