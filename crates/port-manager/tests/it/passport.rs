//! Tokens of the suite's identity provider, where the settings trust it.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use futures_util::SinkExt as _;
use serde_json::{Value, json};
use testkit::app::TestApp;
use testkit::provider::{Mode, Provider, ProviderKey, signed_part};
use tokio_tungstenite::tungstenite::Message;

use crate::live::{closed, connect, next};
use crate::support::{self, settings, start_with};

const ISSUER: &str = "https://passport.suite.example";
const LIST: &str = "/api/ports/assignments";

/// The settings that trust a provider.
fn trusting(jwks_url: &str) -> [(&str, &str); 5] {
    [
        ("PASSPORT_ISSUER", ISSUER),
        ("PASSPORT_AUDIENCE", "port-manager"),
        ("PASSPORT_JWKS_URL", jwks_url),
        ("PASSPORT_ROLE_CLAIM", "realm_access.roles"),
        (
            "PASSPORT_ROLES",
            "ports-admin=admin,ports-operator=operator,staff=viewer",
        ),
    ]
}

/// A port manager that trusts a provider with one key, `k1`.
struct Suite {
    app: TestApp,
    provider: Provider,
    key: ProviderKey,
}

impl Suite {
    async fn start() -> Self {
        let key = ProviderKey::ed25519();
        let provider = Provider::start(&[key.jwk("k1")]).await;
        let app = start_for(&provider).await;
        Self { app, provider, key }
    }

    fn token(&self, change: Value) -> String {
        self.key.sign(&header("EdDSA"), &claims(&self.app, change))
    }

    async fn status(&self, token: &str) -> u16 {
        self.app.with_token(token).get(LIST).await.status
    }

    fn advance(&self, seconds: i64) {
        self.app.clock.advance(TimeDelta::seconds(seconds));
    }
}

async fn start_for(provider: &Provider) -> TestApp {
    let passport = settings(&trusting(&provider.jwks_url)).unwrap().passport;
    start_with(|config| config.passport = passport).await
}

fn header(alg: &str) -> Value {
    json!({"alg": alg, "typ": "JWT", "kid": "k1"})
}

/// Claims of a member of the staff, good for five minutes; null removes one.
fn claims(app: &TestApp, change: Value) -> Value {
    let now = app.clock.now().timestamp();
    let mut claims = json!({
        "iss": ISSUER, "aud": ["port-manager", "account"], "sub": "4711", "iat": now, "nbf": now,
        "exp": now + 300, "preferred_username": "ann", "realm_access": {"roles": ["staff"]},
    });
    for (name, value) in change.as_object().unwrap() {
        claims[name] = value.clone();
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(name);
        }
    }
    claims
}

fn roles(names: &[&str]) -> Value {
    json!({"realm_access": {"roles": names}})
}

#[tokio::test]
async fn each_mapped_role_may_do_what_it_may_with_every_kind_of_key() {
    let (rsa, p256, ed) = (
        ProviderKey::rsa(),
        ProviderKey::p256(),
        ProviderKey::ed25519(),
    );
    for (alg, key) in [
        ("RS256", &rsa),
        ("PS256", &rsa),
        ("ES256", &p256),
        ("EdDSA", &ed),
    ] {
        let provider = Provider::start(&[key.jwk("k1")]).await;
        let app = start_for(&provider).await;
        for (names, [read, write, admin]) in [
            (&["staff"][..], [200, 403, 403]),
            (&["ports-operator", "staff"], [200, 200, 403]),
            (&["other", "staff", "ports-admin"], [200, 200, 404]),
        ] {
            let token = key.sign(&header(alg), &claims(&app, roles(names)));
            let guest = app.with_token(token);
            assert_eq!(guest.get(LIST).await.status, read, "{alg} {names:?}");
            let port = json!({"port": 8500 + names.len()});
            let written = guest.post("/api/ports/reserve", port).await.status;
            assert_eq!(written, write, "{alg} {names:?}");
            let removed = guest.delete("/api/suites/nowhere").await.status;
            assert_eq!(removed, admin, "{alg} {names:?}");
        }
    }
}

