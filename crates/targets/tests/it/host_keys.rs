//! Accepting, replacing and forgetting host keys.

use serde_json::{Value, json};
use testkit::app::TestApp;

use crate::support::{self, audit, audited, target_id};

const ED25519: &str = "ssh-ed25519";

fn print(letter: char) -> String {
    format!("SHA256:{}A", letter.to_string().repeat(42))
}

fn key(letter: char) -> Value {
    json!({"algorithm": ED25519, "fingerprint": print(letter)})
}

async fn accept(app: &TestApp, id: i64, body: Value) -> testkit::answer::Answer {
    app.operator()
        .post(&format!("/targets/{id}/host-keys"), body)
        .await
}

async fn states(app: &TestApp, id: i64) -> Vec<(String, String)> {
    let list = app
        .viewer()
        .get(&format!("/targets/{id}/host-keys"))
        .await
        .expect(200);
    let keys = list["host_keys"].as_array().unwrap();
    assert_eq!(list["total"], keys.len());
    let text = |key: &Value, name: &str| key[name].as_str().unwrap().to_owned();
    keys.iter()
        .map(|key| (text(key, "fingerprint"), text(key, "state")))
        .collect()
}

#[tokio::test]
async fn a_key_is_accepted_once_and_audited() {
    let app = support::start().await;
    let id = target_id(&app, "a", json!({})).await;
    let accepted = accept(&app, id, key('A')).await.expect(201);
    assert_eq!(accepted["state"], "pinned");
    assert_eq!(accepted["public_key"], json!(null));
    assert!(accepted["accepted_by"].is_string() && accepted["accepted_at"].is_string());
    let row = audited(&app).await;
    assert_eq!(row.action, "target.host_key_accepted");
    assert_eq!(row.object_id, Some(id.to_string()));
    assert_eq!(row.change["fingerprint"], print('A'));
    let rows = audit(&app).await.len();
    assert_eq!(accept(&app, id, key('A')).await.expect(201), accepted);
    assert_eq!(audit(&app).await.len(), rows);
    assert_eq!(states(&app, id).await, [(print('A'), "pinned".to_owned())]);
}

#[tokio::test]
async fn another_key_of_an_algorithm_needs_a_word() {
    let app = support::start().await;
    let id = target_id(&app, "a", json!({})).await;
    accept(&app, id, key('A')).await.expect(201);
    accept(&app, id, key('B'))
        .await
        .problem(409, "targets.host_key_conflict");
    let replace =
        |letter| json!({"algorithm": ED25519, "fingerprint": print(letter), "replace": true});
    accept(&app, id, replace('B')).await.expect(201);
    assert_eq!(audited(&app).await.change["replaced"], json!([print('A')]));
    assert_eq!(
        states(&app, id).await,
        [
            (print('A'), "revoked".to_owned()),
            (print('B'), "pinned".to_owned())
        ]
    );
    accept(&app, id, key('A'))
        .await
        .problem(409, "targets.host_key_conflict");
    let other = json!({"algorithm": "ecdsa-sha2-nistp256", "fingerprint": print('C')});
    accept(&app, id, other).await.expect(201);
    let path = format!("/targets/{id}/host-keys/{}", print('B'));
    app.operator().delete(&path).await.expect(200);
    accept(&app, id, key('A'))
        .await
        .problem(409, "targets.host_key_conflict");
    accept(&app, id, replace('A')).await.expect(201);
    let mixed = json!({"algorithm": "ssh-rsa", "fingerprint": print('A')});
    accept(&app, id, mixed).await.wrong_field("algorithm");
}

#[tokio::test]
async fn a_key_is_forgotten_by_its_fingerprint() {
    let app = support::start().await;
    let id = target_id(&app, "a", json!({})).await;
    let odd = "SHA256:+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/A";
    for written in [
        odd.replace('/', "%2F"),
        odd.replace('/', "_").replace('+', "-"),
        odd.replace('/', "%2f").replace('+', "%2B"),
    ] {
        let key = json!({"algorithm": ED25519, "fingerprint": odd});
        accept(&app, id, key).await.expect(201);
        let path = format!("/targets/{id}/host-keys/{written}");
        let gone = app.operator().delete(&path).await.expect(200);
        assert_eq!(gone["message"], format!("host key {odd} removed"));
        let row = audited(&app).await;
        assert_eq!(
            (row.action.as_str(), &row.change["state"]),
            ("target.host_key_removed", &json!("pinned"))
        );
        let again = app.operator().delete(&path).await;
        again.problem(404, "targets.no_such_host_key");
    }
}

#[tokio::test]
async fn keys_stay_when_the_target_moves_and_the_log_says_so() {
    let app = support::start().await;
    let id = target_id(&app, "a", json!({})).await;
    accept(&app, id, key('A')).await.expect(201);
    let path = format!("/targets/{id}");
    for edit in [json!({"hostname": "elsewhere"}), json!({"port": 2222})] {
        app.operator().put(&path, edit).await.expect(200);
        let kept = audited(&app).await.change["host_keys_kept"].clone();
        assert_eq!(
            kept,
            json!([{"algorithm": ED25519, "fingerprint": print('A')}])
        );
    }
    app.operator()
        .put(&path, json!({"tags": ["x"]}))
        .await
        .expect(200);
    assert!(audited(&app).await.change.get("host_keys_kept").is_none());
    assert_eq!(states(&app, id).await.len(), 1);
}

#[tokio::test]
async fn wrong_keys_are_answered_by_field() {
    let app = support::start().await;
    let id = target_id(&app, "a", json!({})).await;
    for (body, field) in [
        (json!({}), "algorithm"),
        (json!({"algorithm": ED25519}), "fingerprint"),
        (
            json!({"algorithm": 1, "fingerprint": print('A')}),
            "algorithm",
        ),
        (
            json!({"algorithm": "\0", "fingerprint": print('A')}),
            "algorithm",
        ),
        (
            json!({"algorithm": ED25519, "fingerprint": "AA:BB"}),
            "fingerprint",
        ),
        (
            json!({"algorithm": ED25519, "fingerprint": print('A'), "public_key": "x\0 y"}),
            "public_key",
        ),
        (
            json!({"algorithm": ED25519, "fingerprint": print('A'), "public_key": "ssh-ed25519 AAAA"}),
            "public_key",
        ),
        (
            json!({"algorithm": ED25519, "fingerprint": print('A'), "replace": "yes"}),
            "replace",
        ),
        (
            json!({"algorithm": ED25519, "fingerprint": print('A'), "state": "pinned"}),
            "state",
        ),
    ] {
        accept(&app, id, body).await.wrong_field(field);
    }
    let answer = accept(&app, 999, key('A')).await;
    answer.problem(404, "targets.not_found");
    let path = format!("/targets/{id}/host-keys/a%00b");
    app.operator()
        .delete(&path)
        .await
        .problem(404, "targets.no_such_host_key");
}
