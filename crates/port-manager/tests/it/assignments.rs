//! `GET /api/ports/assignments`, `POST /api/ports/assign`.

use std::collections::HashSet;
use std::net::TcpListener;

use futures_util::future::join_all;
use serde_json::json;

use crate::support::{self, assign, audited, changes, conflicts, force, port_of};

#[tokio::test]
async fn a_fresh_start_has_the_default_ports() {
    let app = support::start().await;
    let all = app.viewer().get("/api/ports/assignments").await.expect(200);
    assert_eq!((&all["success"], &all["total"]), (&json!(true), &json!(27)));
    for (service, port) in [
        ("itechsmart-enterprise", 8001),
        ("legalai-pro", 8000),
        ("itechsmart-port-manager", 8100),
    ] {
        assert_eq!(all["assignments"][service], port);
    }
    let own = app
        .viewer()
        .get("/api/ports/assignments?suite=opsconductor")
        .await
        .expect(200);
    assert_eq!(own["assignments"]["auth"], 3001);
    let one = app
        .viewer()
        .get("/api/ports/assignments/legalai-pro")
        .await
        .expect(200);
    assert_eq!(
        one,
        json!({"success": true, "service_id": "legalai-pro", "port": 8000})
    );
}

#[tokio::test]
async fn unknown_names_are_not_found() {
    let app = support::start().await;
    for (path, code) in [
        ("/api/ports/assignments/nobody", "ports.no_such_service"),
        ("/api/ports/history/nobody", "ports.no_such_service"),
        ("/api/services/status/nobody", "ports.no_such_service"),
        ("/api/services/health/nobody", "ports.no_such_service"),
        ("/api/ports/assignments?suite=none", "ports.no_such_suite"),
        ("/api/suites/none", "ports.no_such_suite"),
    ] {
        app.viewer().get(path).await.problem(404, code);
    }
}

#[tokio::test]
async fn an_assignment_is_told_remembered_and_audited() {
    let app = support::start().await;
    let answer = assign(&app, "legalai-pro", 8050).await;
    let message = "Assigned port 8050 to legalai-pro (previously 8000)";
    let expected =
        json!({"success": true, "service_id": "legalai-pro", "port": 8050, "message": message});
    assert_eq!(answer, expected);
    assert_eq!(port_of(&app, "legalai-pro").await, 8050);
    let history = app
        .viewer()
        .get("/api/ports/history/legalai-pro?detail=true")
        .await
        .expect(200);
    assert_eq!(history["history"], json!([8000, 8050]));
    assert_eq!(history["details"][1]["reason"], "assigned");
    let told = changes(&app).await;
    assert_eq!(told.len(), 1);
    assert_eq!(
        (
            &told[0]["type"],
            &told[0]["service_id"],
            &told[0]["old_port"],
            &told[0]["new_port"],
            &told[0]["seq"]
        ),
        (
            &json!("port_change"),
            &json!("legalai-pro"),
            &json!(8000),
            &json!(8050),
            &json!(1)
        )
    );
    assert_eq!(audited(&app).await, ["port.changed"]);
}

#[tokio::test]
async fn the_same_again_changes_nothing() {
    let app = support::start().await;
    let answer = assign(&app, "legalai-pro", 8000).await;
    assert_eq!(answer["message"], "Assigned port 8000 to legalai-pro");
    assert!(changes(&app).await.is_empty());
}

#[tokio::test]
async fn an_unknown_service_is_added_and_gets_the_same_port_on_every_installation() {
    let first = support::start().await;
    let second = support::start().await;
    let body = json!({"service_id": "my-new-service"});
    let one = first
        .operator()
        .post("/api/ports/assign", body.clone())
        .await
        .expect(200);
    let two = second
        .operator()
        .post("/api/ports/assign", body)
        .await
        .expect(200);
    assert_eq!(one["port"], two["port"]);
    assert!((8000..9000).contains(&one["port"].as_i64().unwrap()));
    let services = first
        .viewer()
        .get("/api/services/discover")
        .await
        .expect(200);
    assert_eq!(services["count"], 28);
}

#[tokio::test]
async fn a_service_gets_its_former_port_back() {
    let app = support::start().await;
    assign(&app, "legalai-pro", 8050).await;
    let body = json!({"service_name": "legalai-pro"}).to_string();
    let client = app.operator();
    let released = client.send(reqwest::Method::DELETE, "/api/ports/8050", Some(body));
    released.await.expect(200);
    let body = json!({"service_id": "legalai-pro"});
    let answer = app
        .operator()
        .post("/api/ports/assign", body)
        .await
        .expect(200);
    assert_eq!(answer["port"], 8050);
}

#[tokio::test]
async fn wrong_ports_are_refused_by_field() {
    let app = support::start().await;
    for port in [
        json!(0),
        json!(65536),
        json!(-1),
        json!("80a"),
        json!(80.5),
        json!({}),
    ] {
        let body = json!({"service_id": "legalai-pro", "port": port});
        app.operator()
            .post("/api/ports/assign", body)
            .await
            .wrong_field("port");
    }
    for body in [
        json!({"port": 8050}),
        json!({"service_id": null, "port": 8050}),
    ] {
        app.operator()
            .post("/api/ports/assign", body)
            .await
            .wrong_field("service_id");
    }
    for name in ["", "a b", "../x", "-x", &"x".repeat(101)] {
        let body = json!({"service_id": name, "port": 8050});
        app.operator()
            .post("/api/ports/assign", body)
            .await
            .wrong_field("service_id");
    }
    let body = json!({"service_id": "a", "port": 8050, "nope": 1});
    app.operator()
        .post("/api/ports/assign", body)
        .await
        .wrong_field("nope");
    assert!(changes(&app).await.is_empty());
}

