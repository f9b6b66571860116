//! Reading and verifying the audit log.

use common::permission::Role;
use serde_json::{Value, json};

use crate::support::{self, Fixture, PASSWORD, check, person};

async fn actions(app: &Fixture, query: &str) -> Vec<String> {
    let list = app.admin().get(&format!("/audit{query}")).await.expect(200);
    let entries = list["entries"].as_array().unwrap();
    entries
        .iter()
        .map(|entry| entry["action"].as_str().unwrap().to_owned())
        .collect()
}

/// The service with five rows in its log.
async fn with_history() -> Fixture {
    let app = support::start().await;
    let ana = person(&app, "ana", Role::Viewer).await;
    let bea = person(&app, "bea", Role::Operator).await;
    app.admin()
        .put(&ana.path(), json!({"role": "operator"}))
        .await
        .expect(200);
    let wrong = json!({"current_password": "wrong", "new_password": support::OTHER_PASSWORD});
    bea.client(&app)
        .post(&format!("{}/password", bea.path()), wrong)
        .await
        .problem(403, "users.wrong_current_password");
    app.admin().delete(&bea.path()).await.expect(200);
    app
}

#[tokio::test]
async fn the_log_is_filtered_and_comes_newest_first() {
    let app = with_history().await;
    let all = [
        "user.deleted",
        "user.password_changed",
        "user.role_changed",
        "user.created",
        "user.created",
    ];
    for (query, wanted) in [
        ("", &all[..]),
        ("?limit=2", &all[..2]),
        ("?skip=3&limit=9", &all[3..]),
        ("?action=user.c", &all[3..]),
        ("?action=user.created&object_id=1", &all[3..4]),
        ("?action=_ser", &[]),
        ("?outcome=denied", &all[1..2]),
        ("?actor=bea", &all[1..2]),
        ("?actor=2", &all[1..2]),
        (
            "?object_kind=user&outcome=ok&actor=admin",
            &[
                "user.deleted",
                "user.role_changed",
                "user.created",
                "user.created",
            ],
        ),
        ("?object_kind=target", &[]),
        ("?from=2000-01-01T00:00:00Z", &all[..]),
        ("?to=2000-01-01T00:00:00Z", &[]),
        ("?from=2999-01-01T00:00:00Z", &[]),
    ] {
        assert_eq!(actions(&app, query).await, wanted, "{query}");
    }
}

#[tokio::test]
async fn a_row_tells_who_did_what_to_whom() {
    let app = with_history().await;
    let list = app
        .admin()
        .get("/audit?limit=1&action=user.")
        .await
        .expect(200);
    assert_eq!(list["total"], 5);
    let newest = &list["entries"][0];
    assert_eq!(
        (&newest["actor_kind"], &newest["actor_id"]),
        (&json!("user"), &json!("3"))
    );
    assert_eq!(
        (&newest["object_name"], &newest["session_id"]),
        (&json!("bea"), &json!("session-of-3"))
    );
    assert!(newest["at"].as_str().unwrap().ends_with('Z'));
    assert!(newest["request_id"].is_string());
}

