//! `POST /api/ports/reassign` for services that run, and for those that do not.

use std::time::Duration;

use serde_json::{Value, json};
use suite_sim::{Behaviour, ServiceSpec, Suite};
use testkit::answer::Answer;
use testkit::app::TestApp;

use crate::support::{self, audited, changes, free_port, port_of, running};

async fn reassign(app: &TestApp, name: &str, port: u16) -> Answer {
    let body = json!({"service_id": name, "new_port": port});
    app.operator().post("/api/ports/reassign", body).await
}

#[tokio::test]
async fn a_running_service_is_told_proves_that_it_moved_and_is_then_recorded() {
    let app = support::start().await;
    let suite = running(&app, "legalai-pro", Behaviour::Well).await;
    let service = suite.service("legalai-pro").unwrap();
    let (old, new) = (service.port(), free_port());
    let answer = reassign(&app, "legalai-pro", new).await.expect(200);
    assert_eq!(
        (&answer["old_port"], &answer["new_port"]),
        (&json!(old), &json!(new))
    );
    assert_eq!(
        answer["message"],
        format!("Reassigned legalai-pro from port {old} to {new}")
    );
    assert_eq!(
        answer["update_result"],
        json!({"success": true, "message": "Service updated successfully", "live": true})
    );
    assert_eq!(service.port(), new);
    assert_eq!(port_of(&app, "legalai-pro").await, new);
    let told: Vec<Value> = service
        .calls()
        .into_iter()
        .filter(|call| call.path == "/api/config/update-port")
        .map(|call| call.body)
        .collect();
    assert_eq!(told.len(), 1);
    assert_eq!(
        (&told[0]["new_port"], &told[0]["old_port"]),
        (&json!(new), &json!(old))
    );
    assert_eq!(told[0]["source"], "port-manager");
    assert!(told[0]["timestamp"].is_number());
    assert_eq!(changes(&app).await.last().unwrap()["new_port"], new);
}

#[tokio::test]
async fn a_service_that_does_not_move_keeps_its_port_and_nothing_is_told() {
    for (behaviour, why) in [
        (Behaviour::Refuses, "answered 500"),
        (Behaviour::Stays, "answers on the old port still"),
    ] {
        let app = support::start().await;
        let suite = running(&app, "legalai-pro", behaviour).await;
        let service = suite.service("legalai-pro").unwrap();
        let (old, new) = (service.port(), free_port());
        let before = changes(&app).await.len();
        let refused = reassign(&app, "legalai-pro", new)
            .await
            .problem(400, "ports.move_failed");
        assert!(refused.detail.contains(why), "{}", refused.detail);
        assert_eq!(port_of(&app, "legalai-pro").await, old);
        assert_eq!(changes(&app).await.len(), before);
        assert!(audited(&app).await.contains(&"port.move_failed".to_owned()));
        let free = app
            .viewer()
            .get(&format!("/api/ports/{new}/available"))
            .await
            .expect(200);
        assert_eq!(free["available"], true, "the new port is free again");
    }
}

#[tokio::test]
async fn a_hung_service_is_not_moved_blindly() {
    let app =
        support::start_with(|config| config.health_timeout = Duration::from_millis(200)).await;
    let suite = running(&app, "legalai-pro", Behaviour::Hung).await;
    let old = suite.service("legalai-pro").unwrap().port();
    let refused = reassign(&app, "legalai-pro", free_port())
        .await
        .problem(400, "ports.move_failed");
    assert!(
        refused.detail.contains("gives no answer"),
        "{}",
        refused.detail
    );
    assert_eq!(port_of(&app, "legalai-pro").await, old);
}

#[tokio::test]
async fn a_service_that_is_not_running_is_only_recorded() {
    let app = support::start().await;
    let answer = reassign(&app, "legalai-pro", 8500).await.expect(200);
    assert_eq!(answer["update_result"]["live"], false);
    assert_eq!(port_of(&app, "legalai-pro").await, 8500);
    let next = json!({"service_id": "legalai-pro"});
    let answer = app
        .operator()
        .post("/api/ports/reassign", next)
        .await
        .expect(200);
    assert_ne!(answer["new_port"], 8500);
}

