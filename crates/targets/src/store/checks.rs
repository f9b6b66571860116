//! The last connection test of each target.

use chrono::{DateTime, Utc};
use common::id::TargetId;
use serde_json::Value;
use sqlx::PgConnection;

/// A connection test that has ended.
#[derive(Clone, Copy, Debug)]
pub struct Check<'a> {
    /// When.
    pub at: DateTime<Utc>,
    /// Whether it went well.
    pub ok: bool,
    /// Stable name of the failure.
    pub reason: Option<&'a str>,
    /// What was found, in words.
    pub message: &'a str,
    /// A list of phases.
    pub phases: &'a Value,
    /// An object of all that was found.
    pub details: &'a Value,
    /// User id.
    pub checked_by: &'a str,
}

/// Keeps a test instead of the one before.
pub async fn set(
    conn: &mut PgConnection,
    id: TargetId,
    check: Check<'_>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO targets.check_result (target_id, at, ok, reason, message, phases, details, checked_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (target_id) DO UPDATE
         SET at = excluded.at, ok = excluded.ok, reason = excluded.reason, message = excluded.message,
             phases = excluded.phases, details = excluded.details, checked_by = excluded.checked_by",
        id.0,
        check.at,
        check.ok,
        check.reason,
        check.message,
        check.phases,
        check.details,
        check.checked_by
    )
    .execute(conn)
    .await?;
    Ok(())
}
