//! Numbers that others read by are without gaps and in the order of commit.

use sqlx::Connection;
use tokio::task::JoinSet;

use crate::harness::{Db, execute, texts};

async fn numbered(role: &'static str, call: &'static str, table: &str) {
    let db = Db::new().await;
    let mut tasks = JoinSet::new();
    for writer in 0..8 {
        let mut conn = db.login(role).await;
        tasks.spawn(async move {
            for round in 0..5 {
                let mut tx = conn.begin().await.unwrap();
                execute(&mut tx, call).await.unwrap();
                if (writer + round) % 3 == 0 {
                    tx.rollback().await.unwrap();
                } else {
                    tx.commit().await.unwrap();
                }
            }
        });
    }
    tasks.join_all().await;
    let gaps = format!("SELECT (max(seq) - count(*))::text FROM {table} HAVING count(*) > 20");
    assert_eq!(texts(&mut db.login(role).await, &gaps).await, ["0"]);
}

#[tokio::test]
async fn changes_of_users_have_no_gaps() {
    numbered(
        "opsc_users",
        "SELECT users.record_change(1, 'role', 2, true, NULL)",
        "users.change",
    )
    .await;
}

#[tokio::test]
async fn revocations_have_no_gaps() {
    numbered(
        "opsc_auth",
        "SELECT auth.record_revocation('sid', NULL, NULL, now())",
        "auth.revocation",
    )
    .await;
}

#[tokio::test]
async fn names_are_unique_without_regard_to_case() {
    let db = Db::new().await;
    let mut users = db.login("opsc_users").await;
    let insert = "INSERT INTO users.user (username, email) VALUES ";
    execute(&mut users, &format!("{insert} ('Ann', 'ann@a.local')"))
        .await
        .unwrap();
    for (values, constraint) in [
        ("('ANN', 'b@a.local')", "user_username_key"),
        ("('ben', 'ANN@a.local')", "user_email_key"),
    ] {
        let error = execute(&mut users, &format!("{insert} {values}"))
            .await
            .unwrap_err();
        let refusal = error.as_database_error().unwrap();
        assert_eq!(refusal.constraint(), Some(constraint));
    }
}
