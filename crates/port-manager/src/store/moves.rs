//! `ports.move`.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sqlx::PgConnection;

use super::port;
use crate::domain::record::{Certificate, Move, Phase};

struct Row {
    id: i64,
    suite: String,
    service: String,
    from_port: i32,
    to_port: i32,
    phase: String,
    actor: String,
    reason: String,
    fault: Option<String>,
    epoch: i64,
    old_listener: Option<Value>,
    in_flight_at_switch: Option<i32>,
    lost: Option<i32>,
    started_at: DateTime<Utc>,
    bound_at: Option<DateTime<Utc>>,
    healthy_at: Option<DateTime<Utc>>,
    switched_at: Option<DateTime<Utc>>,
    drained_at: Option<DateTime<Utc>>,
    ended_at: Option<DateTime<Utc>>,
}

impl TryFrom<Row> for Move {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> Result<Self, sqlx::Error> {
        let listener = row.old_listener.map(serde_json::from_value);
        let count = |number: Option<i32>| number.and_then(|number| u32::try_from(number).ok());
        Ok(Self {
            id: row.id,
            suite: row.suite,
            service: row.service,
            from: port(row.from_port)?,
            to: port(row.to_port)?,
            phase: Phase::read(&row.phase)?,
            actor: row.actor,
            reason: row.reason,
            fault: row.fault,
            epoch: u64::try_from(row.epoch).unwrap_or(0),
            old_listener: listener
                .transpose()
                .map_err(|error| sqlx::Error::Decode(error.into()))?,
            certificate: Certificate {
                in_flight_at_switch: count(row.in_flight_at_switch),
                lost: count(row.lost),
            },
            started_at: row.started_at,
            bound_at: row.bound_at,
            healthy_at: row.healthy_at,
            switched_at: row.switched_at,
            drained_at: row.drained_at,
            ended_at: row.ended_at,
        })
    }
}

/// A move about to begin.
#[derive(Clone, Debug)]
pub struct NewMove<'a> {
    /// Row of the service.
    pub service_id: i64,
    /// Port that it leaves.
    pub from: u16,
    /// Port that it comes to.
    pub to: u16,
    /// Who wants it.
    pub actor: &'a str,
    /// Why.
    pub reason: &'a str,
    /// Who leads it.
    pub holder: &'a str,
    /// How long, in seconds.
    pub lease: f64,
    /// When.
    pub at: DateTime<Utc>,
}

/// Begins a move; answers with its number. Refused by `move_running_key` while the service is on the way.
pub async fn insert(conn: &mut PgConnection, new: &NewMove<'_>) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        "INSERT INTO ports.move (service_id, from_port, to_port, actor, reason, epoch, holder, lease_until, started_at)
         VALUES ($1, $2, $3, $4, $5, nextval('ports.move_epoch'), $6, clock_timestamp() + make_interval(secs => $7), $8)
         RETURNING id",
        new.service_id,
        i32::from(new.from),
        i32::from(new.to),
        new.actor,
        new.reason,
        new.holder,
        new.lease,
        new.at
    )
    .fetch_one(conn)
    .await
}

/// A move.
pub async fn find(conn: &mut PgConnection, id: i64) -> sqlx::Result<Option<Move>> {
    let row = sqlx::query_as!(
        Row,
        "SELECT m.id, u.name AS suite, s.name AS service, m.from_port, m.to_port, m.phase, m.actor, m.reason, m.fault,
           m.epoch, m.old_listener, m.in_flight_at_switch, m.lost, m.started_at, m.bound_at, m.healthy_at,
           m.switched_at, m.drained_at, m.ended_at
         FROM ports.move m JOIN ports.service s ON s.id = m.service_id JOIN ports.suite u ON u.id = s.suite_id
         WHERE m.id = $1",
        id
    )
    .fetch_optional(conn)
    .await?;
    row.map(Move::try_from).transpose()
}

/// The last moves of a suite, or of one of its services; newest first.
pub async fn list(
    conn: &mut PgConnection,
    suite_id: i64,
    service: Option<&str>,
    limit: i64,
) -> sqlx::Result<Vec<Move>> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT m.id, u.name AS suite, s.name AS service, m.from_port, m.to_port, m.phase, m.actor, m.reason, m.fault,
           m.epoch, m.old_listener, m.in_flight_at_switch, m.lost, m.started_at, m.bound_at, m.healthy_at,
           m.switched_at, m.drained_at, m.ended_at
         FROM ports.move m JOIN ports.service s ON s.id = m.service_id JOIN ports.suite u ON u.id = s.suite_id
         WHERE s.suite_id = $1 AND ($2::text IS NULL OR s.name = $2) ORDER BY m.id DESC LIMIT $3",
        suite_id,
        service,
        limit
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Move::try_from).collect()
}

/// Whether a service is on the way.
pub async fn is_running(conn: &mut PgConnection, service_id: i64) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM ports.move WHERE service_id = $1 AND ended_at IS NULL) AS "is_running!""#,
        service_id
    )
    .fetch_one(conn)
    .await
}

/// Writes where a move is, for who leads it, and keeps the lead; false if another one leads by now.
pub async fn update(
    conn: &mut PgConnection,
    one: &Move,
    at: DateTime<Utc>,
    lease: f64,
) -> sqlx::Result<bool> {
    let listener = one.old_listener.as_ref().map(|listener| json!(listener));
    let count = |number: Option<u32>| number.and_then(|number| i32::try_from(number).ok());
    let done = sqlx::query!(
        "UPDATE ports.move SET phase = $3, fault = $4, old_listener = $5, in_flight_at_switch = $6, lost = $7,
           bound_at = CASE WHEN $3 = 'bound' THEN $8 ELSE bound_at END,
           healthy_at = CASE WHEN $3 = 'healthy' THEN $8 ELSE healthy_at END,
           switched_at = CASE WHEN $3 = 'switched' THEN $8 ELSE switched_at END,
           drained_at = CASE WHEN $3 = 'drained' THEN $8 ELSE drained_at END,
           ended_at = CASE WHEN $3 IN ('committed', 'rolled_back') THEN $8 END,
           lease_until = clock_timestamp() + make_interval(secs => $9)
         WHERE id = $1 AND epoch = $2 AND ended_at IS NULL",
        one.id,
        i64::try_from(one.epoch).unwrap_or(i64::MAX),
        one.phase.as_str(),
        one.fault,
        listener,
        count(one.certificate.in_flight_at_switch),
        count(one.certificate.lost),
        at,
        lease
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Keeps the lead of a move; false if another one leads by now.
pub async fn renew(conn: &mut PgConnection, one: &Move, lease: f64) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "UPDATE ports.move SET lease_until = clock_timestamp() + make_interval(secs => $3)
         WHERE id = $1 AND epoch = $2 AND ended_at IS NULL",
        one.id,
        i64::try_from(one.epoch).unwrap_or(i64::MAX),
        lease
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Takes the lead of a move that nobody leads any more; answers with its number.
pub async fn take_over(
    conn: &mut PgConnection,
    holder: &str,
    lease: f64,
) -> sqlx::Result<Option<i64>> {
    sqlx::query_scalar!(
        "UPDATE ports.move SET epoch = nextval('ports.move_epoch'), holder = $1,
           lease_until = clock_timestamp() + make_interval(secs => $2)
         WHERE id = (SELECT id FROM ports.move WHERE ended_at IS NULL AND lease_until < clock_timestamp()
                     ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
         RETURNING id",
        holder,
        lease
    )
    .fetch_optional(conn)
    .await
}
