//! Which target needs which other one.

use std::collections::HashMap;

use common::id::TargetId;
use sqlx::PgConnection;

use crate::domain::dependency::{Edge, TargetRef};

/// Keeps others from changing any dependency until the transaction ends.
pub async fn lock(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query!("SELECT pg_advisory_xact_lock('targets.dependency'::regclass::oid::int, 0)")
        .execute(conn)
        .await?;
    Ok(())
}

/// Makes `needed` what a target needs.
pub async fn set(
    conn: &mut PgConnection,
    id: TargetId,
    needed: &[TargetId],
) -> Result<(), sqlx::Error> {
    let needed: Vec<i64> = needed.iter().map(|id| id.0).collect();
    sqlx::query!(
        "WITH gone AS (
           DELETE FROM targets.dependency WHERE target_id = $1 AND depends_on <> ALL($2::bigint[])
         )
         INSERT INTO targets.dependency (target_id, depends_on) SELECT $1, unnest($2::bigint[])
         ON CONFLICT DO NOTHING",
        id.0,
        &needed
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Those of `ids` that are no target.
pub async fn list_unknown(
    conn: &mut PgConnection,
    ids: &[TargetId],
) -> Result<Vec<TargetId>, sqlx::Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let unknown = sqlx::query_scalar!(
        r#"SELECT wanted AS "wanted!" FROM unnest($1::bigint[]) wanted
           WHERE NOT EXISTS (SELECT FROM targets.target WHERE id = wanted) ORDER BY wanted"#,
        &ids
    )
    .fetch_all(conn)
    .await?;
    Ok(unknown.into_iter().map(TargetId).collect())
}

/// Every dependency that can be come to from `start`.
pub async fn list_reachable(
    conn: &mut PgConnection,
    start: &[TargetId],
) -> Result<Vec<Edge>, sqlx::Error> {
    let start: Vec<i64> = start.iter().map(|id| id.0).collect();
    let edges = sqlx::query!(
        "WITH RECURSIVE reached AS (
           SELECT unnest($1::bigint[]) AS id
           UNION
           SELECT d.depends_on FROM reached r JOIN targets.dependency d ON d.target_id = r.id
         )
         SELECT d.target_id, d.depends_on
         FROM reached r JOIN targets.dependency d ON d.target_id = r.id",
        &start
    )
    .fetch_all(conn)
    .await?;
    let edge = |target, needs| Edge {
        target: TargetId(target),
        needs: TargetId(needs),
    };
    Ok(edges
        .into_iter()
        .map(|row| edge(row.target_id, row.depends_on))
        .collect())
}

/// The names of some targets.
pub async fn list_names(
    conn: &mut PgConnection,
    ids: &[TargetId],
) -> Result<HashMap<TargetId, String>, sqlx::Error> {
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let rows = sqlx::query!(
        "SELECT id, name FROM targets.target WHERE id = ANY($1)",
        &ids
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (TargetId(row.id), row.name))
        .collect())
}

/// Targets that `id` needs, by name.
pub async fn list_needed(
    conn: &mut PgConnection,
    id: TargetId,
) -> Result<Vec<TargetRef>, sqlx::Error> {
    sqlx::query_as!(
        TargetRef,
        "SELECT t.id, t.name
           FROM targets.dependency d JOIN targets.target t ON t.id = d.depends_on
           WHERE d.target_id = $1 ORDER BY t.name",
        id.0
    )
    .fetch_all(conn)
    .await
}

/// Targets that need `id`, by name.
pub async fn list_dependents(
    conn: &mut PgConnection,
    id: TargetId,
) -> Result<Vec<TargetRef>, sqlx::Error> {
    sqlx::query_as!(
        TargetRef,
        "SELECT t.id, t.name
           FROM targets.dependency d JOIN targets.target t ON t.id = d.target_id
           WHERE d.depends_on = $1 ORDER BY t.name",
        id.0
    )
    .fetch_all(conn)
    .await
}
