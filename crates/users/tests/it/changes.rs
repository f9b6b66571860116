//! Changes at the same time, and what auth reads of them.

use std::sync::Arc;

use common::permission::Role;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::{self, person};

#[tokio::test]
async fn two_admins_who_demote_each_other_leave_one() {
    let app = Arc::new(support::start().await);
    for round in 0..8 {
        let one = person(&app, &format!("one{round}"), Role::Admin).await;
        let two = person(&app, &format!("two{round}"), Role::Admin).await;
        // Only these two administer in this round.
        let pool = app.db.superuser().await;
        sqlx::query!(
            r#"UPDATE users."user" SET role = 'viewer' WHERE id <> ALL ($1)"#,
            &[one.id, two.id]
        )
        .execute(&pool)
        .await
        .unwrap();
        let (first, second) = (one.client(&app), two.client(&app));
        let (demote, delete) = (json!({"role": "viewer"}), two.path());
        let path = format!("{}/roles", one.path());
        let (a, b) = tokio::join!(second.post(&path, demote), first.delete(&delete));
        let mut statuses = [a.status, b.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409], "{} {}", a.text, b.text);
    }
}

#[tokio::test]
async fn auth_reads_changes_in_order_and_without_gaps_while_they_happen() {
    const PEOPLE: usize = 6;
    const EDITS: usize = 10;
    let app = Arc::new(support::start().await);
    let mut work = JoinSet::new();
    for number in 0..PEOPLE {
        let ana = person(&app, &format!("ana{number}"), Role::Viewer).await;
        let app = Arc::clone(&app);
        work.spawn(async move {
            for edit in 0..EDITS {
                let email = json!({"email": format!("ana{number}.{edit}@example.org")});
                app.admin().put(&ana.path(), email).await.expect(200);
            }
        });
    }
    let mut after = 0;
    testkit::wait::until("all changes", async || {
        let path = format!("/internal/changes?after={after}");
        let answer = app.service("auth").get(&path).await.expect(200);
        for change in answer["changes"].as_array().unwrap() {
            assert_eq!(change["seq"].as_i64(), Some(after + 1));
            after += 1;
        }
        (after == i64::try_from(PEOPLE * EDITS).unwrap()).then_some(())
    })
    .await;
    while let Some(done) = work.join_next().await {
        done.unwrap();
    }
}

#[tokio::test]
async fn changes_come_in_batches_of_500() {
    let app = support::start().await;
    let pool = app.db.superuser().await;
    sqlx::query!("SELECT count(users.record_change(1, 'role', n, false, NULL)) FROM generate_series(1, 501) n")
        .fetch_one(&pool)
        .await
        .unwrap();
    let read = async |after: i64| -> Vec<Value> {
        let path = format!("/internal/changes?after={after}");
        let answer = app.service("auth").get(&path).await.expect(200);
        answer["changes"].as_array().unwrap().clone()
    };
    assert_eq!(read(0).await.len(), 500);
    assert_eq!(read(500).await[0]["seq"], 501);
    assert!(read(i64::MAX).await.is_empty());
}

#[tokio::test]
async fn an_identity_is_read_as_it_is() {
    let app = support::start().await;
    let ana = person(&app, "ana", Role::Operator).await;
    let auth = app.service("auth");
    let path = format!("/internal{}", ana.path());
    assert_eq!(auth.get(&path).await.expect(200)["role"], "operator");
    app.admin()
        .put(&ana.path(), json!({"is_active": false}))
        .await
        .expect(200);
    assert_eq!(auth.get(&path).await.expect(200)["is_active"], false);
    auth.get("/internal/users/999999")
        .await
        .problem(404, "users.not_found");
    app.service("jobs")
        .get(&path)
        .await
        .problem(403, "auth.forbidden");
    app.admin().get(&path).await.problem(403, "auth.forbidden");
}
