//! `POST /api/ports/bulk-update` for services that are not running.

use serde_json::json;

use crate::support::{self, changes, kinds, port_of};

#[tokio::test]
async fn two_services_swap_their_ports() {
    let app = support::start().await;
    let updates = json!({"updates": {"legalai-pro": 8001, "itechsmart-enterprise": 8000}});
    let answer = app
        .operator()
        .post("/api/ports/bulk-update", updates)
        .await
        .expect(200);
    assert_eq!(
        (&answer["total"], &answer["successful"], &answer["failed"]),
        (&json!(2), &json!(2), &json!(0))
    );
    assert_eq!(answer["results"][0]["old_port"], 8001);
    assert_eq!(port_of(&app, "legalai-pro").await, 8001);
    assert_eq!(port_of(&app, "itechsmart-enterprise").await, 8000);
    assert!(kinds(&app).await.is_empty());
    assert_eq!(changes(&app).await.len(), 2);
}

#[tokio::test]
async fn each_is_done_for_itself_unless_all_or_none_is_wished() {
    let app = support::start().await;
    let updates = json!({"updates": {"legalai-pro": 8500, "impactos": 8001, "nobody": 8502}});
    let refused = app
        .operator()
        .post("/api/ports/bulk-update?atomic=true", updates.clone())
        .await;
    let refused = refused.problem(400, "ports.bulk_refused");
    assert!(refused.detail.contains("impactos"), "{}", refused.detail);
    assert_eq!(port_of(&app, "legalai-pro").await, 8000);
    assert!(changes(&app).await.is_empty());
    let answer = app
        .operator()
        .post("/api/ports/bulk-update", updates)
        .await
        .expect(200);
    assert_eq!(
        (&answer["success"], &answer["successful"], &answer["failed"]),
        (&json!(false), &json!(1), &json!(2))
    );
    assert_eq!(port_of(&app, "legalai-pro").await, 8500);
    assert_eq!(port_of(&app, "impactos").await, 8008);
}

#[tokio::test]
async fn wrong_bulks_are_refused_by_field() {
    let app = support::start().await;
    for (body, field) in [
        (
            json!({"updates": {"legalai-pro": 0}}),
            "updates.legalai-pro",
        ),
        (
            json!({"updates": {"legalai-pro": "x"}}),
            "updates.legalai-pro",
        ),
        (json!({"updates": []}), "updates"),
        (json!({}), "updates"),
    ] {
        app.operator()
            .post("/api/ports/bulk-update", body)
            .await
            .wrong_field(field);
    }
    let twice = json!({"updates": {"legalai-pro": 8500, "impactos": 8500}});
    let answer = app
        .operator()
        .post("/api/ports/bulk-update", twice)
        .await
        .expect(200);
    assert_eq!(answer["failed"], 1);
}
