//! Audit rows can be added and linked once; nobody changes or removes them.

use database::SERVICE_ROLES;

use crate::harness::{DENIED, Db, execute, refused, texts};

const INSERT: &str = "INSERT INTO audit.entry (actor_kind, action) VALUES ('system', 'test.done')";
const LINK: &str = "UPDATE audit.entry SET seq = 1, prev_hash = decode(repeat('00', 32), 'hex'), hash = decode(repeat('11', 32), 'hex') WHERE id = 1";

#[tokio::test]
async fn every_service_adds_rows_but_only_users_reads_them() {
    let db = Db::new().await;
    for role in SERVICE_ROLES {
        let mut conn = db.login(role).await;
        assert_eq!(execute(&mut conn, INSERT).await.unwrap(), 1, "{role}");
        let select = "SELECT action FROM audit.entry";
        if role == "opsc_users" {
            assert!(!texts(&mut conn, select).await.is_empty());
        } else {
            refused(&mut conn, select, DENIED).await;
        }
    }
}

#[tokio::test]
async fn nobody_changes_or_removes_a_row() {
    let db = Db::new().await;
    let mut roles = SERVICE_ROLES.to_vec();
    roles.extend(["opsc_owner", "superuser"]);
    execute(&mut db.admin().await, INSERT).await.unwrap();
    for role in roles {
        let mut conn = match role {
            "opsc_owner" => {
                let mut conn = db.admin().await;
                execute(&mut conn, "SET ROLE opsc_owner").await.unwrap();
                conn
            }
            "superuser" => db.admin().await,
            service => db.login(service).await,
        };
        for statement in [
            "UPDATE audit.entry SET action = 'test.undone' WHERE id = 1",
            "UPDATE audit.entry SET at = now() WHERE id = 1",
            "DELETE FROM audit.entry WHERE id = 1",
            "TRUNCATE audit.entry",
        ] {
            refused(&mut conn, statement, DENIED).await;
        }
    }
}

#[tokio::test]
async fn a_service_chooses_neither_the_time_nor_the_place_in_the_chain() {
    let db = Db::new().await;
    for role in SERVICE_ROLES {
        let mut conn = db.login(role).await;
        for column in ["at", "seq", "hash", "prev_hash"] {
            let statement = format!(
                "INSERT INTO audit.entry (actor_kind, action, {column}) VALUES ('system', 'test.done', NULL)"
            );
            refused(&mut conn, &statement, DENIED).await;
        }
    }
}

#[tokio::test]
async fn a_row_is_linked_once_and_only_by_users() {
    let db = Db::new().await;
    execute(&mut db.admin().await, INSERT).await.unwrap();
    for role in SERVICE_ROLES
        .into_iter()
        .filter(|role| *role != "opsc_users")
    {
        refused(&mut db.login(role).await, LINK, DENIED).await;
    }
    let mut linker = db.login("opsc_users").await;
    let half = "UPDATE audit.entry SET seq = 1 WHERE id = 1";
    refused(&mut linker, half, "23514").await;
    assert_eq!(execute(&mut linker, LINK).await.unwrap(), 1);
    refused(&mut linker, LINK, DENIED).await;
    refused(
        &mut linker,
        "UPDATE audit.entry SET seq = NULL, prev_hash = NULL, hash = NULL",
        DENIED,
    )
    .await;
    // A link that changes something else at the same time is no link.
    let mut admin = db.admin().await;
    execute(&mut admin, INSERT).await.unwrap();
    let both = LINK
        .replace("seq = 1", "seq = 2, action = 'test.other'")
        .replace("id = 1", "id = 2");
    refused(&mut admin, &both, DENIED).await;
}

#[tokio::test]
async fn the_head_is_one_row_that_only_users_moves() {
    let db = Db::new().await;
    refused(
        &mut db.admin().await,
        "INSERT INTO audit.head DEFAULT VALUES",
        "23505",
    )
    .await;
    refused(
        &mut db.admin().await,
        "INSERT INTO audit.head (only_row) VALUES (false)",
        "23514",
    )
    .await;
    let mut users = db.login("opsc_users").await;
    assert_eq!(
        execute(&mut users, "UPDATE audit.head SET seq = 1")
            .await
            .unwrap(),
        1
    );
    refused(&mut users, "DELETE FROM audit.head", DENIED).await;
    for role in SERVICE_ROLES
        .into_iter()
        .filter(|role| *role != "opsc_users")
    {
        refused(
            &mut db.login(role).await,
            "UPDATE audit.head SET seq = 2",
            DENIED,
        )
        .await;
    }
}
