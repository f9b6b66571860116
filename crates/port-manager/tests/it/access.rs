//! Who is let in, and with which settings the service starts.

use crate::support::{self, settings, start_with};
use serde_json::json;

#[tokio::test]
async fn every_route_admits_exactly_whom_its_document_names() {
    let app = support::start().await;
    assert!(testkit::matrix::check(&app).await > 45);
}

#[tokio::test]
async fn no_forged_token_is_accepted() {
    let app = support::start().await;
    assert!(testkit::forged::check(&app, "/api/ports/assignments").await >= 30);
}

#[tokio::test]
async fn everybody_may_read_where_the_setting_says_so_and_nobody_may_write() {
    let app = start_with(|config| config.anonymous_read = true).await;
    let anyone = app.anonymous();
    anyone.get("/api/ports/assignments").await.expect(200);
    anyone.get("/api/services/status").await.expect(200);
    let body = json!({"port": 8500});
    anyone
        .post("/api/ports/reserve", body)
        .await
        .problem(401, "auth.unauthorized");
    anyone
        .post("/api/ports/reset", json!({}))
        .await
        .problem(401, "auth.unauthorized");
    let forged = app.with_token("not.a.token");
    forged
        .get("/api/ports/assignments")
        .await
        .problem(401, "auth.unauthorized");
}

#[tokio::test]
async fn it_says_what_it_is_and_how_it_is() {
    let app = support::start().await;
    let parts = json!({"port_manager": "healthy", "suite_communicator": "healthy"});
    for path in ["/health", "/api/health/"] {
        let health = app.anonymous().get(path).await.expect(200);
        assert_eq!(health["status"], "healthy");
        assert_eq!(health["service"], "port-manager");
        assert_eq!(health["components"], parts);
        assert!(health["version"].is_string());
    }
    let detailed = app.viewer().get("/api/health/detailed").await.expect(200);
    assert_eq!(detailed["statistics"]["total_services"], 27);
    assert!(detailed["conflicts"].is_number() && detailed["components"] == parts);
}

#[test]
fn settings_have_the_defaults_of_the_contract() {
    let usual = settings(&[]).unwrap();
    assert_eq!(
        (usual.common.port, usual.common.host.as_str()),
        (8100, "0.0.0.0")
    );
    assert_eq!(usual.hub.url, "http://itechsmart-enterprise:8001");
    assert_eq!(usual.ninja.url, "http://itechsmart-ninja:8002");
    assert!(usual.hub.enabled && usual.ninja.enabled && !usual.anonymous_read);
    assert_eq!(usual.ledger.url, "http://itechsmart-ledger:8015");
    assert!(!usual.ledger.enabled);
    assert_eq!(usual.host_template, "{service_id}");
    assert_eq!(usual.range, None);
    assert_eq!(usual.gateway_url, None);
    let ranged = settings(&[("PORT_RANGE_START", "9000"), ("PORT_RANGE_END", "9100")]).unwrap();
    assert_eq!(ranged.range, Some(9000..9100));
}

#[test]
fn all_bad_settings_are_told_at_once() {
    let faults = settings(&[
        ("PORT_SCAN_SECONDS", "0"),
        ("HEALTH_TIMEOUT_MS", "1"),
        ("PORT_RANGE_START", "9000"),
        ("PORT_RANGE_END", "8000"),
        ("HUB_URL", "nowhere"),
        ("GATEWAY_URL", "nowhere"),
        ("ENABLE_NINJA", "maybe"),
        ("PORT_QUARANTINE_SECONDS", "100000"),
    ])
    .unwrap_err();
    assert_eq!(faults.len(), 7, "{faults:?}");
}

#[tokio::test]
async fn numbers_for_prometheus_cover_every_suite() {
    let app = support::start().await;
    let text = testkit::wait::until("the numbers", async || {
        let text = app.anonymous().get("/metrics").await.text;
        text.contains("port_manager_range_utilization_percent{suite=\"opsconductor\"}")
            .then_some(text)
    })
    .await;
    for name in [
        "services_managed",
        "ports_in_use",
        "ports_available",
        "ports_reserved",
        "conflicts",
        "services_healthy",
    ] {
        assert!(
            text.contains(&format!("port_manager_{name}{{suite=\"itechsmart\"}}")),
            "{name}: {text}"
        );
    }
}

#[tokio::test]
async fn the_range_of_the_settings_becomes_that_of_the_default_suite() {
    let app = start_with(|config| config.range = Some(8000..8600)).await;
    testkit::wait::until("the range", async || {
        let suite = app.viewer().get("/api/suites/itechsmart").await.expect(200);
        (suite["port_range"] == json!([8000, 8600])).then_some(())
    })
    .await;
}
