//! A running targets service with targets in it.

use serde_json::{Value, json};
use service_kit::config::Env;
use targets::config::Config;
use targets::{SERVICE, build_with};
use testkit::app::{Parts, TestApp};

/// Starts the service on a database without targets.
pub(crate) async fn start() -> TestApp {
    start_with(&[]).await
}

/// Starts it with settings as the environment would give them.
pub(crate) async fn start_with(vars: &[(&str, &str)]) -> TestApp {
    start_parts(testkit::app::parts(SERVICE).await, vars).await
}

/// Starts it from its parts.
pub(crate) async fn start_parts(parts: Parts, vars: &[(&str, &str)]) -> TestApp {
    let config = Config {
        common: parts.kit.config.clone(),
        ..settings(vars).unwrap()
    };
    TestApp::start(parts, async |kit| build_with(kit, config).await).await
}

/// The settings that come of an environment.
pub(crate) fn settings(vars: &[(&str, &str)]) -> Result<Config, Vec<String>> {
    let profile = [("OPSC_PROFILE", "test")];
    let vars = profile.iter().chain(vars);
    let vars = vars.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::from_env(&mut Env::of(vars)).map_err(|faults| faults.0)
}

/// Makes a target; `more` comes on top of name and host name.
pub(crate) async fn target(app: &TestApp, name: &str, more: Value) -> Value {
    let made = app.operator().post("/targets", body(name, more)).await;
    made.expect(201)
}

/// Makes a target and gives its id.
pub(crate) async fn target_id(app: &TestApp, name: &str, more: Value) -> i64 {
    target(app, name, more).await["id"].as_i64().unwrap()
}

/// The body that makes a target.
pub(crate) fn body(name: &str, more: Value) -> Value {
    let mut body = json!({"name": name, "hostname": format!("{name}.example.org")});
    let more = more.as_object().unwrap().clone();
    body.as_object_mut().unwrap().extend(more);
    body
}

/// Puts a credential without data into the database.
pub(crate) async fn credential(app: &TestApp, name: &str) -> i64 {
    let pool = app.db.superuser().await;
    sqlx::query_scalar!(
        "INSERT INTO credentials.credential (name, description, credential_type, current_version, created_by)
         VALUES ($1, '', 'ssh', 1, '1') RETURNING id",
        name
    )
    .fetch_one(&pool)
    .await
    .unwrap()
}

/// A row of the audit log.
#[derive(Debug)]
pub(crate) struct Audited {
    pub(crate) action: String,
    pub(crate) outcome: String,
    pub(crate) object_id: Option<String>,
    pub(crate) actor_id: Option<String>,
    pub(crate) change: Value,
}

/// The newest row of the audit log.
pub(crate) async fn audited(app: &TestApp) -> Audited {
    audit(app).await.pop().unwrap()
}

/// All rows of the audit log, oldest first.
pub(crate) async fn audit(app: &TestApp) -> Vec<Audited> {
    let pool = app.db.superuser().await;
    sqlx::query_as!(
        Audited,
        "SELECT action, outcome, object_id, actor_id, change FROM audit.entry ORDER BY id"
    )
    .fetch_all(&pool)
    .await
    .unwrap()
}

/// The names of a list of targets.
pub(crate) fn names(list: &Value) -> Vec<&str> {
    let targets = list["targets"].as_array().unwrap();
    targets
        .iter()
        .map(|target| target["name"].as_str().unwrap())
        .collect()
}
