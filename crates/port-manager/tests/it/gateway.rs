//! Whether the gateway leads to where the services are.

use std::time::Duration;

use serde_json::{Value, json};
use suite_sim::{Partner, PartnerMode};
use testkit::app::TestApp;

use crate::support::{self, assign};

/// A port manager and the gateway that it asks.
async fn start() -> (TestApp, Partner) {
    let gateway = Partner::start(0).await.unwrap();
    let url = format!("http://127.0.0.1:{}/", gateway.port());
    let app = support::start_with(move |config| {
        config.gateway_url = Some(url);
        config.health_timeout = Duration::from_millis(300);
    })
    .await;
    (app, gateway)
}

/// Has the gateway say where it passes requests, and what is wrong with it.
fn says(gateway: &Partner, drift: Option<&str>, upstreams: &[(&str, &str, u16)]) {
    let upstream =
        |(name, host, port): &(&str, &str, u16)| json!({"name": name, "host": host, "port": port});
    let upstreams: Vec<Value> = upstreams.iter().map(upstream).collect();
    let report = json!({"generation": 7, "drift": drift, "upstreams": upstreams});
    gateway.set_answer("/upstreams", report);
}

/// What a look at everything finds to be wrong with the gateway.
async fn look(app: &TestApp, suite: &str) -> Vec<Value> {
    let path = format!("/api/ports/scan?suite={suite}");
    let found = app.operator().post(&path, json!({})).await.expect(200);
    drifts(&found)
}

fn drifts(answer: &Value) -> Vec<Value> {
    let mut found = answer["conflicts"].as_array().unwrap().clone();
    found.retain(|conflict| conflict["type"] == "gateway_drift");
    found
}

#[tokio::test]
async fn a_service_that_the_gateway_looks_for_at_a_wrong_port_is_named_until_both_agree() {
    let (app, gateway) = start().await;
    says(
        &gateway,
        None,
        &[("auth", "127.0.0.1", 3901), ("jobs", "127.0.0.1", 3006)],
    );
    let found = look(&app, "opsconductor").await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(
        found[0]["detail"],
        "the gateway sends auth to 127.0.0.1:3901, but auth holds 3001"
    );
    assert_eq!(
        (
            &found[0]["severity"],
            &found[0]["service"],
            &found[0]["port"]
        ),
        (&json!("high"), &json!("auth"), &json!(3001))
    );
    assert_eq!(
        found[0]["evidence"],
        json!({"upstream": "127.0.0.1:3901", "generation": 7})
    );

    says(
        &gateway,
        None,
        &[("auth", "127.0.0.1", 3001), ("jobs", "127.0.0.1", 3006)],
    );
    for _look in 0..2 {
        assert!(look(&app, "opsconductor").await.is_empty());
    }
    let path = "/api/ports/conflicts/history?suite=opsconductor";
    let past = drifts(&app.viewer().get(path).await.expect(200));
    assert_eq!((past.len(), &past[0]["state"]), (1, &json!("resolved")));
}

#[tokio::test]
async fn services_are_known_by_what_the_gateway_calls_them() {
    let (app, gateway) = start().await;
    let upstreams = [
        ("users", "localhost", 3902),
        ("port-manager", "::1", 8101),
        ("legalai-pro", "127.0.0.1", 1),
    ];
    says(&gateway, None, &upstreams);
    let ours = look(&app, "opsconductor").await;
    assert_eq!((ours.len(), &ours[0]["service"]), (1, &json!("user")));
    let suite = look(&app, "itechsmart").await;
    assert_eq!(suite.len(), 1, "{suite:?}");
    assert_eq!(
        suite[0]["detail"],
        "the gateway sends itechsmart-port-manager to [::1]:8101, but itechsmart-port-manager holds 8100"
    );
}

#[tokio::test]
async fn a_moved_service_is_missed_by_the_gateway() {
    let (app, gateway) = start().await;
    says(&gateway, None, &[("probe", "127.0.0.1", 3050)]);
    for (port, count) in [(3050, 0), (3051, 1)] {
        let body = json!({"service_id": "probe", "suite": "opsconductor", "port": port});
        app.operator()
            .post("/api/ports/assign", body)
            .await
            .expect(200);
        let found = look(&app, "opsconductor").await;
        assert_eq!(found.len(), count, "{port}: {found:?}");
    }
}

#[tokio::test]
async fn an_address_on_another_host_is_not_compared() {
    let (app, gateway) = start().await;
    says(
        &gateway,
        None,
        &[
            ("auth", "10.0.0.9", 3901),
            ("jobs", "jobs.example.org", 3901),
        ],
    );
    assert!(look(&app, "opsconductor").await.is_empty());
    let host = json!({"host": "JOBS.example.org"});
    let path = "/api/services/jobs?suite=opsconductor";
    app.operator().put(path, host).await.expect(200);
    let found = look(&app, "opsconductor").await;
    assert_eq!((found.len(), &found[0]["service"]), (1, &json!("jobs")));
}

#[tokio::test]
async fn what_keeps_nginx_from_following_is_told_in_its_words() {
    let (app, gateway) = start().await;
    let why = "nginx refused the configuration:\n unknown directive \"stream_on\"\u{0}";
    says(&gateway, Some(why), &[]);
    let found = look(&app, "opsconductor").await;
    assert_eq!(
        found[0]["detail"],
        "the gateway does not serve what it is set to: \
         nginx refused the configuration: unknown directive \"stream_on\""
    );
    assert_eq!(
        (found.len(), &found[0]["severity"], &found[0]["port"]),
        (1, &json!("high"), &Value::Null)
    );
    assert!(look(&app, "itechsmart").await.is_empty(), "it is told once");
}

#[tokio::test]
async fn a_gateway_that_does_not_answer_is_no_conflict() {
    let (app, gateway) = start().await;
    says(
        &gateway,
        Some("nginx: gone"),
        &[("auth", "127.0.0.1", 3901)],
    );
    assert_eq!(look(&app, "opsconductor").await.len(), 2);
    for mode in [PartnerMode::Failing, PartnerMode::Hung] {
        gateway.set(mode);
        assert!(look(&app, "opsconductor").await.is_empty(), "{mode:?}");
    }
    gateway.set(PartnerMode::Well);
    gateway.set_answer("/upstreams", json!({"upstreams": "none of your business"}));
    assert!(look(&app, "opsconductor").await.is_empty());
    gateway.stop().await;
    assert!(look(&app, "opsconductor").await.is_empty());
    assign(&app, "legalai-pro", 8500).await;
}
