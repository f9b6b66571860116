//! Backups, restore, reset.

use serde_json::{Value, json};

use crate::support::{self, assign, audited, changes, force, kinds, port_of};

async fn all(app: &testkit::app::TestApp) -> Value {
    app.viewer().get("/api/ports/assignments").await.expect(200)["assignments"].clone()
}

#[tokio::test]
async fn a_backup_brings_everything_back_and_can_be_undone() {
    let app = support::start().await;
    app.operator()
        .post("/api/ports/reserve", json!({"port": 8900}))
        .await
        .expect(200);
    let operator = app.operator();
    let kept = operator.post("/api/ports/backup", json!({})).await;
    let kept = kept.expect(200);
    let name = kept["backup_file"].as_str().unwrap();
    assert!(
        name.starts_with("port_config_backup_20") && name.ends_with(".json"),
        "{name}"
    );
    let before = all(&app).await;
    assign(&app, "legalai-pro", 8500).await;
    force(&app, "impactos", 8001).await;
    assign(&app, "newcomer", 8600).await;
    app.operator()
        .delete("/api/ports/reserve/8900")
        .await
        .expect(200);
    let changed = all(&app).await;

    let restore = format!("/api/ports/restore?backup_file={name}");
    let shown = app
        .admin()
        .post(&format!("{restore}&dry_run=true"), json!({}))
        .await
        .expect(200);
    assert_eq!(shown["changes"].as_array().unwrap().len(), 3);
    assert_eq!(shown["reserved"], json!([8900]));
    assert_eq!(all(&app).await, changed);

    let seen = changes(&app).await.len();
    let done = app.admin().post(&restore, json!({})).await.expect(200);
    assert_eq!(all(&app).await, before);
    assert!(kinds(&app).await.is_empty());
    assert_eq!(changes(&app).await.len(), seen + 3, "each change is told");
    let automatic = done["automatic_backup"].as_str().unwrap();
    let undo = format!("/api/ports/restore?backup_file={automatic}");
    app.admin().post(&undo, json!({})).await.expect(200);
    assert_eq!(all(&app).await, changed);
    assert_eq!(kinds(&app).await, ["duplicate_assignment"]);
    let audited = audited(&app).await;
    assert!(audited.contains(&"backup.restored".to_owned()));
}

#[tokio::test]
async fn a_file_of_the_old_program_restores() {
    let app = support::start().await;
    let file = json!({
        "port_assignments": {"legalai-pro": 8500, "old-service": 8501},
        "port_history": {"legalai-pro": [8000, 8500], "old-service": [8333, 8501]},
        "reserved_ports": [8700],
        "backup_timestamp": "2025-08-01T12:00:00.123456",
    });
    let import = "/api/ports/backups?backup_file=old.json";
    app.admin().post(import, file.clone()).await.expect(200);
    app.admin()
        .post(import, file)
        .await
        .problem(409, "ports.backup_taken");
    app.admin()
        .post("/api/ports/restore?backup_file=old.json", json!({}))
        .await
        .expect(200);
    assert_eq!(
        all(&app).await,
        json!({"legalai-pro": 8500, "old-service": 8501})
    );
    let history = app
        .viewer()
        .get("/api/ports/history/old-service")
        .await
        .expect(200);
    assert_eq!(history["history"], json!([8333, 8501]));
    let free = app
        .viewer()
        .get("/api/ports/8700/available")
        .await
        .expect(200);
    assert_eq!(free["available"], false);
}

#[tokio::test]
async fn a_download_holds_what_the_old_program_reads() {
    let app = support::start().await;
    app.operator()
        .post("/api/ports/backup?backup_file=mine.json", json!({}))
        .await
        .expect(200);
    let file = app.viewer().get("/api/ports/backups/mine.json").await;
    let text = |name: &str| file.headers[name].to_str().unwrap().to_owned();
    assert_eq!(
        text("content-disposition"),
        "attachment; filename=\"mine.json\""
    );
    assert_eq!(text("x-checksum-sha256").len(), 64);
    let document = file.expect(200);
    assert_eq!(document["port_assignments"]["legalai-pro"], 8000);
    assert_eq!(document["port_history"]["legalai-pro"], json!([8000]));
    assert_eq!(document["reserved_ports"], json!([]));
    assert!(document["backup_timestamp"].is_string());
    let listed = app.viewer().get("/api/ports/backups").await.expect(200);
    assert_eq!(listed["backups"][0]["backup_file"], "mine.json");
    assert_eq!(listed["backups"][0]["sha256"], text("x-checksum-sha256"));
}

