//! Tokens that no service may accept.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use common::permission::Role;
use common::token::{SERVICE_TYPE, USER_TYPE};
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::authority::TestAuthority;

/// Signed by a key that auth does not have, under the name of one that it has.
pub fn other_key(authority: &TestAuthority) -> String {
    let stranger = TestAuthority::new(common::clock::Clock::system());
    stranger.sign(USER_TYPE, &claims(authority))
}

/// Good once, five minutes before the leeway began.
pub fn expired(authority: &TestAuthority) -> String {
    let mut claims = claims(authority);
    let now = claims["iat"].as_i64().expect("iat");
    for (name, ago) in [("iat", 700), ("nbf", 700), ("exp", 331)] {
        claims[name] = json!(now - ago);
    }
    authority.sign(USER_TYPE, &claims)
}

fn claims(authority: &TestAuthority) -> Value {
    serde_json::to_value(authority.claims(Role::Admin)).expect("claims")
}

/// Sends every forged token to `path`, which an admin may read, and expects 401 each time; a right
/// token is sent before and after. Returns how many there were.
pub async fn check(app: &TestApp, path: &str) -> usize {
    let good = app.admin().get(path).await.status;
    assert!(good < 300, "{path} answers {good} to an admin");
    let tokens = tokens(&app.authority, app.service);
    for (name, token) in &tokens {
        let client = app.with_token(token.clone());
        match client.try_send(reqwest::Method::GET, path, None).await {
            Ok(answer) => {
                // A header of this size is refused before anybody looks at it.
                let refused =
                    answer.status == 401 || name.contains("1 MiB") && answer.status == 431;
                assert!(refused, "{name}: {} {}", answer.status, answer.text);
            }
            Err(hung_up) => assert!(name.contains("1 MiB"), "{name}: {hung_up}"),
        }
    }
    assert_eq!(app.admin().get(path).await.status, good);
    tokens.len()
}

/// All forged tokens, each with what is wrong with it.
pub fn tokens(authority: &TestAuthority, service: &str) -> Vec<(String, String)> {
    let mut all = vec![
        ("signed by another key".to_owned(), other_key(authority)),
        ("expired".to_owned(), expired(authority)),
        (
            "a service's token for another service".to_owned(),
            foreign_service(authority, service),
        ),
        (
            "a refresh token".to_owned(),
            URL_SAFE_NO_PAD.encode([7_u8; 32]),
        ),
        ("empty".to_owned(), String::new()),
        ("two dots only".to_owned(), "..".to_owned()),
        ("5 KiB of letters".to_owned(), "a".repeat(5000)),
    ];
    all.extend(wrong_headers(authority));
    all.extend(wrong_claims(authority));
    all.extend(wrong_text(authority));
    all
}

fn foreign_service(authority: &TestAuthority, service: &str) -> String {
    let other = if service == "jobs" { "targets" } else { "jobs" };
    authority.service_token("executor", other)
}

fn wrong_headers(authority: &TestAuthority) -> Vec<(String, String)> {
    let payload = claims(authority).to_string();
    let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(authority.public_key())});
    let kid = authority.kid();
    let headers = [
        json!({"alg": "none", "typ": USER_TYPE, "kid": kid}),
        json!({"alg": "None", "typ": USER_TYPE, "kid": kid}),
        json!({"alg": "nONE", "typ": USER_TYPE, "kid": kid}),
        json!({"alg": "HS256", "typ": USER_TYPE, "kid": kid}),
        json!({"alg": "RS256", "typ": USER_TYPE, "kid": kid}),
        json!({"alg": "ES256", "typ": USER_TYPE, "kid": kid}),
        json!({"typ": USER_TYPE, "kid": kid}),
        json!({"alg": "EdDSA", "kid": kid}),
        json!({"alg": "EdDSA", "typ": USER_TYPE}),
        json!({"alg": "EdDSA", "typ": "JWT", "kid": kid}),
        json!({"alg": "EdDSA", "typ": SERVICE_TYPE, "kid": kid}),
        json!({"alg": "EdDSA", "typ": USER_TYPE, "kid": "other"}),
        json!({"alg": "EdDSA", "typ": USER_TYPE, "kid": "../../etc/passwd"}),
        json!({"alg": "EdDSA", "typ": USER_TYPE, "kid": kid, "jwk": jwk}),
        json!({"alg": "EdDSA", "typ": USER_TYPE, "kid": kid, "jku": "http://127.0.0.1/keys"}),
        json!({"alg": "EdDSA", "typ": USER_TYPE, "kid": kid, "x5u": "http://127.0.0.1/cert"}),
        json!({"alg": "EdDSA", "typ": USER_TYPE, "kid": kid, "crit": ["exp"], "exp": 1}),
        json!([1]),
    ];
    headers
        .into_iter()
        .map(|header| {
            (
                format!("header {header}"),
                authority.sign_text(&header.to_string(), &payload),
            )
        })
        .collect()
}

