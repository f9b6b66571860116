//! Definitions and their versions.

use reqwest::Method;
use serde_json::json;

use crate::app::{definition, job, start};

#[tokio::test]
async fn a_job_is_created_read_changed_and_deleted() {
    let app = start().await;
    let body = json!({"name": "greet", "version": 1, "definition": definition("echo hi")});
    let made = app.operator().post("/jobs", body.clone()).await.expect(201);
    assert_eq!(made["definition"], body["definition"]);
    assert_eq!(
        (&made["version"], &made["is_active"]),
        (&json!(1), &json!(true))
    );
    assert_eq!(made["created_by"], 2);
    assert!(made["created_at"].as_str().unwrap().ends_with('Z'));
    let path = format!("/jobs/{}", made["id"]);
    assert_eq!(app.viewer().get(&path).await.expect(200)["name"], "greet");
    let changed = app
        .operator()
        .put(&path, json!({"is_active": false}))
        .await
        .expect(200);
    assert_eq!(
        (&changed["version"], &changed["is_active"]),
        (&json!(1), &json!(false))
    );
    let deleted = app.operator().delete(&path).await.expect(200);
    assert_eq!(deleted["message"], "job greet deleted");
    app.viewer().get(&path).await.problem(404, "jobs.not_found");
    app.operator()
        .delete(&path)
        .await
        .problem(404, "jobs.not_found");
    app.operator().post("/jobs", body).await.expect(201);
}

#[tokio::test]
async fn a_changed_definition_is_a_new_version_and_the_old_one_stays() {
    let app = start().await;
    let id = job(&app, "versions").await;
    let path = format!("/jobs/{id}");
    let same = app.viewer().get(&path).await.expect(200)["definition"].clone();
    let answer = app
        .operator()
        .put(&path, json!({"definition": same}))
        .await
        .expect(200);
    assert_eq!(answer["version"], 1);
    let next = json!({"definition": definition("echo two")});
    assert_eq!(
        app.operator().put(&path, next).await.expect(200)["version"],
        2
    );
    let versions = app
        .viewer()
        .get(&format!("{path}/versions"))
        .await
        .expect(200);
    assert_eq!(versions["total"], 2);
    let first = app
        .viewer()
        .get(&format!("{path}/versions/1"))
        .await
        .expect(200);
    assert_eq!(first["definition"], same);
    app.viewer()
        .get(&format!("{path}/versions/9"))
        .await
        .problem(404, "jobs.version_not_found");
}

#[tokio::test]
async fn a_name_is_taken_once() {
    let app = start().await;
    let first = job(&app, "one").await;
    job(&app, "two").await;
    let body = json!({"name": " one ", "definition": definition("x")});
    app.operator()
        .post("/jobs", body)
        .await
        .problem(409, "jobs.name_taken");
    let answer = app
        .operator()
        .put(&format!("/jobs/{first}"), json!({"name": "two"}))
        .await;
    answer.problem(409, "jobs.name_taken");
}

#[tokio::test]
async fn lists_are_filtered_and_paged() {
    let app = start().await;
    for name in ["alpha", "beta", "gamma"] {
        job(&app, name).await;
    }
    let beta = app.viewer().get("/jobs?search=BET").await.expect(200);
    assert_eq!(
        (beta["total"].as_i64(), &beta["jobs"][0]["name"]),
        (Some(1), &json!("beta"))
    );
    let path = format!("/jobs/{}", beta["jobs"][0]["id"]);
    app.operator()
        .put(&path, json!({"is_active": false}))
        .await
        .expect(200);
    assert_eq!(
        app.viewer().get("/jobs?active_only=true").await.expect(200)["total"],
        2
    );
    let page = app.viewer().get("/jobs?skip=1&limit=1").await.expect(200);
    assert_eq!(
        (&page["total"], &page["jobs"][0]["name"]),
        (&json!(3), &json!("beta"))
    );
    assert_eq!(page["jobs"].as_array().unwrap().len(), 1);
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("skip=-1", "skip"),
        ("limit=x", "limit"),
        ("nope=1", "nope"),
        ("active_only=maybe", "active_only"),
        ("search=a%00", "search"),
    ] {
        app.viewer()
            .get(&format!("/jobs?{query}"))
            .await
            .wrong_field(field);
    }
}

#[tokio::test]
async fn wrong_jobs_are_refused() {
    let app = start().await;
    let good = definition("x");
    for (body, field) in [
        (json!({}), "name"),
        (json!({"name": "a"}), "definition"),
        (json!({"name": "", "definition": good}), "name"),
        (json!({"name": "a".repeat(101), "definition": good}), "name"),
        (json!({"name": "a\u{0}", "definition": good}), "name"),
        (json!({"name": 5, "definition": good}), "name"),
        (
            json!({"name": "a", "definition": good, "version": 0}),
            "version",
        ),
        (
            json!({"name": "a", "definition": good, "version": 99999999999_i64}),
            "version",
        ),
        (
            json!({"name": "a", "definition": good, "is_active": "yes"}),
            "is_active",
        ),
        (
            json!({"name": "a", "definition": good, "created_by": 1}),
            "created_by",
        ),
    ] {
        app.operator().post("/jobs", body).await.wrong_field(field);
    }
}

#[tokio::test]
async fn wrong_definitions_and_unreadable_bodies_are_refused() {
    let app = start().await;
    let good = definition("x");
    let bad = json!({"name": "a", "definition": {"steps": [{"type": "nope"}]}});
    let problem = app
        .operator()
        .post("/jobs", bad)
        .await
        .problem(400, "jobs.invalid_definition");
    assert!(
        problem.detail.starts_with("Invalid job definition: "),
        "{}",
        problem.detail
    );
    assert_eq!(problem.errors[0].field, "definition.steps[0].type");
    let nul = json!({"name": "a", "definition": {"description": "\u{0}", "steps": good["steps"]}});
    app.operator()
        .post("/jobs", nul)
        .await
        .problem(400, "jobs.invalid_definition");
    let broken = app
        .operator()
        .send(Method::POST, "/jobs", Some("{\"name\":".to_owned()))
        .await;
    broken.problem(400, "request.malformed_json");
    app.viewer().get("/jobs/x").await.wrong_field("id");
    app.viewer()
        .get("/jobs/99999999999999999999")
        .await
        .wrong_field("id");
}

#[tokio::test]
async fn an_unknown_target_is_named() {
    let app = start().await;
    let definition = json!({"steps": [{"type": "ssh.exec", "target": "ghost", "command": "x"}]});
    let answer = app
        .operator()
        .post("/jobs", json!({"name": "a", "definition": definition}))
        .await;
    assert!(
        answer
            .problem(400, "jobs.unknown_target")
            .detail
            .contains("ghost")
    );
}

#[tokio::test]
async fn only_an_admin_saves_a_raw_splice() {
    let app = start().await;
    let body = json!({"name": "raw", "definition": definition("echo {{ who | raw }}")});
    app.operator()
        .post("/jobs", body.clone())
        .await
        .problem(403, "jobs.raw_needs_admin");
    app.admin().post("/jobs", body).await.expect(201);
}
