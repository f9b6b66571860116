//! The database of OpsConductor: roles, schemas, migrations and the development seed.
//!
//! [`prepare`] brings any database to the newest shape, however often it is called.
#![warn(missing_docs)]

mod bootstrap;
mod connect;
mod error;
mod migration;
mod scram;
pub mod seed;

pub use bootstrap::{SERVICE_ROLES, set_passwords};
pub use connect::connect;
pub use error::Error;
pub use migration::{Migration, State, checksums, status};

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection};

/// Makes roles and schemas and applies what migrations are missing, as an administrator.
///
/// # Errors
/// The server refuses, or the database has a migration that differs from ours.
pub async fn prepare(admin: &PgConnectOptions) -> Result<(), Error> {
    let mut conn = admin.connect().await.map_err(Error::Connect)?;
    bootstrap::apply(&mut conn).await?;
    migration::apply(&mut conn).await?;
    conn.close().await.map_err(Error::Connect)
}
