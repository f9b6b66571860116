//! People and their roles.

use common::permission::Role;
use serde_json::{Value, json};

use crate::support::{self, audited, body, changes, person};

/// The newest audit row is this.
async fn expect_audit(app: &support::Fixture, action: &str, id: i64) {
    let newest = audited(app).await.swap_remove(0);
    assert_eq!(newest, (action.to_owned(), "ok".to_owned(), id.to_string()));
}

#[tokio::test]
async fn a_person_is_made_with_the_shape_of_the_contract() {
    let app = support::start().await;
    let mut wanted = body(" ana ", Role::Viewer);
    wanted.as_object_mut().unwrap().remove("role");
    wanted["email"] = json!("Ana@Example.org");
    let made = app.admin().post("/users", wanted).await.expect(201);
    let mut names: Vec<_> = made.as_object().unwrap().keys().collect();
    names.sort();
    assert_eq!(
        names,
        [
            "created_at",
            "email",
            "id",
            "is_active",
            "must_change_password",
            "role",
            "token_version",
            "username"
        ]
    );
    assert_eq!(made["username"], "ana");
    assert_eq!(made["email"], "Ana@Example.org");
    assert_eq!(made["role"], "viewer");
    assert_eq!(made["token_version"], 1);
    assert_eq!(made["must_change_password"], true);
    assert!(made["created_at"].as_str().unwrap().ends_with('Z'));
    expect_audit(&app, "user.created", made["id"].as_i64().unwrap()).await;
    let read = app
        .admin()
        .get(&format!("/users/{}", made["id"]))
        .await
        .expect(200);
    assert_eq!(read, made);
}

#[tokio::test]
async fn names_and_addresses_are_taken_whatever_their_case() {
    let app = support::start().await;
    person(&app, "ana", Role::Viewer).await;
    let bea = person(&app, "bea", Role::Viewer).await;
    let mut same_name = body("ANA", Role::Viewer);
    same_name["email"] = json!("other@example.org");
    app.admin()
        .post("/users", same_name)
        .await
        .problem(409, "users.username_taken");
    let mut same_mail = body("other", Role::Viewer);
    same_mail["email"] = json!("ANA@example.org");
    app.admin()
        .post("/users", same_mail)
        .await
        .problem(409, "users.email_taken");
    for (edit, code) in [
        (json!({"username": "Ana"}), "users.username_taken"),
        (json!({"email": "Ana@Example.Org"}), "users.email_taken"),
    ] {
        app.admin().put(&bea.path(), edit).await.problem(409, code);
    }
    let own = app
        .admin()
        .put(&bea.path(), json!({"username": "Bea"}))
        .await
        .expect(200);
    assert_eq!(own["username"], "Bea");
}

#[tokio::test]
async fn an_admin_lists_everybody_and_others_themselves() {
    let app = support::start().await;
    let ana = person(&app, "ana", Role::Viewer).await;
    for name in ["bea", "cleo", "dora"] {
        person(&app, name, Role::Operator).await;
    }
    let names = |list: &Value| -> Vec<String> {
        let users = list["users"].as_array().unwrap();
        users
            .iter()
            .map(|user| user["username"].as_str().unwrap().to_owned())
            .collect()
    };
    for (query, wanted, total) in [
        ("", vec!["ana", "bea", "cleo", "dora"], 4),
        ("?skip=1&limit=2", vec!["bea", "cleo"], 4),
        ("?skip=9", vec![], 4),
        ("?search=EA", vec!["bea"], 1),
        ("?search=dora%40", vec!["dora"], 1),
        ("?search=%25", vec![], 0),
    ] {
        let list = app.admin().get(&format!("/users{query}")).await.expect(200);
        assert_eq!(names(&list), wanted, "{query}");
        assert_eq!(list["total"], total, "{query}");
    }
    let own = ana.client(&app).get("/users").await.expect(200);
    assert_eq!(
        (names(&own), &own["total"]),
        (vec!["ana".to_owned()], &json!(1))
    );
    let none = ana.client(&app).get("/users?search=bea").await.expect(200);
    assert_eq!(none["total"], 0);
}

#[tokio::test]
async fn others_do_not_exist_for_who_is_no_admin() {
    let app = support::start().await;
    let ana = person(&app, "ana", Role::Operator).await;
    let bea = person(&app, "bea", Role::Viewer).await;
    let client = ana.client(&app);
    for id in [bea.id, 999_999] {
        let path = format!("/users/{id}");
        client.get(&path).await.problem(404, "users.not_found");
        client
            .put(&path, json!({"email": "x@example.org"}))
            .await
            .problem(404, "users.not_found");
        client
            .put(&path, json!({"role": "admin"}))
            .await
            .problem(404, "users.not_found");
        let new = json!({"new_password": support::OTHER_PASSWORD});
        client
            .post(&format!("{path}/password"), new)
            .await
            .problem(404, "users.not_found");
    }
    client.get(&ana.path()).await.expect(200);
}

