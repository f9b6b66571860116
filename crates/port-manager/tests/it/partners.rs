//! What Hub and Ninja are told, also after an outage.

use port_manager::config::Config;
use serde_json::json;
use suite_sim::{Behaviour, Partner, PartnerMode, ServiceSpec, Suite};

use crate::support::{self, assign, force};

fn with(hub: &Partner, ninja: &Partner) -> impl FnOnce(&mut Config) {
    let (hub, ninja) = (hub.port(), ninja.port());
    move |config| {
        config.hub.url = format!("http://127.0.0.1:{hub}");
        config.ninja.url = format!("http://127.0.0.1:{ninja}");
        config.hub.enabled = true;
        config.ninja.enabled = true;
    }
}

/// Bodies of the calls to a path, once there are so many.
async fn told(partner: &Partner, path: &str, count: usize) -> Vec<serde_json::Value> {
    testkit::wait::until(path, async || {
        let calls: Vec<_> = partner
            .calls()
            .into_iter()
            .filter(|call| call.path == path)
            .map(|call| call.body)
            .collect();
        (calls.len() >= count).then_some(calls)
    })
    .await
}

#[tokio::test]
async fn both_are_registered_at_and_the_hub_hears_measured_values() {
    let (hub, ninja) = (
        Partner::start(0).await.unwrap(),
        Partner::start(0).await.unwrap(),
    );
    let _app = support::start_with(with(&hub, &ninja)).await;
    let registered = told(&hub, "/api/v1/services/register", 1).await;
    assert_eq!(registered[0]["service_id"], "itechsmart-port-manager");
    assert_eq!(
        (
            &registered[0]["service_type"],
            &registered[0]["health_endpoint"]
        ),
        (&json!("infrastructure"), &json!("/health"))
    );
    let watched = told(&ninja, "/api/v1/monitoring/register", 1).await;
    assert_eq!(
        (
            &watched[0]["monitoring_enabled"],
            &watched[0]["self_healing_enabled"]
        ),
        (&json!(true), &json!(true))
    );
    let health = told(&hub, "/api/v1/services/health", 1).await;
    assert_eq!(
        (&health[0]["status"], &health[0]["issues"]),
        (&json!("healthy"), &json!([]))
    );
    assert!(health[0]["metrics"]["uptime"].is_number());
    let numbers = told(&hub, "/api/v1/services/metrics", 1).await;
    assert_eq!(numbers[0]["custom_metrics"]["managed_services"], 27);
    assert!(numbers[0]["memory_usage"].as_f64().unwrap() > 1.0);
    for field in [
        "cpu_usage",
        "active_connections",
        "request_count",
        "error_count",
        "avg_response_time",
    ] {
        assert!(numbers[0][field].is_number(), "{field}");
    }
}

#[tokio::test]
async fn changes_reach_both_in_order_even_after_an_outage() {
    let (hub, ninja) = (
        Partner::start(0).await.unwrap(),
        Partner::start(0).await.unwrap(),
    );
    hub.set(PartnerMode::Failing);
    let app = support::start_with(with(&hub, &ninja)).await;
    for port in 8500..8510 {
        assign(&app, "legalai-pro", port).await;
    }
    let path = "/api/v1/events/port-change";
    let ports = |calls: &[serde_json::Value]| {
        calls
            .iter()
            .map(|call| call["new_port"].as_u64().unwrap())
            .collect::<Vec<_>>()
    };
    let at_ninja = told(&ninja, path, 10).await;
    assert_eq!(ports(&at_ninja), (8500..8510).collect::<Vec<_>>());
    assert_eq!(
        at_ninja[0],
        json!({
            "event": "port_changed", "service_id": "legalai-pro", "old_port": 8000, "new_port": 8500,
            "timestamp": at_ninja[0]["timestamp"],
        })
    );
    let refused = told(&hub, path, 1).await.len();
    hub.set(PartnerMode::Well);
    let all = testkit::wait::until("the rest", async || {
        let all = told(&hub, path, 1).await;
        (all.last().unwrap()["new_port"] == 8509).then_some(all)
    })
    .await;
    let taken: Vec<u64> = ports(&all).into_iter().collect();
    let mut unique = taken.clone();
    unique.dedup();
    assert_eq!(
        unique,
        (8500..8510).collect::<Vec<_>>(),
        "in order, after {refused} refusals"
    );
}

