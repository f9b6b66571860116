//! What targets need, without circles.

use futures_util::future::join_all;
use serde_json::{Value, json};
use testkit::app::TestApp;

use crate::support::{self, body, target_id};

async fn set(app: &TestApp, id: i64, depends_on: &[i64]) -> testkit::answer::Answer {
    let edit = json!({"depends_on": depends_on});
    app.operator().put(&format!("/targets/{id}"), edit).await
}

#[tokio::test]
async fn a_circle_is_refused_with_its_way_in_words() {
    let app = support::start().await;
    let a = target_id(&app, "a", json!({})).await;
    let b = target_id(&app, "b", json!({"depends_on": [a]})).await;
    let c = target_id(&app, "c", json!({"depends_on": [b, a]})).await;
    for (needed, words) in [
        (vec![c], "a needs c needs a"),
        (vec![b], "a needs b needs a"),
        (vec![a], "a needs a"),
    ] {
        let problem = set(&app, a, &needed)
            .await
            .problem(400, "targets.dependency_cycle");
        assert!(problem.detail.ends_with(words), "{}", problem.detail);
        assert_eq!(problem.errors[0].field, "depends_on");
    }
    set(&app, c, &[b]).await.expect(200);
    let problem = set(&app, a, &[c])
        .await
        .problem(400, "targets.dependency_cycle");
    assert!(problem.detail.ends_with("a needs c needs b needs a"));
    set(&app, c, &[]).await.expect(200);
    set(&app, a, &[c]).await.expect(200);
}

#[tokio::test]
async fn unknown_targets_are_named() {
    let app = support::start().await;
    let a = target_id(&app, "a", json!({})).await;
    let made = app
        .operator()
        .post("/targets", body("b", json!({"depends_on": [a, 88, -1]})))
        .await;
    let problem = made.wrong_field("depends_on");
    assert!(problem.detail.contains("-1, 88"), "{}", problem.detail);
    set(&app, a, &[99]).await.wrong_field("depends_on");
}

#[tokio::test]
async fn a_needed_target_stays() {
    let app = support::start().await;
    let a = target_id(&app, "a", json!({})).await;
    let c = target_id(&app, "c", json!({"depends_on": [a]})).await;
    let b = target_id(&app, "b", json!({"depends_on": [a]})).await;
    let path = format!("/targets/{a}");
    for path in [path.as_str(), "/targets/by-name/a"] {
        let refused = app.operator().delete(path).await;
        let problem = refused.problem(409, "targets.has_dependents");
        assert!(problem.detail.ends_with("b, c"), "{}", problem.detail);
    }
    let seen = app.viewer().get(&format!("{path}/dependencies")).await;
    let list = |ids: &[(i64, &str)]| -> Vec<Value> {
        ids.iter()
            .map(|(id, name)| json!({"id": id, "name": name}))
            .collect()
    };
    assert_eq!(
        seen.expect(200),
        json!({"depends_on": [], "dependents": list(&[(b, "b"), (c, "c")])})
    );
    let seen = app
        .viewer()
        .get(&format!("/targets/{b}/dependencies"))
        .await;
    assert_eq!(
        seen.expect(200),
        json!({"depends_on": list(&[(a, "a")]), "dependents": []})
    );
    app.operator()
        .delete(&format!("/targets/{b}"))
        .await
        .expect(200);
    set(&app, c, &[]).await.expect(200);
    app.operator().delete(&path).await.expect(200);
}

#[tokio::test]
async fn changes_at_the_same_time_make_no_circle() {
    let app = support::start().await;
    for round in 0..10 {
        let a = target_id(&app, &format!("a{round}"), json!({})).await;
        let b = target_id(&app, &format!("b{round}"), json!({})).await;
        let c = target_id(&app, &format!("c{round}"), json!({})).await;
        let (needs_b, needs_c, needs_a) = ([b], [c], [a]);
        let changes = [(a, &needs_b), (b, &needs_c), (c, &needs_a)];
        let answers = join_all(changes.map(|(id, needed)| set(&app, id, needed))).await;
        let refused: Vec<_> = answers
            .iter()
            .filter(|answer| answer.status != 200)
            .collect();
        assert_eq!(refused.len(), 1, "{answers:?}");
        refused[0].problem(400, "targets.dependency_cycle");
    }
}

#[tokio::test]
async fn a_target_cannot_vanish_while_another_comes_to_need_it() {
    let app = support::start().await;
    for round in 0..10 {
        let a = target_id(&app, &format!("a{round}"), json!({})).await;
        let b = target_id(&app, &format!("b{round}"), json!({})).await;
        let path = format!("/targets/{a}");
        let needed = [a];
        let operator = app.operator();
        let (deleted, needs) = tokio::join!(operator.delete(&path), set(&app, b, &needed));
        match (deleted.status, needs.status) {
            (200, 400) => assert_eq!(needs.wrong_field("depends_on").errors.len(), 1),
            (409, 200) => {}
            other => panic!("{other:?}: {} {}", deleted.text, needs.text),
        }
    }
}

#[tokio::test]
async fn a_lock_that_others_keep_too_long_is_no_fault_inside() {
    let app = support::start().await;
    let a = target_id(&app, "a", json!({})).await;
    let pool = app.db.superuser().await;
    let mut holder = pool.begin().await.unwrap();
    sqlx::query!("SELECT id FROM targets.target WHERE id = $1 FOR UPDATE", a)
        .fetch_one(&mut *holder)
        .await
        .unwrap();
    let path = format!("/targets/{a}");
    let refused = app.operator().put(&path, json!({"port": 1})).await;
    refused.problem(503, "unavailable.database");
    holder.rollback().await.unwrap();
    app.operator()
        .put(&path, json!({"port": 1}))
        .await
        .expect(200);
}
