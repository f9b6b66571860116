//! Checking, changing and setting passwords.

use std::sync::Arc;

use common::permission::Role;
use serde_json::json;
use tokio::task::JoinSet;

use crate::support::{self, OTHER_PASSWORD, PASSWORD, audited, changes, check, person};

#[tokio::test]
async fn only_name_and_password_together_are_right() {
    let app = support::start().await;
    person(&app, "root", Role::Admin).await;
    let ana = person(&app, "ana", Role::Operator).await;
    let right = check(&app, "ANA", PASSWORD).await.expect(200);
    assert_eq!(
        (&right["id"], &right["username"]),
        (&json!(ana.id), &json!("ana"))
    );
    assert!(right.get("password").is_none() && right.get("hash").is_none());
    let mut texts = Vec::new();
    for (name, password) in [
        ("ana", "wrong"),
        ("ana", ""),
        ("nobody", PASSWORD),
        ("", ""),
        ("ana\0", PASSWORD),
        ("ana ", PASSWORD),
        (&"a".repeat(10_000), PASSWORD),
        ("ana", &"x".repeat(10_000)),
    ] {
        let problem = check(&app, name, password)
            .await
            .problem(401, "users.wrong_password");
        texts.push(problem.detail);
    }
    app.admin()
        .put(&ana.path(), json!({"is_active": false}))
        .await
        .expect(200);
    texts.push(
        check(&app, "ana", PASSWORD)
            .await
            .problem(401, "users.wrong_password")
            .detail,
    );
    texts.dedup();
    assert_eq!(texts.len(), 1, "{texts:?}");
    let body = json!({"username": "ana", "password": PASSWORD});
    app.service("jobs")
        .post("/internal/password-checks", body)
        .await
        .problem(403, "auth.forbidden");
}

#[tokio::test]
async fn the_own_password_needs_the_current_one_and_ends_other_sessions() {
    let app = support::start().await;
    let ana = person(&app, "ana", Role::Viewer).await;
    let client = ana.client(&app);
    let path = format!("{}/password", ana.path());
    let new = OTHER_PASSWORD;
    client
        .post(&path, json!({"new_password": new}))
        .await
        .wrong_field("current_password");
    let wrong = json!({"current_password": "wrong", "new_password": new});
    client
        .post(&path, wrong)
        .await
        .problem(403, "users.wrong_current_password");
    let denied = audited(&app).await.swap_remove(0);
    assert_eq!(
        denied,
        (
            "user.password_changed".to_owned(),
            "denied".to_owned(),
            ana.id.to_string()
        )
    );
    let same = json!({"current_password": PASSWORD, "new_password": PASSWORD});
    client.post(&path, same).await.wrong_field("new_password");
    let weak = json!({"current_password": PASSWORD, "new_password": "Ana-1234567890"});
    client.post(&path, weak).await.wrong_field("new_password");
    assert!(changes(&app).await.is_empty());

    let right = json!({"current_password": PASSWORD, "new_password": new});
    let done = client.post(&path, right).await.expect(200);
    assert_eq!(done, json!({"message": "password changed"}));
    check(&app, "ana", PASSWORD)
        .await
        .problem(401, "users.wrong_password");
    let user = check(&app, "ana", new).await.expect(200);
    assert_eq!(
        (&user["must_change_password"], &user["token_version"]),
        (&json!(false), &json!(2))
    );
    let session = format!("session-of-{}", ana.id);
    assert_eq!(
        changes(&app).await,
        [
            json!({"seq": 1, "user_id": ana.id, "token_version": 2, "end_sessions": true, "keep_session": session})
        ]
    );
    assert_eq!(audited(&app).await.swap_remove(0).1, "ok");
}

