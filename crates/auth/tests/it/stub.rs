//! Stands in for the users service: its three routes for auth, over HTTP.

use std::sync::{Arc, Mutex};

use actix_web::http::StatusCode;
use actix_web::web::{self, Bytes, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::DateTime;
use common::id::UserId;
use common::model::user::{User, UserChange, UserChanges};
use common::permission::Role;
use serde_json::{Value, json};

/// Password of every person.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// How it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    /// As it should.
    Well,
    /// Too many passwords to check.
    Busy,
    /// It cannot work.
    Away,
    /// It does not know auth's tokens.
    Distrustful,
}

struct State {
    people: Vec<User>,
    changes: Vec<UserChange>,
    mood: Mood,
}

/// A running stub with ana (admin, 1), otto (operator, 2) and vera (viewer, 3).
#[derive(Clone)]
pub(crate) struct Users {
    pub(crate) url: String,
    state: Arc<Mutex<State>>,
}

impl Users {
    pub(crate) fn start() -> Self {
        let people = [
            (1, "ana", Role::Admin),
            (2, "otto", Role::Operator),
            (3, "vera", Role::Viewer),
        ];
        let state = Arc::new(Mutex::new(State {
            people: people.map(|(id, name, role)| person(id, name, role)).into(),
            changes: Vec::new(),
            mood: Mood::Well,
        }));
        let data = Data::from(Arc::clone(&state));
        let server = HttpServer::new(move || {
            App::new()
                .app_data(data.clone())
                .route("/internal/password-checks", web::post().to(check_password))
                .route("/internal/users/{id}", web::get().to(get_user))
                .route("/internal/changes", web::get().to(list_changes))
        })
        .workers(1)
        .disable_signals()
        .bind("127.0.0.1:0")
        .expect("free port");
        let url = format!("http://{}", server.addrs()[0]);
        #[expect(clippy::disallowed_methods, reason = "ends with the test")]
        tokio::spawn(server.run());
        Self { url, state }
    }

    pub(crate) fn set_mood(&self, mood: Mood) {
        self.state.lock().unwrap().mood = mood;
    }

    /// Changes a person as the users service would, with a higher token version.
    pub(crate) fn change(&self, id: i64, end: Option<&str>, edit: impl FnOnce(&mut User)) {
        let mut state = self.state.lock().unwrap();
        let seq = i64::try_from(state.changes.len()).unwrap() + 1;
        let user = state
            .people
            .iter_mut()
            .find(|user| user.id.0 == id)
            .unwrap();
        edit(user);
        user.token_version += 1;
        let change = UserChange {
            seq,
            user_id: user.id,
            token_version: user.token_version,
            end_sessions: end.is_some(),
            keep_session: end.filter(|sid| !sid.is_empty()).map(str::to_owned),
        };
        state.changes.push(change);
    }

    /// Changes a person without telling auth.
    pub(crate) fn edit(&self, id: i64, edit: impl FnOnce(&mut User)) {
        let mut state = self.state.lock().unwrap();
        edit(
            state
                .people
                .iter_mut()
                .find(|user| user.id.0 == id)
                .unwrap(),
        );
    }

    /// Forgets a person without telling auth.
    pub(crate) fn forget(&self, id: i64) {
        self.state
            .lock()
            .unwrap()
            .people
            .retain(|user| user.id.0 != id);
    }
}

fn person(id: i64, name: &str, role: Role) -> User {
    User {
        id: UserId(id),
        email: format!("{name}@example.org"),
        username: name.to_owned(),
        role,
        is_active: true,
        must_change_password: name == "vera",
        created_at: DateTime::UNIX_EPOCH,
        token_version: 1,
    }
}

/// Refuses calls that are not auth's to users, and answers by mood.
fn refusal(req: &HttpRequest, state: &State) -> Option<HttpResponse> {
    let claims = claims(req).unwrap_or_default();
    if claims["sub"] != "auth" || claims["aud"] != json!(["users"]) {
        return Some(problem(StatusCode::UNAUTHORIZED, "auth.unauthorized"));
    }
    match state.mood {
        Mood::Well => None,
        Mood::Busy => Some(problem(StatusCode::TOO_MANY_REQUESTS, "users.busy")),
        Mood::Away => Some(problem(
            StatusCode::SERVICE_UNAVAILABLE,
            "unavailable.database",
        )),
        Mood::Distrustful => Some(problem(StatusCode::UNAUTHORIZED, "auth.unauthorized")),
    }
}

fn claims(req: &HttpRequest) -> Option<Value> {
    let header = req.headers().get("authorization")?.to_str().ok()?;
    let payload = URL_SAFE_NO_PAD.decode(header.split('.').nth(1)?).ok()?;
    serde_json::from_slice(&payload).ok()
}

fn problem(status: StatusCode, code: &str) -> HttpResponse {
    HttpResponse::build(status).json(json!({
        "type": "about:blank", "title": "", "status": status.as_u16(), "detail": "", "code": code
    }))
}

async fn check_password(req: HttpRequest, state: Data<Mutex<State>>, body: Bytes) -> HttpResponse {
    let state = state.lock().unwrap();
    if let Some(refusal) = refusal(&req, &state) {
        return refusal;
    }
    let body: Value = serde_json::from_slice(&body).unwrap();
    let name = body["username"].as_str().unwrap().to_lowercase();
    let found = state
        .people
        .iter()
        .find(|user| user.username == name && user.is_active);
    match found {
        Some(user) if body["password"] == PASSWORD => HttpResponse::Ok().json(user),
        _ => problem(StatusCode::UNAUTHORIZED, "users.wrong_password"),
    }
}

async fn get_user(req: HttpRequest, state: Data<Mutex<State>>) -> HttpResponse {
    let state = state.lock().unwrap();
    if let Some(refusal) = refusal(&req, &state) {
        return refusal;
    }
    let id: i64 = req.match_info().query("id").parse().unwrap();
    match state.people.iter().find(|user| user.id.0 == id) {
        Some(user) => HttpResponse::Ok().json(user),
        None => problem(StatusCode::NOT_FOUND, "users.not_found"),
    }
}

async fn list_changes(req: HttpRequest, state: Data<Mutex<State>>) -> HttpResponse {
    let state = state.lock().unwrap();
    if let Some(refusal) = refusal(&req, &state) {
        return refusal;
    }
    let after: i64 = req
        .query_string()
        .trim_start_matches("after=")
        .parse()
        .unwrap();
    let changes = state
        .changes
        .iter()
        .filter(|change| change.seq > after)
        .cloned();
    HttpResponse::Ok().json(UserChanges {
        changes: changes.collect(),
    })
}