#[tokio::test]
async fn ports_that_cannot_be_had_are_refused() {
    let app = support::start().await;
    reassign(&app, "nobody", 8500)
        .await
        .problem(404, "ports.no_such_service");
    reassign(&app, "legalai-pro", 8000)
        .await
        .problem(400, "ports.same_port");
    reassign(&app, "legalai-pro", 8001)
        .await
        .problem(400, "ports.port_taken");
    let stranger = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = stranger.local_addr().unwrap().port();
    reassign(&app, "legalai-pro", port)
        .await
        .problem(400, "ports.port_in_use");
    for port in [json!(0), json!(65536), json!("80a")] {
        let body = json!({"service_id": "legalai-pro", "new_port": port});
        app.operator()
            .post("/api/ports/reassign", body)
            .await
            .wrong_field("new_port");
    }
    assert!(changes(&app).await.is_empty());
}

#[tokio::test]
async fn two_running_services_swap_their_ports() {
    let app = support::start().await;
    let one = running(&app, "legalai-pro", Behaviour::Well).await;
    let two = running(&app, "impactos", Behaviour::Well).await;
    let (one, two) = (
        one.service("legalai-pro").unwrap(),
        two.service("impactos").unwrap(),
    );
    let (first, second) = (one.port(), two.port());
    let updates = json!({"updates": {"legalai-pro": second, "impactos": first}});
    let answer = app
        .operator()
        .post("/api/ports/bulk-update?atomic=true", updates)
        .await
        .expect(200);
    assert_eq!(answer["successful"], 2, "{answer}");
    assert_eq!((one.port(), two.port()), (second, first));
    assert_eq!(port_of(&app, "legalai-pro").await, second);
    assert_eq!(port_of(&app, "impactos").await, first);
}

#[tokio::test]
async fn a_whole_bulk_goes_back_when_one_does_not_move() {
    let app = support::start().await;
    let good = running(&app, "impactos", Behaviour::Well).await;
    let bad = running(&app, "legalai-pro", Behaviour::Refuses).await;
    let (first, second) = (
        good.service("impactos").unwrap().port(),
        bad.service("legalai-pro").unwrap().port(),
    );
    let updates = json!({"updates": {"impactos": free_port(), "legalai-pro": free_port()}});
    let refused = app
        .operator()
        .post("/api/ports/bulk-update?atomic=true", updates)
        .await;
    refused.problem(400, "ports.bulk_refused");
    assert_eq!(port_of(&app, "impactos").await, first);
    assert_eq!(port_of(&app, "legalai-pro").await, second);
    assert_eq!(good.service("impactos").unwrap().port(), first);
}

#[tokio::test]
async fn a_service_that_only_a_person_moves_is_left_alone() {
    let app = support::start().await;
    let suite = running(&app, "legalai-pro", Behaviour::Well).await;
    app.operator()
        .put("/api/services/legalai-pro", json!({"movable": "manual"}))
        .await
        .expect(200);
    reassign(&app, "legalai-pro", free_port())
        .await
        .problem(400, "ports.not_movable");
    assert!(
        suite
            .service("legalai-pro")
            .unwrap()
            .calls()
            .iter()
            .all(|call| call.path != "/api/config/update-port")
    );
}

#[tokio::test]
async fn a_service_may_have_the_port_on_which_it_answers_by_its_name() {
    let app = support::start().await;
    let spec = |id: &str| ServiceSpec {
        id: id.to_owned(),
        port: 0,
        behaviour: Behaviour::Well,
    };
    let suite = Suite::start(vec![spec("legalai-pro"), spec("other")])
        .await
        .unwrap();
    let own = suite.service("legalai-pro").unwrap().port();
    let foreign = suite.service("other").unwrap().port();
    reassign(&app, "legalai-pro", foreign)
        .await
        .problem(400, "ports.port_in_use");
    let moved = reassign(&app, "legalai-pro", own).await.expect(200);
    let message = "the service listens there already";
    assert_eq!(moved["update_result"]["message"], message);
}
