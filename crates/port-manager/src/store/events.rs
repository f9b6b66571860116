//! `ports.event`.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgConnection;

use super::port;

/// An event about to be written.
#[derive(Clone, Debug)]
pub struct NewEvent<'a> {
    /// Name of the suite.
    pub suite: &'a str,
    /// `port_change`, `conflicts_detected` or `service_status`.
    pub kind: &'static str,
    /// Name of the service.
    pub service: Option<&'a str>,
    /// Port before.
    pub old_port: Option<u16>,
    /// Port after.
    pub new_port: Option<u16>,
    /// What the kind has on top.
    pub data: Value,
}

/// An event that happened.
#[derive(Clone, Debug)]
pub struct Event {
    /// Number, without holes.
    pub seq: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// Name of the suite.
    pub suite: String,
    /// Its kind.
    pub kind: String,
    /// Name of the service.
    pub service: Option<String>,
    /// Port before.
    pub old_port: Option<u16>,
    /// Port after.
    pub new_port: Option<u16>,
    /// Who.
    pub actor: String,
    /// What the kind has on top.
    pub data: Value,
}

/// Writes one under its number.
pub async fn insert(
    conn: &mut PgConnection,
    seq: i64,
    at: DateTime<Utc>,
    actor: &str,
    event: &NewEvent<'_>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO ports.event (seq, at, suite, kind, service, old_port, new_port, actor, data)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        seq,
        at,
        event.suite,
        event.kind,
        event.service,
        event.old_port.map(i32::from),
        event.new_port.map(i32::from),
        actor,
        event.data
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Those after a number, in order.
pub async fn list_after(
    conn: &mut PgConnection,
    after: i64,
    limit: i64,
) -> sqlx::Result<Vec<Event>> {
    let rows = sqlx::query!(
        "SELECT seq, at, suite, kind, service, old_port, new_port, actor, data FROM ports.event
         WHERE seq > $1 ORDER BY seq LIMIT $2",
        after,
        limit
    )
    .fetch_all(conn)
    .await?;
    let read = |row: Option<i32>| row.map(port).transpose();
    rows.into_iter()
        .map(|row| {
            Ok(Event {
                seq: row.seq,
                at: row.at,
                suite: row.suite,
                kind: row.kind,
                service: row.service,
                old_port: read(row.old_port)?,
                new_port: read(row.new_port)?,
                actor: row.actor,
                data: row.data,
            })
        })
        .collect()
}

/// The least number that is still kept; none if there are no events.
pub async fn find_oldest(conn: &mut PgConnection) -> sqlx::Result<Option<i64>> {
    sqlx::query_scalar!("SELECT min(seq) FROM ports.event")
        .fetch_one(conn)
        .await
}

/// Removes events that are both old and far behind the newest.
pub async fn delete_old(
    conn: &mut PgConnection,
    before: DateTime<Utc>,
    keep: i64,
) -> sqlx::Result<()> {
    sqlx::query!(
        "DELETE FROM ports.event WHERE at < $1 AND seq < (SELECT revision FROM ports.head) - $2",
        before,
        keep
    )
    .execute(conn)
    .await?;
    Ok(())
}
