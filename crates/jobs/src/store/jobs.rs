//! Rows of `jobs.job`, joined with their current version.

use chrono::{DateTime, Utc};
use common::id::JobId;
use common::page::Page;
use serde_json::Value;
use sqlx::PgConnection;

/// A job with its current definition.
#[derive(Clone, Debug)]
pub struct JobRow {
    /// Id.
    pub id: JobId,
    /// Name.
    pub name: String,
    /// Number of the current version.
    pub version: i32,
    /// Definition of the current version.
    pub definition: Value,
    /// User id of who made it.
    pub created_by: String,
    /// Whether it may be run.
    pub is_active: bool,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was changed.
    pub updated_at: DateTime<Utc>,
}

/// What is written of a job and its version.
#[derive(Clone, Debug)]
pub struct NewJob {
    /// Name.
    pub name: String,
    /// Version.
    pub version: i32,
    /// Definition of that version.
    pub definition: Value,
    /// Whether it may be run.
    pub is_active: bool,
    /// User id of who writes.
    pub created_by: String,
    /// When.
    pub now: DateTime<Utc>,
}

/// Which jobs a list shows.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only those that may be run.
    pub active_only: bool,
    /// Part of the name; empty finds all.
    pub search: String,
}

/// Makes a job, without its version.
pub async fn insert(conn: &mut PgConnection, job: &NewJob) -> Result<JobId, sqlx::Error> {
    sqlx::query_scalar!(
        "INSERT INTO jobs.job (name, current_version, is_active, created_by, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $5) RETURNING id",
        job.name,
        job.version,
        job.is_active,
        job.created_by,
        job.now,
    )
    .fetch_one(conn)
    .await
    .map(JobId)
}

/// The job, unless it was removed.
pub async fn find(conn: &mut PgConnection, id: JobId) -> Result<Option<JobRow>, sqlx::Error> {
    sqlx::query_as!(
        JobRow,
        r#"SELECT j.id, j.name, j.current_version AS version, v.definition, j.created_by,
                  j.is_active, j.created_at, j.updated_at
           FROM jobs.job j
           JOIN jobs.job_version v ON v.job_id = j.id AND v.version = j.current_version
           WHERE j.id = $1 AND j.deleted_at IS NULL"#,
        id.0,
    )
    .fetch_optional(conn)
    .await
}

/// The job of this name.
pub async fn find_by_name(
    conn: &mut PgConnection,
    name: &str,
) -> Result<Option<JobRow>, sqlx::Error> {
    sqlx::query_as!(
        JobRow,
        r#"SELECT j.id, j.name, j.current_version AS version, v.definition, j.created_by,
                  j.is_active, j.created_at, j.updated_at
           FROM jobs.job j
           JOIN jobs.job_version v ON v.job_id = j.id AND v.version = j.current_version
           WHERE j.name = $1 AND j.deleted_at IS NULL"#,
        name,
    )
    .fetch_optional(conn)
    .await
}

/// The job, held against changes until the transaction ends.
pub async fn lock(conn: &mut PgConnection, id: JobId) -> Result<Option<JobRow>, sqlx::Error> {
    sqlx::query_as!(
        JobRow,
        r#"SELECT j.id, j.name, j.current_version AS version, v.definition, j.created_by,
                  j.is_active, j.created_at, j.updated_at
           FROM jobs.job j
           JOIN jobs.job_version v ON v.job_id = j.id AND v.version = j.current_version
           WHERE j.id = $1 AND j.deleted_at IS NULL
           FOR UPDATE OF j"#,
        id.0,
    )
    .fetch_optional(conn)
    .await
}

/// Jobs by name.
pub async fn list(
    conn: &mut PgConnection,
    filter: &Filter,
    page: Page,
) -> Result<Vec<JobRow>, sqlx::Error> {
    sqlx::query_as!(
        JobRow,
        r#"SELECT j.id, j.name, j.current_version AS version, v.definition, j.created_by,
                  j.is_active, j.created_at, j.updated_at
           FROM jobs.job j
           JOIN jobs.job_version v ON v.job_id = j.id AND v.version = j.current_version
           WHERE j.deleted_at IS NULL AND (j.is_active OR NOT $1)
             AND strpos(lower(j.name), lower($2::text)) > 0
           ORDER BY j.name, j.id OFFSET $3 LIMIT $4"#,
        filter.active_only,
        filter.search,
        page.skip,
        page.limit,
    )
    .fetch_all(conn)
    .await
}

/// How many jobs the filter lets through.
pub async fn count(conn: &mut PgConnection, filter: &Filter) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM jobs.job
           WHERE deleted_at IS NULL AND (is_active OR NOT $1)
             AND strpos(lower(name), lower($2::text)) > 0"#,
        filter.active_only,
        filter.search,
    )
    .fetch_one(conn)
    .await
}

/// Writes name, current version and activity.
pub async fn set(conn: &mut PgConnection, id: JobId, job: &NewJob) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE jobs.job SET name = $2, current_version = $3, is_active = $4, updated_at = $5
         WHERE id = $1",
        id.0,
        job.name,
        job.version,
        job.is_active,
        job.now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Marks the job as removed.
pub async fn set_deleted(
    conn: &mut PgConnection,
    id: JobId,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE jobs.job SET deleted_at = $2 WHERE id = $1",
        id.0,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}