#[tokio::test]
async fn without_a_role_of_ours_nobody_is_let_in() {
    let suite = Suite::start().await;
    for change in [
        roles(&["boss"]),
        roles(&[]),
        json!({"realm_access": null}),
        json!({"realm_access": 7, "roles": ["staff"]}),
    ] {
        let guest = suite.app.with_token(suite.token(change));
        let problem = guest.get(LIST).await.problem(403, "auth.no_role");
        assert!(problem.detail.contains("PassPort"), "{}", problem.detail);
    }
}

#[tokio::test]
async fn claims_that_do_not_hold_are_refused() {
    let suite = Suite::start().await;
    let now = suite.app.clock.now().timestamp();
    assert_eq!(suite.status(&suite.token(json!({}))).await, 200);
    for change in [
        json!({"aud": "another-service"}),
        json!({"aud": null}),
        json!({"iss": "https://passport.evil.example"}),
        json!({"iss": format!("{ISSUER}/")}),
        json!({"iss": null}),
        json!({"iss": "opsconductor"}),
        json!({"exp": now - 30}),
        json!({"exp": null}),
        json!({"exp": "later"}),
        json!({"nbf": now + 31}),
        json!({"iat": now + 31}),
        json!({"sub": null}),
    ] {
        let guest = suite.app.with_token(suite.token(change.clone()));
        let answer = guest.get(LIST).await;
        assert_eq!(answer.status, 401, "{change}: {}", answer.text);
    }
    for change in [
        json!({"exp": now - 29}),
        json!({"nbf": now + 30, "iat": now + 30}),
    ] {
        assert_eq!(
            suite.status(&suite.token(change.clone())).await,
            200,
            "{change}"
        );
    }
}

#[tokio::test]
async fn headers_that_trick_are_refused() {
    let rsa = ProviderKey::rsa();
    let mut bound = rsa.jwk("bound");
    bound["alg"] = json!("PS256");
    let mut locked = rsa.jwk("locked");
    locked["use"] = json!("enc");
    let provider = Provider::start(&[rsa.jwk("k1"), bound, locked, json!("no key")]).await;
    let app = start_for(&provider).await;
    let good = claims(&app, roles(&["ports-admin"]));
    let status = async |token: String| app.with_token(token).get(LIST).await.status;
    assert_eq!(status(rsa.sign(&header("RS256"), &good)).await, 200);
    for header in [
        json!({"alg": "RS256"}),
        json!({"alg": "RS256", "kid": "bound"}),
        json!({"alg": "PS256", "kid": "locked"}),
        json!({"alg": "RS256", "kid": "k1", "crit": ["b64"], "b64": true}),
        json!({"alg": "RS256", "kid": "k1", "typ": "logout+jwt"}),
        json!({"alg": "RS256", "kid": "k1", "typ": "svc+jwt"}),
        json!({"alg": "RS512", "kid": "k1"}),
        json!({"alg": "EdDSA", "kid": "k1"}),
        json!({"alg": "none", "kid": "k1"}),
        json!({"alg": "rs256", "kid": "k1"}),
    ] {
        let token = rsa.sign(&header, &good);
        assert_eq!(status(token).await, 401, "{header}");
    }
    let unsigned = signed_part(&json!({"alg": "none"}), &good);
    assert_eq!(status(format!("{unsigned}.")).await, 401);
    let body = signed_part(&header("HS256"), &good);
    let secret = hmac::Key::new(hmac::HMAC_SHA256, rsa.public_bytes());
    let signature = URL_SAFE_NO_PAD.encode(hmac::sign(&secret, body.as_bytes()));
    assert_eq!(status(format!("{body}.{signature}")).await, 401);
    let other = ProviderKey::rsa().sign(&header("RS256"), &good);
    assert_eq!(status(other).await, 401);
    let mut inside = header("EdDSA");
    let stranger = ProviderKey::ed25519();
    inside["jwk"] = stranger.jwk("k1");
    assert_eq!(status(stranger.sign(&inside, &good)).await, 401);
}

