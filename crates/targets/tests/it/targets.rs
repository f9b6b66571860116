//! Making, changing and removing targets.

use serde_json::json;

use crate::support::{self, audit, audited, body, credential, target, target_id};

#[tokio::test]
async fn a_target_is_made_with_the_shape_of_the_contract() {
    let app = support::start().await;
    let made = target(&app, "win", json!({"hostname": " win.example.org "})).await;
    let mut names: Vec<_> = made.as_object().unwrap().keys().collect();
    names.sort();
    assert_eq!(
        names,
        [
            "created_at",
            "credential_ref",
            "depends_on",
            "hostname",
            "id",
            "last_test",
            "metadata",
            "name",
            "port",
            "protocol",
            "tags",
            "updated_at"
        ]
    );
    assert_eq!(made["hostname"], "win.example.org");
    assert_eq!(made["protocol"], "winrm");
    assert_eq!(made["port"], 5985);
    for (field, empty) in [
        ("credential_ref", json!(null)),
        ("tags", json!([])),
        ("metadata", json!({})),
        ("depends_on", json!([])),
        ("last_test", json!(null)),
    ] {
        assert_eq!(made[field], empty, "{field}");
    }
    assert!(made["created_at"].as_str().unwrap().ends_with('Z'));
    let path = format!("/targets/{}", made["id"]);
    assert_eq!(app.viewer().get(&path).await.expect(200), made);
    let row = audited(&app).await;
    assert_eq!(
        (row.action.as_str(), row.outcome.as_str()),
        ("target.created", "ok")
    );
    assert_eq!(row.object_id, Some(made["id"].to_string()));
    assert!(row.actor_id.is_some());
    assert_eq!(row.change["hostname"], "win.example.org");
}

#[tokio::test]
async fn the_port_goes_by_the_protocol_where_it_is_absent() {
    let app = support::start().await;
    for (name, more, port) in [
        ("a", json!({"protocol": "winrm"}), 5985),
        ("b", json!({"protocol": "ssh"}), 22),
        ("c", json!({"protocol": "http"}), 80),
        ("d", json!({"protocol": "ssh", "port": 5985}), 5985),
        ("e", json!({"port": 65535}), 65535),
    ] {
        assert_eq!(target(&app, name, more).await["port"], port, "{name}");
    }
}

#[tokio::test]
async fn all_fields_are_kept_in_order() {
    let app = support::start().await;
    let credential = credential(&app, "key").await;
    let (a, b) = (
        target_id(&app, "a", json!({})).await,
        target_id(&app, "b", json!({})).await,
    );
    let metadata = json!({"note": "ü", "nested": {"list": [1, null, 2.5]}});
    let more = json!({"protocol": "ssh", "credential_ref": credential, "tags": ["web", "env:dev", "web"],
                      "metadata": metadata, "depends_on": [b, a, b]});
    let made = target(&app, "c", more).await;
    assert_eq!(made["credential_ref"], credential);
    assert_eq!(made["tags"], json!(["env:dev", "web"]));
    assert_eq!(made["metadata"], metadata);
    assert_eq!(made["depends_on"], json!([a, b]));
}

#[tokio::test]
async fn a_name_is_given_once() {
    let app = support::start().await;
    target(&app, "a", json!({})).await;
    let b = target_id(&app, "b", json!({})).await;
    let again = app.operator().post("/targets", body("a", json!({}))).await;
    again.problem(409, "targets.name_taken");
    let path = format!("/targets/{b}");
    let renamed = app.operator().put(&path, json!({"name": "a"})).await;
    renamed.problem(409, "targets.name_taken");
    let same = app.operator().put(&path, json!({"name": "b"})).await;
    same.expect(200);
}

#[tokio::test]
async fn an_unknown_credential_is_refused_by_field() {
    let app = support::start().await;
    let id = target_id(&app, "a", json!({})).await;
    for answer in [
        app.operator()
            .post("/targets", body("b", json!({"credential_ref": 77})))
            .await,
        app.operator()
            .put(&format!("/targets/{id}"), json!({"credential_ref": 77}))
            .await,
    ] {
        let problem = answer.wrong_field("credential_ref");
        assert_eq!(problem.errors[0].code, "unknown");
        assert!(problem.detail.contains("77"), "{}", problem.detail);
    }
}

