//! `ports.claim`, for TCP on this host.

use std::ops::Range;

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use sqlx::postgres::types::PgRange;

use super::{range, single, span};
use crate::domain::record::{Claim, ClaimKind};

struct Row {
    id: i64,
    span: PgRange<i32>,
    kind: String,
    service: Option<String>,
    service_id: Option<i64>,
    reason: String,
    claimed_at: DateTime<Utc>,
    expires_at: Option<DateTime<Utc>>,
}

impl TryFrom<Row> for Claim {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: row.id,
            ports: range(&row.span)?,
            kind: ClaimKind::read(&row.kind)?,
            service: row.service,
            service_id: row.service_id,
            reason: row.reason,
            claimed_at: row.claimed_at,
            expires_at: row.expires_at,
        })
    }
}

/// A claim about to be made.
#[derive(Clone, Debug)]
pub struct NewClaim<'a> {
    /// Its ports.
    pub ports: Range<u32>,
    /// What for.
    pub kind: ClaimKind,
    /// Row of the service.
    pub service_id: Option<i64>,
    /// Why, in words.
    pub reason: &'a str,
    /// Who.
    pub by: &'a str,
    /// When.
    pub at: DateTime<Utc>,
    /// Until when.
    pub expires_at: Option<DateTime<Utc>>,
}

/// Makes a claim in the place of what counts no more there: what is over, and a quarantine. Refused by
/// `claim_overlap_excl` where somebody else has one of its ports.
pub async fn insert(conn: &mut PgConnection, claim: &NewClaim<'_>) -> sqlx::Result<()> {
    // The count makes the removal come first.
    sqlx::query!(
        "WITH void AS (
           DELETE FROM ports.claim
           WHERE host = 'local' AND proto = 'tcp' AND span && $1 AND (expires_at <= $6 OR kind = 'quarantine')
           RETURNING 1),
         done AS (SELECT count(*) FROM void)
         INSERT INTO ports.claim (span, kind, service_id, reason, claimed_by, claimed_at, expires_at)
         SELECT $1, $2, $3, $4, $5, $6, $7 FROM done",
        span(&claim.ports),
        claim.kind.as_str(),
        claim.service_id,
        claim.reason,
        claim.by,
        claim.at,
        claim.expires_at
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The claim on a port, whether it still counts or not.
pub async fn find(conn: &mut PgConnection, port: u16) -> sqlx::Result<Option<Claim>> {
    let row = sqlx::query_as!(
        Row,
        r#"SELECT c.id, c.span, c.kind, s.name AS "service?", c.service_id, c.reason, c.claimed_at, c.expires_at
           FROM ports.claim c LEFT JOIN ports.service s ON s.id = c.service_id
           WHERE c.host = 'local' AND c.proto = 'tcp' AND c.span && $1"#,
        single(port)
    )
    .fetch_optional(conn)
    .await?;
    row.map(Claim::try_from).transpose()
}

/// All claims that overlap some ports, in their order.
pub async fn list(conn: &mut PgConnection, ports: &Range<u32>) -> sqlx::Result<Vec<Claim>> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT c.id, c.span, c.kind, s.name AS "service?", c.service_id, c.reason, c.claimed_at, c.expires_at
           FROM ports.claim c LEFT JOIN ports.service s ON s.id = c.service_id
           WHERE c.host = 'local' AND c.proto = 'tcp' AND c.span && $1 ORDER BY c.span"#,
        span(ports)
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Claim::try_from).collect()
}

/// The free parts of some ports for a service (none: for anybody), in order: without what others
/// claim, and without `taken`.
pub async fn list_free(
    conn: &mut PgConnection,
    ports: &Range<u32>,
    service_id: Option<i64>,
    taken: &[Range<u32>],
    now: DateTime<Utc>,
) -> sqlx::Result<Vec<Range<u32>>> {
    let taken: Vec<PgRange<i32>> = taken.iter().map(span).collect();
    let rows = sqlx::query_scalar!(
        r#"SELECT part AS "part!: PgRange<i32>" FROM unnest(
             int4multirange($1)
             - coalesce((SELECT range_agg(c.span) FROM ports.claim c
                         WHERE c.host = 'local' AND c.proto = 'tcp' AND c.span && $1
                           AND (c.expires_at IS NULL OR c.expires_at > $4)
                           AND (c.kind <> 'quarantine' OR c.service_id IS DISTINCT FROM $2)), '{}'::int4multirange)
             - coalesce((SELECT range_agg(t) FROM unnest($3::int4range[]) t), '{}'::int4multirange)) part
           ORDER BY part"#,
        span(ports),
        service_id,
        &taken,
        now
    )
    .fetch_all(conn)
    .await?;
    rows.iter().map(range).collect()
}

