//! `ports.history`.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::json;
use sqlx::PgConnection;

use super::port;

/// A port that a service was given.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Step<'a> {
    /// Row of the service.
    pub service_id: i64,
    /// The port.
    pub port: u16,
    /// When.
    pub at: DateTime<Utc>,
    /// Who gave it.
    pub actor: &'a str,
    /// Why.
    pub reason: &'a str,
    /// Number of the event.
    pub revision: i64,
}

/// The same, read back.
#[derive(Clone, Debug)]
pub struct Past {
    /// Name of the service.
    pub service: String,
    /// The port.
    pub port: u16,
    /// When.
    pub at: DateTime<Utc>,
    /// Who gave it.
    pub actor: String,
    /// Why.
    pub reason: String,
}

struct Row {
    name: String,
    port: i32,
    at: DateTime<Utc>,
    actor: String,
    reason: String,
}

impl TryFrom<Row> for Past {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> Result<Self, sqlx::Error> {
        Ok(Self {
            service: row.name,
            port: port(row.port)?,
            at: row.at,
            actor: row.actor,
            reason: row.reason,
        })
    }
}

/// Adds steps in their order.
pub async fn insert(conn: &mut PgConnection, steps: &[Step<'_>]) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO ports.history (service_id, port, at, actor, reason, revision)
         SELECT service_id, port, at, actor, reason, revision
         FROM jsonb_to_recordset($1) AS step (service_id bigint, port int, at timestamptz, actor text,
           reason text, revision bigint)",
        json!(steps)
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// How often running or stopped services were moved.
pub async fn count_moves(conn: &mut PgConnection) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM ports.history WHERE reason IN ('moved', 'bulk update', 'conflict resolved', 'plan applied')"#
    )
    .fetch_one(conn)
    .await
}

/// The steps of a service, oldest first.
pub async fn list(conn: &mut PgConnection, service_id: i64) -> sqlx::Result<Vec<Past>> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT s.name, h.port, h.at, h.actor, h.reason
         FROM ports.history h JOIN ports.service s ON s.id = h.service_id
         WHERE h.service_id = $1 ORDER BY h.id",
        service_id
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Past::try_from).collect()
}

/// The ports that some services had, newest first.
pub async fn list_ports(
    conn: &mut PgConnection,
    service_ids: &[i64],
) -> sqlx::Result<Vec<(i64, u16)>> {
    let rows = sqlx::query!(
        "SELECT service_id, port FROM ports.history WHERE service_id = ANY ($1) ORDER BY id DESC",
        service_ids
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| Ok((row.service_id, port(row.port)?)))
        .collect()
}

/// The steps of all services of a suite, oldest first.
pub async fn list_of_suite(conn: &mut PgConnection, suite_id: i64) -> sqlx::Result<Vec<Past>> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT s.name, h.port, h.at, h.actor, h.reason
         FROM ports.history h JOIN ports.service s ON s.id = h.service_id
         WHERE s.suite_id = $1 ORDER BY h.id",
        suite_id
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Past::try_from).collect()
}
