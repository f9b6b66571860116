//! Without the right key the service starts, says so, and gives nothing out.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use credentials::SERVICE;
use credentials::config::{KeySources, Reveal};
use serde_json::json;
use testkit::app::{TestApp, parts, parts_on};
use testkit::wait;

use crate::support::{KEY, OTHER_KEY, create, open, open_on, reveal, ssh, start, write_private};

async fn assert_sealed(app: &TestApp, id: Option<i64>) {
    let health = app.anonymous().get("/health").await.expect(503);
    assert_eq!(health["status"], "unhealthy");
    assert_eq!(health["checks"]["vault"], "sealed");
    let made = app.operator().post("/credentials", ssh("new", "p")).await;
    made.problem(503, "credentials.sealed");
    let Some(id) = id else { return };
    let look = app
        .admin()
        .get(&format!("/credentials/{id}/decrypt?reason=r"))
        .await;
    look.problem(503, "credentials.sealed");
    let data = json!({ "username": "u", "password": "p" });
    let rotated = app
        .operator()
        .post(&format!("/credentials/{id}/rotate"), data.clone())
        .await;
    rotated.problem(503, "credentials.sealed");
    let body = json!({ "credential_data": data });
    let changed = app
        .operator()
        .put(&format!("/credentials/{id}"), body)
        .await;
    changed.problem(503, "credentials.sealed");
    assert_eq!(
        app.viewer().get("/credentials").await.expect(200)["total"],
        1
    );
    let log = app
        .admin()
        .get(&format!("/credentials/{id}/access-log"))
        .await
        .expect(200);
    assert_eq!(log["total"], 0);
}

#[tokio::test]
async fn without_a_key_nothing_is_stored() {
    let app = open_on(parts(SERVICE).await, None, Reveal::Allowed).await;
    assert_sealed(&app, None).await;
    assert_eq!(
        app.viewer().get("/credentials").await.expect(200)["total"],
        0
    );
}

#[tokio::test]
async fn with_the_right_key_it_is_healthy() {
    let app = open().await;
    assert_eq!(
        app.anonymous().get("/health").await.expect(200)["status"],
        "healthy"
    );
    let info = app.anonymous().get("/info").await.expect(200);
    assert_eq!(info["supportedTypes"], json!(["winrm", "ssh", "api_key"]));
}

#[tokio::test]
async fn a_wrong_key_opens_nothing_and_breaks_nothing() {
    let right = open().await;
    let id = create(&right, "web", "p").await;
    let wrong = open_on(
        parts_on(SERVICE, right.db.clone()),
        Some(OTHER_KEY),
        Reveal::Allowed,
    );
    assert_sealed(&wrong.await.app, Some(id)).await;
    let again = open_on(
        parts_on(SERVICE, right.db.clone()),
        Some(KEY),
        Reveal::Allowed,
    )
    .await;
    assert_eq!(reveal(&again, id).await["password"], "p");
}

#[tokio::test]
async fn a_key_file_that_others_can_read_is_not_used() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kek");
    fs::write(&path, KEY).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let keys = KeySources {
        kek_file: Some(path),
        passphrase_file: None,
    };
    let app = start(parts(SERVICE).await, keys, Reveal::Allowed).await;
    assert_sealed(&app, None).await;
}

#[tokio::test]
async fn a_key_file_that_holds_no_key_is_not_used() {
    let app = open_on(parts(SERVICE).await, Some("hunter2"), Reveal::Allowed).await;
    assert_sealed(&app, None).await;
}

#[tokio::test]
async fn a_key_that_arrives_later_opens_the_vault() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kek");
    let keys = KeySources {
        kek_file: Some(path.clone()),
        passphrase_file: None,
    };
    let app = start(parts(SERVICE).await, keys, Reveal::Allowed).await;
    assert_sealed(&app, None).await;
    write_private(&path, KEY);
    wait::until("the vault opens", async || {
        let answer = app.operator().post("/credentials", ssh("web", "p")).await;
        (answer.status == 201).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_passphrase_opens_the_vault_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("passphrase");
    write_private(&path, "correct horse battery staple\n");
    let keys = |path| KeySources {
        kek_file: None,
        passphrase_file: Some(path),
    };
    let first = start(parts(SERVICE).await, keys(path.clone()), Reveal::Allowed).await;
    let id = create(&first, "web", "p").await;
    let second = start(
        parts_on(SERVICE, first.db.clone()),
        keys(path),
        Reveal::Allowed,
    )
    .await;
    assert_eq!(reveal(&second, id).await["password"], "p");
    let wrong = folder.path().join("wrong");
    write_private(&wrong, "correct horse battery stable\n");
    let third = start(
        parts_on(SERVICE, first.db.clone()),
        keys(wrong),
        Reveal::Allowed,
    )
    .await;
    let look = third
        .admin()
        .get(&format!("/credentials/{id}/decrypt?reason=r"))
        .await;
    look.problem(503, "credentials.sealed");
}

#[tokio::test]
async fn an_admin_opens_the_vault_with_the_passphrase() {
    let first = open_on(parts(SERVICE).await, None, Reveal::Allowed).await;
    let unseal = async |app: &TestApp, passphrase: &str| {
        let body = json!({ "passphrase": passphrase });
        app.admin().post("/unseal", body).await
    };
    unseal(&first, "").await.wrong_field("passphrase");
    unseal(&first, &"x".repeat(1025))
        .await
        .wrong_field("passphrase");
    first
        .admin()
        .post("/unseal", json!({}))
        .await
        .wrong_field("passphrase");
    unseal(&first, "correct horse").await.expect(200);
    let id = create(&first, "web", "p").await;
    let second = parts_on(SERVICE, first.db.clone());
    let second = open_on(second, None, Reveal::Allowed).await;
    assert_sealed(&second, Some(id)).await;
    let wrong = unseal(&second, "wrong canary").await;
    wrong.problem(403, "credentials.wrong_passphrase");
    assert!(!wrong.text.contains("canary"));
    unseal(&second, "correct horse").await.expect(200);
    assert_eq!(reveal(&second, id).await["password"], "p");
    unseal(&second, "whatever").await.expect(200);
    let outcomes = sqlx::query_scalar!(
        "SELECT outcome FROM audit.entry WHERE action = 'vault.unsealed' ORDER BY id"
    )
    .fetch_all(&first.db.superuser().await)
    .await
    .unwrap();
    assert_eq!(outcomes, ["ok", "denied", "ok"]);
}

#[tokio::test]
async fn a_typed_passphrase_does_not_stand_in_for_a_broken_key_file() {
    let app = open_on(parts(SERVICE).await, Some("hunter2"), Reveal::Allowed).await;
    let body = json!({ "passphrase": "correct horse" });
    let answer = app.admin().post("/unseal", body).await;
    answer.problem(403, "credentials.wrong_passphrase");
    assert_sealed(&app, None).await;
}

#[tokio::test]
async fn two_first_starts_agree_on_one_key() {
    let first = parts(SERVICE).await;
    let second = parts_on(SERVICE, first.db.clone());
    let (a, b) = tokio::join!(
        open_on(first, Some(KEY), Reveal::Allowed),
        open_on(second, Some(KEY), Reveal::Allowed),
    );
    let one = create(&a, "a", "one").await;
    let two = create(&b, "b", "two").await;
    assert_eq!(reveal(&b, one).await["password"], "one");
    assert_eq!(reveal(&a, two).await["password"], "two");
}
