//! Who is let in, and what wrong input is answered.

use common::permission::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{self, PASSWORD};

#[tokio::test]
async fn every_route_admits_exactly_whom_its_document_names() {
    let app = support::start().await;
    assert!(testkit::matrix::check(&app).await > 15);
}

#[tokio::test]
async fn no_forged_token_is_accepted() {
    let app = support::start().await;
    assert!(testkit::forged::check(&app, "/users").await >= 30);
}

/// Sends each body and expects that the answer names the field.
async fn refuse(app: &support::Fixture, method: Method, path: &str, cases: &[(Value, &str)]) {
    for (body, field) in cases {
        let body = Some(body.to_string());
        let answer = app.admin().send(method.clone(), path, body).await;
        answer.wrong_field(field);
        assert!(!answer.text.contains("admin123"), "{}", answer.text);
    }
}

#[tokio::test]
async fn a_new_person_with_a_wrong_field_is_refused() {
    let app = support::start().await;
    let good = json!({"username": "bea", "email": "bea@example.org", "password": PASSWORD});
    let with = |name: &'static str, value: Value| {
        let mut body = good.clone();
        body[name] = value;
        (body, name)
    };
    let cases = [
        (json!({}), "email"),
        (json!([]), "body"),
        (json!("text"), "body"),
        with("username", json!(1)),
        with("username", json!("")),
        with("username", json!("a".repeat(101))),
        with("username", json!("a\0b")),
        with("email", json!("nobody")),
        with("email", json!("a\0@b.c")),
        with("email", json!(null)),
        with("password", json!("short")),
        with("password", json!("admin123admin123")),
        with("password", json!(["x"])),
        with("role", json!("root")),
        with("is_admin", json!(true)),
        with("token_version", json!(9)),
    ];
    refuse(&app, Method::POST, "/users", &cases).await;
    assert_eq!(app.admin().get("/users").await.expect(200)["total"], 0);
}

#[tokio::test]
async fn a_change_with_a_wrong_field_is_refused() {
    let app = support::start().await;
    let ana = support::person(&app, "ana", Role::Viewer).await;
    let changes = [
        (json!({"email": 5}), "email"),
        (json!({"email": " "}), "email"),
        (json!({"username": "x y"}), "username"),
        (json!({"is_active": "no"}), "is_active"),
        (json!({"password": PASSWORD}), "password"),
        (json!({"id": 3}), "id"),
    ];
    refuse(&app, Method::PUT, &ana.path(), &changes).await;
    let roles = [
        (json!({}), "role"),
        (json!({"role": "Admin"}), "role"),
        (json!({"role": "admin", "x": 1}), "x"),
    ];
    refuse(&app, Method::POST, &format!("{}/roles", ana.path()), &roles).await;
    let passwords = [
        (json!({}), "new_password"),
        (json!({"new_password": 1}), "new_password"),
        (json!({"new_password": "admin123"}), "new_password"),
    ];
    let path = format!("{}/password", ana.path());
    refuse(&app, Method::POST, &path, &passwords).await;
    refuse(&app, Method::POST, "/bootstrap", &[(json!({}), "code")]).await;
}

#[tokio::test]
async fn wrong_queries_and_paths_are_answered_by_field() {
    let app = support::start().await;
    let long = "a".repeat(101);
    for (path, field) in [
        ("/users?skip=-1".to_owned(), "skip"),
        ("/users?limit=0".to_owned(), "limit"),
        ("/users?limit=1001".to_owned(), "limit"),
        ("/users?limit=many".to_owned(), "limit"),
        ("/users?limit=99999999999999999999".to_owned(), "limit"),
        ("/users?search=a%00b".to_owned(), "search"),
        (format!("/users?search={long}"), "search"),
        ("/users?role=admin".to_owned(), "role"),
        ("/users/abc".to_owned(), "id"),
        ("/users/99999999999999999999".to_owned(), "id"),
    ] {
        app.admin().get(&path).await.wrong_field(field);
    }
    for path in ["/internal/changes?after=-1", "/internal/changes?after=x"] {
        app.service("auth").get(path).await.wrong_field("after");
    }
    let both = app.admin().get("/users?limit=0&search=%01").await;
    assert_eq!(both.wrong_field("search").errors.len(), 2);
}

#[tokio::test]
async fn broken_and_huge_bodies_are_refused() {
    let app = support::start().await;
    let send = async |body: String| app.admin().send(Method::POST, "/users", Some(body)).await;
    send("{\"username\":".to_owned())
        .await
        .problem(400, "request.malformed_json");
    send("{} x".to_owned()).await.wrong_field("email");
    send("\u{1}".to_owned())
        .await
        .problem(400, "request.malformed_json");
    let huge = json!({"username": "a".repeat(2 << 20)}).to_string();
    send(huge).await.problem(413, "request.too_large");
    let large =
        json!({"username": "a".repeat(1_000_000), "email": "a@b", "password": "p".repeat(10)});
    let faults = send(large.to_string()).await.wrong_field("username").errors;
    assert_eq!(faults.len(), 2, "{faults:?}");
}
