//! What the tests of this service share.

use auth::config::Config;
use auth::{SERVICE, build_behind, build_with};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use common::permission::Role;
use serde_json::{Value, json};
use tempfile::TempDir;
use testkit::answer::Answer;
use testkit::app::{self, Parts, TestApp, TestClient};
use testkit::authority::TestAuthority;
use testkit::wait;

use crate::stub::{PASSWORD, Users};

/// Auth with what it needs.
pub(crate) struct Bed {
    pub(crate) app: TestApp,
    pub(crate) users: Users,
    pub(crate) secrets: TempDir,
}

/// Tokens of a session.
#[derive(Clone, Debug)]
pub(crate) struct Pair {
    pub(crate) access: String,
    pub(crate) refresh: String,
}

impl Pair {
    pub(crate) fn of(answer: &Value) -> Self {
        Self {
            access: answer["access_token"].as_str().unwrap().to_owned(),
            refresh: answer["refresh_token"].as_str().unwrap().to_owned(),
        }
    }

    /// A claim of the access token.
    pub(crate) fn claim(&self, name: &str) -> Value {
        part(&self.access, 1)[name].clone()
    }

    pub(crate) fn sid(&self) -> String {
        self.claim("sid").as_str().unwrap().to_owned()
    }

    /// The key that signed the access token.
    pub(crate) fn kid(&self) -> String {
        part(&self.access, 0)["kid"].as_str().unwrap().to_owned()
    }
}

fn part(token: &str, number: usize) -> Value {
    let text = token.split('.').nth(number).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap()
}

/// Settings of a test.
pub(crate) fn config(kit: &service_kit::service::Kit, users: &Users, secrets: &TempDir) -> Config {
    Config::for_test(kit.config.clone(), &users.url, secrets.path().to_owned())
}

impl Bed {
    /// Auth as it is: it checks tokens against its own database.
    pub(crate) async fn start() -> Self {
        Self::start_with(app::parts(SERVICE).await, |_config| {}).await
    }

    /// The same with other parts or settings.
    pub(crate) async fn start_with(parts: Parts, edit: impl FnOnce(&mut Config)) -> Self {
        let users = Users::start();
        let secrets = secrets();
        let app = TestApp::start(parts, async |kit| {
            let mut config = config(&kit, &users, &secrets);
            edit(&mut config);
            build_with(kit, config).await
        })
        .await;
        Self {
            app,
            users,
            secrets,
        }
    }

    /// Auth behind a gate that trusts the keys of the test.
    pub(crate) async fn start_trusting() -> Self {
        let users = Users::start();
        let secrets = secrets();
        let app = TestApp::start(app::parts(SERVICE).await, async |kit| {
            let config = config(&kit, &users, &secrets);
            build_behind(kit, config).await
        })
        .await;
        Self {
            app,
            users,
            secrets,
        }
    }

    /// One more process on the same database, clock and users.
    pub(crate) async fn second(&self) -> TestApp {
        let mut parts = app::parts_on(SERVICE, self.app.db.clone());
        parts.kit.clock = self.app.clock.clone();
        parts.clock = self.app.clock.clone();
        TestApp::start(parts, async |kit| {
            let config = config(&kit, &self.users, &self.secrets);
            build_with(kit, config).await
        })
        .await
    }

    pub(crate) async fn try_login(&self, username: &str, password: &str) -> Answer {
        try_login(&self.app, username, password).await
    }

    /// Signs in ana, otto or vera.
    pub(crate) async fn login(&self, username: &str) -> Pair {
        Pair::of(&self.try_login(username, PASSWORD).await.expect(200))
    }

    pub(crate) async fn try_refresh(&self, token: &str) -> Answer {
        let body = json!({"refresh_token": token});
        self.app.anonymous().post("/refresh", body).await
    }

    pub(crate) async fn refresh(&self, pair: &Pair) -> Pair {
        Pair::of(&self.try_refresh(&pair.refresh).await.expect(200))
    }

    pub(crate) fn client(&self, pair: &Pair) -> TestClient<'_> {
        self.app.with_token(pair.access.clone())
    }

    pub(crate) async fn verify(&self, pair: &Pair) -> Answer {
        self.client(pair).get("/verify").await
    }

    /// Waits until the access token is refused.
    pub(crate) async fn wait_for_end(&self, pair: &Pair) {
        wait::until("the end of the token", async || {
            (self.verify(pair).await.status == 401).then_some(())
        })
        .await;
    }

    pub(crate) fn advance(&self, by: TimeDelta) {
        self.app.clock.advance(by);
    }

    /// How many audit rows there are of an action and outcome.
    pub(crate) async fn audited(&self, action: &str, outcome: &str) -> i64 {
        let pool = self.app.db.superuser().await;
        sqlx::query_scalar("SELECT count(*) FROM audit.entry WHERE action = $1 AND outcome = $2")
            .bind(action)
            .bind(outcome)
            .fetch_one(&pool)
            .await
            .unwrap()
    }

    /// A number that a statement answers.
    pub(crate) async fn count(&self, statement: &'static str) -> i64 {
        let pool = self.app.db.superuser().await;
        sqlx::query_scalar(statement)
            .fetch_one(&pool)
            .await
            .unwrap()
    }
}

pub(crate) async fn try_login(app: &TestApp, username: &str, password: &str) -> Answer {
    let body = json!({"username": username, "password": password});
    app.anonymous().post("/login", body).await
}

fn secrets() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("service_executor"),
        "the executor's secret\n",
    )
    .unwrap();
    std::fs::write(folder.path().join("service_jobs"), "\n").unwrap();
    folder
}

/// A token of the right shape that another key signed.
pub(crate) fn forged(app: &TestApp) -> String {
    let stranger = TestAuthority::new(app.clock.clone());
    stranger.token(Role::Admin)
}
