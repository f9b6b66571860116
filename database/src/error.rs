//! What can go wrong while a database is prepared.

use std::path::PathBuf;
use std::time::Duration;

/// A reason why the database could not be prepared.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The server did not answer or refused the login.
    #[error("cannot connect to the database")]
    Connect(#[source] sqlx::Error),
    /// The server did not answer within the time that was given to it.
    #[error("the database did not answer within {} s; is PostgreSQL running at the address in DATABASE_ADMIN_URL?", .waited.as_secs())]
    NotReady {
        /// How long it was tried.
        waited: Duration,
        /// The last answer.
        #[source]
        source: sqlx::Error,
    },
    /// Roles or schemas could not be made; mostly the login is no administrator.
    #[error("cannot make roles and schemas")]
    Bootstrap(#[source] sqlx::Error),
    /// A migration failed, or the database has one that differs from ours.
    #[error("cannot apply the migrations")]
    Migrate(#[source] sqlx::migrate::MigrateError),
    /// A password file cannot be read.
    #[error("cannot read {}", .path.display())]
    PasswordFile {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A password would not survive a connection address or the login.
    #[error("{} must hold 16 to 128 printable ASCII characters", .path.display())]
    BadPassword {
        /// Which file.
        path: PathBuf,
    },
    /// The password of a role could not be set.
    #[error("cannot set the password of {role}")]
    SetPassword {
        /// Which role.
        role: &'static str,
        /// Why.
        #[source]
        source: sqlx::Error,
    },
    /// The users of a development start could not be made.
    #[error("cannot make the development users")]
    Seed(#[source] sqlx::Error),
    /// A password of a development user could not be hashed.
    #[error("cannot hash a password")]
    Hash(#[source] common::password::PasswordError),
    /// Hashing was cut short by the end of the process.
    #[error("hashing was interrupted")]
    Interrupted(#[source] tokio::task::JoinError),
}
