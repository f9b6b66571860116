//! `ports.health`.

use serde_json::{Value, json};
use sqlx::PgConnection;

use super::port;
use crate::domain::health::{Condition, Status};

/// What the checks say of a service.
#[derive(Clone, Debug)]
pub struct Record {
    /// Row of the service.
    pub service_id: i64,
    /// Port that was checked last.
    pub port: Option<u16>,
    /// What is known.
    pub condition: Condition,
}

/// The states of a suite's services; a service that was never checked has none.
pub async fn list(conn: &mut PgConnection, suite_id: i64) -> sqlx::Result<Vec<Record>> {
    let rows = sqlx::query!(
        "SELECT h.service_id, h.status, h.port, h.since, h.last_checked, h.latency_ms, h.good_streak,
             h.bad_streak, h.recent, h.checks, h.identity, h.detail
         FROM ports.health h JOIN ports.service s ON s.id = h.service_id WHERE s.suite_id = $1",
        suite_id
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let count = |number: i32| u32::try_from(number).unwrap_or(0);
            Ok(Record {
                service_id: row.service_id,
                port: row.port.map(port).transpose()?,
                condition: Condition {
                    status: Status::read(&row.status)?,
                    since: row.since,
                    last_checked: row.last_checked,
                    latency_ms: row.latency_ms.map(count),
                    good_streak: count(row.good_streak),
                    bad_streak: count(row.bad_streak),
                    recent: u32::try_from(row.recent).unwrap_or(0),
                    checks: u64::try_from(row.checks).unwrap_or(0),
                    identity: row.identity,
                    detail: row.detail,
                },
            })
        })
        .collect()
}

/// Writes the states of services, each of another one; those that are gone are skipped.
pub async fn upsert(conn: &mut PgConnection, records: &[&Record]) -> sqlx::Result<()> {
    let rows: Vec<Value> = records.iter().map(|record| row_of(record)).collect();
    sqlx::query!(
        "INSERT INTO ports.health (service_id, status, port, since, last_checked, latency_ms, good_streak,
             bad_streak, recent, checks, identity, detail)
         SELECT service_id, r.status, r.port, since, last_checked, latency_ms, good_streak, bad_streak, recent,
             checks, identity, detail
         FROM jsonb_to_recordset($1) AS r (service_id bigint, status text, port int, since timestamptz,
             last_checked timestamptz, latency_ms int, good_streak int, bad_streak int, recent bigint,
             checks bigint, identity text, detail text)
           JOIN ports.service s ON s.id = r.service_id
         ON CONFLICT (service_id) DO UPDATE SET status = excluded.status, port = excluded.port,
           since = excluded.since, last_checked = excluded.last_checked, latency_ms = excluded.latency_ms,
           good_streak = excluded.good_streak, bad_streak = excluded.bad_streak, recent = excluded.recent,
           checks = excluded.checks, identity = excluded.identity, detail = excluded.detail",
        Value::Array(rows)
    )
    .execute(conn)
    .await?;
    Ok(())
}

fn row_of(record: &Record) -> Value {
    let condition = &record.condition;
    let count = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
    json!({
        "service_id": record.service_id, "status": condition.status.as_str(), "port": record.port,
        "since": condition.since, "last_checked": condition.last_checked,
        "latency_ms": condition.latency_ms.map(count), "good_streak": count(condition.good_streak),
        "bad_streak": count(condition.bad_streak), "recent": condition.recent,
        "checks": i64::try_from(condition.checks).unwrap_or(i64::MAX), "identity": condition.identity,
        "detail": condition.detail,
    })
}
