//! Whom a selector hits.

use serde_json::{Value, json};
use testkit::app::TestApp;

use crate::support::{self, names, target, target_id};

async fn fleet() -> TestApp {
    let app = support::start().await;
    let tags = |tags: &[&str]| json!({"protocol": "ssh", "tags": tags});
    let db = target_id(
        &app,
        "db",
        json!({"protocol": "ssh", "tags": ["role:db", "env:prod"]}),
    )
    .await;
    let needs = json!({"protocol": "ssh", "tags": ["role:web", "env:prod"], "depends_on": [db]});
    target(&app, "web-1", needs).await;
    target(&app, "web-2", tags(&["role:web", "env:dev"])).await;
    target(
        &app,
        "Win_1",
        json!({"port": 5986, "hostname": "win.example.org"}),
    )
    .await;
    app
}

#[tokio::test]
async fn each_form_of_selector_hits_whom_it_says() {
    let app = fleet().await;
    let filter = |text: &str| json!({ "filter": text });
    for (selector, wanted) in [
        (
            json!({"names": ["web-2", "db", "nobody", "x\0"]}),
            vec!["db", "web-2"],
        ),
        (json!({"tags": ["role:web"]}), vec!["web-1", "web-2"]),
        (json!({"tags": ["role:web", "!env:dev"]}), vec!["web-1"]),
        (json!({"tags": ["!role:web"]}), vec!["Win_1", "db"]),
        (
            filter("protocol = ssh and tag:role = web"),
            vec!["web-1", "web-2"],
        ),
        (filter("not tag:role = web"), vec!["Win_1", "db"]),
        (
            filter("tag:env != prod and tag:role in (web, db)"),
            vec!["web-2"],
        ),
        (
            filter("port in (5986, 1) or name = db"),
            vec!["Win_1", "db"],
        ),
        (filter("name ~ WEB"), vec!["web-1", "web-2"]),
        (filter("name ~ 'n_1'"), vec!["Win_1"]),
        (filter("name ~ 'b_1' or name ~ '%'"), vec![]),
        (filter("tag = role:db or tag:env ~ de"), vec!["db", "web-2"]),
        (filter("hostname = web-1.example.org"), vec!["web-1"]),
        (
            filter("name = \"'; DROP TABLE targets.target; --\""),
            vec![],
        ),
    ] {
        let answer = app.viewer().post("/targets/select", selector.clone()).await;
        let answer = answer.expect(200);
        let mut found = names(&answer);
        found.sort_unstable();
        assert_eq!(found, wanted, "{selector}");
        assert_eq!(answer["total"], wanted.len());
    }
}

#[tokio::test]
async fn services_get_the_snapshots_as_well() {
    let app = fleet().await;
    let body = json!({"names": ["Win_1"], "selector": {"filter": "tag:role = web"}});
    let answer = app
        .service("jobs")
        .post("/internal/targets/resolve", body)
        .await;
    let answer = answer.expect(200);
    let mut found = names(&answer);
    found.sort_unstable();
    assert_eq!(found, ["Win_1", "web-1", "web-2"]);
    let selected = &answer["selected"];
    assert_eq!(selected[0]["name"], "web-1");
    assert_eq!(selected[0]["depends_on"], json!(["db"]));
    assert_eq!(selected[1]["depends_on"], json!([]));
}

#[tokio::test]
async fn wrong_selectors_name_the_place() {
    let app = support::start().await;
    let wrong: [(Value, &str); 6] = [
        (json!({}), "filter"),
        (json!({"tags": ["a"], "names": ["b"]}), "filter"),
        (json!({"tags": ["a", "!"]}), "tags[1]"),
        (json!({"filter": "port = x"}), "filter"),
        (json!({"filter": "name = a and"}), "filter"),
        (json!({"group": "x"}), "group"),
    ];
    for (selector, field) in wrong {
        let answer = app.viewer().post("/targets/select", selector.clone()).await;
        answer.wrong_field(field);
        let body = json!({"names": [], "selector": selector});
        let answer = app
            .service("jobs")
            .post("/internal/targets/resolve", body)
            .await;
        answer.wrong_field(&format!("selector.{field}"));
    }
    let answer = app
        .viewer()
        .post("/targets/select", json!({"filter": "port = x"}))
        .await;
    let detail = answer.expect(400)["errors"][0]["detail"].clone();
    assert_eq!(detail, "a port is a number from 1 to 65535 at character 8");
}