#[tokio::test]
async fn a_partner_that_hangs_slows_no_request() {
    let (hub, ninja) = (
        Partner::start(0).await.unwrap(),
        Partner::start(0).await.unwrap(),
    );
    hub.set(PartnerMode::Hung);
    ninja.set(PartnerMode::Hung);
    let app = support::start_with(with(&hub, &ninja)).await;
    let asked = std::time::Instant::now();
    assign(&app, "legalai-pro", 8500).await;
    assert!(
        asked.elapsed() < std::time::Duration::from_secs(2),
        "{:?}",
        asked.elapsed()
    );
}

#[tokio::test]
async fn a_restart_goes_through_the_hub_first() {
    let (hub, ninja) = (
        Partner::start(0).await.unwrap(),
        Partner::start(0).await.unwrap(),
    );
    let app = support::start_with(with(&hub, &ninja)).await;
    let spec = ServiceSpec {
        id: "legalai-pro".to_owned(),
        port: 0,
        behaviour: Behaviour::Well,
    };
    let suite = Suite::start(vec![spec]).await.unwrap();
    let service = suite.service("legalai-pro").unwrap();
    force(&app, "legalai-pro", service.port()).await;
    hub.set_restarts(true);
    let body = json!({"service_id": "legalai-pro"});
    let answer = app
        .operator()
        .post("/api/services/restart", body.clone())
        .await
        .expect(200);
    assert_eq!(
        answer["message"],
        "Service legalai-pro restarts, started by the Hub"
    );
    assert_eq!(service.restarts(), 0);
    hub.set_restarts(false);
    app.operator()
        .post("/api/services/restart", body)
        .await
        .expect(200);
    testkit::wait::until("the restart", async || {
        (service.restarts() == 1).then_some(())
    })
    .await;
}

#[tokio::test]
async fn what_was_done_with_ports_is_handed_to_the_ledger_in_order_even_after_an_outage() {
    let ledger = Partner::start(0).await.unwrap();
    ledger.set(PartnerMode::Failing);
    let port = ledger.port();
    let app = support::start_with(move |config| {
        config.ledger.url = format!("http://127.0.0.1:{port}");
        config.ledger.enabled = true;
    })
    .await;
    for port in 8500..8505 {
        assign(&app, "legalai-pro", port).await;
    }
    app.operator()
        .post("/api/ports/reserve", json!({"port": 8600}))
        .await
        .expect(200);
    ledger.set(PartnerMode::Well);
    let path = "/api/v1/audit/records";
    let records = testkit::wait::until("all records", async || {
        let calls = ledger.calls().into_iter().filter(|call| call.path == path);
        let records: Vec<_> = calls.map(|call| call.body["record"].clone()).collect();
        let is_last = |record: &serde_json::Value| record["action"] == "port.reserved";
        records.last().is_some_and(is_last).then_some(records)
    })
    .await;
    let mut ports: Vec<_> = records
        .iter()
        .map(|record| &record["change"]["to"])
        .collect();
    ports.retain(|port| port.is_number());
    ports.dedup();
    assert_eq!(json!(ports), json!([8500, 8501, 8502, 8503, 8504]));
    for record in records {
        assert_eq!(record["actor_kind"], "user", "{record}");
        assert!(record["request_id"].is_string() && record["ip"].is_string());
    }
}

#[tokio::test]
async fn services_that_only_the_hub_knows_are_discovered() {
    let hub = Partner::start(0).await.unwrap();
    hub.set_discovered(vec!["legalai-pro".to_owned(), "newcomer".to_owned()]);
    let port = hub.port();
    let app = support::start_with(move |config| {
        config.hub.url = format!("http://127.0.0.1:{port}");
        config.hub.enabled = true;
    })
    .await;
    let found = testkit::wait::until("the newcomer", async || {
        let found = app.viewer().get("/api/services/discover").await.expect(200);
        (found["count"] == 28).then_some(found)
    })
    .await;
    assert_eq!(found["unmanaged"], json!(["newcomer"]));
    let other = app
        .viewer()
        .get("/api/services/discover?suite=opsconductor")
        .await
        .expect(200);
    assert_eq!(other["unmanaged"], json!([]));
}