#[tokio::test]
async fn the_log_holds_no_password_and_no_hash_of_one() {
    let app = with_history().await;
    check(&app, "ana", PASSWORD).await.expect(200);
    let text = app.admin().get("/audit").await.text;
    for secret in [PASSWORD, support::OTHER_PASSWORD, "$2b$", "wrong"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
}

#[tokio::test]
async fn wrong_filters_are_answered_by_field() {
    let app = support::start().await;
    for (query, field) in [
        ("skip=-1", "skip"),
        ("limit=0", "limit"),
        ("limit=x", "limit"),
        ("outcome=perhaps", "outcome"),
        ("from=yesterday", "from"),
        ("to=2026-13-01T00:00:00Z", "to"),
        ("actor=%00", "actor"),
        ("action=%0a", "action"),
        ("object_kind=%7f", "object_kind"),
        ("object_id=%00", "object_id"),
        ("nope=1", "nope"),
    ] {
        app.admin()
            .get(&format!("/audit?{query}"))
            .await
            .wrong_field(field);
    }
}

#[tokio::test]
async fn rows_are_linked_in_the_background() {
    let app = with_history().await;
    let head = testkit::wait::until("the link", async || {
        let head = app.admin().get("/audit/head").await.expect(200);
        (head["unlinked"] == 0 && head["seq"] == 5).then_some(head)
    })
    .await;
    let newest = app.admin().get("/audit?limit=1").await.expect(200);
    assert_eq!(newest["entries"][0]["hash"], head["hash"]);
    assert_eq!(newest["entries"][0]["seq"], 5);
    assert!(head["public_key"].is_string());
}

#[tokio::test]
async fn a_whole_log_is_valid_and_its_end_is_signed() {
    let app = with_history().await;
    let verify = async || app.admin().get("/audit/verify").await.expect(200);
    let found = verify().await;
    assert_eq!(
        (&found["valid"], &found["checked"], &found["unlinked"]),
        (&json!(true), &json!(5), &json!(0))
    );
    assert_eq!(found["head"]["seq"], 5);
    assert!(found.get("first_fault").is_none());
    let again = verify().await;
    assert_eq!(
        (&again["valid"], &again["checked"]),
        (&json!(true), &json!(6))
    );
    assert_eq!(
        actions(&app, "?action=audit.").await,
        ["audit.verified", "audit.verified"]
    );

    let file = app.folder.path().join("audit_head");
    let text = std::fs::read_to_string(&file).unwrap();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 2, "{text}");
    for (line, found) in lines.iter().zip([&found, &again]) {
        let head: &Value = &found["head"];
        let words: Vec<_> = line.split(' ').collect();
        assert_eq!(words[1], head["seq"].to_string());
        assert_eq!(words[2], head["hash"].as_str().unwrap());
        assert_eq!(words[4], head["signature"].as_str().unwrap());
    }
    use std::os::unix::fs::PermissionsExt;
    assert_eq!(
        std::fs::metadata(&file).unwrap().permissions().mode() & 0o777,
        0o600
    );
}

#[tokio::test]
async fn an_empty_log_is_valid() {
    let app = support::start().await;
    let found = app.admin().get("/audit/verify").await.expect(200);
    assert_eq!(
        (&found["valid"], &found["checked"], &found["head"]["seq"]),
        (&json!(true), &json!(0), &json!(0))
    );
    assert_eq!(found["head"]["signature"], json!(null));
}

#[tokio::test]
async fn rows_committed_out_of_order_are_all_linked() {
    let app = support::start().await;
    let pool = app.db.superuser().await;
    let mut late = pool.begin().await.unwrap();
    sqlx::query!("INSERT INTO audit.entry (actor_kind, action) VALUES ('system', 'test.late')")
        .execute(&mut *late)
        .await
        .unwrap();
    person(&app, "ana", Role::Viewer).await;
    let first = app.admin().get("/audit/verify").await.expect(200);
    assert_eq!(
        (&first["valid"], &first["checked"]),
        (&json!(true), &json!(1))
    );
    late.commit().await.unwrap();
    let second = app.admin().get("/audit/verify").await.expect(200);
    assert_eq!(
        (&second["valid"], &second["checked"]),
        (&json!(true), &json!(3))
    );
}

#[tokio::test]
async fn a_line_that_another_key_signed_is_found() {
    let app = with_history().await;
    app.admin().get("/audit/verify").await.expect(200);
    let file = app.folder.path().join("audit_head");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replacen("v1 5 ", "v1 4 ", 1)).unwrap();
    let found = app.admin().get("/audit/verify").await.expect(200);
    assert_eq!(
        (&found["valid"], &found["first_fault"]["seq"]),
        (&json!(false), &json!(4))
    );
    assert_eq!(found["head"]["signature"], json!(null));
}
