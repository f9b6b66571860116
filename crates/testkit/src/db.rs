//! A database of its own for each test, copied from a template that holds all migrations.

use std::str::FromStr;

use sha2::{Digest, Sha256};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, Executor, PgPool};

/// Names the server: a superuser's address of its database `postgres`.
pub const SERVER_VARIABLE: &str = "TEST_DATABASE_URL";

/// A database that one test owns.
#[derive(Clone, Debug)]
pub struct TestDb {
    name: String,
    server: PgConnectOptions,
}

impl TestDb {
    /// Makes it.
    pub async fn new() -> Self {
        let server = server();
        let template = template(&server).await;
        let name = format!("test_{}", service_kit::request::new_id());
        let mut admin = server.connect().await.expect("test server answers");
        let statement = format!("CREATE DATABASE {name} TEMPLATE {template}");
        run(&mut admin, statement).await;
        admin.close().await.expect("connection closes");
        Self { name, server }
    }

    /// Its address for a login role, such as `opsc_targets`.
    pub fn url(&self, role: &str) -> String {
        let host = self.server.get_host();
        format!(
            "postgres://{role}@{host}:{}/{}",
            self.server.get_port(),
            self.name
        )
    }

    /// Its address for the server's superuser.
    pub fn superuser_url(&self) -> String {
        self.url(self.server.get_username())
    }

    /// A pool that may do everything, to arrange and to look behind the scenes.
    pub async fn superuser(&self) -> PgPool {
        let options = self.server.clone().database(&self.name);
        PgPoolOptions::new()
            .max_connections(2)
            .connect_with(options)
            .await
            .expect("test database")
    }

    /// A pool in a service's role.
    pub async fn pool(&self, role: &str) -> PgPool {
        let options = PgConnectOptions::from_str(&self.url(role)).expect("address");
        PgPoolOptions::new()
            .max_connections(4)
            .connect_with(options)
            .await
            .expect("test database")
    }
}

#[expect(clippy::disallowed_methods, reason = "tests have no Config")]
fn server() -> PgConnectOptions {
    let url = std::env::var(SERVER_VARIABLE)
        .expect("TEST_DATABASE_URL names no PostgreSQL server: run the tests by scripts/test");
    PgConnectOptions::from_str(&url).expect("TEST_DATABASE_URL is an address")
}

/// Finds or makes the template of the present migrations.
async fn template(server: &PgConnectOptions) -> String {
    let digest = Sha256::digest(database::checksums());
    let short: String = digest
        .iter()
        .take(6)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let name = format!("template_{short}");
    let mut admin = server.connect().await.expect("test server answers");
    // One test makes the template, the others wait for it.
    run(&mut admin, "SELECT pg_advisory_lock(7305)".to_owned()).await;
    let known = format!("SELECT 1 FROM pg_database WHERE datname = '{name}'");
    let found = admin
        .fetch_optional(sqlx::AssertSqlSafe(known))
        .await
        .expect("catalogue");
    if found.is_none() {
        run(&mut admin, format!("DROP DATABASE IF EXISTS making_{name}")).await;
        run(&mut admin, format!("CREATE DATABASE making_{name}")).await;
        let options = server.clone().database(&format!("making_{name}"));
        database::prepare(&options).await.expect("migrations apply");
        run(
            &mut admin,
            format!("ALTER DATABASE making_{name} RENAME TO {name}"),
        )
        .await;
    }
    run(&mut admin, "SELECT pg_advisory_unlock(7305)".to_owned()).await;
    admin.close().await.expect("connection closes");
    name
}

async fn run(admin: &mut sqlx::PgConnection, statement: String) {
    admin
        .execute(sqlx::AssertSqlSafe(statement))
        .await
        .expect("statement");
}
