//! How many steps may run at a time.

use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use utoipa::ToSchema;

/// Most steps that run at a time; none: no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Steps that use one credential.
    #[schema(minimum = 1)]
    pub per_credential: Option<i32>,
    /// Steps of one job.
    #[schema(minimum = 1)]
    pub per_job: Option<i32>,
    /// All steps.
    #[schema(minimum = 1)]
    pub total: Option<i32>,
}

/// The limits.
pub async fn get(conn: &mut PgConnection) -> Result<Limits, sqlx::Error> {
    sqlx::query_as!(
        Limits,
        "SELECT per_credential, per_job, total FROM runs.limits"
    )
    .fetch_one(conn)
    .await
}

/// Changes the limits; answers with those before.
pub async fn set(conn: &mut PgConnection, limits: Limits) -> Result<Limits, sqlx::Error> {
    sqlx::query_as!(
        Limits,
        r#"WITH before AS (SELECT per_credential, per_job, total FROM runs.limits),
             changed AS (UPDATE runs.limits SET per_credential = $1, per_job = $2, total = $3)
           SELECT per_credential, per_job, total FROM before"#,
        limits.per_credential,
        limits.per_job,
        limits.total,
    )
    .fetch_one(conn)
    .await
}