#[tokio::test]
async fn an_admin_sets_the_password_of_others_and_they_must_change_it() {
    let app = support::start().await;
    let root = person(&app, "root", Role::Admin).await;
    let ana = person(&app, "ana", Role::Viewer).await;
    let own = json!({"current_password": PASSWORD, "new_password": OTHER_PASSWORD});
    let path = format!("{}/password", ana.path());
    ana.client(&app).post(&path, own.clone()).await.expect(200);
    let admin = root.client(&app);
    admin
        .post(&path, own.clone())
        .await
        .wrong_field("current_password");
    admin
        .post(&path, json!({"new_password": PASSWORD}))
        .await
        .expect(200);
    let user = check(&app, "ana", PASSWORD).await.expect(200);
    assert_eq!(
        (&user["must_change_password"], &user["token_version"]),
        (&json!(true), &json!(3))
    );
    let told = changes(&app).await.pop().unwrap();
    assert_eq!(
        (&told["end_sessions"], &told["keep_session"]),
        (&json!(true), &json!(null))
    );
    admin
        .post("/users/999999/password", json!({"new_password": PASSWORD}))
        .await
        .problem(404, "users.not_found");
    let own_path = format!("{}/password", root.path());
    admin
        .post(&own_path, json!({"new_password": OTHER_PASSWORD}))
        .await
        .wrong_field("current_password");
}

#[tokio::test]
async fn of_two_changes_at_once_one_counts() {
    let app = support::start().await;
    let ana = person(&app, "ana", Role::Viewer).await;
    let path = format!("{}/password", ana.path());
    let change = async |new: &str| {
        let body = json!({"current_password": PASSWORD, "new_password": new});
        ana.client(&app).post(&path, body).await.status
    };
    let (a, b) = tokio::join!(
        change("first of two passwords"),
        change("second of two passwords")
    );
    let mut statuses = [a, b];
    statuses.sort_unstable();
    assert!(matches!(statuses, [200, 409] | [200, 403]), "{statuses:?}");
    let works = check(&app, "ana", "first of two passwords").await.status == 200;
    assert_eq!(works, a == 200);
}

#[tokio::test]
async fn a_hash_of_another_cost_is_renewed_at_sign_in() {
    let app = support::start_with(&[("BCRYPT_COST", "5")]).await;
    let ana = person(&app, "ana", Role::Viewer).await;
    let pool = app.db.superuser().await;
    let pepper = b"pepper of a test, long enough";
    let old = common::password::hash(&PASSWORD.to_owned().into(), pepper, 4).unwrap();
    sqlx::query!(
        "UPDATE users.password SET hash = $2, params = 'bcrypt$4' WHERE user_id = $1",
        ana.id,
        old
    )
    .execute(&pool)
    .await
    .unwrap();
    let stored = async || {
        sqlx::query!(
            "SELECT hash, params FROM users.password WHERE user_id = $1",
            ana.id
        )
        .fetch_one(&pool)
        .await
        .unwrap()
    };
    check(&app, "ana", "wrong")
        .await
        .problem(401, "users.wrong_password");
    assert_eq!(stored().await.params, "bcrypt$4");
    check(&app, "ana", PASSWORD).await.expect(200);
    let renewed = stored().await;
    assert!(renewed.hash.starts_with("$2b$05$"), "{}", renewed.hash);
    assert_eq!(renewed.params, "bcrypt$5");
    check(&app, "ana", PASSWORD).await.expect(200);
}

#[tokio::test]
async fn too_many_checks_at_once_are_put_off_and_nothing_else_waits() {
    let app = Arc::new(support::start_with(&[("BCRYPT_COST", "10"), ("HASH_THREADS", "1")]).await);
    let mut work = JoinSet::new();
    for _ in 0..60 {
        let app = Arc::clone(&app);
        work.spawn(async move { check(&app, "nobody", "any password").await });
    }
    let mut statuses = Vec::new();
    while let Some(answer) = work.join_next().await {
        let answer = answer.unwrap();
        if answer.status == 429 {
            answer.problem(429, "users.busy");
            assert_eq!(answer.headers["retry-after"], "1");
        }
        statuses.push(answer.status);
    }
    let count = |status: u16| statuses.iter().filter(|s| **s == status).count();
    assert!(count(429) > 0 && count(401) >= 16, "{statuses:?}");
    assert_eq!(count(429) + count(401), 60, "{statuses:?}");
    check(&app, "nobody", "any password")
        .await
        .problem(401, "users.wrong_password");
}
