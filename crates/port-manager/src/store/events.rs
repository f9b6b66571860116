//! `ports.event`.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Value, json};
use sqlx::PgConnection;

use super::port;

/// An event about to be written.
#[derive(Clone, Debug, Serialize)]
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

/// Writes events in their order; the first one gets the number `first`, the last one's becomes that of
/// the head.
pub async fn insert(
    conn: &mut PgConnection,
    first: i64,
    at: DateTime<Utc>,
    actor: &str,
    events: &[NewEvent<'_>],
) -> sqlx::Result<()> {
    sqlx::query!(
        "WITH event AS (
           INSERT INTO ports.event (seq, at, suite, kind, service, old_port, new_port, actor, data)
           SELECT $1::bigint - 1 + number, $2, suite, kind, service, old_port, new_port, $3, data
           FROM ROWS FROM (jsonb_to_recordset($4) AS (suite text, kind text, service text, old_port int,
             new_port int, data jsonb)) WITH ORDINALITY AS e (suite, kind, service, old_port, new_port, data, number)
           RETURNING seq)
         UPDATE ports.head SET revision = (SELECT max(seq) FROM event)",
        first,
        at,
        actor,
        json!(events)
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A port that changes.
#[derive(Clone, Debug, Serialize)]
pub struct NewPort<'a> {
    /// Number of the event.
    pub seq: i64,
    /// Name of the suite.
    pub suite: &'a str,
    /// Row of the service.
    pub service_id: i64,
    /// Name of the service.
    pub service: &'a str,
    /// Port before.
    pub old_port: Option<u16>,
    /// Port after.
    pub new_port: Option<u16>,
    /// Who.
    pub actor: &'a str,
    /// Why.
    pub reason: &'a str,
    /// Body of the calls to partners.
    pub body: Value,
}

/// Writes changed ports, each of another service, wherever they are kept: at the service, as an event,
/// in its history, and for `partners` that are called at `path`. One statement, because this is what
/// most changes are made of.
pub async fn insert_ports(
    conn: &mut PgConnection,
    at: DateTime<Utc>,
    (partners, path): (&[String], &str),
    new: &[NewPort<'_>],
) -> sqlx::Result<()> {
    sqlx::query!(
        "WITH change AS (
           SELECT * FROM jsonb_to_recordset($1) AS c (seq bigint, suite text, service_id bigint, service text,
             old_port int, new_port int, actor text, reason text, body jsonb)),
         head AS (UPDATE ports.head SET revision = (SELECT max(seq) FROM change)),
         event AS (
           INSERT INTO ports.event (seq, at, suite, kind, service, old_port, new_port, actor, data)
           SELECT seq, $2, suite, 'port_change', service, old_port, new_port, actor, jsonb_build_object('reason', reason)
           FROM change),
         history AS (
           INSERT INTO ports.history (service_id, port, at, actor, reason, revision)
           SELECT service_id, new_port, $2, actor, reason, seq FROM change WHERE new_port IS NOT NULL ORDER BY seq),
         outbox AS (
           INSERT INTO ports.outbox (partner, path, body, created_at)
           SELECT partner, $4, body, $2 FROM change, unnest($3::text[]) partner ORDER BY seq)
         UPDATE ports.service s SET port = c.new_port, updated_at = $2 FROM change c WHERE s.id = c.service_id",
        json!(new),
        at,
        partners,
        path
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

/// Removes those up to the newest one that is older than `before`, and those that at least `most`
/// others have followed; answers how many.
pub async fn delete_old(
    conn: &mut PgConnection,
    before: DateTime<Utc>,
    most: i64,
) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        "DELETE FROM ports.event WHERE seq <= greatest(
           (SELECT max(seq) FROM ports.event WHERE at < $1), (SELECT revision - $2 FROM ports.head))",
        before,
        most
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// The least number that is still kept; none if there are no events.
pub async fn find_oldest(conn: &mut PgConnection) -> sqlx::Result<Option<i64>> {
    sqlx::query_scalar!("SELECT min(seq) FROM ports.event")
        .fetch_one(conn)
        .await
}
