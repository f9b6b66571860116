//! `auth.refresh_token`.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::domain::token::RefreshHash;

/// A refresh token about to be issued.
pub struct NewRefreshToken<'a> {
    /// Its hash.
    pub hash: RefreshHash,
    /// Its family.
    pub session_id: &'a str,
    /// Refreshes before it, plus one.
    pub generation: i32,
    /// The token that it is given for.
    pub parent_hash: Option<RefreshHash>,
    /// The access token that goes with it.
    pub access_jti: &'a str,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// A refresh token that was issued.
#[derive(Clone, Debug)]
pub struct RefreshToken {
    /// Its family.
    pub session_id: String,
    /// Refreshes before it, plus one.
    pub generation: i32,
    /// When it was exchanged.
    pub consumed_at: Option<DateTime<Utc>>,
    /// When it was replaced unused.
    pub revoked_at: Option<DateTime<Utc>>,
}

/// What became of the tokens that were given for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Children {
    /// There are none.
    None,
    /// The refresh tokens have not been used, their access tokens have not been seen.
    Untouched,
    /// Somebody holds one of them.
    Touched,
}

/// Adds one.
pub async fn insert(conn: &mut PgConnection, token: &NewRefreshToken<'_>) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO auth.refresh_token
             (hash, session_id, generation, parent_hash, access_jti, created_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
        token.hash.as_slice(),
        token.session_id,
        token.generation,
        token.parent_hash.as_ref().map(RefreshHash::as_slice),
        token.access_jti,
        token.created_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Finds one.
pub async fn find(
    conn: &mut PgConnection,
    hash: &RefreshHash,
) -> sqlx::Result<Option<RefreshToken>> {
    sqlx::query_as!(
        RefreshToken,
        "SELECT session_id, generation, consumed_at, revoked_at
         FROM auth.refresh_token WHERE hash = $1",
        hash.as_slice()
    )
    .fetch_optional(conn)
    .await
}

/// What became of the tokens that were given for `hash`.
pub async fn look_at_children(
    conn: &mut PgConnection,
    hash: &RefreshHash,
) -> sqlx::Result<Children> {
    let touched = sqlx::query_scalar!(
        "SELECT bool_or(consumed_at IS NOT NULL OR access_seen_at IS NOT NULL)
         FROM auth.refresh_token WHERE parent_hash = $1",
        hash.as_slice()
    )
    .fetch_one(conn)
    .await?;
    Ok(match touched {
        None => Children::None,
        Some(false) => Children::Untouched,
        Some(true) => Children::Touched,
    })
}

/// Uses one up; answers 1 to the only caller that did, 0 to every other.
pub async fn consume(
    conn: &mut PgConnection,
    hash: &RefreshHash,
    now: DateTime<Utc>,
) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        "UPDATE auth.refresh_token SET consumed_at = $2
         WHERE hash = $1 AND consumed_at IS NULL AND revoked_at IS NULL",
        hash.as_slice(),
        now
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Takes back the tokens that were given for `hash`.
pub async fn revoke_children(
    conn: &mut PgConnection,
    hash: &RefreshHash,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE auth.refresh_token SET revoked_at = $2
         WHERE parent_hash = $1 AND revoked_at IS NULL",
        hash.as_slice(),
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Notes that these access tokens have been used.
pub async fn set_seen(
    conn: &mut PgConnection,
    jtis: &[String],
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE auth.refresh_token SET access_seen_at = $2
         WHERE access_jti = ANY($1) AND access_seen_at IS NULL",
        jtis,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Removes the tokens of sessions that were over before `before`.
pub async fn delete_old(conn: &mut PgConnection, before: DateTime<Utc>) -> sqlx::Result<()> {
    sqlx::query!(
        "DELETE FROM auth.refresh_token t USING auth.session s
         WHERE s.id = t.session_id
           AND (s.revoked_at < $1 OR s.idle_expires_at < $1 OR s.absolute_expires_at < $1)",
        before
    )
    .execute(conn)
    .await?;
    Ok(())
}
