//! New versions of the data, who used it, and a look at it.

use credentials::SERVICE;
use credentials::config::Reveal;
use serde_json::json;
use testkit::app::parts;

use crate::support::{KEY, create, open, open_on, reveal};

#[tokio::test]
async fn every_type_comes_out_as_it_went_in() {
    let app = open().await;
    let key = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk=\n-----END OPENSSH PRIVATE KEY-----\n";
    let odd = " \"\\ \u{1}\u{7f} ü 🔑 \n</script>";
    for (kind, data, shown) in [
        (
            "winrm",
            json!({ "username": "u", "password": odd }),
            json!({ "username": "u", "password": odd }),
        ),
        (
            "winrm",
            json!({ "username": "u", "password": "p", "domain": "D" }),
            json!({ "username": "u", "password": "p", "domain": "D" }),
        ),
        (
            "ssh",
            json!({ "username": "root", "private_key": key, "passphrase": odd, "password": null }),
            json!({ "username": "root", "private_key": key, "passphrase": odd }),
        ),
        (
            "api_key",
            json!({ "api_key": "k/+=" }),
            json!({ "api_key": "k/+=", "header": "X-API-Key" }),
        ),
        (
            "api_key",
            json!({ "api_key": "k", "header": "Authorization" }),
            json!({ "api_key": "k", "header": "Authorization" }),
        ),
    ] {
        let name = format!(
            "c{}",
            app.viewer().get("/credentials").await.expect(200)["total"]
        );
        let body = json!({ "name": name, "credential_type": kind, "credential_data": data });
        let made = app.operator().post("/credentials", body).await.expect(201);
        let path = format!("/credentials/{}/decrypt", made["id"]);
        let answer = app.admin().header("X-Reason", "look").get(&path).await;
        let seen = answer.expect(200);
        assert_eq!(answer.headers["cache-control"], "no-store");
        let expected = json!({ "id": made["id"], "name": name, "credential_type": kind, "version": 1,
            "credential_data": shown });
        assert_eq!(seen, expected);
    }
}

