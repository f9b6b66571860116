//! `ports.conflict`.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgConnection;

use super::port;
use crate::domain::conflict::{Conflict, Noted, State};
use crate::domain::detection::{Finding, Kind, Severity};

struct Row {
    fingerprint: String,
    kind: String,
    severity: String,
    port: Option<i32>,
    services: Vec<String>,
    detail: String,
    evidence: Value,
    state: String,
    first_seen: DateTime<Utc>,
    last_seen: DateTime<Utc>,
    resolved_at: Option<DateTime<Utc>>,
    noted_by: Option<String>,
    noted_at: Option<DateTime<Utc>>,
    note: Option<String>,
}

impl TryFrom<Row> for Conflict {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> Result<Self, sqlx::Error> {
        let note = row.note;
        let noted = row.noted_by.zip(row.noted_at);
        Ok(Self {
            fingerprint: row.fingerprint,
            finding: Finding {
                kind: Kind::read(&row.kind)?,
                severity: Severity::read(&row.severity)?,
                port: row.port.map(port).transpose()?,
                services: row.services,
                detail: row.detail,
                evidence: row.evidence,
            },
            state: State::read(&row.state)?,
            first_seen: row.first_seen,
            last_seen: row.last_seen,
            resolved_at: row.resolved_at,
            noted: noted.map(|(by, at)| Noted { by, at, note }),
        })
    }
}

/// All that is known of a suite, newest trouble first; what is over as well, 1,000 at most.
pub async fn list(conn: &mut PgConnection, suite_id: i64) -> sqlx::Result<Vec<Conflict>> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT fingerprint, kind, severity, port, services, detail, evidence, state, first_seen, last_seen,
             resolved_at, noted_by, noted_at, note
         FROM ports.conflict WHERE suite_id = $1
         ORDER BY state = 'resolved', first_seen DESC, fingerprint LIMIT 1000",
        suite_id
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Conflict::try_from).collect()
}

/// The one of this fingerprint.
pub async fn find(
    conn: &mut PgConnection,
    suite_id: i64,
    fingerprint: &str,
) -> sqlx::Result<Option<Conflict>> {
    let row = sqlx::query_as!(
        Row,
        "SELECT fingerprint, kind, severity, port, services, detail, evidence, state, first_seen, last_seen,
             resolved_at, noted_by, noted_at, note
         FROM ports.conflict WHERE suite_id = $1 AND fingerprint = $2",
        suite_id,
        fingerprint
    )
    .fetch_optional(conn)
    .await?;
    row.map(Conflict::try_from).transpose()
}

/// Notes that a trouble is there; one that was over is open again.
pub async fn upsert(
    conn: &mut PgConnection,
    suite_id: i64,
    (fingerprint, finding): (&str, &Finding),
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO ports.conflict AS c (fingerprint, suite_id, kind, severity, port, services, detail, evidence,
             first_seen, last_seen)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)
         ON CONFLICT (fingerprint) DO UPDATE SET severity = $4, services = $6, detail = $7, evidence = $8,
           last_seen = $9, misses = 0, resolved_at = NULL,
           first_seen = CASE c.state WHEN 'resolved' THEN $9 ELSE c.first_seen END,
           state = CASE c.state WHEN 'resolved' THEN 'open' ELSE c.state END,
           noted_by = CASE c.state WHEN 'resolved' THEN NULL ELSE c.noted_by END,
           noted_at = CASE c.state WHEN 'resolved' THEN NULL ELSE c.noted_at END,
           note = CASE c.state WHEN 'resolved' THEN NULL ELSE c.note END",
        fingerprint,
        suite_id,
        finding.kind.as_str(),
        finding.severity.as_str(),
        finding.port.map(i32::from),
        &finding.services,
        finding.detail,
        finding.evidence,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Counts a look that found none of those not in `present`; after `misses` looks they are over.
pub async fn age(
    conn: &mut PgConnection,
    suite_id: i64,
    present: &[String],
    misses: i32,
    now: DateTime<Utc>,
) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        "UPDATE ports.conflict SET misses = misses + 1,
             resolved_at = CASE WHEN misses + 1 >= $3 THEN $4::timestamptz END,
             state = CASE WHEN misses + 1 >= $3 THEN 'resolved' ELSE state END
         WHERE suite_id = $1 AND state <> 'resolved' AND fingerprint <> ALL ($2)",
        suite_id,
        present,
        misses,
        now
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Writes what a person says of one.
pub async fn set_state(
    conn: &mut PgConnection,
    fingerprint: &str,
    state: State,
    noted: Option<&Noted>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE ports.conflict SET state = $2, noted_by = $3, noted_at = $4, note = $5 WHERE fingerprint = $1",
        fingerprint,
        state.as_str(),
        noted.map(|noted| noted.by.as_str()),
        noted.map(|noted| noted.at),
        noted.and_then(|noted| noted.note.as_deref())
    )
    .execute(conn)
    .await?;
    Ok(())
}
