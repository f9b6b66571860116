//! A database of its own for each test, and connections as the roles of the services.

use std::future::Future;
use std::str::FromStr;
use std::thread;
use std::time::{Duration, Instant};

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, PgConnection};

/// PostgreSQL's code for "may not do that".
pub(crate) const DENIED: &str = "42501";
/// PostgreSQL's code for a bad argument of a function.
pub(crate) const BAD_ARGUMENT: &str = "22023";
/// The code of a refused move of a run or step.
pub(crate) const BAD_MOVE: &str = "23000";

/// A database that goes away with the test.
pub(crate) struct Db {
    pub(crate) options: PgConnectOptions,
    server: PgConnectOptions,
    name: String,
}

impl Db {
    /// An empty database.
    pub(crate) async fn empty() -> Self {
        let url = std::env::var("TEST_DATABASE_URL")
            .unwrap_or_else(|_| panic!("TEST_DATABASE_URL is missing: run scripts/test"));
        let server = PgConnectOptions::from_str(&url).unwrap();
        let name = format!("test_database_{:016x}", rand::random::<u64>());
        execute(
            &mut server.connect().await.unwrap(),
            &format!("CREATE DATABASE {name}"),
        )
        .await
        .unwrap();
        Self {
            options: server.clone().database(&name),
            server,
            name,
        }
    }

    /// A database with all migrations.
    pub(crate) async fn new() -> Self {
        let db = Self::empty().await;
        database::prepare(&db.options).await.unwrap();
        db
    }

    /// A connection of the superuser.
    pub(crate) async fn admin(&self) -> PgConnection {
        self.options.connect().await.unwrap()
    }

    /// A connection logged in as a role.
    pub(crate) async fn login(&self, role: &str) -> PgConnection {
        self.options.clone().username(role).connect().await.unwrap()
    }
}

impl Drop for Db {
    fn drop(&mut self) {
        let server = self.server.clone();
        let statement = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        let dropping = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            runtime.unwrap().block_on(async move {
                let mut conn = server.connect().await.unwrap();
                execute(&mut conn, &statement).await.unwrap();
            });
        });
        dropping.join().unwrap();
    }
}

/// Runs statements.
pub(crate) async fn execute(conn: &mut PgConnection, sql: &str) -> Result<u64, sqlx::Error> {
    let done = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
        .execute(conn)
        .await?;
    Ok(done.rows_affected())
}

/// Asserts that the server refuses the statement with this code.
pub(crate) async fn refused(conn: &mut PgConnection, sql: &str, code: &str) {
    let error = execute(conn, sql)
        .await
        .err()
        .unwrap_or_else(|| panic!("accepted: {sql}"));
    let found = error.as_database_error().and_then(|refusal| refusal.code());
    assert_eq!(found.as_deref(), Some(code), "{sql}: {error}");
}

/// The first column of all rows, as text.
pub(crate) async fn texts(conn: &mut PgConnection, sql: &str) -> Vec<String> {
    sqlx::query_scalar(AssertSqlSafe(sql.to_owned()))
        .fetch_all(conn)
        .await
        .unwrap()
}

/// Waits until a condition holds, at most 10 s.
pub(crate) async fn eventually<F: Future<Output = bool>>(mut holds: impl FnMut() -> F) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while !holds().await {
        assert!(Instant::now() < deadline, "waited in vain");
        tokio::task::yield_now().await;
    }
}
