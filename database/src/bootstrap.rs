//! Roles, schemas and the passwords of the service roles.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use common::secret::Secret;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::{Error, scram};

/// The roles that services log in as, one per service that keeps data.
pub const SERVICE_ROLES: [&str; 7] = [
    "opsc_auth",
    "opsc_users",
    "opsc_credentials",
    "opsc_targets",
    "opsc_jobs",
    "opsc_executor",
    "opsc_port_manager",
];

pub(crate) const ROLES: &str = include_str!("../bootstrap/roles.sql");

pub(crate) async fn apply(conn: &mut PgConnection) -> Result<(), Error> {
    let mut tx = conn.begin().await.map_err(Error::Bootstrap)?;
    sqlx::raw_sql(ROLES)
        .execute(&mut *tx)
        .await
        .map_err(Error::Bootstrap)?;
    tx.commit().await.map_err(Error::Bootstrap)
}

/// Gives each service role the password in the file of its name; a role without a file keeps its own.
///
/// The server gets a SCRAM verifier, so that the password is in no log or statement.
///
/// # Errors
/// A file cannot be read or holds no usable password, or the server refuses.
pub async fn set_passwords(conn: &mut PgConnection, dir: &Path) -> Result<(), Error> {
    for role in SERVICE_ROLES {
        let Some(password) = read_password(&dir.join(role))? else {
            continue;
        };
        let verifier = scram::verifier(&password, &rand::random());
        sqlx::raw_sql(AssertSqlSafe(format!(
            "ALTER ROLE {role} PASSWORD '{verifier}'"
        )))
        .execute(&mut *conn)
        .await
        .map_err(|source| Error::SetPassword { role, source })?;
    }
    Ok(())
}

fn read_password(path: &Path) -> Result<Option<Secret>, Error> {
    let text = match fs::read_to_string(path) {
        Ok(text) => Secret::new(text),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(source) => {
            return Err(Error::PasswordFile {
                path: path.to_owned(),
                source,
            });
        }
    };
    let password = Secret::new(text.expose().trim().to_owned());
    let length = password.expose().len();
    if !(16..=128).contains(&length) || !password.expose().chars().all(|c| c.is_ascii_graphic()) {
        return Err(Error::BadPassword {
            path: path.to_owned(),
        });
    }
    Ok(Some(password))
}
