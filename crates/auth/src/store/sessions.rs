//! `auth.session`.

use chrono::{DateTime, Utc};
use common::id::UserId;
use common::model::user::{User, UserChange};
use common::page::Page;
use sqlx::PgConnection;

/// A session about to be opened.
pub struct NewSession {
    /// Its id.
    pub id: String,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Ends here unless refreshed.
    pub idle_expires_at: DateTime<Utc>,
    /// Ends here in any case.
    pub absolute_expires_at: DateTime<Utc>,
    /// Address of the client.
    pub ip: String,
    /// What the client says it is.
    pub user_agent: String,
}

/// A session that is not over.
#[derive(Clone, Debug)]
pub struct Session {
    /// Its id.
    pub id: String,
    user_id: i64,
    /// Name at the last refresh.
    pub username: String,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    /// Last refresh.
    pub last_used_at: DateTime<Utc>,
    /// Ends here unless refreshed.
    pub idle_expires_at: DateTime<Utc>,
    /// Ends here in any case.
    pub absolute_expires_at: DateTime<Utc>,
    /// Address at sign-in.
    pub ip: Option<String>,
    /// Client at sign-in.
    pub user_agent: Option<String>,
}

impl Session {
    /// Whose it is.
    pub fn user(&self) -> UserId {
        UserId(self.user_id)
    }
}

/// Lets one transaction at a time open sessions of a person, or end them for a change.
pub async fn lock_user(conn: &mut PgConnection, user: UserId) -> sqlx::Result<()> {
    sqlx::query!(
        "SELECT pg_advisory_xact_lock(hashtextextended('auth.session', $1))",
        user.0
    )
    .fetch_one(conn)
    .await?;
    Ok(())
}

/// Adds one.
pub async fn insert(
    conn: &mut PgConnection,
    user: &User,
    session: &NewSession,
) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO auth.session
             (id, user_id, username, email, role, token_version, created_at, authenticated_at,
              last_used_at, idle_expires_at, absolute_expires_at, ip, user_agent)
         VALUES ($1, $2, $3, $4, $5, LEAST($6::bigint, 2147483647)::int, $7, $7, $7, $8, $9, $10, $11)",
        session.id,
        user.id.0,
        user.username,
        user.email,
        user.role.as_str(),
        user.token_version,
        session.created_at,
        session.idle_expires_at,
        session.absolute_expires_at,
        session.ip,
        session.user_agent,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Finds one that is not over.
pub async fn find_live(
    conn: &mut PgConnection,
    id: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<Option<Session>> {
    sqlx::query_as!(
        Session,
        "SELECT id, user_id, username, created_at, last_used_at, idle_expires_at,
                absolute_expires_at, ip, user_agent
         FROM auth.session
         WHERE id = $1 AND revoked_at IS NULL AND idle_expires_at > $2 AND absolute_expires_at > $2",
        id,
        now
    )
    .fetch_optional(conn)
    .await
}

/// The same, and nobody else changes it until the transaction ends.
pub async fn lock_live(
    conn: &mut PgConnection,
    id: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<Option<Session>> {
    sqlx::query_as!(
        Session,
        "SELECT id, user_id, username, created_at, last_used_at, idle_expires_at,
                absolute_expires_at, ip, user_agent
         FROM auth.session
         WHERE id = $1 AND revoked_at IS NULL AND idle_expires_at > $2 AND absolute_expires_at > $2
         FOR UPDATE",
        id,
        now
    )
    .fetch_optional(conn)
    .await
}

/// The sessions of a person that are not over, newest first.
pub async fn list_live(
    conn: &mut PgConnection,
    user: UserId,
    now: DateTime<Utc>,
    page: Page,
) -> sqlx::Result<Vec<Session>> {
    sqlx::query_as!(
        Session,
        "SELECT id, user_id, username, created_at, last_used_at, idle_expires_at,
                absolute_expires_at, ip, user_agent
         FROM auth.session
         WHERE user_id = $1 AND revoked_at IS NULL AND idle_expires_at > $2
           AND absolute_expires_at > $2
         ORDER BY created_at DESC, id OFFSET $3 LIMIT $4",
        user.0,
        now,
        page.skip,
        page.limit
    )
    .fetch_all(conn)
    .await
}

/// How many sessions of a person are not over.
pub async fn count_live(
    conn: &mut PgConnection,
    user: UserId,
    now: DateTime<Utc>,
) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM auth.session
           WHERE user_id = $1 AND revoked_at IS NULL AND idle_expires_at > $2
             AND absolute_expires_at > $2"#,
        user.0,
        now
    )
    .fetch_one(conn)
    .await
}