#[tokio::test]
async fn a_new_key_is_read_once_and_strange_names_do_not_make_us_ask() {
    let mut suite = Suite::start().await;
    assert_eq!(suite.status(&suite.token(json!({}))).await, 200);
    assert_eq!(suite.provider.asked(), 1);
    suite.key = ProviderKey::p256();
    suite.provider.publish(&[suite.key.jwk("k2")]);
    let signed = |kid: &str| {
        let header = json!({"alg": "ES256", "kid": kid});
        suite.key.sign(&header, &claims(&suite.app, json!({})))
    };
    for number in 0..20 {
        let strange = signed(&format!("strange-{number}"));
        assert_eq!(suite.status(&strange).await, 401);
    }
    assert_eq!(suite.provider.asked(), 1, "keys were read a moment ago");
    suite.advance(30);
    let (fresh, strange) = (signed("k2"), signed("strange"));
    let both = tokio::join!(suite.status(&fresh), suite.status(&strange));
    assert_eq!(both, (200, 401));
    assert_eq!(suite.provider.asked(), 2);
    let old = ProviderKey::ed25519().sign(&header("EdDSA"), &claims(&suite.app, json!({})));
    assert_eq!(suite.status(&old).await, 401, "k1 is published no more");
}

#[tokio::test]
async fn an_outage_is_told_and_heals_by_itself() {
    let key = ProviderKey::ed25519();
    let provider = Provider::start(&[]).await;
    provider.set(Mode::Gone);
    let app = start_for(&provider).await;
    let token = || key.sign(&header("EdDSA"), &claims(&app, json!({})));
    for mode in [
        Mode::Gone,
        Mode::Failing,
        Mode::Text("x".to_owned()),
        Mode::Text(json!({"keys": [key.jwk("k1")], "more": "x".repeat(64 * 1024)}).to_string()),
    ] {
        provider.set(mode.clone());
        app.clock.advance(TimeDelta::seconds(30));
        let answer = app.with_token(token()).get(LIST).await;
        let problem = answer.problem(503, "unavailable.identity_provider");
        assert!(problem.detail.contains("PassPort"), "{mode:?}");
        assert!(answer.headers.contains_key("retry-after"));
        app.viewer().get(LIST).await.expect(200);
    }
    let asked = provider.asked();
    provider.publish(&[key.jwk("k1")]);
    let early = app.with_token(token()).get(LIST).await;
    early.problem(503, "unavailable.identity_provider");
    assert_eq!(provider.asked(), asked);
    app.clock.advance(TimeDelta::seconds(30));
    app.with_token(token()).get(LIST).await.expect(200);
}

#[tokio::test]
async fn known_keys_stay_in_use_for_a_day() {
    let suite = Suite::start().await;
    assert_eq!(suite.status(&suite.token(json!({}))).await, 200);
    suite.provider.set(Mode::Failing);
    suite.advance(24 * 3600 - 1);
    assert_eq!(suite.status(&suite.token(json!({}))).await, 200);
    suite.advance(60);
    assert_eq!(suite.status(&suite.token(json!({}))).await, 503);
    suite.app.viewer().get(LIST).await.expect(200);
}

