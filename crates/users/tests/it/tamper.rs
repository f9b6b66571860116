//! Whatever a person with full power over the database does to the log is found.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use serde_json::Value;
use sqlx::{AssertSqlSafe, Executor, PgPool};

use crate::support::{self, Fixture};

/// Rows in the log.
const ROWS: i64 = 40;

/// Every column, with an expression that gives another value.
const EDITS: [(&str, &str); 20] = [
    ("at", "at + interval '1 microsecond'"),
    (
        "actor_kind",
        "CASE actor_kind WHEN 'user' THEN 'system' ELSE 'user' END",
    ),
    ("actor_id", "coalesce(actor_id, '') || 'x'"),
    ("actor_name", "CASE WHEN actor_name IS NULL THEN '' END"),
    ("session_id", "coalesce(session_id, '') || ' '"),
    (
        "on_behalf_of",
        "CASE WHEN on_behalf_of IS NULL THEN '1' END",
    ),
    ("ip", "coalesce(ip, '') || '0'"),
    ("user_agent", "CASE WHEN user_agent IS NULL THEN '' END"),
    ("action", "action || 'x'"),
    ("object_kind", "coalesce(object_kind, '') || 'x'"),
    ("object_id", "coalesce(object_id, '') || '0'"),
    (
        "object_name",
        "CASE WHEN object_name IS NULL THEN 'null' END",
    ),
    ("change", "change || '{\"n\": 1.0}'"),
    ("change", "change - 'n'"),
    (
        "outcome",
        "CASE outcome WHEN 'ok' THEN 'denied' ELSE 'ok' END",
    ),
    ("request_id", "CASE WHEN request_id IS NULL THEN '' END"),
    ("seq", "seq + 1000"),
    (
        "prev_hash",
        "set_byte(prev_hash, 31, 255 - get_byte(prev_hash, 31))",
    ),
    ("hash", "set_byte(hash, 0, 255 - get_byte(hash, 0))"),
    ("(seq, prev_hash, hash)", "ROW(NULL, NULL, NULL)"),
];

#[derive(Clone, Copy, Debug)]
enum Tampering {
    /// Another value in one column of one row.
    Edit(i64, usize),
    /// One row removed.
    Delete(i64),
    /// Two rows change places, their hashes with or without them.
    Swap(i64, i64, bool),
    /// The last rows removed, the stored end with or without them.
    Truncate(i64, bool),
    /// A row added at the end by somebody without the key.
    Forge,
}

fn tampering() -> impl Strategy<Value = Tampering> {
    let row = 1..=ROWS;
    prop_oneof![
        8 => (row.clone(), 0..EDITS.len()).prop_map(|(row, edit)| Tampering::Edit(row, edit)),
        2 => row.clone().prop_map(Tampering::Delete),
        2 => (1..ROWS, 1..ROWS, any::<bool>())
            .prop_map(|(one, by, whole)| Tampering::Swap(one, (one + by - 1) % ROWS + 1, whole))
            .prop_filter("two rows", |swap| !matches!(swap, Tampering::Swap(a, b, _) if a == b)),
        2 => (row, any::<bool>()).prop_map(|(count, end)| Tampering::Truncate(count, end)),
        1 => Just(Tampering::Forge),
    ]
}

impl Tampering {
    fn statements(self) -> Vec<String> {
        match self {
            Self::Edit(row, edit) => {
                let (column, value) = EDITS[edit];
                vec![format!("UPDATE audit.entry SET {column} = {value} WHERE seq = {row}")]
            }
            Self::Delete(row) => vec![format!("DELETE FROM audit.entry WHERE seq = {row}")],
            Self::Swap(a, b, whole) => {
                let columns = if whole { "prev_hash = o.prev_hash, hash = o.hash" } else { "hash = e.hash" };
                vec![
                    "CREATE TEMP TABLE old ON COMMIT DROP AS SELECT * FROM audit.entry".to_owned(),
                    format!("UPDATE audit.entry SET seq = seq + 1000 WHERE seq IN ({a}, {b})"),
                    format!(
                        "UPDATE audit.entry e SET seq = o.seq, {columns} FROM old o
                         WHERE e.seq > 1000 AND o.seq = {a} + {b} - (e.seq - 1000)"
                    ),
                ]
            }
            Self::Truncate(count, end) => {
                let last = ROWS - count;
                let mut all = vec![format!("DELETE FROM audit.entry WHERE seq > {last}")];
                if end {
                    all.push(format!(
                        "UPDATE audit.head SET seq = {last}, signature = NULL, signed_at = NULL, hash = coalesce(
                           (SELECT hash FROM audit.entry WHERE seq = {last}), decode(repeat('00', 32), 'hex'))"
                    ));
                }
                all
            }
            Self::Forge => vec![
                format!(
                    "INSERT INTO audit.entry (actor_kind, action, seq, prev_hash, hash)
                     SELECT 'user', 'user.forged', {ROWS} + 1, hash, sha256(hash) FROM audit.entry WHERE seq = {ROWS}"
                ),
                "UPDATE audit.head SET seq = e.seq, hash = e.hash, signature = NULL, signed_at = NULL
                 FROM audit.entry e WHERE e.action = 'user.forged'"
                    .to_owned(),
            ],
        }
    }

    /// Where the fault must be seen, if there is one such place.
    fn place(self) -> Option<i64> {
        match self {
            Self::Edit(row, _) | Self::Delete(row) => Some(row),
            Self::Swap(a, b, _) => Some(a.min(b)),
            Self::Forge => Some(ROWS + 1),
            Self::Truncate(..) => None,
        }
    }
}

