//! Checks in the background, answers from the last known state.

use std::time::{Duration, Instant};

use port_manager::config::Config;
use serde_json::json;
use suite_sim::{Behaviour, ServiceSpec, Suite};
use testkit::app::TestApp;

use crate::support::{self, events, force};

fn lively(config: &mut Config) {
    config.healthy_interval = Duration::from_secs(1);
    config.unhealthy_interval = Duration::from_secs(1);
    config.health_timeout = Duration::from_millis(500);
}

async fn status_becomes(app: &TestApp, service: &str, wanted: &str) -> serde_json::Value {
    testkit::wait::until(wanted, async || {
        let answer = app
            .viewer()
            .get(&format!("/api/services/status/{service}"))
            .await
            .expect(200);
        (answer["status"]["status"] == wanted).then(|| answer["status"].clone())
    })
    .await
}

async fn one(behaviour: Behaviour) -> Suite {
    let spec = ServiceSpec {
        id: "legalai-pro".to_owned(),
        port: 0,
        behaviour,
    };
    Suite::start(vec![spec]).await.unwrap()
}

#[tokio::test]
async fn a_service_is_healthy_fails_and_heals_and_each_change_is_told() {
    let app = support::start_with(lively).await;
    let suite = one(Behaviour::Well).await;
    let service = suite.service("legalai-pro").unwrap();
    force(&app, "legalai-pro", service.port()).await;
    let status = status_becomes(&app, "legalai-pro", "healthy").await;
    assert!(status["latency_ms"].is_number() && status["last_checked"].is_string());
    assert!(status["age_seconds"].is_number());
    service.set(Behaviour::Failing);
    let status = status_becomes(&app, "legalai-pro", "unhealthy").await;
    assert_eq!(status["detail"], "answers 503");
    service.set(Behaviour::Well);
    status_becomes(&app, "legalai-pro", "healthy").await;
    let told: Vec<_> = events(&app)
        .await
        .into_iter()
        .filter(|event| event["type"] == "service_status" && event["service_id"] == "legalai-pro")
        .map(|event| event["status"].as_str().unwrap().to_owned())
        .collect();
    assert!(
        told.ends_with(&[
            "healthy".to_owned(),
            "unhealthy".to_owned(),
            "healthy".to_owned()
        ]),
        "{told:?}"
    );
}

#[tokio::test]
async fn a_service_that_says_it_is_another_one_is_unhealthy() {
    let app = support::start_with(lively).await;
    let suite = one(Behaviour::Lying("impactos".to_owned())).await;
    force(
        &app,
        "legalai-pro",
        suite.service("legalai-pro").unwrap().port(),
    )
    .await;
    let status = status_becomes(&app, "legalai-pro", "unhealthy").await;
    assert_eq!(status["detail"], "answers, but as impactos");
}

#[tokio::test]
async fn maintenance_is_shown_and_not_checked() {
    let app = support::start_with(lively).await;
    app.operator()
        .put("/api/services/legalai-pro", json!({"maintenance": true}))
        .await
        .expect(200);
    status_becomes(&app, "legalai-pro", "maintenance").await;
}

#[tokio::test]
async fn a_check_at_this_moment_tells_what_it_saw() {
    let app = support::start().await;
    let suite = one(Behaviour::Well).await;
    force(
        &app,
        "legalai-pro",
        suite.service("legalai-pro").unwrap().port(),
    )
    .await;
    let good = app
        .viewer()
        .get("/api/services/health/legalai-pro")
        .await
        .expect(200);
    assert_eq!(
        (&good["healthy"], &good["detail"]),
        (&json!(true), &json!("answers 200"))
    );
    suite.service("legalai-pro").unwrap().crash().await;
    let bad = app
        .viewer()
        .get("/api/services/health/legalai-pro")
        .await
        .expect(200);
    assert_eq!(bad["healthy"], false);
    assert!(
        bad["detail"]
            .as_str()
            .unwrap()
            .contains("nothing listens there"),
        "{bad}"
    );
}

#[tokio::test]
async fn a_hung_suite_slows_nothing_down() {
    let specs = (0..27).map(|number| ServiceSpec {
        id: format!("hung-{number}"),
        port: 0,
        behaviour: Behaviour::Hung,
    });
    let suite = Suite::start(specs.collect()).await.unwrap();
    let app = support::start_with(|config| {
        lively(config);
        config.health_timeout = Duration::from_secs(2);
    })
    .await;
    for number in 0..27 {
        let name = format!("hung-{number}");
        force(&app, &name, suite.service(&name).unwrap().port()).await;
    }
    status_becomes(&app, "hung-26", "unhealthy").await;
    let asked = Instant::now();
    let all = app.viewer().get("/api/services/status").await.expect(200);
    assert!(
        asked.elapsed() < Duration::from_secs(1),
        "{:?}",
        asked.elapsed()
    );
    assert_eq!(all["total"], 54);
    assert_eq!(
        all["healthy"].as_i64().unwrap() + all["unhealthy"].as_i64().unwrap(),
        54
    );
}

#[tokio::test]
async fn a_restart_goes_to_the_service_where_there_is_no_hub() {
    let app = support::start().await;
    let suite = one(Behaviour::Well).await;
    let service = suite.service("legalai-pro").unwrap();
    force(&app, "legalai-pro", service.port()).await;
    let body = json!({"service_id": "legalai-pro"});
    let answer = app
        .operator()
        .post("/api/services/restart", body.clone())
        .await
        .expect(200);
    assert_eq!(answer["message"], "Service legalai-pro restarts, by itself");
    testkit::wait::until("the restart", async || {
        (service.restarts() == 1).then_some(())
    })
    .await;
    service.crash().await;
    app.operator()
        .post("/api/services/restart", body)
        .await
        .problem(400, "ports.not_restarted");
    let nobody = json!({"service_id": "nobody"});
    app.operator()
        .post("/api/services/restart", nobody)
        .await
        .problem(404, "ports.no_such_service");
    app.operator()
        .post("/api/services/restart", json!({}))
        .await
        .wrong_field("service_id");
}
