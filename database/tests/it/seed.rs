//! The development users, and the passwords of the service roles.

use std::fs;

use common::password;
use common::secret::Secret;
use database::seed::seed;

use crate::harness::{Db, execute, texts};

fn pepper() -> Secret<Vec<u8>> {
    Secret::new(b"a pepper for tests".to_vec())
}

#[tokio::test]
async fn the_development_users_can_sign_in_and_must_change_their_passwords() {
    let db = Db::new().await;
    let mut admin = db.admin().await;
    assert_eq!(
        seed(&mut admin, &pepper()).await.unwrap(),
        ["admin", "operator", "viewer"]
    );
    let rows = sqlx::query!(
        "SELECT u.username, u.role, u.must_change_password, p.hash, p.params
         FROM users.user u JOIN users.password p ON p.user_id = u.id"
    )
    .fetch_all(&mut admin)
    .await
    .unwrap();
    assert_eq!(rows.len(), 3);
    for row in rows {
        let password = Secret::new(format!("{}123", row.username));
        assert!(password::verify(&password, pepper().expose(), &row.hash).unwrap());
        assert!(!password::needs_rehash(&row.hash, password::COST));
        assert_eq!(
            (row.role, row.params),
            (row.username, "bcrypt$12".to_owned())
        );
        assert!(row.must_change_password);
    }
    let audited = "SELECT object_name FROM audit.entry WHERE action = 'user.created' ORDER BY id";
    assert_eq!(
        texts(&mut admin, audited).await,
        ["admin", "operator", "viewer"]
    );
}

#[tokio::test]
async fn a_user_that_exists_is_left_alone() {
    let db = Db::new().await;
    let mut admin = db.admin().await;
    execute(
        &mut admin,
        "INSERT INTO users.user (username, email, role) VALUES
         ('ADMIN', 'me@a.local', 'viewer'), ('ops', 'Operator@OpsConductor.local', 'viewer')",
    )
    .await
    .unwrap();
    assert_eq!(seed(&mut admin, &pepper()).await.unwrap(), ["viewer"]);
    assert!(seed(&mut admin, &pepper()).await.unwrap().is_empty());
}

#[tokio::test]
async fn an_empty_pepper_is_refused_and_makes_no_user() {
    let db = Db::new().await;
    let mut admin = db.admin().await;
    seed(&mut admin, &Secret::new(Vec::new()))
        .await
        .unwrap_err();
    assert!(
        texts(&mut admin, "SELECT username FROM users.user")
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn an_unusable_password_file_is_named_without_its_content() {
    let db = Db::new().await;
    let mut admin = db.admin().await;
    for content in [
        "short",
        "has a blank in the middle",
        "nicht-ASCII-überhaupt-nicht",
    ] {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("opsc_jobs"), content).unwrap();
        let error = database::set_passwords(&mut admin, dir.path())
            .await
            .unwrap_err();
        let told = format!("{error} {error:?}");
        assert!(
            told.contains("opsc_jobs") && !told.contains(content),
            "{told}"
        );
    }
}
