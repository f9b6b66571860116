//! What is wrong with a new credential is named by field, and never repeated.

use serde_json::{Value, json};
use testkit::app::TestApp;

use crate::support::{open, ssh};

async fn refused(app: &TestApp, change: Value, field: &str) {
    let mut body = ssh("web", "p4ssw0rd-canary");
    let (fields, change) = (body.as_object_mut().unwrap(), change.as_object().unwrap());
    for (name, value) in change {
        fields.insert(name.clone(), value.clone());
    }
    let answer = app.operator().post("/credentials", body).await;
    answer.wrong_field(field);
    assert!(!answer.text.contains("canary"), "{}", answer.text);
}

async fn assert_nothing_stored(app: &TestApp) {
    let list = app.viewer().get("/credentials").await.expect(200);
    assert_eq!(list["total"], 0);
}

#[tokio::test]
async fn a_wrong_field_is_refused() {
    let app = open().await;
    for (change, field) in [
        (json!({ "name": "" }), "name"),
        (json!({ "name": "  " }), "name"),
        (json!({ "name": "x".repeat(101) }), "name"),
        (json!({ "name": "a\0b" }), "name"),
        (json!({ "name": "a\nb" }), "name"),
        (json!({ "name": 1 }), "name"),
        (json!({ "name": null }), "name"),
        (json!({ "description": "x".repeat(2001) }), "description"),
        (json!({ "description": "\0" }), "description"),
        (json!({ "description": ["canary"] }), "description"),
        (
            json!({ "credential_type": "telnet-canary" }),
            "credential_type",
        ),
        (json!({ "credential_type": 7 }), "credential_type"),
        (json!({ "nope": "canary" }), "nope"),
    ] {
        refused(&app, change, field).await;
    }
    assert_nothing_stored(&app).await;
}

#[tokio::test]
async fn wrong_data_is_refused() {
    let app = open().await;
    for (data, field) in [
        (json!("canary"), "credential_data"),
        (json!(["canary"]), "credential_data"),
        (json!(null), "credential_data"),
        (json!({}), "username"),
        (json!({ "username": "u" }), "password"),
        (json!({ "username": "u", "password": 12345678 }), "password"),
        (json!({ "username": "u", "password": "" }), "password"),
        (
            json!({ "username": "u", "password": "canary\0" }),
            "password",
        ),
        (
            json!({ "username": "u", "password": "canary".repeat(1000) }),
            "password",
        ),
        (
            json!({ "username": "u", "password": "canary", "nope": 1 }),
            "nope",
        ),
        (
            json!({ "username": "a\nb", "password": "canary" }),
            "username",
        ),
        (
            json!({ "username": "u", "password": "canary", "passphrase": "p" }),
            "passphrase",
        ),
        (
            json!({ "username": "u", "private_key": "canary" }),
            "private_key",
        ),
    ] {
        let field = match field {
            "credential_data" => field.to_owned(),
            inner => format!("credential_data.{inner}"),
        };
        refused(&app, json!({ "credential_data": data }), &field).await;
    }
    assert_nothing_stored(&app).await;
}

#[tokio::test]
async fn a_public_key_is_told_from_a_private_one() {
    let app = open().await;
    let try_key = async |name: &str, key: &str| {
        let body = json!({ "name": name, "credential_type": "ssh",
            "credential_data": { "username": "root", "private_key": key } });
        app.operator().post("/credentials", body).await
    };
    for (key, code) in [
        ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI root@x", "public_key"),
        (
            "-----BEGIN PUBLIC KEY-----\nMCow\n-----END PUBLIC KEY-----",
            "public_key",
        ),
        ("PuTTY-User-Key-File-3: ssh-ed25519\n", "putty_key"),
        ("-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blbn", "incomplete"),
        (
            "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----",
            "invalid",
        ),
    ] {
        let problem = try_key("k", key)
            .await
            .wrong_field("credential_data.private_key");
        assert_eq!(problem.errors[0].code, code, "{key}");
    }
    for (name, label) in [
        ("a", "OPENSSH PRIVATE KEY"),
        ("b", "RSA PRIVATE KEY"),
        ("c", "PRIVATE KEY"),
    ] {
        let key = format!("-----BEGIN {label}-----\nb3BlbnNzaC1rZXk=\n-----END {label}-----\n");
        try_key(name, &key).await.expect(201);
    }
}

#[tokio::test]
async fn bad_bodies_are_refused_whole() {
    let app = open().await;
    let send = async |text: String| {
        app.operator()
            .send(reqwest::Method::POST, "/credentials", Some(text))
            .await
    };
    send("{\"name\":".to_owned())
        .await
        .problem(400, "request.malformed_json");
    send("[]".to_owned()).await.problem(400, "request.invalid");
    send(String::new()).await.problem(400, "request.invalid");
    for count in [1, 100, 10_000] {
        let open = "[".repeat(count);
        assert_eq!(send(open.clone()).await.status, 400);
        let deep = format!(r#"{{"credential_data":{{"username":{open}"#);
        send(deep).await.problem(400, "request.malformed_json");
    }
    let large = ssh("web", &"x".repeat(65 << 10)).to_string();
    send(large).await.problem(413, "request.too_large");
    let larger = ssh("web", &"x".repeat(1 << 20)).to_string();
    send(larger).await.problem(413, "request.too_large");
}
