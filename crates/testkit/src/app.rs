//! A service that really listens, with a database of its own and a clock that stands still.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use common::clock::Clock;
use common::permission::Role;
use reqwest::Method;
use serde_json::Value;
use service_kit::config::{Common, LogFormat, Profile};
use service_kit::server::Server;
use service_kit::service::{BuildError, Descriptor, Kit};
use tokio::sync::oneshot;

use crate::answer::Answer;
use crate::authority::TestAuthority;
use crate::db::TestDb;

/// A running service.
pub struct TestApp {
    /// Its address, such as `http://127.0.0.1:40123`.
    pub base: String,
    /// Its name in tokens.
    pub service: &'static str,
    /// Its database.
    pub db: TestDb,
    /// Its clock; stands at the real time of its start.
    pub clock: Clock,
    /// Signs the tokens that it accepts.
    pub authority: Arc<TestAuthority>,
    client: reqwest::Client,
    _stop: oneshot::Sender<()>,
}

/// The parts of a service before it is started.
pub struct Parts {
    /// Database of the test.
    pub db: TestDb,
    /// Clock of the test.
    pub clock: Clock,
    /// Signs tokens.
    pub authority: Arc<TestAuthority>,
    /// What the service is built from; trusts `authority`.
    pub kit: Kit,
}

/// Makes the parts of `service`, whose login role is `opsc_<name>`.
pub async fn parts(service: Descriptor) -> Parts {
    parts_on(service, TestDb::new().await)
}

/// Makes the parts of `service` on a database that others use as well.
pub fn parts_on(service: Descriptor, db: TestDb) -> Parts {
    let clock = Clock::fake(start_time());
    let authority = Arc::new(TestAuthority::new(clock.clone()));
    let config = settings(&db.url(&format!("opsc_{}", service.name.replace('-', "_"))));
    let kit = Kit::new(service, config, clock.clone()).expect("kit");
    #[expect(clippy::clone_on_ref_ptr, reason = "becomes a trait object")]
    let kit = kit.with_authority(authority.clone());
    Parts {
        db,
        clock,
        authority,
        kit,
    }
}

/// Settings of a service under test, on a free port and without Redis.
pub fn settings(database_url: &str) -> Common {
    Common {
        profile: Profile::Test,
        host: "127.0.0.1".to_owned(),
        port: 0,
        database_url: database_url.to_owned(),
        database_password: None,
        database_pool_size: 4,
        redis_url: None,
        redis_username: None,
        redis_password: None,
        auth_url: "http://127.0.0.1:9".to_owned(),
        service_secret: None,
        log_level: "error".to_owned(),
        log_format: LogFormat::Text,
        drain: Duration::from_secs(2),
        worker_threads: 1,
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a fake clock has to start somewhere real"
)]
fn start_time() -> DateTime<Utc> {
    Utc::now()
}

impl TestApp {
    /// Starts a service from its parts.
    pub async fn start(
        parts: Parts,
        build: impl AsyncFnOnce(Kit) -> Result<Server, BuildError>,
    ) -> Self {
        let Parts {
            db,
            clock,
            authority,
            kit,
        } = parts;
        let service = kit.service.name;
        let server = build(kit).await.expect("service builds");
        let base = format!("http://{}", server.address());
        let (stop, stopped) = oneshot::channel::<()>();
        #[expect(clippy::disallowed_methods, reason = "ends with the test")]
        tokio::spawn(server.run_until(async {
            let _dropped = stopped.await;
        }));
        // A connection for each request: one that the service closes must not fail the next test.
        let client = reqwest::Client::builder()
            .no_proxy()
            .pool_max_idle_per_host(0);
        let client = client.build().expect("client");
        Self {
            base,
            service,
            db,
            clock,
            authority,
            client,
            _stop: stop,
        }
    }

    /// A client without a token.
    pub fn anonymous(&self) -> TestClient<'_> {
        TestClient {
            app: self,
            token: None,
            headers: Vec::new(),
        }
    }

    /// A client with any token.
    pub fn with_token(&self, token: impl Into<String>) -> TestClient<'_> {
        TestClient {
            app: self,
            token: Some(token.into()),
            headers: Vec::new(),
        }
    }

    /// A client of a person with this role.
    pub fn role(&self, role: Role) -> TestClient<'_> {
        self.with_token(self.authority.token(role))
    }

    /// A client of an admin who gave the password more than ten minutes ago.
    pub fn stale_admin(&self) -> TestClient<'_> {
        let mut claims = self.authority.claims(Role::Admin);
        claims.auth_time -= 601;
        self.with_token(self.authority.sign_claims(&claims))
    }

    /// A client of an admin.
    pub fn admin(&self) -> TestClient<'_> {
        self.role(Role::Admin)
    }

    /// A client of an operator.
    pub fn operator(&self) -> TestClient<'_> {
        self.role(Role::Operator)
    }

    /// A client of a viewer.
    pub fn viewer(&self) -> TestClient<'_> {
        self.role(Role::Viewer)
    }

    /// A client of another service.
    pub fn service(&self, name: &str) -> TestClient<'_> {
        self.with_token(self.authority.service_token(name, self.service))
    }
}

/// Sends requests with one identity.
#[derive(Clone)]
pub struct TestClient<'a> {
    app: &'a TestApp,
    token: Option<String>,
    headers: Vec<(String, String)>,
}

impl TestClient<'_> {
    /// Sends this header as well.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// GETs `path`.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    /// POSTs JSON.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, Some(body.to_string())).await
    }

    /// PUTs JSON.
    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PUT, path, Some(body.to_string())).await
    }

    /// DELETEs `path`.
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None).await
    }

    /// Sends any method with any text as a JSON body.
    pub async fn send(&self, method: Method, path: &str, body: Option<String>) -> Answer {
        self.try_send(method, path, body)
            .await
            .expect("service answers")
    }

    /// Like [`TestClient::send`], where the service may hang up instead of answering.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn try_send(
        &self,
        method: Method,
        path: &str,
        body: Option<String>,
    ) -> Result<Answer, reqwest::Error> {
        let mut request = self
            .app
            .client
            .request(method, format!("{}{path}", self.app.base));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if let Some(body) = body {
            request = request
                .header("content-type", "application/json")
                .body(body);
        }
        Ok(Answer::read(request.send().await?).await)
    }
}
