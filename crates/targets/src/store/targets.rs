//! Targets.

use chrono::{DateTime, Utc};
use common::id::{CredentialId, TargetId, UserId};
use common::model::target::Protocol;
use common::page::Page;
use serde_json::Value;
use sqlx::PgConnection;

use crate::domain::record::{Draft, Filter, LastTest, Target};

/// Who did something, and when.
#[derive(Clone, Copy, Debug)]
pub struct Stamp {
    /// Who.
    pub by: UserId,
    /// When.
    pub at: DateTime<Utc>,
}

/// A target with its labels, dependencies and last test.
struct Row {
    id: i64,
    name: String,
    hostname: String,
    protocol: String,
    port: i32,
    credential_id: Option<i64>,
    metadata: Value,
    tags: Vec<String>,
    depends_on: Vec<i64>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    tested_at: Option<DateTime<Utc>>,
    test_ok: Option<bool>,
    test_reason: Option<String>,
    test_message: Option<String>,
}

impl TryFrom<Row> for Target {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> Result<Self, sqlx::Error> {
        let last_test = row.tested_at.zip(row.test_ok).map(|(at, ok)| LastTest {
            at,
            ok,
            reason: row.test_reason,
            message: row.test_message,
        });
        Ok(Self {
            id: TargetId(row.id),
            name: row.name,
            hostname: row.hostname,
            protocol: protocol(&row.protocol)?,
            port: port(row.port)?,
            credential_ref: row.credential_id.map(CredentialId),
            tags: row.tags,
            metadata: row.metadata,
            depends_on: row.depends_on.into_iter().map(TargetId).collect(),
            created_at: row.created_at,
            updated_at: row.updated_at,
            last_test,
        })
    }
}

/// Reads the word of a protocol.
pub(super) fn protocol(word: &str) -> Result<Protocol, sqlx::Error> {
    let mut all = Protocol::ALL.into_iter();
    all.find(|protocol| protocol.as_str() == word)
        .ok_or_else(|| sqlx::Error::Decode(format!("unknown protocol {word}").into()))
}

/// Reads a port.
pub(super) fn port(number: i32) -> Result<u16, sqlx::Error> {
    u16::try_from(number).map_err(|error| sqlx::Error::Decode(error.into()))
}

/// Inserts a target without its labels and dependencies.
pub async fn insert(
    conn: &mut PgConnection,
    draft: &Draft,
    stamp: Stamp,
) -> Result<TargetId, sqlx::Error> {
    sqlx::query_scalar!(
        "INSERT INTO targets.target (name, hostname, protocol, port, credential_id, metadata,
             created_by, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)
         RETURNING id",
        draft.name,
        draft.hostname,
        draft.protocol.as_str(),
        i32::from(draft.port),
        draft.credential.map(|id| id.0),
        draft.metadata,
        stamp.by.to_string(),
        stamp.at
    )
    .fetch_one(conn)
    .await
    .map(TargetId)
}

/// A target by id.
pub async fn find(conn: &mut PgConnection, id: TargetId) -> Result<Option<Target>, sqlx::Error> {
    sqlx::query_as!(
        Row,
        r#"SELECT t.id, t.name, t.hostname, t.protocol, t.port, t.credential_id, t.metadata,
             t.created_at, t.updated_at,
             ARRAY(SELECT tag FROM targets.tag WHERE target_id = t.id ORDER BY tag COLLATE "C") AS "tags!",
             ARRAY(SELECT depends_on FROM targets.dependency WHERE target_id = t.id ORDER BY depends_on) AS "depends_on!",
             c.at AS "tested_at?", c.ok AS "test_ok?", c.reason AS test_reason, c.message AS test_message
           FROM targets.target t LEFT JOIN targets.check_result c ON c.target_id = t.id
           WHERE t.id = $1"#,
        id.0
    )
    .fetch_optional(conn)
    .await?
    .map(Target::try_from)
    .transpose()
}

/// The id of a name.
pub async fn find_id(conn: &mut PgConnection, name: &str) -> Result<Option<TargetId>, sqlx::Error> {
    sqlx::query_scalar!("SELECT id FROM targets.target WHERE name = $1", name)
        .fetch_optional(conn)
        .await
        .map(|id| id.map(TargetId))
}

