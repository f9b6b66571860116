//! Host keys.

use chrono::{DateTime, Utc};
use common::id::TargetId;
use common::model::target::PinnedHostKey;
use sqlx::PgConnection;

use crate::domain::host_key::{HostKey, Key, KeyState};
use crate::store::targets::Stamp;

struct Row {
    algorithm: String,
    fingerprint: String,
    public_key: Option<String>,
    state: String,
    first_seen_at: DateTime<Utc>,
    accepted_by: Option<String>,
    accepted_at: Option<DateTime<Utc>>,
}

impl TryFrom<Row> for HostKey {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> Result<Self, sqlx::Error> {
        let mut states = KeyState::ALL.into_iter();
        let state = states.find(|state| state.as_str() == row.state);
        Ok(Self {
            algorithm: row.algorithm,
            fingerprint: row.fingerprint,
            public_key: row.public_key,
            state: state.ok_or_else(|| sqlx::Error::Decode("unknown state of a key".into()))?,
            first_seen_at: row.first_seen_at,
            accepted_by: row.accepted_by,
            accepted_at: row.accepted_at,
        })
    }
}

/// All host keys of a target, oldest first.
pub async fn list(conn: &mut PgConnection, id: TargetId) -> Result<Vec<HostKey>, sqlx::Error> {
    sqlx::query_as!(
        Row,
        "SELECT algorithm, fingerprint, public_key, state, first_seen_at, accepted_by, accepted_at
         FROM targets.host_key WHERE target_id = $1 ORDER BY id",
        id.0
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(HostKey::try_from)
    .collect()
}

/// The host keys that may be met at a target.
pub async fn list_pinned(
    conn: &mut PgConnection,
    id: TargetId,
) -> Result<Vec<PinnedHostKey>, sqlx::Error> {
    sqlx::query_as!(
        PinnedHostKey,
        "SELECT algorithm, fingerprint FROM targets.host_key
         WHERE target_id = $1 AND state = 'pinned' ORDER BY id",
        id.0
    )
    .fetch_all(conn)
    .await
}

/// Trusts a key, seen before or not.
pub async fn pin(
    conn: &mut PgConnection,
    id: TargetId,
    key: &Key,
    stamp: Stamp,
) -> Result<HostKey, sqlx::Error> {
    sqlx::query_as!(
        Row,
        "INSERT INTO targets.host_key AS known (target_id, algorithm, fingerprint, public_key, state,
             first_seen_at, accepted_by, accepted_at)
         VALUES ($1, $2, $3, $4, 'pinned', $6, $5, $6)
         ON CONFLICT ON CONSTRAINT host_key_fingerprint_key DO UPDATE
         SET state = 'pinned', public_key = coalesce(excluded.public_key, known.public_key),
             accepted_by = excluded.accepted_by, accepted_at = excluded.accepted_at
         RETURNING algorithm, fingerprint, public_key, state, first_seen_at, accepted_by, accepted_at",
        id.0,
        key.algorithm,
        key.fingerprint,
        key.public_key,
        stamp.by.to_string(),
        stamp.at
    )
    .fetch_one(conn)
    .await?
    .try_into()
}

/// Trusts the keys of an algorithm no more.
pub async fn revoke(
    conn: &mut PgConnection,
    id: TargetId,
    algorithm: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE targets.host_key SET state = 'revoked'
         WHERE target_id = $1 AND algorithm = $2 AND state = 'pinned'",
        id.0,
        algorithm
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Notes a key that a target has shown; one that was decided about stays as it is, and an
/// older one of the same algorithm that nobody decided about goes.
pub async fn offer(
    conn: &mut PgConnection,
    id: TargetId,
    key: &Key,
    at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "WITH gone AS (
           DELETE FROM targets.host_key
           WHERE target_id = $1 AND algorithm = $2 AND fingerprint <> $3 AND state = 'offered'
         )
         INSERT INTO targets.host_key (target_id, algorithm, fingerprint, public_key, state, first_seen_at)
         VALUES ($1, $2, $3, $4, 'offered', $5)
         ON CONFLICT ON CONSTRAINT host_key_fingerprint_key DO NOTHING",
        id.0,
        key.algorithm,
        key.fingerprint,
        key.public_key,
        at
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets a key.
pub async fn delete(
    conn: &mut PgConnection,
    id: TargetId,
    fingerprint: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "DELETE FROM targets.host_key WHERE target_id = $1 AND fingerprint = $2",
        id.0,
        fingerprint
    )
    .execute(conn)
    .await?;
    Ok(())
}
