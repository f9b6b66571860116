//! What auth is told of identities, in the order of commit.

use common::id::UserId;
use common::model::user::UserChange;
use sqlx::PgConnection;

/// Most changes in one answer.
const BATCH: i64 = 500;

/// What becomes of the sessions of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sessions {
    /// They go on.
    Go,
    /// They end.
    End,
    /// They end, but for this one.
    EndAllBut(String),
}

/// A change to record.
#[derive(Clone, Debug)]
pub struct Change {
    /// Whose identity.
    pub user: UserId,
    /// What changed, in a word.
    pub kind: &'static str,
    /// Token version after the change.
    pub token_version: i64,
    /// What becomes of the sessions.
    pub sessions: Sessions,
}

/// Takes the lock that all changes of identities share: they happen one after the other.
pub async fn lock(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query!("SELECT seq FROM users.change_head FOR UPDATE")
        .fetch_one(conn)
        .await?;
    Ok(())
}

/// Adds a change under the next number.
pub async fn record(conn: &mut PgConnection, change: Change) -> Result<(), sqlx::Error> {
    let (end, keep) = match change.sessions {
        Sessions::Go => (false, None),
        Sessions::End => (true, None),
        Sessions::EndAllBut(session) => (true, Some(session)),
    };
    sqlx::query!(
        "SELECT users.record_change($1, $2, ($3::bigint)::int, $4, $5)",
        change.user.0,
        change.kind,
        change.token_version,
        end,
        keep
    )
    .fetch_one(conn)
    .await?;
    Ok(())
}

/// Changes after the position `after`, at most 500.
pub async fn list(conn: &mut PgConnection, after: i64) -> Result<Vec<UserChange>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT seq, user_id, token_version, end_sessions, keep_session
         FROM users.change WHERE seq > $1 ORDER BY seq LIMIT $2",
        after,
        BATCH
    )
    .fetch_all(conn)
    .await?;
    let changes = rows.into_iter().map(|row| UserChange {
        seq: row.seq,
        user_id: UserId(row.user_id),
        token_version: row.token_version.into(),
        end_sessions: row.end_sessions,
        keep_session: row.keep_session,
    });
    Ok(changes.collect())
}