#[tokio::test]
async fn names_with_paths_and_unknown_ones_are_refused() {
    let app = support::start().await;
    for name in [
        "../x",
        "a/b",
        "%2e%2e%2fx",
        ".hidden",
        "a%00b",
        "",
        &"x".repeat(120),
    ] {
        for path in ["backup", "restore", "backups"] {
            let path = format!("/api/ports/{path}?backup_file={name}");
            let body = json!({"port_assignments": {}});
            app.admin()
                .post(&path, body)
                .await
                .wrong_field("backup_file");
        }
    }
    app.operator()
        .post("/api/ports/restore?backup_file=none.json", json!({}))
        .await
        .problem(403, "auth.forbidden");
    app.admin()
        .post("/api/ports/restore?backup_file=none.json", json!({}))
        .await
        .problem(404, "ports.no_such_backup");
    app.admin()
        .post("/api/ports/restore", json!({}))
        .await
        .wrong_field("backup_file");
    app.viewer()
        .get("/api/ports/backups/none.json")
        .await
        .problem(404, "ports.no_such_backup");
}

#[tokio::test]
async fn damaged_and_foreign_files_change_nothing() {
    let app = support::start().await;
    let before = all(&app).await;
    for file in [
        json!({}),
        json!({"port_assignments": []}),
        json!({"port_assignments": {"a": 0}}),
        json!({"port_assignments": {"a": 70000}}),
        json!({"port_assignments": {"a": "8000"}}),
        json!({"port_assignments": {}, "reserved_ports": [0]}),
        json!({"port_assignments": {}, "port_history": {"a": [0]}}),
        json!({"port_assignments": {}, "port_history": 7}),
    ] {
        app.admin()
            .post("/api/ports/backups", file)
            .await
            .problem(400, "ports.bad_backup");
    }
    let bad_name = json!({"port_assignments": {"../x": 8000}});
    app.admin()
        .post("/api/ports/backups?backup_file=bad.json", bad_name)
        .await
        .expect(200);
    app.admin()
        .post("/api/ports/restore?backup_file=bad.json", json!({}))
        .await
        .wrong_field("service_id");
    app.operator()
        .post("/api/ports/backup?backup_file=good.json", json!({}))
        .await
        .expect(200);
    let root = app.db.superuser().await;
    sqlx::query!("UPDATE ports.backup SET document = jsonb_set(document, '{port_assignments,legalai-pro}', '8999') WHERE name = 'good.json'")
        .execute(&root)
        .await
        .unwrap();
    app.admin()
        .post("/api/ports/restore?backup_file=good.json", json!({}))
        .await
        .problem(400, "ports.bad_backup");
    assert_eq!(all(&app).await, before);
}

#[tokio::test]
async fn a_reset_gives_the_default_ports_and_needs_an_admin() {
    let app = support::start().await;
    assign(&app, "legalai-pro", 8500).await;
    assign(&app, "newcomer", 8600).await;
    app.operator()
        .post("/api/ports/reset", json!({}))
        .await
        .problem(403, "auth.forbidden");
    let shown = app
        .admin()
        .post("/api/ports/reset?dry_run=true", json!({}))
        .await
        .expect(200);
    assert_eq!(shown["changes"].as_array().unwrap().len(), 2);
    assert_eq!(port_of(&app, "legalai-pro").await, 8500);
    app.admin()
        .post("/api/ports/reset", json!({}))
        .await
        .expect(200);
    assert_eq!(port_of(&app, "legalai-pro").await, 8000);
    assert_eq!(all(&app).await.as_object().unwrap().len(), 27);
}
