//! Rows of `jobs.job_version`; never changed once written.

use chrono::{DateTime, Utc};
use common::id::JobId;
use serde::Serialize;
use serde_json::Value;
use sqlx::PgConnection;
use utoipa::ToSchema;

use crate::store::jobs::NewJob;

/// One version of a job.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Version {
    /// Its number.
    pub version: i32,
    /// What the job did in this version.
    #[schema(value_type = Object)]
    pub definition: Value,
    /// User id of who saved it.
    pub created_by: String,
    /// When it was saved.
    pub created_at: DateTime<Utc>,
}

/// Writes a version.
pub async fn insert(conn: &mut PgConnection, id: JobId, job: &NewJob) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO jobs.job_version (job_id, version, definition, created_by, created_at)
         VALUES ($1, $2, $3, $4, $5)",
        id.0,
        job.version,
        job.definition,
        job.created_by,
        job.now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// All versions, newest first.
pub async fn list(conn: &mut PgConnection, id: JobId) -> Result<Vec<Version>, sqlx::Error> {
    sqlx::query_as!(
        Version,
        "SELECT version, definition, created_by, created_at FROM jobs.job_version
         WHERE job_id = $1 ORDER BY version DESC LIMIT 1000",
        id.0,
    )
    .fetch_all(conn)
    .await
}

/// One version.
pub async fn find(
    conn: &mut PgConnection,
    id: JobId,
    version: i32,
) -> Result<Option<Version>, sqlx::Error> {
    sqlx::query_as!(
        Version,
        "SELECT version, definition, created_by, created_at FROM jobs.job_version
         WHERE job_id = $1 AND version = $2",
        id.0,
        version,
    )
    .fetch_optional(conn)
    .await
}
