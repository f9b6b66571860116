//! `/api/suites`, `/api/services`.

use serde_json::json;

use crate::support::{self, assign, audited, changes};

#[tokio::test]
async fn a_service_is_added_changed_and_removed() {
    let app = support::start().await;
    let made = json!({
        "service_id": "web", "category": "shop", "criticality": "high", "movable": "restart", "host": "10.0.0.7",
        "health_path": "/ready", "depends_on": ["passport"],
    });
    let made = app.operator().post("/api/services", made).await.expect(201);
    assert_eq!(
        (&made["criticality"], &made["port"], &made["depends_on"]),
        (&json!("high"), &json!(null), &json!(["passport"]))
    );
    let changed = json!({"host": null, "maintenance": true, "depends_on": []});
    let changed = app
        .operator()
        .put("/api/services/web", changed)
        .await
        .expect(200);
    let kept = ("category", json!("shop"));
    for (field, value) in [
        ("host", json!(null)),
        ("maintenance", json!(true)),
        ("depends_on", json!([])),
        kept,
    ] {
        assert_eq!(changed[field], value, "{field}");
    }
    assign(&app, "web", 8500).await;
    app.operator().delete("/api/services/web").await.expect(200);
    app.viewer()
        .get("/api/services/web")
        .await
        .problem(404, "ports.no_such_service");
    app.operator()
        .delete("/api/services/web")
        .await
        .problem(404, "ports.no_such_service");
    let told = changes(&app).await;
    assert_eq!(
        (&told[1]["old_port"], &told[1]["new_port"]),
        (&json!(8500), &json!(null))
    );
    assert_eq!(
        audited(&app).await,
        [
            "service.created",
            "service.changed",
            "port.changed",
            "port.changed",
            "service.deleted"
        ]
    );
}

#[tokio::test]
async fn a_name_is_used_once() {
    let app = support::start().await;
    let twice = json!({"service_id": "passport"});
    app.operator()
        .post("/api/services", twice)
        .await
        .problem(409, "ports.service_taken");
    let elsewhere = json!({"service_id": "passport", "suite": "opsconductor"});
    app.operator()
        .post("/api/services", elsewhere)
        .await
        .expect(201);
    let all = app.viewer().get("/api/services").await.expect(200);
    assert_eq!(all["total"], 27);
}

#[tokio::test]
async fn wrong_services_are_refused_by_field() {
    let app = support::start().await;
    for (body, field) in [
        (json!({}), "service_id"),
        (json!({"service_id": "a b"}), "service_id"),
        (
            json!({"service_id": "a", "criticality": "huge"}),
            "criticality",
        ),
        (json!({"service_id": "a", "movable": "never"}), "movable"),
        (
            json!({"service_id": "a", "health_path": "health"}),
            "health_path",
        ),
        (json!({"service_id": "a", "host": "a b"}), "host"),
        (json!({"service_id": "a", "title": "a\u{0}"}), "title"),
        (json!({"service_id": "a", "category": ""}), "category"),
        (
            json!({"service_id": "a", "depends_on": ["a"]}),
            "depends_on",
        ),
        (
            json!({"service_id": "a", "depends_on": ["nobody"]}),
            "depends_on",
        ),
        (json!({"service_id": "a", "pid": 0}), "pid"),
        (json!({"service_id": "a", "port": 1}), "port"),
    ] {
        app.operator()
            .post("/api/services", body)
            .await
            .wrong_field(field);
    }
    app.operator()
        .put("/api/services/nobody", json!({}))
        .await
        .problem(404, "ports.no_such_service");
}

#[tokio::test]
async fn a_suite_is_added_changed_and_removed() {
    let app = support::start().await;
    let made = json!({"name": "shop", "port_range": [10000, 10100], "strategy": "lowest", "static_band": 10});
    let made = app.operator().post("/api/suites", made).await.expect(201);
    assert_eq!(
        (&made["port_range"], &made["title"]),
        (&json!([10000, 10100]), &json!("shop"))
    );
    let again = json!({"name": "shop", "port_range": [1, 2]});
    app.operator()
        .post("/api/suites", again)
        .await
        .problem(409, "ports.suite_taken");
    let given = json!({"service_id": "web", "suite": "shop"});
    let given = app
        .operator()
        .post("/api/ports/assign", given)
        .await
        .expect(200);
    assert_eq!(
        given["port"], 10010,
        "the static band is for explicit wishes"
    );
    let changed = json!({"static_band": 0, "host_template": "{service_id}.local"});
    let changed = app
        .operator()
        .put("/api/suites/shop", changed)
        .await
        .expect(200);
    assert_eq!(
        (&changed["static_band"], &changed["strategy"]),
        (&json!(0), &json!("lowest"))
    );
    app.operator()
        .delete("/api/suites/shop")
        .await
        .problem(403, "auth.forbidden");
    app.admin().delete("/api/suites/shop").await.expect(200);
    app.viewer()
        .get("/api/suites/shop")
        .await
        .problem(404, "ports.no_such_suite");
    app.admin()
        .delete("/api/suites/itechsmart")
        .await
        .problem(409, "ports.suite_stays");
    assert_eq!(
        app.viewer().get("/api/suites").await.expect(200)["total"],
        2
    );
}

#[tokio::test]
async fn wrong_suites_are_refused_by_field() {
    let app = support::start().await;
    for (body, field) in [
        (json!({"name": "A", "port_range": [1, 2]}), "name"),
        (json!({"name": "a", "port_range": [0, 2]}), "port_range"),
        (json!({"name": "a", "port_range": [2, 2]}), "port_range"),
        (json!({"name": "a", "port_range": [9, 2]}), "port_range"),
        (json!({"name": "a", "port_range": [1, 65537]}), "port_range"),
        (json!({"name": "a", "port_range": [-1, 5]}), "port_range"),
        (json!({"name": "a", "port_range": [1]}), "port_range"),
        (
            json!({"name": "a", "port_range": [1, 3], "static_band": 3}),
            "static_band",
        ),
        (
            json!({"name": "a", "port_range": [1, 3], "strategy": "best"}),
            "strategy",
        ),
        (json!({"name": "a"}), "port_range"),
    ] {
        app.operator()
            .post("/api/suites", body)
            .await
            .wrong_field(field);
    }
}
