//! `auth.attempt`.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// Failed sign-ins of one subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempts {
    /// How many.
    pub failures: i32,
    /// Start of counting.
    pub window_started_at: DateTime<Utc>,
    /// No attempt is tried before.
    pub blocked_until: Option<DateTime<Utc>>,
    /// Last failure.
    pub updated_at: DateTime<Utc>,
}

/// An account that has to wait.
#[derive(Clone, Debug)]
pub struct Lockout {
    /// Name as typed, in lower case.
    pub username: String,
    /// Failures in a row.
    pub failures: i32,
    /// When the next try counts.
    pub blocked_until: DateTime<Utc>,
}

/// Which of `subjects` have to wait, and until when.
pub async fn list_blocked(
    conn: &mut PgConnection,
    subjects: &[String],
    now: DateTime<Utc>,
) -> sqlx::Result<Vec<(String, DateTime<Utc>)>> {
    let rows = sqlx::query!(
        r#"SELECT subject, blocked_until AS "blocked_until!" FROM auth.attempt
           WHERE subject = ANY($1) AND blocked_until > $2"#,
        subjects,
        now
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.subject, row.blocked_until))
        .collect())
}

/// The failures of a subject, which are nobody else's to change until the transaction ends.
pub async fn lock(
    conn: &mut PgConnection,
    subject: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<Attempts> {
    sqlx::query_as!(
        Attempts,
        "INSERT INTO auth.attempt AS a (subject, failures, window_started_at, updated_at)
         VALUES ($1, 0, $2, $2)
         ON CONFLICT (subject) DO UPDATE SET failures = a.failures
         RETURNING failures, window_started_at, blocked_until, updated_at",
        subject,
        now
    )
    .fetch_one(conn)
    .await
}

/// Writes the failures of a subject.
pub async fn set(conn: &mut PgConnection, subject: &str, to: &Attempts) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE auth.attempt
         SET failures = $2, window_started_at = $3, blocked_until = $4, updated_at = $5
         WHERE subject = $1",
        subject,
        to.failures,
        to.window_started_at,
        to.blocked_until,
        to.updated_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets a subject; answers whether there was one.
pub async fn delete(conn: &mut PgConnection, subject: &str) -> sqlx::Result<bool> {
    let done = sqlx::query!("DELETE FROM auth.attempt WHERE subject = $1", subject)
        .execute(conn)
        .await?;
    Ok(done.rows_affected() > 0)
}

/// Accounts that have to wait, by name.
pub async fn list_accounts(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    skip: i64,
    limit: i64,
) -> sqlx::Result<Vec<Lockout>> {
    sqlx::query_as!(
        Lockout,
        r#"SELECT substr(subject, 6) AS "username!", failures, blocked_until AS "blocked_until!"
           FROM auth.attempt WHERE subject LIKE 'user:%' AND blocked_until > $1
           ORDER BY subject OFFSET $2 LIMIT $3"#,
        now,
        skip,
        limit
    )
    .fetch_all(conn)
    .await
}

/// How many accounts have to wait.
pub async fn count_accounts(conn: &mut PgConnection, now: DateTime<Utc>) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM auth.attempt
           WHERE subject LIKE 'user:%' AND blocked_until > $1"#,
        now
    )
    .fetch_one(conn)
    .await
}

/// Forgets subjects without a failure since `before`.
pub async fn delete_old(conn: &mut PgConnection, before: DateTime<Utc>) -> sqlx::Result<()> {
    sqlx::query!("DELETE FROM auth.attempt WHERE updated_at < $1", before)
        .execute(conn)
        .await?;
    Ok(())
}
