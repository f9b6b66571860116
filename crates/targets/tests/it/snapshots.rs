//! What other services ask.

use serde_json::json;

use crate::support::{self, credential, target_id};

#[tokio::test]
async fn names_become_snapshots_with_pinned_host_keys_only() {
    let app = support::start().await;
    let credential = credential(&app, "key").await;
    let more = json!({"protocol": "ssh", "port": 2222, "credential_ref": credential, "metadata": {"x": 1}});
    let b = target_id(&app, "b", more).await;
    target_id(&app, "a", json!({})).await;
    let print = |letter: &str| format!("SHA256:{}A", letter.repeat(42));
    let keys = format!("/targets/{b}/host-keys");
    for (algorithm, letter, replace) in [
        ("ssh-ed25519", "A", false),
        ("ssh-ed25519", "B", true),
        ("ecdsa-sha2-nistp256", "C", false),
    ] {
        let key = json!({"algorithm": algorithm, "fingerprint": print(letter), "replace": replace});
        app.operator().post(&keys, key).await.expect(201);
    }
    let names = json!({"names": ["b", "nobody", "a", "b", "x\0"]});
    for service in ["jobs", "executor"] {
        let answer = app
            .service(service)
            .post("/internal/targets/resolve", names.clone())
            .await;
        let targets = answer.expect(200)["targets"].clone();
        assert_eq!(targets.as_array().unwrap().len(), 2);
        assert_eq!(targets[0]["name"], "a");
        assert_eq!(targets[0]["host_keys"], json!([]));
        assert_eq!(
            targets[1],
            json!({"id": b, "name": "b", "hostname": "b.example.org", "port": 2222, "protocol": "ssh",
                   "credential_id": credential, "metadata": {"x": 1}, "host_keys": [
                       {"algorithm": "ssh-ed25519", "fingerprint": print("B")},
                       {"algorithm": "ecdsa-sha2-nistp256", "fingerprint": print("C")}]})
        );
    }
}

#[tokio::test]
async fn wrong_questions_are_answered_by_field() {
    let app = support::start().await;
    let many: Vec<String> = (0..1001).map(|at| format!("t{at}")).collect();
    for (body, field) in [
        (json!({}), "names"),
        (json!({"names": "a"}), "names"),
        (json!({"names": [1]}), "names[0]"),
        (json!({"names": [], "ids": []}), "ids"),
        (json!({"names": many}), "names"),
    ] {
        let answer = app
            .service("jobs")
            .post("/internal/targets/resolve", body)
            .await;
        answer.wrong_field(field);
    }
    let none = app
        .service("jobs")
        .post("/internal/targets/resolve", json!({"names": []}))
        .await;
    assert_eq!(none.expect(200), json!({"targets": []}));
}
