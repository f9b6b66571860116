//! Making, changing, listing and removing credentials.

use serde_json::{Value, json};
use sqlx::PgPool;

use crate::support::{create, open, reveal, ssh};

/// Lets a target use a credential.
#[expect(
    clippy::disallowed_methods,
    reason = "arranges what another service owns"
)]
async fn add_target(pool: &PgPool, name: &str, credential: i64) {
    sqlx::query(
        "INSERT INTO targets.target (name, hostname, protocol, port, credential_id, created_by)
         VALUES ($1, 'localhost', 'ssh', 22, $2, '1')",
    )
    .bind(name)
    .bind(credential)
    .execute(pool)
    .await
    .unwrap();
}

#[tokio::test]
async fn a_credential_is_made_and_shown_without_its_data() {
    let app = open().await;
    let body = json!({
        "name": " web ", "description": "for the web servers", "credential_type": "winrm_ntlm",
        "credential_data": { "username": "Administrator", "password": "p", "domain": "CORP" },
    });
    let made = app.operator().post("/credentials", body).await.expect(201);
    assert_eq!(made["name"], "web");
    assert_eq!(made["credential_type"], "winrm");
    assert_eq!(made["version"], 1);
    assert!(made["created_at"].as_str().unwrap().ends_with('Z'));
    assert!(made.get("credential_data").is_none());
    let path = format!("/credentials/{}", made["id"]);
    assert_eq!(app.viewer().get(&path).await.expect(200), made);
}

#[tokio::test]
async fn a_name_can_be_used_once() {
    let app = open().await;
    create(&app, "web", "p").await;
    let other = create(&app, "db", "p").await;
    let answer = app.operator().post("/credentials", ssh("web", "q")).await;
    let problem = answer.problem(409, "credentials.name_taken");
    assert!(problem.detail.contains("web"));
    let path = format!("/credentials/{other}");
    let answer = app.operator().put(&path, json!({ "name": "web" })).await;
    answer.problem(409, "credentials.name_taken");
}

