//! What wrong input is answered.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{self, body, target_id};

/// Bodies with one wrong field each; they are wrong for making and for changing.
fn wrong_fields() -> Vec<(Value, &'static str)> {
    let long = "a".repeat(101);
    let many_tags: Vec<String> = (0..51).map(|at| format!("t{at}")).collect();
    let many_ids: Vec<i64> = (0..101).collect();
    vec![
        (json!({"name": ""}), "name"),
        (json!({"name": "  "}), "name"),
        (json!({"name": long}), "name"),
        (json!({"name": "a\0b"}), "name"),
        (json!({"name": "a\nb"}), "name"),
        (json!({"name": 5}), "name"),
        (json!({"hostname": ""}), "hostname"),
        (json!({"hostname": "http://a"}), "hostname"),
        (json!({"hostname": "a:22"}), "hostname"),
        (json!({"hostname": "a b"}), "hostname"),
        (json!({"hostname": "a\0b"}), "hostname"),
        (json!({"hostname": ["a"]}), "hostname"),
        (json!({"protocol": "telnet"}), "protocol"),
        (json!({"protocol": "SSH"}), "protocol"),
        (json!({"port": 0}), "port"),
        (json!({"port": 65536}), "port"),
        (json!({"port": -22}), "port"),
        (json!({"port": "22"}), "port"),
        (json!({"port": 22.5}), "port"),
        (json!({"port": 1e30}), "port"),
        (json!({"credential_ref": "key"}), "credential_ref"),
        (json!({"credential_ref": 1e30}), "credential_ref"),
        (json!({"tags": "web"}), "tags"),
        (json!({"tags": ["Web"]}), "tags[0]"),
        (json!({"tags": ["web", ""]}), "tags[1]"),
        (json!({"tags": ["web", 1]}), "tags[1]"),
        (json!({"tags": many_tags}), "tags"),
        (json!({"metadata": []}), "metadata"),
        (json!({"metadata": "x"}), "metadata"),
        (json!({"metadata": {"a": "\0"}}), "metadata"),
        (json!({"metadata": {"a": "x".repeat(17_000)}}), "metadata"),
        (
            json!({"metadata": {"winrm_use_https": "yes"}}),
            "metadata.winrm_use_https",
        ),
        (
            json!({"metadata": {"winrm_transport": "telnet"}}),
            "metadata.winrm_transport",
        ),
        (json!({"depends_on": 1}), "depends_on"),
        (json!({"depends_on": ["a"]}), "depends_on[0]"),
        (json!({"depends_on": many_ids}), "depends_on"),
        (json!({"depends_on": [9e18]}), "depends_on[0]"),
        (json!({"id": 3}), "id"),
        (json!({"created_by": "1"}), "created_by"),
    ]
}

#[tokio::test]
async fn wrong_fields_are_named() {
    let app = support::start().await;
    let id = target_id(&app, "old", json!({})).await;
    for (wrong, field) in wrong_fields() {
        let made = app
            .operator()
            .post("/targets", body("new", wrong.clone()))
            .await;
        made.wrong_field(field);
        let changed = app.operator().put(&format!("/targets/{id}"), wrong).await;
        changed.wrong_field(field);
    }
    for (incomplete, field) in [
        (json!({}), "name"),
        (json!({"name": "a"}), "hostname"),
        (json!({"name": null, "hostname": "a"}), "name"),
        (json!("text"), "body"),
        (json!(7), "body"),
    ] {
        app.operator()
            .post("/targets", incomplete)
            .await
            .wrong_field(field);
    }
    let three = json!({"name": "", "hostname": "a b", "port": 0});
    let problem = app
        .operator()
        .post("/targets", three)
        .await
        .wrong_field("port");
    assert_eq!(problem.errors.len(), 3);
    let list = app.viewer().get("/targets").await.expect(200);
    assert_eq!(list["total"], 1);
}

#[tokio::test]
async fn wrong_queries_and_paths_are_named() {
    let app = support::start().await;
    let long = "a".repeat(101);
    for (path, field) in [
        ("/targets?skip=-1".to_owned(), "skip"),
        ("/targets?skip=9223372036854775808".to_owned(), "skip"),
        ("/targets?limit=0".to_owned(), "limit"),
        ("/targets?limit=1001".to_owned(), "limit"),
        ("/targets?limit=many".to_owned(), "limit"),
        ("/targets?limit=1&limit=2".to_owned(), "limit"),
        ("/targets?after=x".to_owned(), "after"),
        ("/targets?tag=".to_owned(), "tag"),
        ("/targets?tag=Web".to_owned(), "tag"),
        ("/targets?tag=a%00".to_owned(), "tag"),
        ("/targets?protocol=telnet".to_owned(), "protocol"),
        ("/targets?search=a%00b".to_owned(), "search"),
        (format!("/targets?search={long}"), "search"),
        ("/targets?name=a".to_owned(), "name"),
        ("/targets/abc".to_owned(), "id"),
        ("/targets/99999999999999999999".to_owned(), "id"),
    ] {
        app.viewer().get(&path).await.wrong_field(field);
    }
    let both = app.viewer().get("/targets?limit=0&search=%01").await;
    assert_eq!(both.wrong_field("search").errors.len(), 2);
    let all = app
        .viewer()
        .get("/targets?skip=9223372036854775807&limit=1000")
        .await;
    assert_eq!(all.expect(200)["targets"], json!([]));
    let named = app.operator().delete("/targets/by-name/a%00b").await;
    named.wrong_field("name");
}

#[tokio::test]
async fn broken_and_huge_bodies_are_refused() {
    let app = support::start().await;
    let id = target_id(&app, "a", json!({})).await;
    let routes = [
        (Method::POST, "/targets".to_owned()),
        (Method::PUT, format!("/targets/{id}")),
        (Method::POST, format!("/targets/{id}/host-keys")),
    ];
    for (method, path) in routes {
        let send =
            async |body: String| app.operator().send(method.clone(), &path, Some(body)).await;
        for broken in ["{\"name\":", "{} x", "\u{1}", "{\"name\":\"\u{0}\"}"] {
            let answer = send(broken.to_owned()).await;
            assert_eq!(answer.status, 400, "{broken}: {}", answer.text);
        }
        let huge = json!({"name": "a".repeat(2 << 20)}).to_string();
        send(huge).await.problem(413, "request.too_large");
        let large = json!({"name": "a".repeat(1_000_000), "hostname": "a", "algorithm": "a", "fingerprint": "a"});
        assert_eq!(send(large.to_string()).await.status, 400);
        let deep = format!("{{\"metadata\":{}{}}}", "[".repeat(5000), "]".repeat(5000));
        assert_eq!(send(deep).await.status, 400);
    }
}