#[tokio::test]
async fn keys_are_read_again_without_a_reason() {
    let suite = Suite::start().await;
    assert_eq!(suite.status(&suite.token(json!({}))).await, 200);
    suite.provider.publish(&[]);
    suite.advance(600);
    testkit::wait::until("the end of a withdrawn key", async || {
        (suite.status(&suite.token(json!({}))).await == 401).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_provider_that_hangs_slows_no_token_of_ours() {
    let suite = Suite::start().await;
    assert_eq!(suite.status(&suite.token(json!({}))).await, 200);
    suite.provider.set(Mode::Hung);
    suite.advance(24 * 3600);
    let token = suite.token(json!({}));
    let began = std::time::Instant::now();
    let own = async {
        for _ in 0..20 {
            suite.app.viewer().get(LIST).await.expect(200);
        }
        began.elapsed().as_millis()
    };
    let (foreign, own) = tokio::join!(suite.status(&token), own);
    let foreign_took = began.elapsed().as_millis();
    assert_eq!(foreign, 503);
    assert!(own < 1500 && foreign_took < 4000, "{own} {foreign_took}");
}

#[tokio::test]
async fn without_the_settings_they_are_foreign_tokens() {
    let key = ProviderKey::ed25519();
    let app = support::start().await;
    let token = key.sign(&header("EdDSA"), &claims(&app, json!({})));
    let answer = app.with_token(token).get(LIST).await;
    answer.problem(401, "auth.unauthorized");
}

#[tokio::test]
async fn what_a_guest_does_is_recorded_under_a_name_that_is_none_of_ours() {
    let suite = Suite::start().await;
    let change =
        json!({"realm_access": {"roles": ["ports-operator"]}, "preferred_username": "operator"});
    let guest = suite.app.with_token(suite.token(change));
    let body = json!({"service_id": "legalai-pro", "port": 8500});
    guest.post("/api/ports/assign", body).await.expect(200);
    let pool = suite.app.db.superuser().await;
    let rows: Vec<Value> = sqlx::query_scalar(
        "SELECT jsonb_build_array(actor_kind, actor_id, actor_name, session_id) FROM audit.entry
         WHERE action = 'port.changed'",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    assert_eq!(rows, [json!(["user", "passport:4711", "operator", null])]);
    let by: String = sqlx::query_scalar("SELECT actor FROM ports.event ORDER BY seq DESC LIMIT 1")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(by, "passport:operator");
}

#[tokio::test]
async fn a_guest_may_watch_until_the_token_ends() {
    let suite = Suite::start().await;
    let token = suite.token(json!({}));
    let bearer = |token: &str| [("authorization", format!("Bearer {token}"))];
    let mut socket = connect(&suite.app, "", &bearer(&token)).await.unwrap();
    assert_eq!(next(&mut socket).await["type"], "connected");
    let mut other = connect(&suite.app, "", &[]).await.unwrap();
    let hello = json!({"type": "auth", "token": token}).to_string();
    other.send(Message::text(hello)).await.unwrap();
    assert_eq!(next(&mut other).await["type"], "connected");
    let stranger = suite.token(roles(&["boss"]));
    let refused = connect(&suite.app, "", &bearer(&stranger)).await;
    assert_eq!(refused.unwrap_err(), 403);
    suite.advance(331);
    assert_eq!(closed(&mut socket).await, 4401);
}

#[test]
fn settings_that_are_wrong_or_half_there_are_told_at_once() {
    let url = "https://passport.suite.example/jwks.json";
    assert!(settings(&[]).unwrap().passport.is_none());
    let mut plain = trusting(url).to_vec();
    plain.retain(|(name, _)| *name != "PASSPORT_ROLE_CLAIM");
    assert_eq!(
        settings(&plain).unwrap().passport.unwrap().role_claim,
        "roles"
    );
    let faults = |vars: &[(&str, &str)]| settings(vars).unwrap_err();
    assert_eq!(faults(&trusting(url)[..1]).len(), 3);
    assert_eq!(faults(&trusting(url)[1..]).len(), 4);
    let wrong = [
        ("PASSPORT_ISSUER", "opsconductor"),
        ("PASSPORT_AUDIENCE", "port-manager"),
        ("PASSPORT_JWKS_URL", "file:///etc/keys"),
        ("PASSPORT_ROLE_CLAIM", "a..b"),
        ("PASSPORT_ROLES", "staff=root"),
        ("PORT_SCAN_SECONDS", "0"),
    ];
    let told = faults(&wrong);
    assert_eq!(told.len(), 5, "{told:?}");
    for bad in ["nowhere", "https://", "https://me:word@host/keys"] {
        let told = faults(&trusting(bad));
        assert!(
            told.len() == 1 && told[0].starts_with("PASSPORT_JWKS_URL"),
            "{told:?}"
        );
        assert!(!told[0].contains("word@"), "{told:?}");
    }
}
