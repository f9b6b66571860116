//! The numbered list of migrations and how far a database has come.

use std::collections::BTreeMap;

use sqlx::PgConnection;
use sqlx::migrate::{Migrate, MigrateError, Migrator};

use crate::{Error, bootstrap};

const TABLE: &str = "migration.applied";

/// One migration, as this program or the database knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration {
    /// Its number.
    pub version: i64,
    /// What it does, from its file name; empty if this program does not have it.
    pub description: String,
    /// How it stands.
    pub state: State,
}

/// How a migration stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// In the database as it is here.
    Applied,
    /// Not yet in the database.
    Pending,
    /// In the database, but not as it is here.
    Changed,
    /// In the database, but not here: this program is too old.
    Foreign,
}

fn migrator() -> Migrator {
    let mut migrator = sqlx::migrate!("./migrations");
    migrator.dangerous_set_table_name(TABLE);
    migrator
}

/// Bytes that change whenever roles, schemas or migrations change; names templates of databases.
pub fn checksums() -> Vec<u8> {
    let mut bytes = bootstrap::ROLES.as_bytes().to_vec();
    for migration in migrator().iter() {
        bytes.extend_from_slice(&migration.checksum);
    }
    bytes
}

/// Applies what is missing as the owner role, one migration per transaction.
pub(crate) async fn apply(conn: &mut PgConnection) -> Result<(), Error> {
    sqlx::raw_sql("SET ROLE opsc_owner")
        .execute(&mut *conn)
        .await
        .map_err(Error::Bootstrap)?;
    migrator()
        .run_direct(None, conn, false)
        .await
        .map_err(Error::Migrate)?;
    sqlx::raw_sql("RESET ROLE")
        .execute(&mut *conn)
        .await
        .map_err(Error::Bootstrap)?;
    Ok(())
}

/// Lists all migrations in order, changing nothing.
///
/// # Errors
/// The server refuses.
pub async fn status(conn: &mut PgConnection) -> Result<Vec<Migration>, Error> {
    let mut applied: BTreeMap<i64, Vec<u8>> = match conn.list_applied_migrations(TABLE).await {
        Ok(rows) => rows
            .into_iter()
            .map(|row| (row.version, row.checksum.to_vec()))
            .collect(),
        Err(error) if is_new(&error) => BTreeMap::new(),
        Err(error) => return Err(Error::Migrate(error)),
    };
    let mut list: Vec<Migration> = migrator()
        .iter()
        .map(|ours| Migration {
            version: ours.version,
            description: ours.description.to_string(),
            state: match applied.remove(&ours.version) {
                None => State::Pending,
                Some(checksum) if checksum == *ours.checksum => State::Applied,
                Some(_) => State::Changed,
            },
        })
        .collect();
    list.extend(applied.into_keys().map(|version| Migration {
        version,
        description: String::new(),
        state: State::Foreign,
    }));
    list.sort_by_key(|migration| migration.version);
    Ok(list)
}

/// Whether the database has no list of migrations yet (42P01 no table, 3F000 no schema).
fn is_new(error: &MigrateError) -> bool {
    let MigrateError::Execute(sqlx::Error::Database(refusal)) = error else {
        return false;
    };
    matches!(refusal.code().as_deref(), Some("42P01" | "3F000"))
}
