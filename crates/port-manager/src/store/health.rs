//! `ports.health`.

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

/// Writes the state of a service.
pub async fn upsert(conn: &mut PgConnection, record: &Record) -> sqlx::Result<()> {
    let condition = &record.condition;
    let count = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
    sqlx::query!(
        "INSERT INTO ports.health (service_id, status, port, since, last_checked, latency_ms, good_streak,
             bad_streak, recent, checks, identity, detail)
         SELECT id, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12 FROM ports.service WHERE id = $1
         ON CONFLICT (service_id) DO UPDATE SET status = $2, port = $3, since = $4, last_checked = $5,
           latency_ms = $6, good_streak = $7, bad_streak = $8, recent = $9, checks = $10, identity = $11, detail = $12",
        record.service_id,
        condition.status.as_str(),
        record.port.map(i32::from),
        condition.since,
        condition.last_checked,
        condition.latency_ms.map(count),
        count(condition.good_streak),
        count(condition.bad_streak),
        i64::from(condition.recent),
        i64::try_from(condition.checks).unwrap_or(i64::MAX),
        condition.identity,
        condition.detail
    )
    .execute(conn)
    .await?;
    Ok(())
}