/// Lets exclusion be checked at the end of the transaction, so that two can swap.
pub async fn defer_checks(conn: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query!("SET CONSTRAINTS ports.claim_overlap_excl DEFERRED")
        .execute(conn)
        .await?;
    Ok(())
}

/// Removes a claim.
pub async fn delete(conn: &mut PgConnection, id: i64) -> sqlx::Result<()> {
    sqlx::query!("DELETE FROM ports.claim WHERE id = $1", id)
        .execute(conn)
        .await?;
    Ok(())
}

/// Removes a service's claim of one kind.
pub async fn delete_of_service(
    conn: &mut PgConnection,
    service_id: i64,
    kind: ClaimKind,
) -> sqlx::Result<()> {
    sqlx::query!(
        "DELETE FROM ports.claim WHERE service_id = $1 AND kind = $2",
        service_id,
        kind.as_str()
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Turns the claim of a service into a quarantine of its port; false if it has none.
pub async fn quarantine(
    conn: &mut PgConnection,
    service_id: i64,
    (now, until): (DateTime<Utc>, DateTime<Utc>),
) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "UPDATE ports.claim SET kind = 'quarantine', claimed_at = $2, expires_at = $3
         WHERE service_id = $1 AND kind = 'assigned'",
        service_id,
        now,
        until
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// The port that a service is moving to.
pub async fn find_staged(conn: &mut PgConnection, service_id: i64) -> sqlx::Result<Option<u16>> {
    let found = sqlx::query_scalar!(
        r#"SELECT lower(span) AS "port!" FROM ports.claim WHERE service_id = $1 AND kind = 'staged'"#,
        service_id
    )
    .fetch_optional(conn)
    .await?;
    found.map(super::port).transpose()
}

/// Turns the staged claim of a service into its claim; false if it has none.
pub async fn settle(
    conn: &mut PgConnection,
    service_id: i64,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "UPDATE ports.claim SET kind = 'assigned', expires_at = NULL, claimed_at = $2
         WHERE service_id = $1 AND kind = 'staged'",
        service_id,
        now
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Removes what keeps a service from the port that is declared for it without counting any more.
pub async fn delete_awaited(conn: &mut PgConnection, now: DateTime<Utc>) -> sqlx::Result<()> {
    sqlx::query!(
        "DELETE FROM ports.claim c
         WHERE c.host = 'local' AND c.proto = 'tcp' AND (c.kind = 'quarantine' OR c.expires_at <= $1)
           AND EXISTS (
             SELECT FROM ports.service s WHERE c.span @> s.port
               AND NOT EXISTS (SELECT FROM ports.claim o WHERE o.service_id = s.id AND o.kind = 'assigned'))",
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Gives each service that waits for its declared port that port, if nobody has it any more; of
/// several, the most critical one gets it.
pub async fn insert_awaited(conn: &mut PgConnection, now: DateTime<Utc>) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        "INSERT INTO ports.claim (span, kind, service_id, reason, claimed_by, claimed_at)
         SELECT DISTINCT ON (s.port) int4range(s.port, s.port + 1), 'assigned', s.id, 'became free', 'system', $1
         FROM ports.service s
         WHERE s.port IS NOT NULL
           AND NOT EXISTS (SELECT FROM ports.claim o WHERE o.service_id = s.id AND o.kind = 'assigned')
           AND NOT EXISTS (SELECT FROM ports.claim c
                           WHERE c.host = 'local' AND c.proto = 'tcp' AND c.span @> s.port)
         ORDER BY s.port, array_position(ARRAY['critical', 'high', 'normal', 'low'], s.criticality), s.name",
        now
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Removes the reservations of some ports.
pub async fn delete_reserved(conn: &mut PgConnection, ports: &Range<u32>) -> sqlx::Result<()> {
    sqlx::query!(
        "DELETE FROM ports.claim
         WHERE host = 'local' AND proto = 'tcp' AND kind = 'reserved' AND span && $1",
        span(ports)
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Removes what is over; answers how many.
pub async fn delete_expired(conn: &mut PgConnection, now: DateTime<Utc>) -> sqlx::Result<u64> {
    let done = sqlx::query!("DELETE FROM ports.claim WHERE expires_at <= $1", now)
        .execute(conn)
        .await?;
    Ok(done.rows_affected())
}
