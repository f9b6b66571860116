//! A running users service with people in it.

use std::ops::Deref;

use common::id::UserId;
use common::permission::Role;
use serde_json::{Value, json};
use service_kit::config::{Common, Env};
use tempfile::TempDir;
use testkit::app::{Parts, TestApp, TestClient};
use users::config::Config;
use users::{SERVICE, build_with};

/// A password that the policy accepts.
pub(crate) const PASSWORD: &str = "violet kettle argues";
/// Another one.
pub(crate) const OTHER_PASSWORD: &str = "softly walking herons";

/// The service, and the folder of its secrets.
pub(crate) struct Fixture {
    pub(crate) app: TestApp,
    pub(crate) folder: TempDir,
}

impl Deref for Fixture {
    type Target = TestApp;

    fn deref(&self) -> &TestApp {
        &self.app
    }
}

/// Settings as the environment would give them; `more` comes on top.
pub(crate) fn config(folder: &TempDir, common: Common, more: &[(&str, &str)]) -> Config {
    let file = |name: &str| folder.path().join(name).display().to_string();
    for name in ["pepper", "audit_key"] {
        std::fs::write(file(name), format!("{name} of a test, long enough\n")).unwrap();
    }
    let mut vars = vec![
        ("OPSC_PROFILE".to_owned(), "test".to_owned()),
        ("BCRYPT_COST".to_owned(), "4".to_owned()),
        ("PASSWORD_PEPPER_FILE".to_owned(), file("pepper")),
        ("AUDIT_KEY_FILE".to_owned(), file("audit_key")),
        ("AUDIT_HEAD_FILE".to_owned(), file("audit_head")),
    ];
    let more = more
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    vars.extend(more);
    let config = Config::from_env(&mut Env::of(vars)).unwrap();
    Config { common, ..config }
}

/// Starts the service on a database without people.
pub(crate) async fn start() -> Fixture {
    start_with(&[]).await
}

/// Starts it with other settings.
pub(crate) async fn start_with(more: &[(&str, &str)]) -> Fixture {
    start_parts(testkit::app::parts(SERVICE).await, more).await
}

/// Starts it from its parts.
pub(crate) async fn start_parts(parts: Parts, more: &[(&str, &str)]) -> Fixture {
    let folder = tempfile::tempdir().unwrap();
    let config = config(&folder, parts.kit.config.clone(), more);
    let app = TestApp::start(parts, async |kit| build_with(kit, config).await).await;
    Fixture { app, folder }
}

/// A person who was made, with a token of a session of theirs.
pub(crate) struct Person {
    pub(crate) id: i64,
    pub(crate) token: String,
}

impl Person {
    pub(crate) fn client<'a>(&self, app: &'a TestApp) -> TestClient<'a> {
        app.with_token(self.token.clone())
    }

    pub(crate) fn path(&self) -> String {
        format!("/users/{}", self.id)
    }
}

/// The body that makes a person.
pub(crate) fn body(name: &str, role: Role) -> Value {
    json!({"username": name, "email": format!("{name}@example.org"), "password": PASSWORD, "role": role})
}

/// Makes a person; the first ones get the ids that the tokens of testkit's roles name.
pub(crate) async fn person(app: &TestApp, name: &str, role: Role) -> Person {
    let made = app
        .admin()
        .post("/users", body(name, role))
        .await
        .expect(201);
    let id = made["id"].as_i64().unwrap();
    let claims = app.authority.claims_of(UserId(id), name, role);
    Person {
        id,
        token: app.authority.sign_claims(&claims),
    }
}

/// Asks as auth whether name and password belong together.
pub(crate) async fn check(app: &TestApp, name: &str, password: &str) -> testkit::answer::Answer {
    let body = json!({"username": name, "password": password});
    app.service("auth")
        .post("/internal/password-checks", body)
        .await
}

/// All changes of identities so far.
pub(crate) async fn changes(app: &TestApp) -> Vec<Value> {
    let answer = app
        .service("auth")
        .get("/internal/changes")
        .await
        .expect(200);
    answer["changes"].as_array().unwrap().clone()
}

/// The newest rows of the audit log, as (action, outcome, object id).
pub(crate) async fn audited(app: &TestApp) -> Vec<(String, String, String)> {
    let pool = app.db.superuser().await;
    let rows = sqlx::query!(
        r#"SELECT action, outcome, coalesce(object_id, '') AS "object_id!" FROM audit.entry ORDER BY id DESC LIMIT 10"#
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    rows.into_iter()
        .map(|row| (row.action, row.outcome, row.object_id))
        .collect()
}
