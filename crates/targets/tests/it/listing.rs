//! Lists of targets.

use serde_json::json;

use crate::support::{self, names, target};

#[tokio::test]
async fn targets_are_found_by_label_protocol_and_text() {
    let app = support::start().await;
    target(
        &app,
        "web-1",
        json!({"protocol": "ssh", "tags": ["role:web", "env:dev"]}),
    )
    .await;
    target(
        &app,
        "web-2",
        json!({"protocol": "ssh", "tags": ["role:web", "env:prod"]}),
    )
    .await;
    target(
        &app,
        "Win",
        json!({"hostname": "10.0.0.7", "tags": ["env:dev"]}),
    )
    .await;
    target(&app, "api", json!({"protocol": "http"})).await;
    for (query, wanted, total) in [
        ("", vec!["web-1", "web-2", "Win", "api"], 4),
        ("?skip=1&limit=2", vec!["web-2", "Win"], 4),
        ("?skip=9", vec![], 4),
        ("?tag=role:web", vec!["web-1", "web-2"], 2),
        ("?tag=role:web&tag=env:dev", vec!["web-1"], 1),
        ("?tag=role%3Aweb,env%3Adev", vec!["web-1"], 1),
        ("?tag=env:dev&tag=env:dev", vec!["web-1", "Win"], 2),
        ("?tag=nobody", vec![], 0),
        ("?protocol=ssh", vec!["web-1", "web-2"], 2),
        ("?protocol=winrm&tag=env:dev", vec!["Win"], 1),
        ("?search=WIN", vec!["Win"], 1),
        ("?search=10.0", vec!["Win"], 1),
        ("?search=%25", vec![], 0),
        ("?search=web&limit=1", vec!["web-1"], 2),
    ] {
        let list = app
            .viewer()
            .get(&format!("/targets{query}"))
            .await
            .expect(200);
        assert_eq!(names(&list), wanted, "{query}");
        assert_eq!(list["total"], total, "{query}");
    }
}

#[tokio::test]
async fn a_list_is_read_on_from_where_it_ended() {
    let app = support::start().await;
    for at in 0..5 {
        target(&app, &format!("t{at}"), json!({})).await;
    }
    let mut seen = Vec::new();
    let mut after = String::new();
    loop {
        let list = app.viewer().get(&format!("/targets?limit=2{after}")).await;
        let list = list.expect(200);
        assert_eq!(list["total"], 5);
        seen.extend(names(&list).into_iter().map(str::to_owned));
        let Some(next) = list["next"].as_i64() else {
            break;
        };
        after = format!("&after={next}");
    }
    assert_eq!(seen, ["t0", "t1", "t2", "t3", "t4"]);
}

#[tokio::test]
async fn ten_thousand_targets_are_listed_from_an_index() {
    let app = support::start().await;
    let pool = app.db.superuser().await;
    sqlx::query!(
        "INSERT INTO targets.target (name, hostname, protocol, port, created_by)
         SELECT 'bulk-' || at, 'h' || at, 'ssh', 22, '1' FROM generate_series(1, 10000) at"
    )
    .execute(&pool)
    .await
    .unwrap();
    sqlx::query!("ANALYZE targets.target")
        .execute(&pool)
        .await
        .unwrap();
    let plan = sqlx::query_scalar!(
        "EXPLAIN SELECT * FROM targets.target WHERE id > 5000 ORDER BY id LIMIT 101"
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    let plan = plan.into_iter().flatten().collect::<Vec<_>>().join("\n");
    assert!(
        plan.contains("target_pkey") && !plan.contains("Sort"),
        "{plan}"
    );
    let list = app
        .viewer()
        .get("/targets?skip=9990&limit=1000")
        .await
        .expect(200);
    assert_eq!((names(&list).len(), &list["total"]), (10, &json!(10_000)));
    let list = app.viewer().get("/targets?limit=1000").await.expect(200);
    assert_eq!(
        (names(&list).len(), &list["next"]),
        (1000, &list["targets"][999]["id"])
    );
}
