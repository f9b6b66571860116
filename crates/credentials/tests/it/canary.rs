//! Planted secrets turn up nowhere but in the answers that are meant to hold them.

use std::io::Write;
use std::process::Command;
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use testkit::answer::Answer;
use testkit::app::TestApp;

use crate::support::{KEY, create, open, reveal};

const SECRETS: [&str; 4] = [
    "Canary\"Pass/word+1&ü",
    "canary-api-key-0123456789abcdef",
    "canary passphrase <7>",
    "Y2FuYXJ5IGluIGEgcHJpdmF0ZSBrZXk",
];

/// Everything that is logged, at every level.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn capture() -> Self {
        let log = Self::default();
        let writer = log.clone();
        tracing_subscriber::fmt()
            .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
            .with_writer(move || writer.clone())
            .init();
        log
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

/// The forms in which bytes may leak.
fn forms(secret: &[u8]) -> Vec<String> {
    let mut forms = vec![secret.iter().map(|byte| format!("{byte:02x}")).collect()];
    for shift in 0..3 {
        // The letters of a base64 text that do not depend on what stands around the secret.
        let whole = secret[shift..].len() / 3 * 3;
        forms.push(STANDARD.encode(&secret[shift..shift + whole]));
    }
    if let Ok(text) = str::from_utf8(secret) {
        let json = Value::from(text).to_string();
        forms.push(text.to_owned());
        forms.push(json.trim_matches('"').to_owned());
        forms.push(
            serde_json::to_string(&json)
                .unwrap()
                .trim_matches('"')
                .to_owned(),
        );
        let url: String = reqwest::Url::parse_with_params("http://x/", [("q", text)])
            .unwrap()
            .into();
        forms.push(url.split_once("q=").unwrap().1.to_owned());
        forms.push(text.escape_default().to_string());
    }
    forms
}

fn assert_clean(place: &str, text: &str) {
    let lower = text.to_lowercase();
    let key: Vec<u8> = KEY
        .as_bytes()
        .as_chunks::<2>()
        .0
        .iter()
        .map(|digits| u8::from_str_radix(str::from_utf8(digits).unwrap(), 16).unwrap())
        .collect();
    let secrets = SECRETS
        .iter()
        .map(|secret| secret.as_bytes())
        .chain([key.as_slice()]);
    for (at, secret) in secrets.enumerate() {
        for form in forms(secret) {
            assert!(
                !lower.contains(&form.to_lowercase()),
                "secret {at} is in the {place} as {form}"
            );
        }
    }
}

fn dump(app: &TestApp) -> String {
    let url = app.db.superuser_url();
    let out = Command::new("pg_dump")
        .args(["--inserts", "--dbname", &url])
        .output()
        .unwrap();
    assert!(
        out.status.success(),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
    String::from_utf8(out.stdout).unwrap()
}

fn private_key() -> Value {
    let [_, _, passphrase, body] = SECRETS;
    let label = "OPENSSH PRIVATE KEY";
    let key = format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n");
    json!({ "username": "root", "private_key": key, "passphrase": passphrase })
}

fn login() -> Value {
    json!({ "username": "root", "password": SECRETS[0] })
}

/// Makes credentials, rightly and wrongly.
async fn make_all(app: &TestApp) -> Vec<Answer> {
    let [password, api_key, ..] = SECRETS;
    let mut answers = Vec::new();
    for (name, kind, data) in [
        ("a", "winrm", login()),
        ("b", "ssh", private_key()),
        ("c", "api_key", json!({ "api_key": api_key })),
        ("a", "winrm", login()),
        ("d", "winrm", private_key()),
        ("e", "ssh", json!({ "username": 1, "password": [password] })),
        (
            "f",
            "ssh",
            json!({ "username": "u", "private_key": password }),
        ),
        ("g", "ssh", json!(password)),
        ("h", "ssh", json!([password])),
        ("i", api_key, json!({})),
    ] {
        let body = json!({ "name": name, "credential_type": kind, "credential_data": data });
        answers.push(app.operator().post("/credentials", body).await);
    }
    let made = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(made, 3);
    answers
}

/// Changes, reads and removes a credential, rightly and wrongly.
async fn change_all(app: &TestApp) -> Vec<Answer> {
    let [password, api_key, ..] = SECRETS;
    let id = create(app, "j", password).await;
    let path = format!("/credentials/{id}");
    let rotate = format!("{path}/rotate");
    let client = app.admin();
    let cut = format!("{{\"credential_data\":{{\"password\":\"{password}");
    let mut answers = vec![
        client.post(&rotate, login()).await,
        client
            .post(&rotate, json!({ "payload": private_key() }))
            .await,
        client.post(&rotate, json!({ "payload": password })).await,
        client
            .put(&path, json!({ "credential_data": login() }))
            .await,
        client
            .put(&path, json!({ "credential_data": { "api_key": api_key } }))
            .await,
        client.send(reqwest::Method::PUT, &path, Some(cut)).await,
        client.get("/credentials").await,
        client.get(&path).await,
        client.get(&format!("{path}/versions")).await,
    ];
    assert_eq!(reveal(app, id).await["password"], password);
    answers.push(client.get(&format!("{path}/access-log")).await);
    answers.push(client.get("/metrics").await);
    answers.push(client.delete(&path).await);
    answers
}

#[tokio::test]
async fn no_secret_is_in_dump_logs_or_answers() {
    let log = Log::capture();
    let app = open().await;
    let mut answers = make_all(&app).await;
    answers.extend(change_all(&app).await);
    for answer in &answers {
        assert_clean("answer", &format!("{:?}\n{}", answer.headers, answer.text));
    }
    let dump = dump(&app);
    assert!(dump.contains("INSERT INTO credentials.version"));
    assert_clean("dump", &dump);
    let logged = log.text();
    assert!(logged.contains("POST /credentials"), "nothing was logged");
    assert_clean("log", &logged);
}

#[test]
fn the_search_finds_what_it_looks_for() {
    for secret in SECRETS {
        let hidden = [
            secret.to_owned(),
            STANDARD.encode(format!("x{secret}y")),
            STANDARD.encode(format!("xy{secret}z")),
            Value::from(secret).to_string(),
        ];
        for text in hidden {
            assert!(
                std::panic::catch_unwind(|| assert_clean("test", &text)).is_err(),
                "{text}"
            );
        }
    }
}
