//! A jobs service with a stand-in for targets that knows `web-1` and `web-2`.

use actix_web::{App, HttpResponse, HttpServer, web};
use jobs::config::Config;
use jobs::{SERVICE, build_with};
use serde_json::{Value, json};
use service_kit::config::Env;
use testkit::app::{Parts, TestApp, parts};
use testkit::credentials::Credentials;

/// Starts it.
pub(crate) async fn start() -> TestApp {
    start_with(&[]).await
}

/// Starts it with further settings.
pub(crate) async fn start_with(more: &[(&str, &str)]) -> TestApp {
    start_on(parts(SERVICE).await, more).await
}

/// Starts it with a stand-in for credentials.
pub(crate) async fn start_with_credentials() -> (TestApp, Credentials) {
    let parts = parts(SERVICE).await;
    let credentials = Credentials::start(parts.db.pool("opsc_credentials").await);
    let app = start_on(parts, &[("CREDENTIALS_URL", &credentials.url)]).await;
    (app, credentials)
}

/// Starts it on given parts.
pub(crate) async fn start_on(parts: Parts, more: &[(&str, &str)]) -> TestApp {
    let targets_url = targets();
    let vars = [("TARGETS_URL", targets_url.as_str())];
    let vars = vars.iter().chain(more);
    let vars = vars.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let config = Config::from_env(&mut Env::of(vars)).unwrap();
    TestApp::start(parts, async |kit| build_with(kit, &config).await).await
}

/// Answers like `POST /internal/targets/resolve`.
fn targets() -> String {
    let server =
        HttpServer::new(|| App::new().route("/internal/targets/resolve", web::post().to(resolve)))
            .workers(1)
            .disable_signals()
            .bind(("127.0.0.1", 0))
            .unwrap();
    let url = format!("http://{}", server.addrs()[0]);
    #[expect(clippy::disallowed_methods, reason = "ends with the test")]
    tokio::spawn(server.run());
    url
}

/// Knows `web-N`, `db-N` and `app-N`, each of which needs the `db-N` of its number. The label
/// `count:N` hits so many of `web-N`.
async fn resolve(body: web::Bytes) -> HttpResponse {
    let body: Value = serde_json::from_slice(&body).unwrap();
    let texts = |list: &Value| -> Vec<String> {
        let list = list.as_array().cloned().unwrap_or_default();
        list.iter()
            .map(|name| name.as_str().unwrap().to_owned())
            .collect()
    };
    let mut names = texts(&body["names"]);
    let selector = &body["selector"];
    let mut selected = texts(&selector["names"]);
    if let Some(count) = texts(&selector["tags"]).first() {
        let count: usize = count.strip_prefix("count:").unwrap().parse().unwrap();
        selected.extend((1..=count).map(|number| format!("web-{number}")));
    }
    let id = |name: &str| -> Option<i64> {
        let (kind, number) = name.split_once('-')?;
        let kind = ["web", "db", "app"]
            .iter()
            .position(|known| *known == kind)?;
        Some(i64::try_from(kind).unwrap() * 10_000 + number.parse::<i64>().ok()?)
    };
    selected.retain(|name| id(name).is_some());
    names.extend(selected.iter().cloned());
    names.sort();
    names.dedup();
    let targets: Vec<Value> = names
        .iter()
        .filter_map(|name| {
            let id = id(name)?;
            Some(
                json!({"id": id, "name": name, "hostname": "127.0.0.1", "port": 22, "protocol": "ssh",
                "credential_id": null, "metadata": {}, "host_keys": []}),
            )
        })
        .collect();
    let mut answer = json!({"targets": targets});
    if !selector.is_null() {
        let selected = selected.iter().map(|name| {
            let needs = name
                .strip_prefix("app-")
                .map(|number| format!("db-{number}"));
            let needs: Vec<String> = needs.into_iter().collect();
            json!({"id": id(name), "name": name, "depends_on": needs})
        });
        answer["selected"] = selected.collect();
    }
    HttpResponse::Ok().json(answer)
}

/// A definition with one step.
pub(crate) fn definition(command: &str) -> Value {
    json!({"parameters": {"who": "world"},
        "steps": [{"type": "ssh.exec", "target": "web-1", "command": command}]})
}

/// Makes a job and answers with its id.
pub(crate) async fn job(app: &TestApp, name: &str) -> i64 {
    let body = json!({"name": name, "definition": definition("echo {{ who }}")});
    app.operator().post("/jobs", body).await.expect(201)["id"]
        .as_i64()
        .unwrap()
}