/// Runs statements as a superuser without triggers, while nothing is linked.
async fn run(pool: &PgPool, statements: &[String]) {
    let mut tx = pool.begin().await.unwrap();
    tx.execute("SET LOCAL session_replication_role = replica")
        .await
        .unwrap();
    tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('opsconductor.audit', 0))")
        .await
        .unwrap();
    for statement in statements {
        tx.execute(AssertSqlSafe(statement.clone())).await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn verify(app: &Fixture) -> Value {
    app.admin().get("/audit/verify").await.expect(200)
}

/// Fills the log, has its end signed, and keeps a copy.
async fn prepare(app: &Fixture, pool: &PgPool) {
    let fill = format!(
        "INSERT INTO audit.entry (actor_kind, actor_id, actor_name, ip, action, object_id, change, outcome)
         SELECT 'user', n::text, CASE WHEN n % 2 = 0 THEN 'ana' END, CASE WHEN n % 3 = 0 THEN '::1' END,
                'test.done', n::text, jsonb_build_object('n', n, 'ü', '\"'), CASE WHEN n % 5 = 0 THEN 'failed' ELSE 'ok' END
         FROM generate_series(1, {ROWS}) n"
    );
    pool.execute(AssertSqlSafe(fill)).await.unwrap();
    let found = verify(app).await;
    assert_eq!(
        (&found["valid"], &found["checked"]),
        (&true.into(), &ROWS.into())
    );
    let copy = [
        format!("DELETE FROM audit.entry WHERE seq IS NULL OR seq > {ROWS}"),
        "CREATE TABLE public.copy AS SELECT * FROM audit.entry".to_owned(),
        "CREATE TABLE public.copy_head AS SELECT seq, hash FROM audit.entry ORDER BY seq DESC LIMIT 1".to_owned(),
    ];
    run(pool, &copy).await;
    restore(pool).await;
}

async fn restore(pool: &PgPool) {
    let statements = [
        "TRUNCATE audit.entry",
        "INSERT INTO audit.entry OVERRIDING SYSTEM VALUE SELECT * FROM public.copy",
        "UPDATE audit.head SET seq = c.seq, hash = c.hash, signature = NULL, signed_at = NULL FROM public.copy_head c",
    ];
    run(pool, &statements.map(str::to_owned)).await;
}

async fn try_one(app: &Fixture, pool: &PgPool, tampering: Tampering) -> Result<(), TestCaseError> {
    run(pool, &tampering.statements()).await;
    let found = verify(app).await;
    restore(pool).await;
    prop_assert_eq!(&found["valid"], &Value::from(false), "{}", found);
    let seq = &found["first_fault"]["seq"];
    if let Some(place) = tampering.place() {
        prop_assert_eq!(seq, &Value::from(place), "{}", found);
    }
    Ok(())
}

#[test]
fn any_edit_delete_swap_truncation_or_forgery_is_found() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let (app, pool) = runtime.block_on(async {
        let app = support::start().await;
        let pool = app.db.superuser().await;
        prepare(&app, &pool).await;
        (app, pool)
    });
    let each_column = (0..EDITS.len()).map(|edit| Tampering::Edit(10, edit));
    for tampering in each_column.chain([
        Tampering::Delete(ROWS),
        Tampering::Truncate(1, true),
        Tampering::Forge,
    ]) {
        runtime
            .block_on(try_one(&app, &pool, tampering))
            .unwrap_or_else(|why| panic!("{tampering:?}: {why}"));
    }
    let config = Config {
        cases: 64,
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new(config)
        .run(&tampering(), |tampering| {
            runtime.block_on(try_one(&app, &pool, tampering))
        })
        .unwrap();
    let found = runtime.block_on(verify(&app));
    assert_eq!(found["valid"], true, "{found}");
    runtime.block_on(async { drop(app) });
}