#[tokio::test]
async fn a_port_of_another_service_is_refused_by_its_name() {
    let app = support::start().await;
    let body = json!({"service_id": "legalai-pro", "port": 8001});
    let refused = app
        .operator()
        .post("/api/ports/assign", body)
        .await
        .problem(400, "ports.port_taken");
    assert!(refused.detail.contains("8001") && refused.detail.contains("itechsmart-enterprise"));
    let body = json!({"service_id": "legalai-pro", "port": 3001});
    let refused = app
        .operator()
        .post("/api/ports/assign", body)
        .await
        .problem(400, "ports.port_taken");
    assert!(
        refused.detail.contains("auth"),
        "another suite counts as well: {}",
        refused.detail
    );
}

#[tokio::test]
async fn a_port_that_a_process_listens_on_is_refused_with_its_name() {
    let app = support::start().await;
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let body = json!({"service_id": "legalai-pro", "port": port});
    let refused = app
        .operator()
        .post("/api/ports/assign", body)
        .await
        .problem(400, "ports.port_in_use");
    let pid = std::process::id().to_string();
    assert!(
        refused.detail.contains(&pid) && refused.detail.contains("in use by the system"),
        "{}",
        refused.detail
    );
    drop(listener);
    assign(&app, "legalai-pro", port).await;
}

#[tokio::test]
async fn a_process_that_registered_itself_may_take_the_port_it_listens_on() {
    let app = support::start().await;
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let body = json!({"pid": std::process::id()});
    app.operator()
        .put("/api/services/legalai-pro", body)
        .await
        .expect(200);
    assign(&app, "legalai-pro", port).await;
    assert!(
        !conflicts(&app)
            .await
            .iter()
            .any(|conflict| conflict["type"] == "system_conflict")
    );
}

#[tokio::test]
async fn a_forced_duplicate_is_a_conflict_and_is_told() {
    let app = support::start().await;
    force(&app, "legalai-pro", 8001).await;
    assert_eq!(port_of(&app, "legalai-pro").await, 8001);
    let found = conflicts(&app).await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(
        (&found[0]["type"], &found[0]["severity"]),
        (&json!("duplicate_assignment"), &json!("high"))
    );
    assert_eq!(
        found[0]["services"],
        json!(["itechsmart-enterprise", "legalai-pro"])
    );
    assert_eq!(changes(&app).await.len(), 1);
}

#[tokio::test]
async fn two_who_want_one_port_at_once_do_not_both_get_it() {
    let app = support::start().await;
    let client = app.operator();
    let wishes = (0..50).map(|number| {
        let body = json!({"service_id": format!("racer-{number}"), "port": 8500});
        let client = client.clone();
        async move { client.post("/api/ports/assign", body).await.status }
    });
    let answers = join_all(wishes).await;
    assert_eq!(
        answers.iter().filter(|status| **status == 200).count(),
        1,
        "{answers:?}"
    );
    assert!(
        answers.iter().all(|status| matches!(status, 200 | 400)),
        "{answers:?}"
    );
}

#[tokio::test]
async fn automatic_assignments_at_once_are_all_different_and_leave_no_gap() {
    let app = support::start().await;
    let client = app.operator();
    let wishes = (0..60).map(|number| {
        let body = json!({"service_id": format!("auto-{number}")});
        let client = client.clone();
        async move {
            client.post("/api/ports/assign", body).await.expect(200)["port"]
                .as_u64()
                .unwrap()
        }
    });
    let ports: HashSet<u64> = join_all(wishes).await.into_iter().collect();
    assert_eq!(ports.len(), 60);
    let numbers: Vec<_> = changes(&app)
        .await
        .iter()
        .map(|event| event["seq"].as_i64().unwrap())
        .collect();
    assert_eq!(numbers, (1..=60).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_full_range_has_no_free_port() {
    let app = support::start().await;
    let suite = json!({"name": "tiny", "port_range": [8700, 8702]});
    app.operator().post("/api/suites", suite).await.expect(201);
    let ask = |name| json!({"service_id": name, "suite": "tiny"});
    app.operator()
        .post("/api/ports/assign", ask("a"))
        .await
        .expect(200);
    app.operator()
        .post("/api/ports/assign", ask("b"))
        .await
        .expect(200);
    app.operator()
        .post("/api/ports/assign", ask("c"))
        .await
        .problem(404, "ports.no_free_port");
    app.viewer()
        .get("/api/ports/available?suite=tiny")
        .await
        .problem(404, "ports.no_free_port");
}

#[tokio::test]
async fn a_released_port_is_given_to_nobody_else_for_a_while() {
    let app = support::start().await;
    let suite = json!({"name": "tiny", "port_range": [8700, 8701]});
    app.operator().post("/api/suites", suite).await.expect(201);
    let ask = |name| json!({"service_id": name, "suite": "tiny"});
    app.operator()
        .post("/api/ports/assign", ask("a"))
        .await
        .expect(200);
    let body = json!({"service_name": "a", "suite": "tiny"}).to_string();
    app.operator()
        .send(reqwest::Method::DELETE, "/api/ports/8700", Some(body))
        .await
        .expect(200);
    app.operator()
        .post("/api/ports/assign", ask("b"))
        .await
        .problem(404, "ports.no_free_port");
    app.clock.advance(chrono::TimeDelta::seconds(601));
    let given = app
        .operator()
        .post("/api/ports/assign", ask("b"))
        .await
        .expect(200);
    assert_eq!(given["port"], 8700);
}
