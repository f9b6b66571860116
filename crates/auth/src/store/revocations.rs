//! `auth.revocation`; numbers come from a function that keeps them without gaps.

use chrono::{DateTime, Utc};
use common::id::UserId;
use common::model::session::Revocation;
use common::model::user::UserChange;
use sqlx::PgConnection;

/// Ends the access tokens of a session.
pub async fn insert_session(
    conn: &mut PgConnection,
    id: &str,
    expires_at: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "SELECT auth.record_revocation($1, NULL, NULL, $2)",
        id,
        expires_at
    )
    .fetch_one(conn)
    .await?;
    Ok(())
}

/// Ends the access tokens that a person got before a change.
pub async fn insert_user(
    conn: &mut PgConnection,
    change: &UserChange,
    expires_at: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "SELECT auth.record_revocation(NULL, $1, LEAST($2::bigint, 2147483647)::int, $3)",
        change.user_id.0,
        change.token_version,
        expires_at
    )
    .fetch_one(conn)
    .await?;
    Ok(())
}

/// The least token version of a person that is good, as far as a change is remembered.
pub async fn find_least_version(
    conn: &mut PgConnection,
    user: UserId,
) -> sqlx::Result<Option<i64>> {
    let found = sqlx::query_scalar!(
        "SELECT max(min_token_version) FROM auth.revocation WHERE user_id = $1",
        user.0
    )
    .fetch_one(conn)
    .await?;
    Ok(found.map(i64::from))
}

/// The first `limit` after a position.
pub async fn list(
    conn: &mut PgConnection,
    after: i64,
    limit: i64,
) -> sqlx::Result<Vec<Revocation>> {
    let rows = sqlx::query!(
        "SELECT seq, session_id, user_id, min_token_version, expires_at
         FROM auth.revocation WHERE seq > $1 ORDER BY seq LIMIT $2",
        after,
        limit
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Revocation {
            seq: row.seq,
            session_id: row.session_id,
            user_id: row.user_id.map(UserId),
            min_token_version: row.min_token_version.map(i64::from),
            expires_at: row.expires_at,
        })
        .collect())
}

/// Removes those whose tokens have all expired.
pub async fn delete_expired(conn: &mut PgConnection, now: DateTime<Utc>) -> sqlx::Result<()> {
    sqlx::query!("DELETE FROM auth.revocation WHERE expires_at <= $1", now)
        .execute(conn)
        .await?;
    Ok(())
}
