//! Waits for a server that may still be starting.

use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, PgConnection};
use tokio::time::{Instant, sleep, timeout_at};

use crate::Error;

const PAUSE: Duration = Duration::from_millis(250);

/// Connects as soon as the server answers, trying for as long as `patience`.
///
/// # Errors
/// The server refuses the login, or does not answer in time.
pub async fn connect(admin: &PgConnectOptions, patience: Duration) -> Result<PgConnection, Error> {
    let deadline = Instant::now() + patience;
    let mut last = sqlx::Error::PoolTimedOut;
    loop {
        match timeout_at(deadline, admin.connect()).await {
            Ok(Ok(conn)) => return Ok(conn),
            Ok(Err(error)) if is_starting(&error) => last = error,
            Ok(Err(error)) => return Err(Error::Connect(error)),
            Err(_elapsed) => {
                return Err(Error::NotReady {
                    waited: patience,
                    source: last,
                });
            }
        }
        if Instant::now() + PAUSE > deadline {
            return Err(Error::NotReady {
                waited: patience,
                source: last,
            });
        }
        sleep(PAUSE).await;
    }
}

/// Whether the same attempt may succeed a moment later.
fn is_starting(error: &sqlx::Error) -> bool {
    // 57P03: the server is starting up or shutting down.
    matches!(error, sqlx::Error::Io(_))
        || error
            .as_database_error()
            .is_some_and(|refusal| refusal.code().as_deref() == Some("57P03"))
}