/// Whether there is such a target.
pub async fn exists(conn: &mut PgConnection, id: TargetId) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM targets.target WHERE id = $1) AS "exists!""#,
        id.0
    )
    .fetch_one(conn)
    .await
}

/// Keeps others from changing a target until the transaction ends.
pub async fn lock(conn: &mut PgConnection, id: TargetId) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "SELECT id FROM targets.target WHERE id = $1 FOR NO KEY UPDATE",
        id.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(())
}

/// Keeps others from changing a target, and from naming it, until the transaction ends.
pub async fn lock_to_delete(conn: &mut PgConnection, id: TargetId) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "SELECT id FROM targets.target WHERE id = $1 FOR UPDATE",
        id.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(())
}

/// Targets in the order of their ids.
pub async fn list(
    conn: &mut PgConnection,
    filter: &Filter,
    after: Option<TargetId>,
    page: Page,
) -> Result<Vec<Target>, sqlx::Error> {
    sqlx::query_as!(
        Row,
        r#"SELECT t.id, t.name, t.hostname, t.protocol, t.port, t.credential_id, t.metadata,
             t.created_at, t.updated_at,
             ARRAY(SELECT tag FROM targets.tag WHERE target_id = t.id ORDER BY tag COLLATE "C") AS "tags!",
             ARRAY(SELECT depends_on FROM targets.dependency WHERE target_id = t.id ORDER BY depends_on) AS "depends_on!",
             c.at AS "tested_at?", c.ok AS "test_ok?", c.reason AS test_reason, c.message AS test_message
           FROM (
             SELECT * FROM targets.target p
             WHERE p.id > $1
               AND (cardinality($2::text[]) = 0 OR p.id IN (
                 SELECT target_id FROM targets.tag WHERE tag = ANY($2)
                 GROUP BY target_id HAVING count(*) = cardinality($2)))
               AND ($3::text IS NULL OR p.protocol = $3)
               AND ($4 = '' OR strpos(lower(p.name), lower($4)) > 0
                    OR strpos(lower(p.hostname), lower($4)) > 0)
             ORDER BY p.id LIMIT $5 OFFSET $6
           ) t LEFT JOIN targets.check_result c ON c.target_id = t.id
           ORDER BY t.id"#,
        after.map_or(i64::MIN, |id| id.0),
        &filter.tags,
        filter.protocol.map(Protocol::as_str),
        filter.search,
        page.limit,
        page.skip
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(Target::try_from)
    .collect()
}

/// How many targets pass the filter.
pub async fn count(conn: &mut PgConnection, filter: &Filter) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM targets.target p
           WHERE (cardinality($1::text[]) = 0 OR p.id IN (
               SELECT target_id FROM targets.tag WHERE tag = ANY($1)
               GROUP BY target_id HAVING count(*) = cardinality($1)))
             AND ($2::text IS NULL OR p.protocol = $2)
             AND ($3 = '' OR strpos(lower(p.name), lower($3)) > 0
                  OR strpos(lower(p.hostname), lower($3)) > 0)"#,
        &filter.tags,
        filter.protocol.map(Protocol::as_str),
        filter.search
    )
    .fetch_one(conn)
    .await
}

/// Writes what people decide, without labels and dependencies.
pub async fn update(
    conn: &mut PgConnection,
    id: TargetId,
    draft: &Draft,
    at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE targets.target
         SET name = $2, hostname = $3, protocol = $4, port = $5, credential_id = $6, metadata = $7,
             updated_at = $8
         WHERE id = $1",
        id.0,
        draft.name,
        draft.hostname,
        draft.protocol.as_str(),
        i32::from(draft.port),
        draft.credential.map(|id| id.0),
        draft.metadata,
        at
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Removes a target with all that is known of it.
pub async fn delete(conn: &mut PgConnection, id: TargetId) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM targets.target WHERE id = $1", id.0)
        .execute(conn)
        .await?;
    Ok(())
}