#[tokio::test]
async fn everybody_changes_the_own_address_and_nothing_more() {
    let app = support::start().await;
    let ana = person(&app, "ana", Role::Viewer).await;
    let client = ana.client(&app);
    let changed = client
        .put(&ana.path(), json!({"email": "new@example.org"}))
        .await
        .expect(200);
    assert_eq!(changed["email"], "new@example.org");
    for edit in [
        json!({"role": "admin"}),
        json!({"username": "root"}),
        json!({"is_active": true}),
        json!({"email": "a@example.org", "role": "viewer"}),
    ] {
        client
            .put(&ana.path(), edit)
            .await
            .problem(403, "users.admin_field");
    }
    assert_eq!(client.get(&ana.path()).await.expect(200), changed);
}

#[tokio::test]
async fn a_change_raises_the_version_and_is_told_to_auth() {
    let app = support::start().await;
    person(&app, "root", Role::Admin).await;
    let ana = person(&app, "ana", Role::Viewer).await;
    let steps = [
        (json!({"email": "new@example.org"}), "user.changed", false),
        (json!({"username": "anna"}), "user.changed", false),
        (json!({"role": "admin"}), "user.role_changed", false),
        (
            json!({"is_active": false, "role": "viewer"}),
            "user.deactivated",
            true,
        ),
        (json!({"is_active": true}), "user.activated", false),
    ];
    for (number, (edit, action, ends)) in (1..).zip(steps) {
        let changed = app.admin().put(&ana.path(), edit).await.expect(200);
        assert_eq!(changed["token_version"], number + 1);
        expect_audit(&app, action, ana.id).await;
        let all = changes(&app).await;
        assert_eq!(
            all.last().unwrap(),
            &json!({"seq": number, "user_id": ana.id, "token_version": number + 1, "end_sessions": ends, "keep_session": null})
        );
    }
    let same = app
        .admin()
        .put(&ana.path(), json!({"username": "anna", "role": "viewer"}))
        .await;
    assert_eq!(same.expect(200)["token_version"], 6);
    assert_eq!(changes(&app).await.len(), 5);
}

#[tokio::test]
async fn a_role_is_given_by_its_own_route() {
    let app = support::start().await;
    let ana = person(&app, "ana", Role::Viewer).await;
    let path = format!("{}/roles", ana.path());
    let changed = app
        .admin()
        .post(&path, json!({"role": "operator"}))
        .await
        .expect(200);
    assert_eq!(
        (&changed["role"], &changed["token_version"]),
        (&json!("operator"), &json!(2))
    );
    app.admin()
        .post("/users/999999/roles", json!({"role": "viewer"}))
        .await
        .problem(404, "users.not_found");
}

#[tokio::test]
async fn a_removed_person_is_gone_and_their_sessions_end() {
    let app = support::start().await;
    let ana = person(&app, "ana", Role::Viewer).await;
    let gone = app.admin().delete(&ana.path()).await.expect(200);
    assert_eq!(gone, json!({"message": "user ana deleted"}));
    expect_audit(&app, "user.deleted", ana.id).await;
    let told = changes(&app).await.pop().unwrap();
    assert_eq!(
        (&told["token_version"], &told["end_sessions"]),
        (&json!(2), &json!(true))
    );
    app.admin()
        .delete(&ana.path())
        .await
        .problem(404, "users.not_found");
    app.admin()
        .get(&ana.path())
        .await
        .problem(404, "users.not_found");
    ana.client(&app)
        .get(&ana.path())
        .await
        .problem(404, "users.not_found");
    let again = person(&app, "ana", Role::Viewer).await;
    assert_ne!(again.id, ana.id);
}

#[tokio::test]
async fn the_last_active_admin_stays() {
    let app = support::start().await;
    let root = person(&app, "root", Role::Admin).await;
    let idle = person(&app, "idle", Role::Admin).await;
    app.admin()
        .put(&idle.path(), json!({"is_active": false}))
        .await
        .expect(200);
    let admin = root.client(&app);
    let roles = format!("{}/roles", root.path());
    admin
        .delete(&root.path())
        .await
        .problem(409, "users.last_admin");
    admin
        .post(&roles, json!({"role": "viewer"}))
        .await
        .problem(409, "users.last_admin");
    admin
        .put(&root.path(), json!({"role": "operator"}))
        .await
        .problem(409, "users.last_admin");
    admin
        .put(&root.path(), json!({"is_active": false}))
        .await
        .problem(409, "users.last_admin");
    admin
        .put(&root.path(), json!({"email": "r@example.org"}))
        .await
        .expect(200);
    admin.delete(&idle.path()).await.expect(200);
    let second = person(&app, "second", Role::Admin).await;
    admin.delete(&root.path()).await.expect(200);
    second
        .client(&app)
        .delete(&second.path())
        .await
        .problem(409, "users.last_admin");
}

#[tokio::test]
async fn who_signed_in_long_ago_signs_in_again_for_what_cannot_be_undone() {
    let app = support::start().await;
    let ana = person(&app, "ana", Role::Viewer).await;
    let stale = app.stale_admin();
    stale.get(&ana.path()).await.expect(200);
    let code = "auth.sign_in_again";
    stale.delete(&ana.path()).await.problem(403, code);
    let role = json!({"role": "operator"});
    stale
        .put(&ana.path(), role.clone())
        .await
        .problem(403, code);
    let roles = format!("{}/roles", ana.path());
    stale.post(&roles, role.clone()).await.problem(403, code);
    app.admin().post(&roles, role).await.expect(200);
}
