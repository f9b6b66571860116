//! The calls of a client of the suite that asks in its own words.

use reqwest::Method;
use serde_json::json;

use crate::support::{self, port_of};

#[tokio::test]
async fn a_client_gets_asks_for_and_gives_back_a_port_in_its_own_words() {
    let app = support::start().await;
    let free = app
        .viewer()
        .get("/api/ports/8500/available")
        .await
        .expect(200);
    assert_eq!(free, json!({"available": true}));
    let body = json!({"service_name": "reports", "preferred_port": 8500});
    let given = app
        .operator()
        .post("/api/ports/assign", body.clone())
        .await
        .expect(200);
    assert_eq!(given["port"], 8500);
    let taken = app
        .viewer()
        .get("/api/ports/8500/available")
        .await
        .expect(200);
    assert_eq!(
        taken,
        json!({"available": false, "held_by": "assigned to reports"})
    );
    let other = json!({"service_name": "other", "preferred_port": 8500});
    let other = app
        .operator()
        .post("/api/ports/assign", other)
        .await
        .expect(200);
    assert_ne!(other["port"], 8500, "a preferred port is only a wish");
    let port = app
        .viewer()
        .get("/api/services/reports/port")
        .await
        .expect(200);
    assert_eq!(port["port"], 8500);
    let wrong = Some(json!({"service_name": "reports"}).to_string());
    app.operator()
        .send(Method::DELETE, "/api/ports/8501", wrong.clone())
        .await
        .wrong_field("port");
    app.operator()
        .send(Method::DELETE, "/api/ports/8500", wrong)
        .await
        .expect(200);
    app.viewer()
        .get("/api/services/reports/port")
        .await
        .problem(404, "ports.no_port");
}

#[tokio::test]
async fn a_client_that_cannot_have_its_port_gets_another_one() {
    let app = support::start().await;
    let body = json!({"service_name": "legalai-pro", "current_port": 8000});
    let moved = app
        .operator()
        .post("/api/ports/resolve-conflict", body.clone())
        .await
        .expect(200);
    let port = moved["new_port"].clone();
    assert_ne!(port, 8000);
    assert_eq!(port_of(&app, "legalai-pro").await, port);
    let again = app
        .operator()
        .post("/api/ports/resolve-conflict", body)
        .await
        .expect(200);
    assert_eq!(again["new_port"], port, "it was solved already");
    let nobody = json!({"service_name": "nobody", "current_port": 8000});
    app.operator()
        .post("/api/ports/resolve-conflict", nobody)
        .await
        .problem(404, "ports.no_such_service");
    let wrong = json!({"service_name": "legalai-pro", "current_port": 0});
    app.operator()
        .post("/api/ports/resolve-conflict", wrong)
        .await
        .wrong_field("current_port");
}