#[tokio::test]
async fn a_rotation_adds_a_version_and_keeps_the_old_one() {
    let app = open().await;
    let id = create(&app, "web", "one").await;
    let path = format!("/credentials/{id}/rotate");
    let two = json!({ "username": "root", "password": "two" });
    let rotated = app.operator().post(&path, two).await.expect(200);
    assert_eq!(rotated["message"], "credential web rotated");
    assert!(rotated["rotated_at"].as_str().unwrap().ends_with('Z'));
    assert_eq!(reveal(&app, id).await["password"], "two");
    let three = json!({ "payload": { "username": "root", "password": "three" } });
    app.operator().post(&path, three).await.expect(200);
    assert_eq!(reveal(&app, id).await["password"], "three");
    let versions = format!("/credentials/{id}/versions");
    let list = app.viewer().get(&versions).await.expect(200);
    let numbers: Vec<_> = list["versions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|v| &v["version"])
        .collect();
    assert_eq!(numbers, [3, 2, 1]);
    assert_eq!(list["total"], 3);
    assert_eq!(list["versions"][0]["created_by"], "2");
    assert_eq!(list["versions"][0].as_object().unwrap().len(), 3);
    let page = app
        .viewer()
        .get(&format!("{versions}?skip=1&limit=1"))
        .await
        .expect(200);
    assert_eq!(page["versions"][0]["version"], 2);
    app.viewer()
        .get(&format!("{versions}?limit=0"))
        .await
        .wrong_field("limit");
}

#[tokio::test]
async fn wrong_new_data_changes_nothing() {
    let app = open().await;
    let id = create(&app, "web", "one").await;
    let path = format!("/credentials/{id}/rotate");
    for (body, field) in [
        (json!({}), "username"),
        (json!({ "username": "u" }), "password"),
        (json!({ "payload": {} }), "payload.username"),
        (
            json!({ "payload": { "username": "u", "password": 1 } }),
            "payload.password",
        ),
        (json!({ "payload": "x" }), "payload"),
        (
            json!({ "payload": { "username": "u", "password": "p" }, "username": "u" }),
            "payload",
        ),
        (
            json!({ "username": "u", "password": "p", "domain": "D" }),
            "domain",
        ),
        (json!([]), "body"),
        (json!("x"), "body"),
    ] {
        app.operator().post(&path, body).await.wrong_field(field);
    }
    assert_eq!(reveal(&app, id).await["password"], "one");
}

#[tokio::test]
async fn rotations_at_the_same_time_give_each_a_version() {
    let app = open().await;
    let id = create(&app, "web", "0").await;
    let path = format!("/credentials/{id}/rotate");
    let client = app.operator();
    let one = |n: usize| {
        client.post(
            &path,
            json!({ "username": "u", "password": format!("{n}") }),
        )
    };
    let (a, b, c, d) = tokio::join!(one(1), one(2), one(3), one(4));
    let mut versions: Vec<_> = [a, b, c, d]
        .iter()
        .map(|answer| answer.expect(200)["version"].as_i64().unwrap())
        .collect();
    versions.sort_unstable();
    assert_eq!(versions, [2, 3, 4, 5]);
}

#[tokio::test]
async fn a_look_needs_a_reason_and_leaves_a_trace() {
    let app = open().await;
    let id = create(&app, "web", "p").await;
    let path = format!("/credentials/{id}/decrypt");
    app.admin().get(&path).await.wrong_field("reason");
    app.admin()
        .get(&format!("{path}?reason=%20"))
        .await
        .wrong_field("reason");
    app.admin()
        .get(&format!("{path}?reason=%00"))
        .await
        .wrong_field("reason");
    app.admin()
        .get(&format!("{path}?why=x"))
        .await
        .wrong_field("why");
    let long = format!("{path}?reason={}", "x".repeat(501));
    app.admin().get(&long).await.wrong_field("reason");
    let log = format!("/credentials/{id}/access-log");
    assert_eq!(app.admin().get(&log).await.expect(200)["total"], 0);
    app.admin()
        .get(&format!("{path}?reason=handover%20to%20Kim"))
        .await
        .expect(200);
    let list = app.admin().get(&log).await.expect(200);
    assert_eq!(list["total"], 1);
    let access = &list["accesses"][0];
    assert_eq!(access["actor"], "user:3");
    assert_eq!(access["purpose"], "handover to Kim");
    assert_eq!(access["version"], 1);
    let pool = app.db.superuser().await;
    let change = sqlx::query_scalar!(
        "SELECT change FROM audit.entry WHERE action = 'credential.revealed' AND outcome = 'ok'"
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(change, json!({ "reason": "handover to Kim" }));
    app.admin()
        .delete(&format!("/credentials/{id}"))
        .await
        .expect(200);
    assert_eq!(app.admin().get(&log).await.expect(200)["total"], 1);
}

#[tokio::test]
async fn nobody_looks_where_it_is_switched_off() {
    let app = open_on(parts(SERVICE).await, Some(KEY), Reveal::Forbidden).await;
    let id = create(&app, "web", "p").await;
    let path = format!("/credentials/{id}/decrypt?reason=curious");
    app.admin()
        .get(&path)
        .await
        .problem(403, "credentials.reveal_disabled");
    let pool = app.db.superuser().await;
    let denied = sqlx::query_scalar!(
        "SELECT count(*) FROM audit.entry WHERE action = 'credential.revealed' AND outcome = 'denied'"
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(denied, Some(1));
}

#[tokio::test]
async fn who_signed_in_long_ago_signs_in_again_to_look() {
    let app = open().await;
    let id = create(&app, "web", "p").await;
    let path = format!("/credentials/{id}/decrypt?reason=curious");
    let stale = app.stale_admin();
    stale.get(&path).await.problem(403, "auth.sign_in_again");
}
