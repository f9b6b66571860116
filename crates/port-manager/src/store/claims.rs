//! `ports.claim`, for TCP on this host.

use std::ops::Range;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
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

/// Makes claims in the place of what counts no more there: what is over, and quarantines. Refused by
/// `claim_overlap_excl` where somebody else has one of their ports.
pub async fn insert(conn: &mut PgConnection, claims: &[NewClaim<'_>]) -> sqlx::Result<()> {
    let rows: Vec<Value> = claims.iter().map(row_of).collect();
    // The count makes the removal come first.
    sqlx::query!(
        "WITH made AS (
           SELECT int4range(first, after) AS span, kind, service_id, reason, by, at, expires_at
           FROM jsonb_to_recordset($1) AS m (first int, after int, kind text, service_id bigint, reason text,
             by text, at timestamptz, expires_at timestamptz)),
         void AS (
           DELETE FROM ports.claim c USING made m
           WHERE c.host = 'local' AND c.proto = 'tcp' AND c.span && m.span
             AND (c.expires_at <= m.at OR c.kind = 'quarantine')
           RETURNING 1),
         done AS (SELECT count(*) FROM void)
         INSERT INTO ports.claim (span, kind, service_id, reason, claimed_by, claimed_at, expires_at)
         SELECT span, kind, service_id, reason, by, at, expires_at FROM made, done",
        Value::Array(rows)
    )
    .execute(conn)
    .await?;
    Ok(())
}

fn row_of(claim: &NewClaim<'_>) -> Value {
    json!({
        "first": claim.ports.start, "after": claim.ports.end, "kind": claim.kind.as_str(),
        "service_id": claim.service_id, "reason": claim.reason, "by": claim.by, "at": claim.at,
        "expires_at": claim.expires_at,
    })
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

/// All claims on any of some ports, whether they still count or not.
pub async fn list_at(conn: &mut PgConnection, ports: &[u16]) -> sqlx::Result<Vec<Claim>> {
    let spans: Vec<PgRange<i32>> = ports.iter().copied().map(single).collect();
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT c.id, c.span, c.kind, s.name AS "service?", c.service_id, c.reason, c.claimed_at, c.expires_at
           FROM ports.claim c LEFT JOIN ports.service s ON s.id = c.service_id
           WHERE c.host = 'local' AND c.proto = 'tcp'
             AND c.id IN (SELECT o.id FROM unnest($1::int4range[]) wished JOIN ports.claim o ON o.span && wished)"#,
        &spans
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Claim::try_from).collect()
}

/// The ports that are in quarantine for some services, their former owners.
pub async fn list_quarantined(
    conn: &mut PgConnection,
    service_ids: &[i64],
) -> sqlx::Result<Vec<(i64, u16)>> {
    let rows = sqlx::query!(
        r#"SELECT service_id AS "service_id!", lower(span) AS "port!" FROM ports.claim
           WHERE service_id = ANY ($1) AND kind = 'quarantine' AND host = 'local' AND proto = 'tcp'"#,
        service_ids
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| Ok((row.service_id, super::port(row.port)?)))
        .collect()
}

/// The free parts of some ports, in order: without what anybody claims, and without `taken`.
pub async fn list_free(
    conn: &mut PgConnection,
    ports: &Range<u32>,
    taken: &[Range<u32>],
    now: DateTime<Utc>,
) -> sqlx::Result<Vec<Range<u32>>> {
    let taken: Vec<PgRange<i32>> = taken.iter().map(span).collect();
    let rows = sqlx::query_scalar!(
        r#"SELECT part AS "part!: PgRange<i32>" FROM unnest(
             int4multirange($1)
             - coalesce((SELECT range_agg(c.span) FROM ports.claim c
                         WHERE c.host = 'local' AND c.proto = 'tcp' AND c.span && $1
                           AND (c.expires_at IS NULL OR c.expires_at > $3)), '{}'::int4multirange)
             - coalesce((SELECT range_agg(t) FROM unnest($2::int4range[]) t), '{}'::int4multirange)) part
           ORDER BY part"#,
        span(ports),
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

/// Removes claims.
pub async fn delete(conn: &mut PgConnection, ids: &[i64]) -> sqlx::Result<()> {
    sqlx::query!("DELETE FROM ports.claim WHERE id = ANY ($1)", ids)
        .execute(conn)
        .await?;
    Ok(())
}

/// Removes the claims of some services that are of some kinds.
pub async fn delete_of_services(
    conn: &mut PgConnection,
    service_ids: &[i64],
    kinds: &[ClaimKind],
) -> sqlx::Result<()> {
    let kinds: Vec<String> = kinds.iter().map(|kind| kind.as_str().to_owned()).collect();
    sqlx::query!(
        "DELETE FROM ports.claim WHERE service_id = ANY ($1) AND kind = ANY ($2)",
        service_ids,
        &kinds
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Turns the claims of some services into quarantines of their ports.
pub async fn quarantine(
    conn: &mut PgConnection,
    service_ids: &[i64],
    (now, until): (DateTime<Utc>, DateTime<Utc>),
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE ports.claim SET kind = 'quarantine', claimed_at = $2, expires_at = $3
         WHERE service_id = ANY ($1) AND kind = 'assigned'",
        service_ids,
        now,
        until
    )
    .execute(conn)
    .await?;
    Ok(())
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

/// Removes what is over; answers how many.
pub async fn delete_expired(conn: &mut PgConnection, now: DateTime<Utc>) -> sqlx::Result<u64> {
    let done = sqlx::query!("DELETE FROM ports.claim WHERE expires_at <= $1", now)
        .execute(conn)
        .await?;
    Ok(done.rows_affected())
}
