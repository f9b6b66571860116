//! A database is brought to the newest shape however often and by however many at once.

use database::State;
use tokio::task::JoinSet;

use crate::harness::{Db, execute, texts};

#[tokio::test]
async fn every_table_column_and_open_function_says_what_it_is() {
    let db = Db::new().await;
    let silent = texts(
        &mut db.admin().await,
        "WITH ours AS (
           SELECT oid, nspname FROM pg_namespace
           WHERE nspname IN ('audit', 'users', 'auth', 'credentials', 'targets', 'jobs', 'runs', 'ports')
         )
         SELECT n.nspname || '.' || c.relname || coalesce('.' || a.attname, '')
         FROM ours n JOIN pg_class c ON c.relnamespace = n.oid AND c.relkind = 'r'
         CROSS JOIN LATERAL (
           SELECT attnum::int AS attnum, attname::text FROM pg_attribute
           WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped
           UNION ALL SELECT 0, NULL
         ) a
         WHERE coalesce(col_description(c.oid, a.attnum), obj_description(c.oid, 'pg_class'), '') = ''
            OR (a.attnum > 0 AND col_description(c.oid, a.attnum) IS NULL)
         UNION ALL
         SELECT n.nspname || '.' || p.proname || '()' FROM ours n JOIN pg_proc p ON p.pronamespace = n.oid
         WHERE p.prorettype <> 'trigger'::regtype AND obj_description(p.oid, 'pg_proc') IS NULL",
    )
    .await;
    assert!(silent.is_empty(), "{silent:?}");
}

#[tokio::test]
async fn all_objects_belong_to_the_owner_and_functions_are_closed_to_the_public() {
    let db = Db::new().await;
    let astray = texts(
        &mut db.admin().await,
        "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
           AND c.relowner <> 'opsc_owner'::regrole
         UNION ALL
         SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
         WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
           AND (p.proowner <> 'opsc_owner'::regrole OR has_function_privilege('public', p.oid, 'EXECUTE')
                OR p.proconfig IS NULL)",
    )
    .await;
    assert!(astray.is_empty(), "{astray:?}");
}

#[tokio::test]
async fn preparing_twice_changes_nothing() {
    let db = Db::empty().await;
    let mut admin = db.admin().await;
    let before = database::status(&mut admin).await.unwrap();
    assert!(!before.is_empty() && before.iter().all(|one| one.state == State::Pending));
    database::prepare(&db.options).await.unwrap();
    let when = "SELECT string_agg(version || ' ' || installed_on, ',' ORDER BY version) FROM migration.applied";
    let first = texts(&mut admin, when).await;
    database::prepare(&db.options).await.unwrap();
    assert_eq!(texts(&mut admin, when).await, first);
    let after = database::status(&mut admin).await.unwrap();
    assert!(after.len() == before.len() && after.iter().all(|one| one.state == State::Applied));
}

#[tokio::test]
async fn several_may_prepare_one_database_at_the_same_time() {
    let db = Db::empty().await;
    let mut tasks = JoinSet::new();
    for _ in 0..4 {
        let options = db.options.clone();
        tasks.spawn(async move { database::prepare(&options).await });
    }
    for result in tasks.join_all().await {
        result.unwrap();
    }
}

#[tokio::test]
async fn a_changed_or_foreign_migration_is_told_and_refused() {
    for (harm, state) in [
        ("UPDATE migration.applied SET checksum = '\\x00' WHERE version = 3", State::Changed),
        (
            "INSERT INTO migration.applied (version, description, success, checksum, execution_time)
             VALUES (9999, 'future', true, '\\x00', 0)",
            State::Foreign,
        ),
    ] {
        let db = Db::new().await;
        let mut admin = db.admin().await;
        execute(&mut admin, harm).await.unwrap();
        let list = database::status(&mut admin).await.unwrap();
        assert_eq!(list.iter().filter(|one| one.state == state).count(), 1);
        assert!(matches!(database::prepare(&db.options).await, Err(database::Error::Migrate(_))));
    }
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_named_after_the_wait() {
    let nobody = sqlx::postgres::PgConnectOptions::new()
        .host("127.0.0.1")
        .port(1);
    let error = database::connect(&nobody, std::time::Duration::from_millis(300))
        .await
        .unwrap_err();
    assert!(error.to_string().contains("DATABASE_ADMIN_URL"), "{error}");
}
