//! `ports.backup`.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgConnection;

/// A backup about to be written.
#[derive(Clone, Debug)]
pub struct NewBackup<'a> {
    /// Row of the suite.
    pub suite_id: i64,
    /// Name as of a file.
    pub name: &'a str,
    /// The state.
    pub document: &'a Value,
    /// Of the document as text.
    pub sha256: &'a [u8],
    /// Number of the last event that it holds.
    pub revision: i64,
    /// Whether it was made before a restore or reset.
    pub automatic: bool,
    /// Who.
    pub by: &'a str,
    /// When.
    pub at: DateTime<Utc>,
}

/// A backup that can be brought back.
#[derive(Clone, Debug)]
pub struct Backup {
    /// Name as of a file.
    pub name: String,
    /// The state.
    pub document: Value,
    /// Of the document as text.
    pub sha256: Vec<u8>,
    /// Number of the last event that it holds.
    pub revision: i64,
    /// Whether it was made before a restore or reset.
    pub automatic: bool,
    /// Who made it.
    pub created_by: String,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// Writes one; refused by `backup_name_key` where the name is taken.
pub async fn insert(conn: &mut PgConnection, backup: &NewBackup<'_>) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO ports.backup (suite_id, name, document, sha256, revision, automatic, created_by, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        backup.suite_id,
        backup.name,
        backup.document,
        backup.sha256,
        backup.revision,
        backup.automatic,
        backup.by,
        backup.at
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The one of this name.
pub async fn find(
    conn: &mut PgConnection,
    suite_id: i64,
    name: &str,
) -> sqlx::Result<Option<Backup>> {
    sqlx::query_as!(
        Backup,
        "SELECT name, document, sha256, revision, automatic, created_by, created_at FROM ports.backup
         WHERE suite_id = $1 AND name = $2",
        suite_id,
        name
    )
    .fetch_optional(conn)
    .await
}

/// Those of a suite, newest first, 1,000 at most.
pub async fn list(conn: &mut PgConnection, suite_id: i64) -> sqlx::Result<Vec<Backup>> {
    sqlx::query_as!(
        Backup,
        "SELECT name, document, sha256, revision, automatic, created_by, created_at FROM ports.backup
         WHERE suite_id = $1 ORDER BY id DESC LIMIT 1000",
        suite_id
    )
    .fetch_all(conn)
    .await
}

/// Whether a name is taken, by any suite.
pub async fn is_taken(conn: &mut PgConnection, name: &str) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM ports.backup WHERE name = $1) AS "taken!""#,
        name
    )
    .fetch_one(conn)
    .await
}