fn wrong_claims(authority: &TestAuthority) -> Vec<(String, String)> {
    let good = claims(authority);
    let now = good["iat"].as_i64().expect("iat");
    let mut all = Vec::new();
    for name in [
        "iss",
        "aud",
        "sub",
        "sid",
        "role",
        "tv",
        "iat",
        "nbf",
        "exp",
        "jti",
        "auth_time",
    ] {
        let mut without = good.clone();
        without.as_object_mut().expect("object").remove(name);
        all.push((
            format!("without {name}"),
            authority.sign(USER_TYPE, &without),
        ));
    }
    for (name, value) in [
        ("iss", json!("somebody")),
        ("aud", json!(["targets"])),
        ("aud", json!([])),
        ("aud", json!(["opsc-api", "more"])),
        ("aud", json!("opsc-api")),
        ("exp", json!((now + 300).to_string())),
        ("exp", json!(1e300)),
        ("exp", json!(null)),
        ("nbf", json!(now + 3600)),
        ("iat", json!(now + 3600)),
        ("sub", json!(3)),
        ("sub", json!("not a number")),
        ("role", json!("root")),
        ("extra", json!(true)),
    ] {
        let mut changed = good.clone();
        changed[name] = value.clone();
        all.push((
            format!("{name} = {value}"),
            authority.sign(USER_TYPE, &changed),
        ));
    }
    all
}

fn wrong_text(authority: &TestAuthority) -> Vec<(String, String)> {
    let good = authority.token(Role::Admin);
    let parts: Vec<&str> = good.split('.').collect();
    let [header, payload, signature] = parts[..] else {
        panic!("three parts")
    };
    let header_text = json!({"alg": "EdDSA", "typ": USER_TYPE, "kid": authority.kid()}).to_string();
    let twice = claims(authority)
        .to_string()
        .replacen('{', r#"{"role":"admin","#, 1);
    let raised = claims(authority).to_string().replace("admin", "viewer");
    vec![
        (
            "signature cut off".to_owned(),
            format!("{header}.{payload}."),
        ),
        ("two parts".to_owned(), format!("{header}.{payload}")),
        ("four parts".to_owned(), format!("{good}.{signature}")),
        ("trailing bytes".to_owned(), format!("{good}A")),
        (
            "standard base64".to_owned(),
            format!("{}.{payload}.{signature}", STANDARD.encode(&header_text)),
        ),
        (
            "another payload".to_owned(),
            format!("{header}.{}.{signature}", URL_SAFE_NO_PAD.encode(raised)),
        ),
        (
            "a claim given twice".to_owned(),
            authority.sign_text(&header_text, &twice),
        ),
        (
            "a payload that is no object".to_owned(),
            authority.sign_text(&header_text, "[]"),
        ),
        (
            "a payload that is no JSON".to_owned(),
            authority.sign_text(&header_text, "{"),
        ),
        (
            "a token of 1 MiB".to_owned(),
            format!("{good}.{}", "A".repeat(1 << 20)),
        ),
    ]
}
