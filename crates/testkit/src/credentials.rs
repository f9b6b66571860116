//! Stands in for the credentials service: releases what the database says may be released.

use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use actix_web::web::{self, Data};
use actix_web::{App, HttpResponse, HttpServer, rt};
use serde_json::{Value, json};
use sqlx::PgPool;

/// How it answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mood {
    /// As the real one.
    #[default]
    Usual,
    /// Refuses everybody.
    Refusing,
    /// Cannot work.
    Away,
}

#[derive(Clone)]
struct State {
    db: PgPool,
    secrets: Arc<Mutex<Vec<(i64, Value)>>>,
    mood: Arc<Mutex<Mood>>,
    releases: Arc<Mutex<Vec<Value>>>,
    parcels: Arc<Mutex<Vec<Value>>>,
}

/// A running stand-in.
pub struct Credentials {
    /// Where it answers.
    pub url: String,
    state: State,
}

impl Credentials {
    /// Starts it, with the pool of the role `opsc_credentials`; it lives as long as the process.
    pub fn start(db: PgPool) -> Self {
        let state = State {
            db,
            secrets: Arc::default(),
            mood: Arc::default(),
            releases: Arc::default(),
            parcels: Arc::default(),
        };
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let shared = state.clone();
        // A thread of its own: it must answer while the test's runtime waits.
        std::thread::spawn(move || {
            rt::System::new().block_on(async move {
                let make = move || {
                    App::new()
                        .app_data(Data::new(shared.clone()))
                        .route("/internal/releases/step", web::post().to(release))
                        .route("/internal/parcels", web::post().to(seal_parcel))
                        .route("/internal/parcels/release", web::post().to(release_parcel))
                };
                let server = HttpServer::new(make).workers(1).disable_signals();
                server
                    .listen(listener)
                    .expect("listens")
                    .run()
                    .await
                    .expect("serves");
            });
        });
        Self { url, state }
    }

    /// Stores a secret of type ssh.
    pub fn keep(&self, id: i64, credential_data: Value) {
        self.keep_as(id, "ssh", credential_data);
    }

    /// Keeps a secret of another type.
    pub fn keep_as(&self, id: i64, credential_type: &str, credential_data: Value) {
        let entry = json!({
            "credential_type": credential_type, "credential_data": credential_data,
        });
        self.state.secrets.lock().expect("lock").push((id, entry));
    }

    /// Keeps the secret parameters of a run; answers with the number of the parcel.
    pub fn keep_parcel(&self, values: Value) -> i64 {
        let mut parcels = self.state.parcels.lock().expect("lock");
        parcels.push(values);
        i64::try_from(parcels.len()).expect("few")
    }

    /// The secret parameters that were sealed, in order; the first is parcel 1.
    pub fn parcels(&self) -> Vec<Value> {
        self.state.parcels.lock().expect("lock").clone()
    }

    /// Lets it answer otherwise.
    pub fn set_mood(&self, mood: Mood) {
        *self.state.mood.lock().expect("lock") = mood;
    }

    /// The requests that were granted.
    pub fn releases(&self) -> Vec<Value> {
        self.state.releases.lock().expect("lock").clone()
    }
}

async fn release(state: Data<State>, request: web::Bytes) -> HttpResponse {
    let request: Value = serde_json::from_slice(&request).expect("JSON");
    match *state.mood.lock().expect("lock") {
        Mood::Usual => {}
        Mood::Refusing => return refusal(),
        Mood::Away => return away(),
    }
    let credential_id = request["credential_id"].as_i64().expect("id");
    let is_current = sqlx::query_scalar!(
        "SELECT runs.claim_is_current($1, $2, $3, $4)",
        request["step_id"].as_i64(),
        request["epoch"].as_i64(),
        request["worker"].as_str(),
        credential_id,
    )
    .fetch_one(&state.db)
    .await;
    let Ok(is_current) = is_current else {
        return away();
    };
    let secrets = state.secrets.lock().expect("lock").clone();
    let found = secrets
        .into_iter()
        .rev()
        .find(|(id, _)| *id == credential_id);
    let Some((_, mut answer)) = found.filter(|_| is_current == Some(true)) else {
        return refusal();
    };
    state.releases.lock().expect("lock").push(request);
    answer["credential_id"] = json!(credential_id);
    answer["version"] = json!(1);
    HttpResponse::Ok().json(answer)
}

async fn seal_parcel(state: Data<State>, request: web::Bytes) -> HttpResponse {
    let mut request: Value = serde_json::from_slice(&request).expect("JSON");
    if *state.mood.lock().expect("lock") != Mood::Usual {
        return away();
    }
    let mut parcels = state.parcels.lock().expect("lock");
    parcels.push(request["values"].take());
    HttpResponse::Created().json(json!({"parcel_id": parcels.len()}))
}

async fn release_parcel(state: Data<State>, request: web::Bytes) -> HttpResponse {
    let request: Value = serde_json::from_slice(&request).expect("JSON");
    match *state.mood.lock().expect("lock") {
        Mood::Usual => {}
        Mood::Refusing => return refusal(),
        Mood::Away => return away(),
    }
    let parcel = sqlx::query_scalar!(
        "SELECT runs.parcel_of_claim($1, $2, $3)",
        request["step_id"].as_i64(),
        request["epoch"].as_i64(),
        request["worker"].as_str(),
    )
    .fetch_one(&state.db)
    .await;
    let Ok(parcel) = parcel else {
        return away();
    };
    let place = parcel.and_then(|id| usize::try_from(id - 1).ok());
    let parcels = state.parcels.lock().expect("lock").clone();
    let Some(values) = place.and_then(|place| parcels.get(place)) else {
        return refusal();
    };
    state.releases.lock().expect("lock").push(request);
    HttpResponse::Ok().json(json!({ "values": values }))
}

fn away() -> HttpResponse {
    HttpResponse::ServiceUnavailable().body("sealed")
}

fn refusal() -> HttpResponse {
    HttpResponse::Forbidden()
        .content_type("application/problem+json")
        .json(json!({
            "type": "about:blank", "title": "Forbidden", "status": 403, "request_id": null,
            "detail": "the claim is not current", "code": "credentials.claim_not_current",
        }))
}
