//! A running port manager whose loops stand still unless a test wants them.

use std::time::Duration;

use port_manager::config::Config;
use port_manager::{SERVICE, build_with};
use serde_json::{Value, json};
use service_kit::config::Env;
use suite_sim::{Behaviour, ServiceSpec, Suite};
use testkit::app::{Parts, TestApp, parts};

/// Starts the service with the default suites; services are looked for on this machine.
pub(crate) async fn start() -> TestApp {
    start_with(|_config| {}).await
}

/// Starts it with settings that `change` has changed.
pub(crate) async fn start_with(change: impl FnOnce(&mut Config)) -> TestApp {
    start_parts(parts(SERVICE).await, change).await
}

/// Starts it from its parts.
pub(crate) async fn start_parts(parts: Parts, change: impl FnOnce(&mut Config)) -> TestApp {
    let mut config = settings(&[]).unwrap();
    config.common = parts.kit.config.clone();
    config.host_template = "127.0.0.1".to_owned();
    config.hub.enabled = false;
    config.ninja.enabled = false;
    config.scan_interval = Duration::from_secs(3600);
    // The first check of each service comes at any moment of this time.
    config.healthy_interval = Duration::from_secs(u32::MAX.into());
    config.unhealthy_interval = Duration::from_secs(u32::MAX.into());
    config.health_timeout = Duration::from_millis(1000);
    change(&mut config);
    TestApp::start(parts, async |kit| build_with(kit, config).await).await
}

/// The settings that come of an environment.
pub(crate) fn settings(vars: &[(&str, &str)]) -> Result<Config, Vec<String>> {
    let profile = [("OPSC_PROFILE", "test")];
    let vars = profile.iter().chain(vars);
    let vars = vars.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::from_env(&mut Env::of(vars)).map_err(|faults| faults.0)
}

/// Assigns a port.
pub(crate) async fn assign(app: &TestApp, service: &str, port: u16) -> Value {
    let body = json!({"service_id": service, "port": port});
    app.operator()
        .post("/api/ports/assign", body)
        .await
        .expect(200)
}

/// Assigns a port whoever has it.
pub(crate) async fn force(app: &TestApp, service: &str, port: u16) -> Value {
    let body = json!({"service_id": service, "port": port, "force": true});
    app.operator()
        .post("/api/ports/assign", body)
        .await
        .expect(200)
}

/// The port of a service.
pub(crate) async fn port_of(app: &TestApp, service: &str) -> Value {
    let answer = app
        .viewer()
        .get(&format!("/api/ports/assignments/{service}"))
        .await;
    answer.expect(200)["port"].clone()
}

/// What is wrong now.
pub(crate) async fn conflicts(app: &TestApp) -> Vec<Value> {
    let answer = app.viewer().get("/api/ports/conflicts").await.expect(200);
    answer["conflicts"].as_array().unwrap().clone()
}

/// The kinds of what is wrong now.
pub(crate) async fn kinds(app: &TestApp) -> Vec<String> {
    let conflicts = conflicts(app).await;
    conflicts
        .iter()
        .map(|conflict| conflict["type"].as_str().unwrap().to_owned())
        .collect()
}

/// All events so far.
pub(crate) async fn events(app: &TestApp) -> Vec<Value> {
    let answer = app.viewer().get("/api/ports/events").await.expect(200);
    answer["events"].as_array().unwrap().clone()
}

/// Changes of ports so far; the other events depend on what else happens on this machine.
pub(crate) async fn changes(app: &TestApp) -> Vec<Value> {
    let mut events = events(app).await;
    events.retain(|event| event["type"] == "port_change");
    events
}

/// Actions of the audit log, oldest first.
pub(crate) async fn audited(app: &TestApp) -> Vec<String> {
    let pool = app.db.superuser().await;
    sqlx::query_scalar!("SELECT action FROM audit.entry ORDER BY id")
        .fetch_all(&pool)
        .await
        .unwrap()
}

/// A running service that the port manager knows, on a port of its own.
pub(crate) async fn running(app: &TestApp, name: &str, behaviour: Behaviour) -> Suite {
    let spec = ServiceSpec {
        id: name.to_owned(),
        port: 0,
        behaviour,
    };
    let suite = Suite::start(vec![spec]).await.unwrap();
    let service = suite.service(name).unwrap();
    let body = json!({"pid": std::process::id()});
    app.operator()
        .put(&format!("/api/services/{name}"), body)
        .await
        .expect(200);
    assign(app, name, service.port()).await;
    suite
}

/// A port of this machine that nobody listens on now.
pub(crate) fn free_port() -> u16 {
    std::net::TcpListener::bind(("127.0.0.1", 0))
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}
