//! The audit log and the end of its chain.

use chrono::{DateTime, Utc};
use common::page::Page;
use futures_util::stream::BoxStream;
use sqlx::PgConnection;

use crate::domain::audit::{Filter, Record};
use crate::domain::chain::{Hash, Head, SignedHead};

/// A row as it is hashed.
#[derive(Clone, Debug)]
pub struct Row {
    /// Order of insertion.
    pub id: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// Kind of actor.
    pub actor_kind: String,
    /// User id or service name.
    pub actor_id: Option<String>,
    /// Name at that time.
    pub actor_name: Option<String>,
    /// Session.
    pub session_id: Option<String>,
    /// User for whom a service acted.
    pub on_behalf_of: Option<String>,
    /// Address of the client.
    pub ip: Option<String>,
    /// User-Agent.
    pub user_agent: Option<String>,
    /// What was done.
    pub action: String,
    /// Kind of the object.
    pub object_kind: Option<String>,
    /// Id of the object.
    pub object_id: Option<String>,
    /// Name of the object.
    pub object_name: Option<String>,
    /// Facts, in the text form that PostgreSQL gives.
    pub change: String,
    /// How it went.
    pub outcome: String,
    /// Request.
    pub request_id: Option<String>,
    /// Place in the chain.
    pub seq: Option<i64>,
    /// Hash before.
    pub prev_hash: Option<Vec<u8>>,
    /// Hash.
    pub hash: Option<Vec<u8>>,
}

/// Places in the chain for rows, column by column.
#[derive(Debug, Default)]
pub struct Links {
    ids: Vec<i64>,
    seqs: Vec<i64>,
    before: Vec<Vec<u8>>,
    hashes: Vec<Vec<u8>>,
}

impl Links {
    /// Puts the row `id` at the end `next`, after `before`.
    pub fn add(&mut self, id: i64, before: &Head, next: &Head) {
        self.ids.push(id);
        self.seqs.push(next.seq);
        self.before.push(before.hash.to_vec());
        self.hashes.push(next.hash.to_vec());
    }
}

/// Rows that fit, the newest first.
pub async fn list(
    conn: &mut PgConnection,
    filter: &Filter,
    page: Page,
) -> Result<Vec<Record>, sqlx::Error> {
    sqlx::query_as!(
        Record,
        "SELECT id, seq, at, actor_kind, actor_id, actor_name, session_id, on_behalf_of, ip, user_agent,
                action, object_kind, object_id, object_name, change, outcome, request_id,
                encode(hash, 'hex') AS hash
         FROM audit.entry
         WHERE ($1::text IS NULL OR actor_id = $1 OR actor_name = $1)
           AND ($2::text IS NULL OR starts_with(action, $2))
           AND ($3::text IS NULL OR object_kind = $3)
           AND ($4::text IS NULL OR object_id = $4)
           AND ($5::text IS NULL OR outcome = $5)
           AND ($6::timestamptz IS NULL OR at >= $6)
           AND ($7::timestamptz IS NULL OR at < $7)
         ORDER BY id DESC LIMIT $8 OFFSET $9",
        filter.actor,
        filter.action,
        filter.object_kind,
        filter.object_id,
        filter.outcome,
        filter.from,
        filter.to,
        page.limit,
        page.skip
    )
    .fetch_all(conn)
    .await
}

/// How many rows [`list`] would find without a window.
pub async fn count(conn: &mut PgConnection, filter: &Filter) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM audit.entry
           WHERE ($1::text IS NULL OR actor_id = $1 OR actor_name = $1)
             AND ($2::text IS NULL OR starts_with(action, $2))
             AND ($3::text IS NULL OR object_kind = $3)
             AND ($4::text IS NULL OR object_id = $4)
             AND ($5::text IS NULL OR outcome = $5)
             AND ($6::timestamptz IS NULL OR at >= $6)
             AND ($7::timestamptz IS NULL OR at < $7)"#,
        filter.actor,
        filter.action,
        filter.object_kind,
        filter.object_id,
        filter.outcome,
        filter.from,
        filter.to
    )
    .fetch_one(conn)
    .await
}

