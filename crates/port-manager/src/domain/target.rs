//! Finding what a request names.

use sqlx::PgConnection;

use crate::domain::record::{DEFAULT_SUITE, Service, Suite};
use crate::error::Error;
use crate::store;

/// The suite of this name; the default one if none is named.
///
/// # Errors
/// When there is none.
pub async fn suite(conn: &mut PgConnection, name: Option<&str>) -> Result<Suite, Error> {
    let name = name.unwrap_or(DEFAULT_SUITE);
    let found = store::suites::find(conn, name).await?;
    found.ok_or_else(|| Error::NoSuchSuite(printable(name)))
}

/// The service of this name.
///
/// # Errors
/// When there is none.
pub async fn service(conn: &mut PgConnection, suite: &Suite, name: &str) -> Result<Service, Error> {
    let found = store::services::find(conn, suite.id, name).await?;
    found.ok_or_else(|| Error::NoSuchService(printable(name), suite.name.clone()))
}

/// A name that somebody sent, fit to be repeated in an answer.
fn printable(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(100).collect()
}
