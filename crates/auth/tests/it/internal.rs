//! What other services ask auth.

use common::token::{Jwks, KeySet, Token};
use serde_json::json;
use testkit::answer::Answer;

use crate::support::Bed;

const SECRET: &str = "the executor's secret";

async fn ask(bed: &Bed, service: &str, audience: &str, secret: &str) -> Answer {
    let body = json!({"service": service, "audience": audience, "secret": secret});
    bed.app
        .anonymous()
        .post("/internal/service-tokens", body)
        .await
}

#[tokio::test]
async fn a_service_gets_a_token_for_one_other_service() {
    let bed = Bed::start().await;
    let answer = ask(&bed, "executor", "targets", SECRET).await.expect(200);
    assert_eq!(answer["expires_in"], 60);
    let token = answer["access_token"].as_str().unwrap();
    let jwks = bed
        .app
        .anonymous()
        .get("/.well-known/jwks.json")
        .await
        .expect(200);
    let keys = KeySet::new(&serde_json::from_value::<Jwks>(jwks).unwrap());
    let now = bed.app.clock.now().timestamp();
    let Ok(Token::Service(claims)) = keys.verify(token, "targets", now) else {
        panic!("no service token: {token}")
    };
    assert_eq!(
        (claims.sub.as_str(), claims.exp - claims.iat),
        ("executor", 60)
    );
    assert!(keys.verify(token, "credentials", now).is_err());
    let client = bed.app.with_token(token);
    client
        .get("/internal/revocations")
        .await
        .problem(401, "auth.unauthorized");
}

#[tokio::test]
async fn whoever_does_not_prove_itself_gets_nothing() {
    let bed = Bed::start().await;
    for (service, audience, secret) in [
        ("executor", "targets", "wrong"),
        ("executor", "targets", ""),
        ("executor", "nobody", SECRET),
        ("executor", "", SECRET),
        ("nobody", "targets", SECRET),
        ("targets", "jobs", SECRET),
        ("jobs", "targets", ""),
        ("../service_executor", "targets", SECRET),
        ("executor\u{0}", "targets", SECRET),
    ] {
        let answer = ask(&bed, service, audience, secret).await;
        answer.problem(401, "auth.service_refused");
    }
}

#[tokio::test]
async fn a_new_secret_counts_at_once() {
    let bed = Bed::start().await;
    std::fs::write(bed.secrets.path().join("service_executor"), "fresh").unwrap();
    ask(&bed, "executor", "targets", SECRET)
        .await
        .problem(401, "auth.service_refused");
    ask(&bed, "executor", "targets", "fresh").await.expect(200);
}

#[tokio::test]
async fn services_read_revocations_and_sessions() {
    let bed = Bed::start().await;
    let answer = ask(&bed, "executor", "auth", SECRET).await.expect(200);
    let client = bed.app.with_token(answer["access_token"].as_str().unwrap());
    let ana = bed.login("ana").await;
    let state = format!("/internal/sessions/{}?token_version=1", ana.sid());
    assert_eq!(
        client.get(&state).await.expect(200),
        json!({"active": true})
    );
    let before = client
        .get("/internal/revocations?after=0")
        .await
        .expect(200);
    assert_eq!(before, json!({"revocations": []}));
    bed.client(&ana)
        .send(reqwest::Method::POST, "/logout", None)
        .await
        .expect(200);
    assert_eq!(
        client.get(&state).await.expect(200),
        json!({"active": false})
    );
    let list = client
        .get("/internal/revocations?after=0")
        .await
        .expect(200);
    assert_eq!(list["revocations"][0]["session_id"], ana.sid());
    assert_eq!(list["revocations"][0]["seq"], 1);
    let after = client
        .get("/internal/revocations?after=1")
        .await
        .expect(200);
    assert_eq!(after, json!({"revocations": []}));
    let vera = bed.login("vera").await;
    let people = bed.client(&vera).get("/internal/revocations").await;
    people.problem(403, "auth.forbidden");
}

#[tokio::test]
async fn wrong_input_names_its_field() {
    let bed = Bed::start().await;
    let answer = ask(&bed, "executor", "auth", SECRET).await.expect(200);
    let client = bed.app.with_token(answer["access_token"].as_str().unwrap());
    for (path, field) in [
        ("/internal/revocations?after=-1", "after"),
        ("/internal/revocations?after=x", "after"),
        ("/internal/revocations?before=1", "before"),
        ("/internal/sessions/x", "token_version"),
        ("/internal/sessions/x?token_version=one", "token_version"),
    ] {
        client.get(path).await.wrong_field(field);
    }
    for sid in ["x", "%00", "999999"] {
        let path = format!("/internal/sessions/{sid}?token_version=1");
        assert_eq!(
            client.get(&path).await.expect(200),
            json!({"active": false})
        );
    }
    for (body, field) in [
        (json!({}), "service"),
        (json!({"service": "a", "audience": "b"}), "secret"),
        (
            json!({"service": 1, "audience": "b", "secret": "c"}),
            "service",
        ),
        (
            json!({"service": "a", "audience": "b", "secret": "c", "sub": "d"}),
            "sub",
        ),
    ] {
        let answer = bed
            .app
            .anonymous()
            .post("/internal/service-tokens", body)
            .await;
        answer.wrong_field(field);
    }
}
