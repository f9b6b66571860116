//! Every time that a value was decrypted for somebody.

use chrono::{DateTime, Utc};
use common::id::{CredentialId, StepId};
use common::page::Page;
use serde::Serialize;
use sqlx::{Error, PgConnection};
use utoipa::ToSchema;

/// One use of a value.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Access {
    /// Order of insertion.
    pub id: i64,
    /// Which version.
    pub version: i32,
    /// `user:ID`, or the service with its worker.
    pub actor: String,
    /// What for.
    pub purpose: String,
    /// Step of a run that asked, if any.
    pub step_id: Option<i64>,
    /// When.
    pub at: DateTime<Utc>,
}

/// A use that is about to happen.
#[derive(Clone, Debug)]
pub struct NewAccess<'a> {
    /// Which credential.
    pub credential_id: CredentialId,
    /// Its name.
    pub credential_name: &'a str,
    /// Which version.
    pub version: i32,
    /// Who.
    pub actor: &'a str,
    /// What for.
    pub purpose: &'a str,
    /// Step of a run that asked, if any.
    pub step_id: Option<StepId>,
    /// When.
    pub at: DateTime<Utc>,
}

/// Adds one.
pub async fn insert(conn: &mut PgConnection, access: &NewAccess<'_>) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO credentials.access_log
             (credential_id, credential_name, version, actor, purpose, step_id, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        access.credential_id.0,
        access.credential_name,
        access.version,
        access.actor,
        access.purpose,
        access.step_id.map(|step| step.0),
        access.at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Uses of a credential, newest first.
pub async fn list(
    conn: &mut PgConnection,
    id: CredentialId,
    page: Page,
) -> Result<Vec<Access>, Error> {
    sqlx::query_as!(
        Access,
        "SELECT id, version, actor, purpose, step_id, at FROM credentials.access_log
         WHERE credential_id = $1 ORDER BY id DESC OFFSET $2 LIMIT $3",
        id.0,
        page.skip,
        page.limit,
    )
    .fetch_all(conn)
    .await
}

/// How many there are.
pub async fn count(conn: &mut PgConnection, id: CredentialId) -> Result<i64, Error> {
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM credentials.access_log WHERE credential_id = $1"#,
        id.0,
    )
    .fetch_one(conn)
    .await
}
