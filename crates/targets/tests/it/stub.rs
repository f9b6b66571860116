//! Stands in for credentials: answers the release for a test, and remembers what it was asked.

use std::sync::{Arc, Mutex};

use actix_web::http::StatusCode;
use actix_web::web::{self, Bytes, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use clients::http::{LocalTokens, TokenSource};
use serde_json::{Value, json};
use targets::SERVICE;
use testkit::app::TestApp;

use crate::support;

/// A request to the stub.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) authorization: String,
    pub(crate) on_behalf: String,
    pub(crate) body: Value,
}

struct State {
    status: u16,
    answer: Value,
    asked: Vec<Asked>,
}

/// The stub.
#[derive(Clone)]
pub(crate) struct Stub(Arc<Mutex<State>>);

impl Stub {
    /// Answers with this secret from here on.
    pub(crate) fn release(&self, credential_type: &str, data: Value) {
        let answer = json!({"credential_id": 1, "version": 1, "credential_type": credential_type,
                            "credential_data": data});
        self.answer(200, answer);
    }

    /// Refuses from here on.
    pub(crate) fn refuse(&self, status: u16, code: &str) {
        let answer = json!({"type": "about:blank", "title": "No", "status": status,
                            "detail": "said the stub", "code": code});
        self.answer(status, answer);
    }

    /// What it was asked so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.0.lock().unwrap().asked.clone()
    }

    fn answer(&self, status: u16, answer: Value) {
        let mut state = self.0.lock().unwrap();
        state.status = status;
        state.answer = answer;
    }
}

async fn release(stub: Data<Stub>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let header = |name: &str| {
        let value = request.headers().get(name);
        value.map_or("", |value| value.to_str().unwrap()).to_owned()
    };
    let mut state = stub.0.lock().unwrap();
    state.asked.push(Asked {
        authorization: header("authorization"),
        on_behalf: header("x-opsc-on-behalf"),
        body: serde_json::from_slice(&body).unwrap(),
    });
    HttpResponse::build(StatusCode::from_u16(state.status).unwrap()).json(&state.answer)
}

/// Starts a stub that refuses, and the service beside it.
pub(crate) async fn start_with(vars: &[(&str, &str)]) -> (TestApp, Stub) {
    let stub = Stub(Arc::new(Mutex::new(State {
        status: 404,
        answer: json!({}),
        asked: Vec::new(),
    })));
    let state = Data::new(stub.clone());
    let server = HttpServer::new(move || {
        App::new()
            .app_data(state.clone())
            .route("/internal/releases/test", web::post().to(release))
    })
    .workers(1)
    .disable_signals()
    .bind(("127.0.0.1", 0))
    .unwrap();
    let url = format!("http://{}", server.addrs()[0]);
    #[expect(clippy::disallowed_methods, reason = "ends with the test")]
    tokio::spawn(server.run());

    let mut parts = testkit::app::parts(SERVICE).await;
    let authority = Arc::clone(&parts.authority);
    let make = move |audience: &str| Some(authority.service_token("targets", audience));
    parts.kit.tokens = TokenSource::Local(LocalTokens(Arc::new(make)));
    let mut all = vec![("CREDENTIALS_URL", url.as_str())];
    all.extend(vars);
    (support::start_parts(parts, &all).await, stub)
}