/// The live sessions of a person beyond the newest `keep`.
pub async fn list_surplus(
    conn: &mut PgConnection,
    user: UserId,
    now: DateTime<Utc>,
    keep: i64,
) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar!(
        "SELECT id FROM auth.session
         WHERE user_id = $1 AND revoked_at IS NULL AND idle_expires_at > $2
           AND absolute_expires_at > $2
         ORDER BY created_at DESC, id OFFSET $3",
        user.0,
        now,
        keep
    )
    .fetch_all(conn)
    .await
}

/// Sessions of a person that were not ended, and not over before `since`.
pub async fn list_ids(
    conn: &mut PgConnection,
    user: UserId,
    since: DateTime<Utc>,
) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar!(
        "SELECT id FROM auth.session
         WHERE user_id = $1 AND revoked_at IS NULL AND idle_expires_at > $2
           AND absolute_expires_at > $2",
        user.0,
        since
    )
    .fetch_all(conn)
    .await
}

/// Sessions that a change ends: opened before it, and not the one to `keep`. Refreshing does not make
/// a session younger.
pub async fn list_older(
    conn: &mut PgConnection,
    change: &UserChange,
    keep: Option<&str>,
) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar!(
        "SELECT id FROM auth.session
         WHERE user_id = $1 AND revoked_at IS NULL AND token_version < $2::bigint
           AND id IS DISTINCT FROM $3",
        change.user_id.0,
        change.token_version,
        keep
    )
    .fetch_all(conn)
    .await
}

/// Ends those of `ids` that were not ended; answers which.
pub async fn end(
    conn: &mut PgConnection,
    ids: &[String],
    reason: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar!(
        "UPDATE auth.session SET revoked_at = $3, revoke_reason = $2
         WHERE id IN (SELECT id FROM auth.session WHERE id = ANY($1) AND revoked_at IS NULL
                      ORDER BY id FOR UPDATE)
         RETURNING id",
        ids,
        reason,
        now
    )
    .fetch_all(conn)
    .await
}

/// A session that was ended because its refresh token came again.
pub struct Reused {
    /// When.
    pub at: DateTime<Utc>,
    /// Address at its sign-in.
    pub ip: Option<String>,
    /// Client at its sign-in.
    pub user_agent: Option<String>,
}

/// Those of a person that ended after their last sign-in, newest first, 10 at most.
pub async fn list_reused(conn: &mut PgConnection, user: UserId) -> sqlx::Result<Vec<Reused>> {
    sqlx::query_as!(
        Reused,
        r#"SELECT revoked_at AS "at!", ip, user_agent FROM auth.session
           WHERE user_id = $1 AND revoke_reason = 'reuse'
             AND revoked_at > (SELECT max(created_at) FROM auth.session WHERE user_id = $1)
           ORDER BY revoked_at DESC LIMIT 10"#,
        user.0
    )
    .fetch_all(conn)
    .await
}

/// Notes a refresh at the first of `times`; it goes on to the second.
pub async fn renew(
    conn: &mut PgConnection,
    id: &str,
    user: &User,
    (now, idle_expires_at): (DateTime<Utc>, DateTime<Utc>),
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE auth.session
         SET username = $2, email = $3, role = $4, last_used_at = $5, idle_expires_at = $6
         WHERE id = $1",
        id,
        user.username,
        user.email,
        user.role.as_str(),
        now,
        idle_expires_at
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Whether a session is not over, and tokens of this version were not revoked.
pub async fn is_active(
    conn: &mut PgConnection,
    id: &str,
    token_version: i64,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (
             SELECT FROM auth.session s
             WHERE s.id = $1 AND s.revoked_at IS NULL AND s.idle_expires_at > $3
               AND s.absolute_expires_at > $3
               AND NOT EXISTS (
                 SELECT FROM auth.revocation r
                 WHERE r.user_id = s.user_id AND r.min_token_version > $2::bigint)
           ) AS "active!""#,
        id,
        token_version,
        now
    )
    .fetch_one(conn)
    .await
}

/// Removes sessions that were over before `before`.
pub async fn delete_old(conn: &mut PgConnection, before: DateTime<Utc>) -> sqlx::Result<()> {
    sqlx::query!(
        "DELETE FROM auth.session
         WHERE revoked_at < $1 OR idle_expires_at < $1 OR absolute_expires_at < $1",
        before
    )
    .execute(conn)
    .await?;
    Ok(())
}
