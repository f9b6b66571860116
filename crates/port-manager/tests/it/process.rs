//! The real program as a process of its own, to be killed, and a stand-in for auth.

use std::net::TcpListener;
use std::process::Stdio;
use std::sync::Arc;

use actix_web::web::{self, Data};
use actix_web::{App, HttpResponse, HttpServer, rt};
use common::permission::Role;
use common::token::{Jwk, Jwks};
use port_manager::SERVICE;
use serde_json::{Value, json};
use testkit::app::parts_on;
use testkit::authority::TestAuthority;
use testkit::db::TestDb;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// Signs tokens, and answers the program what auth would.
pub(crate) struct Auth {
    url: String,
    authority: Arc<TestAuthority>,
}

impl Auth {
    /// Starts it; it lives as long as the process of the test.
    pub(crate) fn start(db: &TestDb) -> Self {
        let authority = parts_on(SERVICE, db.clone()).authority;
        let keys = Jwks {
            keys: vec![Jwk::ed25519(authority.kid(), authority.public_key())],
        };
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let signer = Arc::clone(&authority);
        // A thread of its own: it must answer while the test's runtime waits.
        std::thread::spawn(move || rt::System::new().block_on(serve(listener, keys, signer)));
        Self { url, authority }
    }
}

async fn serve(listener: TcpListener, keys: Jwks, signer: Arc<TestAuthority>) {
    let make = move || {
        App::new()
            .app_data(Data::new(keys.clone()))
            .app_data(Data::from(Arc::clone(&signer)))
            .route("/internal/service-tokens", web::post().to(give_token))
            .route("/.well-known/jwks.json", web::get().to(get_keys))
            .route("/internal/revocations", web::get().to(list_revocations))
            .route("/internal/sessions/{sid}", web::get().to(get_session))
    };
    let server = HttpServer::new(make).workers(1).disable_signals();
    server.listen(listener).unwrap().run().await.unwrap();
}

async fn get_keys(keys: Data<Jwks>) -> HttpResponse {
    HttpResponse::Ok().json(keys.as_ref())
}

async fn give_token(signer: Data<TestAuthority>, wish: web::Bytes) -> HttpResponse {
    let wish: Value = serde_json::from_slice(&wish).unwrap();
    let word = |name: &str| wish[name].as_str().unwrap().to_owned();
    let token = signer.service_token(&word("service"), &word("audience"));
    HttpResponse::Ok()
        .json(json!({"access_token": token, "token_type": "bearer", "expires_in": 60}))
}

async fn list_revocations() -> HttpResponse {
    HttpResponse::Ok().json(json!({"revocations": []}))
}

async fn get_session() -> HttpResponse {
    HttpResponse::Ok().json(json!({"active": true}))
}

/// A running port manager.
pub(crate) struct Process {
    child: Child,
    /// How to talk to it.
    pub(crate) door: Door,
}

impl Process {
    /// Starts it with further settings, and waits until it listens. Its loops stand still unless
    /// the settings say otherwise.
    pub(crate) async fn start(db: &TestDb, auth: &Auth, settings: &[(&str, &str)]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_port-manager"))
            .env_clear()
            .env("OPSC_PROFILE", "test")
            .env("HOST", "127.0.0.1")
            .env("PORT", "0")
            .env("LOG_LEVEL", "service_kit::server=info")
            .env("DATABASE_URL", db.url("opsc_port_manager"))
            .env("AUTH_URL", &auth.url)
            .env("SERVICE_HOST_TEMPLATE", "127.0.0.1")
            .env("ENABLE_HUB", "false")
            .env("ENABLE_NINJA", "false")
            .env("PORT_SCAN_SECONDS", "3600")
            .env("HEALTH_CHECK_SECONDS", "3600")
            .env("HEALTH_RECHECK_SECONDS", "3600")
            .envs(settings.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = lines.next_line().await.unwrap().expect("it starts");
        let told: Value = serde_json::from_str(&line).unwrap();
        let address = told["address"].as_str().expect("an address").to_owned();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let door = Door {
            base: format!("http://{address}"),
            token: auth.authority.token(Role::Admin),
            client,
        };
        Self { child, door }
    }

    /// The port that it listened on first.
    pub(crate) fn port(&self) -> u16 {
        self.door.base.rsplit_once(':').unwrap().1.parse().unwrap()
    }

    /// Its process.
    pub(crate) fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// Which start of the program this is; none while it does not answer.
    pub(crate) async fn instance(&self, auth: &Auth) -> Option<String> {
        let token = auth.authority.service_token("port-manager", "port-manager");
        let url = format!("{}/internal/ports", self.door.base);
        let answer = self.door.client.get(url).bearer_auth(token).send().await;
        let report: Value = serde_json::from_str(&answer.ok()?.text().await.ok()?).ok()?;
        Some(report["instance"].as_str()?.to_owned())
    }

    /// Ends it with SIGKILL.
    pub(crate) async fn kill(&mut self) {
        self.child.kill().await.unwrap();
    }
}

/// Talks to a process as an admin, which may be killed meanwhile.
#[derive(Clone)]
pub(crate) struct Door {
    base: String,
    token: String,
    client: reqwest::Client,
}

/// Status and body, unless it was killed before.
pub(crate) type Reply = Result<(u16, Value), reqwest::Error>;

impl Door {
    /// Its address, such as `http://127.0.0.1:40123`.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// GETs `path`.
    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send(self.client.get(format!("{}{path}", self.base)))
            .await
    }

    /// POSTs JSON.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Reply {
        let request = self.client.post(format!("{}{path}", self.base));
        let request = request.header("content-type", "application/json");
        self.send(request.body(body.to_string())).await
    }

    /// The answer to what has to work.
    pub(crate) async fn must_post(&self, path: &str, body: &Value) -> Value {
        let (status, answer) = self.post(path, body).await.expect("an answer");
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Reply {
        let answer = request.bearer_auth(&self.token).send().await?;
        let status = answer.status().as_u16();
        let text = answer.text().await?;
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Ok((status, body))
    }
}