/// The end of the chain, with its signature if it has one.
pub async fn head(conn: &mut PgConnection) -> Result<(Head, Option<SignedHead>), sqlx::Error> {
    let row = sqlx::query!("SELECT seq, hash, signature, signed_at FROM audit.head")
        .fetch_one(conn)
        .await?;
    let hash: Hash = row
        .hash
        .try_into()
        .map_err(|_length| sqlx::Error::Decode("a hash of another length".into()))?;
    let head = Head { seq: row.seq, hash };
    let signed = row
        .signature
        .zip(row.signed_at)
        .map(|(signature, signed_at)| SignedHead {
            head: head.clone(),
            signed_at,
            signature,
        });
    Ok((head, signed))
}

/// Whether there are rows that are not in the chain.
pub async fn has_unlinked(conn: &mut PgConnection) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(r#"SELECT EXISTS (SELECT FROM audit.entry WHERE seq IS NULL) AS "exists!""#)
        .fetch_one(conn)
        .await
}

/// How many rows are not in the chain.
pub async fn count_unlinked(conn: &mut PgConnection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(r#"SELECT count(*) AS "count!" FROM audit.entry WHERE seq IS NULL"#)
        .fetch_one(conn)
        .await
}

/// Waits for the lock of whoever links, and holds it until the transaction ends.
pub async fn lock(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query!("SELECT pg_advisory_xact_lock(hashtextextended('opsconductor.audit', 0))")
        .fetch_one(conn)
        .await?;
    Ok(())
}

/// Has the rows that wait read along their index for the rest of the transaction. After an outage
/// there are many more than the statistics say, and sorting all of them for each batch is slow.
pub async fn avoid_sort(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query!("SELECT set_config('enable_sort', 'off', true)")
        .fetch_one(conn)
        .await?;
    Ok(())
}

/// The first rows that are not in the chain, in the order of insertion.
pub async fn list_unlinked(conn: &mut PgConnection, limit: i64) -> Result<Vec<Row>, sqlx::Error> {
    sqlx::query_as!(
        Row,
        r#"SELECT id, at, actor_kind, actor_id, actor_name, session_id, on_behalf_of, ip, user_agent, action,
                  object_kind, object_id, object_name, change::text AS "change!", outcome, request_id,
                  seq, prev_hash, hash
           FROM audit.entry WHERE seq IS NULL ORDER BY id LIMIT $1"#,
        limit
    )
    .fetch_all(conn)
    .await
}

/// Puts rows into the chain.
pub async fn set_links(conn: &mut PgConnection, links: &Links) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE audit.entry AS e SET seq = n.seq, prev_hash = n.prev_hash, hash = n.hash
         FROM unnest($1::bigint[], $2::bigint[], $3::bytea[], $4::bytea[]) AS n (id, seq, prev_hash, hash)
         WHERE e.id = n.id",
        &links.ids,
        &links.seqs,
        &links.before,
        &links.hashes
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Moves the end of the chain; the new end is not signed.
pub async fn set_head(conn: &mut PgConnection, head: &Head) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE audit.head SET seq = $1, hash = $2, signature = NULL, signed_at = NULL",
        head.seq,
        head.hash.as_slice()
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Notes the signature of the end, if that is still the end.
pub async fn set_signature(
    conn: &mut PgConnection,
    signed: &SignedHead,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE audit.head SET signature = $3, signed_at = $4 WHERE seq = $1 AND hash = $2",
        signed.head.seq,
        signed.head.hash.as_slice(),
        signed.signature,
        signed.signed_at
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The hash at a place of the chain.
pub async fn find_hash(conn: &mut PgConnection, seq: i64) -> Result<Option<Vec<u8>>, sqlx::Error> {
    let found = sqlx::query_scalar!("SELECT hash FROM audit.entry WHERE seq = $1", seq)
        .fetch_optional(conn)
        .await?;
    Ok(found.flatten())
}

/// Lets the statements of this transaction take longer than the role's limit.
pub async fn allow_long(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query!("SELECT set_config('statement_timeout', '300s', true)")
        .fetch_one(conn)
        .await?;
    Ok(())
}

/// All rows of the chain, in its order.
pub fn stream(conn: &mut PgConnection) -> BoxStream<'_, Result<Row, sqlx::Error>> {
    sqlx::query_as!(
        Row,
        r#"SELECT id, at, actor_kind, actor_id, actor_name, session_id, on_behalf_of, ip, user_agent, action,
                  object_kind, object_id, object_name, change::text AS "change!", outcome, request_id,
                  seq, prev_hash, hash
           FROM audit.entry WHERE seq IS NOT NULL ORDER BY seq"#
    )
    .fetch(conn)
}
