//! Who is let in, and what wrong input is answered.

use common::permission::Role;
use reqwest::Method;
use serde_json::json;

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

#[tokio::test]
async fn wrong_input_is_answered_by_field() {
    let app = support::start().await;
    let ana = support::person(&app, "ana", Role::Viewer).await;
    let long = "a".repeat(101);
    let good = json!({"username": "bea", "email": "bea@example.org", "password": PASSWORD});
    let with = |name: &str, value: serde_json::Value| {
        let mut body = good.clone();
        body[name] = value;
        body
    };
    let create = "/users".to_owned();
    let password = format!("{}/password", ana.path());
    let roles = format!("{}/roles", ana.path());
    let bootstrap = "/bootstrap".to_owned();
    let cases = [
        (Method::POST, &create, json!({}), "email"),
        (Method::POST, &create, json!([]), "body"),
        (Method::POST, &create, json!("text"), "body"),
        (
            Method::POST,
            &create,
            with("username", json!(1)),
            "username",
        ),
        (
            Method::POST,
            &create,
            with("username", json!("")),
            "username",
        ),
        (
            Method::POST,
            &create,
            with("username", json!(long)),
            "username",
        ),
        (
            Method::POST,
            &create,
            with("username", json!("a\0b")),
            "username",
        ),
        (
            Method::POST,
            &create,
            with("email", json!("nobody")),
            "email",
        ),
        (
            Method::POST,
            &create,
            with("email", json!("a\0@b.c")),
            "email",
        ),
        (Method::POST, &create, with("email", json!(null)), "email"),
        (
            Method::POST,
            &create,
            with("password", json!("short")),
            "password",
        ),
        (
            Method::POST,
            &create,
            with("password", json!(["x"])),
            "password",
        ),
        (Method::POST, &create, with("role", json!("root")), "role"),
        (
            Method::POST,
            &create,
            with("is_admin", json!(true)),
            "is_admin",
        ),
        (
            Method::POST,
            &create,
            with("token_version", json!(9)),
            "token_version",
        ),
        (Method::PUT, &ana.path(), json!({"email": 5}), "email"),
        (Method::PUT, &ana.path(), json!({"email": " "}), "email"),
        (
            Method::PUT,
            &ana.path(),
            json!({"username": "x y"}),
            "username",
        ),
        (
            Method::PUT,
            &ana.path(),
            json!({"is_active": "no"}),
            "is_active",
        ),
        (
            Method::PUT,
            &ana.path(),
            json!({"password": PASSWORD}),
            "password",
        ),
        (Method::PUT, &ana.path(), json!({"id": 3}), "id"),
        (Method::POST, &roles, json!({}), "role"),
        (Method::POST, &roles, json!({"role": "Admin"}), "role"),
        (Method::POST, &roles, json!({"role": "admin", "x": 1}), "x"),
        (Method::POST, &password, json!({}), "new_password"),
        (
            Method::POST,
            &password,
            json!({"new_password": 1}),
            "new_password",
        ),
        (
            Method::POST,
            &password,
            json!({"new_password": "admin123"}),
            "new_password",
        ),
        (Method::POST, &bootstrap, json!({}), "code"),
    ];
    for (method, path, body, field) in cases {
        let answer = app.admin().send(method, path, Some(body.to_string())).await;
        answer.wrong_field(field);
        assert!(!answer.text.contains("admin123"), "{}", answer.text);
    }
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
