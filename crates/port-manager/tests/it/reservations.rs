//! `POST /api/ports/reserve`, `DELETE /api/ports/reserve/{port}`.

use serde_json::json;

use crate::support::{self, audited, force, kinds};

#[tokio::test]
async fn a_reserved_port_is_given_to_nobody() {
    let app = support::start().await;
    let answer = app
        .operator()
        .post(
            "/api/ports/reserve",
            json!({"port": 8009, "reason": "for later"}),
        )
        .await;
    assert_eq!(
        answer.expect(200),
        json!({"success": true, "port": 8009, "message": "Port 8009 reserved"})
    );
    let free = app.viewer().get("/api/ports/available").await.expect(200);
    assert_eq!(free["port"], 8027);
    let body = json!({"service_id": "legalai-pro", "port": 8009});
    let refused = app
        .operator()
        .post("/api/ports/assign", body)
        .await
        .problem(400, "ports.port_taken");
    assert!(
        refused.detail.contains("reserved (for later)"),
        "{}",
        refused.detail
    );
    let listed = app.viewer().get("/api/ports/reserved").await.expect(200);
    assert_eq!(
        listed["reservations"],
        json!([{"first": 8009, "last": 8009, "reason": "for later"}])
    );
    app.operator()
        .delete("/api/ports/reserve/8009")
        .await
        .expect(200);
    assert_eq!(
        app.viewer().get("/api/ports/available").await.expect(200)["port"],
        8009
    );
    assert_eq!(audited(&app).await, ["port.reserved", "port.unreserved"]);
}

#[tokio::test]
async fn what_is_taken_or_reserved_cannot_be_reserved() {
    let app = support::start().await;
    let client = app.operator();
    client
        .post("/api/ports/reserve", json!({"port": 8500}))
        .await
        .expect(200);
    client
        .post("/api/ports/reserve", json!({"port": 8500}))
        .await
        .problem(400, "ports.already_reserved");
    client
        .post("/api/ports/reserve", json!({"port": 8001}))
        .await
        .problem(400, "ports.port_taken");
    client
        .delete("/api/ports/reserve/8501")
        .await
        .problem(404, "ports.not_reserved");
    client
        .delete("/api/ports/reserve/8001")
        .await
        .problem(404, "ports.not_reserved");
    for port in [json!(0), json!(65536), json!("x")] {
        client
            .post("/api/ports/reserve", json!({"port": port}))
            .await
            .wrong_field("port");
    }
    client
        .delete("/api/ports/reserve/0")
        .await
        .wrong_field("port");
    client
        .delete("/api/ports/reserve/x")
        .await
        .wrong_field("port");
}

#[tokio::test]
async fn a_service_forced_onto_a_reserved_port_is_a_conflict() {
    let app = support::start().await;
    app.operator()
        .post("/api/ports/reserve", json!({"port": 8500}))
        .await
        .expect(200);
    force(&app, "legalai-pro", 8500).await;
    assert_eq!(kinds(&app).await, ["reserved_violation"]);
}
