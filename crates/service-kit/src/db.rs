//! The service's door to PostgreSQL.

use std::str::FromStr;
use std::time::Duration;

use sqlx::pool::PoolConnectionMetadata;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection, PgConnection, PgPool};

use crate::config::Common;

/// How long a connection may rest and still be used without a look.
const TRUSTED_REST: Duration = Duration::from_millis(500);
/// Longest wait for a free connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(2);

/// Makes the pool. Connections are opened when they are needed, so that a service starts and answers
/// 503 while the database is away; time limits of statements belong to the login role.
///
/// A process without a database has no address; its pool is never used.
///
/// # Errors
/// When the address cannot be read.
pub fn pool(config: &Common, service: &str) -> Result<PgPool, sqlx::Error> {
    let mut options = match config.database_url.as_str() {
        "" => PgConnectOptions::new_without_pgpass(),
        url => PgConnectOptions::from_str(url)?,
    }
    .application_name(service)
    // Statements of services are short: compiling one takes longer than running it.
    .options([("jit", "off")]);
    if let Some(password) = &config.database_password {
        options = options.password(password.expose());
    }
    Ok(PgPoolOptions::new()
        .max_connections(config.database_pool_size)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .idle_timeout(Duration::from_secs(60))
        .test_before_acquire(false)
        .before_acquire(|conn, meta| Box::pin(is_alive(conn, meta)))
        .connect_lazy_with(options))
}

/// A connection that rested may have been cut; one in steady use pays for no extra round trip.
async fn is_alive(conn: &mut PgConnection, meta: PoolConnectionMetadata) -> sqlx::Result<bool> {
    if meta.idle_for > TRUSTED_REST {
        conn.ping().await?;
    }
    Ok(true)
}

/// Whether the database could not be asked, as opposed to having refused.
pub fn is_unavailable(error: &sqlx::Error) -> bool {
    if let Some(refusal) = error.as_database_error() {
        return refusal.code().is_some_and(|code| {
            // Connection exceptions, too little of something, and shutdown (PostgreSQL,
            // Appendix A); 57014 is a statement, 55P03 a wait for a lock, that ran into its time limit.
            code.starts_with("08")
                || code.starts_with("53")
                || code.starts_with("57")
                || code == "55P03"
        });
    }
    matches!(
        error,
        sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
    )
}

/// Whether `error` is the refusal of the constraint `name`.
pub fn violates(error: &sqlx::Error, name: &str) -> bool {
    error
        .as_database_error()
        .and_then(|refusal| refusal.constraint())
        == Some(name)
}
