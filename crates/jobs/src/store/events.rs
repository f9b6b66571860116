//! The log of each run: `runs.event`, written by the functions of the schema only.

use chrono::{DateTime, Utc};
use common::id::RunId;
use serde_json::Value;
use sqlx::PgConnection;

/// How far the log of a run has got.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// Number of the last event.
    pub seq: i64,
    /// Whether nothing more can come.
    pub is_final: bool,
}

/// An entry of the log.
#[derive(Clone, Debug)]
pub struct EventRow {
    /// Its number.
    pub seq: i64,
    /// What happened.
    pub kind: String,
    /// To which step.
    pub step_id: Option<i64>,
    /// More about it.
    pub data: Value,
    /// When.
    pub at: DateTime<Utc>,
}

/// How far the logs of these runs have got.
pub async fn list_heads(
    conn: &mut PgConnection,
    runs: &[i64],
) -> Result<Vec<(RunId, Head)>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT id, event_seq, finished_at IS NOT NULL AS "is_final!" FROM runs.run WHERE id = ANY ($1)"#,
        runs,
    )
    .fetch_all(conn)
    .await?;
    let heads = rows.into_iter().map(|row| {
        let head = Head {
            seq: row.event_seq,
            is_final: row.is_final,
        };
        (RunId(row.id), head)
    });
    Ok(heads.collect())
}

/// Entries after `after` in order; output up to `skip` is left out.
pub async fn list_after(
    conn: &mut PgConnection,
    run: RunId,
    after: i64,
    skip: i64,
    limit: i64,
) -> Result<Vec<EventRow>, sqlx::Error> {
    sqlx::query_as!(
        EventRow,
        "SELECT seq, kind, step_id, data, at FROM runs.event
         WHERE run_id = $1 AND seq > $2 AND (seq > $3 OR kind <> 'output')
         ORDER BY seq LIMIT $4",
        run.0,
        after,
        skip,
        limit,
    )
    .fetch_all(conn)
    .await
}

/// The last entry after `after` from which on there are more than `most` bytes or 5,000 entries of output.
pub async fn find_lag(
    conn: &mut PgConnection,
    run: RunId,
    after: i64,
    most: i64,
) -> Result<Option<i64>, sqlx::Error> {
    sqlx::query_scalar!(
        "SELECT max(seq) FROM (
           SELECT seq, sum(length) OVER newest AS bytes, row_number() OVER newest AS place FROM (
             SELECT seq, (data->>'length')::bigint AS length FROM runs.event
             WHERE run_id = $1 AND seq > $2 AND kind = 'output' ORDER BY seq DESC LIMIT 5001) o
           WINDOW newest AS (ORDER BY seq DESC)) o
         WHERE bytes > $3::bigint OR place > 5000",
        run.0,
        after,
        most,
    )
    .fetch_one(conn)
    .await
}
