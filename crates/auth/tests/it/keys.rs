//! Signing keys: published, rotated, lost.

use chrono::TimeDelta;
use common::secret::Secret;
use serde_json::Value;
use testkit::app;
use testkit::wait;

use crate::stub::PASSWORD;
use crate::support::{Bed, Pair, try_login};

async fn kids(bed: &Bed) -> Vec<String> {
    let jwks = bed
        .app
        .anonymous()
        .get("/.well-known/jwks.json")
        .await
        .expect(200);
    let names = jwks["keys"].as_array().unwrap().iter();
    names
        .map(|key| key["kid"].as_str().unwrap().to_owned())
        .collect()
}

async fn rotate(bed: &Bed, pair: &Pair) -> testkit::answer::Answer {
    bed.client(pair)
        .send(reqwest::Method::POST, "/keys/rotate", None)
        .await
}

#[tokio::test]
async fn one_key_is_published_from_the_start() {
    let bed = Bed::start().await;
    let jwks = bed
        .app
        .anonymous()
        .get("/.well-known/jwks.json")
        .await
        .expect(200);
    let key = &jwks["keys"][0];
    let pair = bed.login("ana").await;
    assert_eq!(key["kid"], pair.kid());
    for (name, value) in [
        ("kty", "OKP"),
        ("crv", "Ed25519"),
        ("alg", "EdDSA"),
        ("use", "sig"),
    ] {
        assert_eq!(key[name], value);
    }
    assert_eq!(key.as_object().unwrap().len(), 6, "nothing private: {key}");
    assert_eq!(bed.audited("key.rotated", "ok").await, 1);
}

#[tokio::test]
async fn a_new_key_is_known_before_it_signs_and_the_old_one_until_its_tokens_are_over() {
    let bed = Bed::start().await;
    let old = bed.login("ana").await;
    let made = rotate(&bed, &old).await.expect(200);
    let new_kid = made["kid"].as_str().unwrap().to_owned();
    assert_eq!(kids(&bed).await, [old.kid(), new_kid.clone()]);
    rotate(&bed, &old)
        .await
        .problem(409, "auth.rotation_pending");
    bed.advance(TimeDelta::seconds(659));
    assert_eq!(bed.login("ana").await.kid(), old.kid());
    bed.advance(TimeDelta::seconds(1));
    let second = bed.second().await;
    let new = Pair::of(&try_login(&second, "ana", PASSWORD).await.expect(200));
    assert_eq!(new.kid(), new_kid);
    for pair in [&old, &new] {
        let client = second.with_token(pair.access.clone());
        client.get("/verify").await.expect(200);
    }
    bed.advance(TimeDelta::seconds(959));
    assert_eq!(kids(&bed).await.len(), 2);
    bed.advance(TimeDelta::seconds(1));
    assert_eq!(kids(&bed).await, [new_kid]);
    wait::until("the removal of the old key", async || {
        (bed.count("SELECT count(*) FROM auth.signing_key").await == 1).then_some(())
    })
    .await;
}

#[tokio::test]
async fn keys_rotate_by_themselves_after_thirty_days() {
    let bed = Bed::start().await;
    let first = kids(&bed).await;
    bed.advance(TimeDelta::days(30) - TimeDelta::minutes(11));
    let both = wait::until("the next key", async || {
        let kids = kids(&bed).await;
        (kids.len() == 2).then_some(kids)
    })
    .await;
    assert_eq!(both[0], first[0]);
    assert_eq!(bed.login("ana").await.kid(), first[0]);
    bed.advance(TimeDelta::minutes(11));
    assert_eq!(bed.login("ana").await.kid(), both[1]);
}

#[tokio::test]
async fn processes_on_one_database_share_one_key() {
    let bed = Bed::start().await;
    let (one, two) = tokio::join!(bed.second(), bed.second());
    let pair = bed.login("ana").await;
    for other in [&one, &two] {
        let client = other.with_token(pair.access.clone());
        client.get("/verify").await.expect(200);
    }
    assert_eq!(bed.count("SELECT count(*) FROM auth.signing_key").await, 1);
}

#[tokio::test]
async fn only_an_admin_rotates_keys() {
    let bed = Bed::start().await;
    for name in ["otto", "vera"] {
        let pair = bed.login(name).await;
        rotate(&bed, &pair).await.problem(403, "auth.forbidden");
    }
    assert_eq!(kids(&bed).await.len(), 1);
}

#[tokio::test]
async fn with_another_secret_nothing_is_signed_and_no_key_is_made() {
    let bed = Bed::start().await;
    let parts = app::parts_on(auth::SERVICE, bed.app.db.clone());
    let other = Bed::start_with(parts, |config| {
        config.auth_key = Secret::new("not the secret that wrapped the keys".to_owned());
    })
    .await;
    let refused = other.try_login("ana", PASSWORD).await;
    refused.problem(503, "unavailable.signing_key");
    let health = other.app.anonymous().get("/health").await;
    assert_eq!(health.status, 503, "{}", health.text);
    let why = health.json()["checks"]["signing_key"].clone();
    assert!(
        matches!(&why, Value::String(why) if why.contains("AUTH_KEY_FILE")),
        "{why}"
    );
    let keys = other.app.anonymous().get("/.well-known/jwks.json").await;
    keys.problem(503, "unavailable.signing_key");
    assert_eq!(bed.count("SELECT count(*) FROM auth.signing_key").await, 1);
    bed.login("ana").await;
}

#[tokio::test]
async fn no_private_key_lies_open_in_the_database() {
    let bed = Bed::start().await;
    let odd = "SELECT count(*) FROM auth.signing_key
               WHERE octet_length(private_key_wrapped) <> 60
                  OR position(public_key IN private_key_wrapped) > 0";
    assert_eq!(bed.count(odd).await, 0);
}