#[tokio::test]
async fn what_is_left_out_of_a_change_stays() {
    let app = support::start().await;
    let credential = credential(&app, "key").await;
    let more = json!({"protocol": "ssh", "port": 2222, "credential_ref": credential, "tags": ["a"],
                      "metadata": {"x": 1}});
    let made = target(&app, "a", more).await;
    let path = format!("/targets/{}", made["id"]);
    let put = async |edit| app.operator().put(&path, edit).await.expect(200);

    let rows = audit(&app).await.len();
    assert_eq!(put(json!({})).await, made);
    assert_eq!(put(json!({"name": "a", "tags": ["a", "a"]})).await, made);
    assert_eq!(audit(&app).await.len(), rows, "nothing was changed");

    app.clock.advance(chrono::TimeDelta::seconds(60));
    let changed = put(json!({"tags": ["c", "b"], "metadata": {}})).await;
    assert_eq!(changed["tags"], json!(["b", "c"]));
    assert_eq!(changed["metadata"], json!({}));
    assert_ne!(changed["updated_at"], made["updated_at"]);
    for field in [
        "name",
        "hostname",
        "protocol",
        "port",
        "credential_ref",
        "created_at",
    ] {
        assert_eq!(changed[field], made[field], "{field}");
    }
    let row = audited(&app).await;
    assert_eq!(row.action, "target.changed");
    assert_eq!(
        row.change,
        json!({"tags": {"before": ["a"], "after": ["b", "c"]},
               "metadata": {"before": {"x": 1}, "after": {}}})
    );
    let bare = put(json!({"credential_ref": null})).await;
    assert_eq!(bare["credential_ref"], json!(null));
    let http = put(json!({"protocol": "http"})).await;
    assert_eq!(http["port"], 2222, "the port stays");
}

#[tokio::test]
async fn options_are_checked_against_the_protocol_that_comes_of_a_change() {
    let app = support::start().await;
    let more = json!({"protocol": "ssh", "metadata": {"winrm_use_https": "yes"}});
    let id = target_id(&app, "a", more).await;
    let answer = app
        .operator()
        .put(&format!("/targets/{id}"), json!({"protocol": "winrm"}))
        .await;
    answer.wrong_field("metadata.winrm_use_https");
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let app = support::start().await;
    let operator = app.operator();
    for answer in [
        operator.get("/targets/9").await,
        operator.put("/targets/9", json!({"name": "x"})).await,
        operator.delete("/targets/9").await,
        operator.delete("/targets/-9223372036854775808").await,
        operator.delete("/targets/by-name/nobody").await,
        operator.get("/targets/9/dependencies").await,
        operator.get("/targets/9/host-keys").await,
        operator.post("/targets/9/test-connection", json!({})).await,
        operator.post("/targets/9/test-winrm", json!({})).await,
    ] {
        answer.problem(404, "targets.not_found");
    }
}

#[tokio::test]
async fn a_target_is_deleted_by_id_and_by_name() {
    let app = support::start().await;
    let id = target_id(&app, "a", json!({"tags": ["x"]})).await;
    let path = format!("/targets/{id}");
    let gone = app.operator().delete(&path).await.expect(200);
    assert_eq!(gone, json!({"message": "target a deleted"}));
    app.operator()
        .get(&path)
        .await
        .problem(404, "targets.not_found");
    let row = audited(&app).await;
    assert_eq!(
        (row.action.as_str(), row.object_id),
        ("target.deleted", Some(id.to_string()))
    );

    target(&app, "web / 1 ä", json!({"hostname": "web"})).await;
    let path = "/targets/by-name/web%20%2F%201%20%C3%A4";
    app.operator().delete(path).await.expect(200);
    app.operator()
        .delete(path)
        .await
        .problem(404, "targets.not_found");
}