#[tokio::test]
async fn a_list_is_ordered_filtered_and_paged() {
    let app = open().await;
    for name in ["c", "a", "B%", "b_"] {
        create(&app, name, "p").await;
    }
    let key = json!({ "name": "d", "description": "Key of A", "credential_type": "api_key",
        "credential_data": { "api_key": "k" } });
    app.operator().post("/credentials", key).await.expect(201);
    let names = async |query: &str| {
        let list = app
            .viewer()
            .get(&format!("/credentials{query}"))
            .await
            .expect(200);
        let names = list["credentials"].as_array().unwrap().iter();
        let names = names
            .map(|one| one["name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>();
        (names.join(" "), list["total"].as_i64().unwrap())
    };
    assert_eq!(names("").await, ("B% a b_ c d".to_owned(), 5));
    assert_eq!(names("?skip=1&limit=2").await, ("a b_".to_owned(), 5));
    assert_eq!(names("?search=b").await, ("B% b_".to_owned(), 2));
    assert_eq!(names("?search=%25").await, ("B%".to_owned(), 1));
    assert_eq!(names("?search=key%20of").await, ("d".to_owned(), 1));
    assert_eq!(names("?type=api_key").await, ("d".to_owned(), 1));
    assert_eq!(names("?type=winrm_ntlm").await, (String::new(), 0));
    for (query, field) in [
        ("?skip=-1", "skip"),
        ("?limit=0", "limit"),
        ("?limit=1001", "limit"),
        ("?limit=x", "limit"),
        ("?type=nope", "type"),
        ("?nope=1", "nope"),
        ("?search=%00", "search"),
    ] {
        app.viewer()
            .get(&format!("/credentials{query}"))
            .await
            .wrong_field(field);
    }
}

#[tokio::test]
async fn a_put_changes_what_it_names() {
    let app = open().await;
    let id = create(&app, "web", "old").await;
    let path = format!("/credentials/{id}");
    let body = json!({ "name": "www", "description": "new" });
    let changed = app.operator().put(&path, body).await.expect(200);
    assert_eq!(
        (&changed["name"], &changed["description"]),
        (&json!("www"), &json!("new"))
    );
    assert_eq!(changed["version"], 1);
    let body = json!({ "description": "", "credential_type": "ssh",
        "credential_data": { "username": "root", "password": "new" } });
    let changed = app.operator().put(&path, body).await.expect(200);
    assert_eq!(
        (&changed["name"], &changed["description"]),
        (&json!("www"), &Value::Null)
    );
    assert_eq!(changed["version"], 2);
    assert_eq!(reveal(&app, id).await["password"], "new");
    let answer = app
        .operator()
        .put(&path, json!({ "credential_type": "winrm" }))
        .await;
    answer.wrong_field("credential_type");
    let answer = app
        .operator()
        .put(&path, json!({ "credential_data": { "username": "u" } }))
        .await;
    answer.wrong_field("credential_data.password");
    assert_eq!(app.viewer().get(&path).await.expect(200), changed);
}

#[tokio::test]
async fn a_delete_removes_by_id_and_by_name() {
    let app = open().await;
    let id = create(&app, "web servers", "p").await;
    let gone = app
        .operator()
        .delete(&format!("/credentials/{id}"))
        .await
        .expect(200);
    assert_eq!(gone["message"], "credential web servers deleted");
    app.viewer()
        .get(&format!("/credentials/{id}"))
        .await
        .problem(404, "credentials.not_found");
    create(&app, "web servers", "p").await;
    app.operator()
        .delete("/credentials/by-name/web%20servers")
        .await
        .expect(200);
    let again = app
        .operator()
        .delete("/credentials/by-name/web%20servers")
        .await;
    again.problem(404, "credentials.not_found");
    app.operator()
        .delete("/credentials/by-name/%00")
        .await
        .wrong_field("name");
}

#[tokio::test]
async fn a_credential_in_use_stays() {
    let app = open().await;
    let id = create(&app, "web", "p").await;
    let pool = app.db.superuser().await;
    add_target(&pool, "web-2", id).await;
    add_target(&pool, "web-1", id).await;
    for path in [
        format!("/credentials/{id}"),
        "/credentials/by-name/web".to_owned(),
    ] {
        let problem = app
            .operator()
            .delete(&path)
            .await
            .problem(409, "credentials.in_use");
        assert_eq!(
            problem.detail,
            "credential web is used by the targets web-1, web-2"
        );
    }
    assert_eq!(reveal(&app, id).await["password"], "p");
}

#[tokio::test]
async fn what_does_not_exist_is_not_found() {
    let app = open().await;
    let client = app.admin();
    let data = json!({ "username": "u", "password": "p" });
    for answer in [
        client.get("/credentials/999999").await,
        client.put("/credentials/999999", json!({})).await,
        client.delete("/credentials/999999").await,
        client.post("/credentials/999999/rotate", data).await,
        client.get("/credentials/999999/versions").await,
        client.get("/credentials/999999/access-log").await,
        client.get("/credentials/999999/decrypt?reason=r").await,
        client.get("/credentials/-1").await,
    ] {
        answer.problem(404, "credentials.not_found");
    }
    for id in ["x", "1.5", "99999999999999999999", "%00"] {
        client
            .get(&format!("/credentials/{id}"))
            .await
            .wrong_field("id");
    }
}

#[tokio::test]
async fn every_change_is_audited() {
    let app = open().await;
    let id = create(&app, "web", "p").await;
    let path = format!("/credentials/{id}");
    app.operator()
        .put(&path, json!({ "description": "d" }))
        .await
        .expect(200);
    let data = json!({ "username": "u", "password": "q" });
    app.operator()
        .post(&format!("{path}/rotate"), data)
        .await
        .expect(200);
    app.operator().delete(&path).await.expect(200);
    let pool = app.db.superuser().await;
    let actions = sqlx::query_scalar!(
        "SELECT action FROM audit.entry
         WHERE object_kind = 'credential' AND object_id = $1 AND actor_id = '2' ORDER BY id",
        id.to_string(),
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    assert_eq!(
        actions,
        [
            "credential.created",
            "credential.changed",
            "credential.rotated",
            "credential.deleted"
        ]
    );
}
