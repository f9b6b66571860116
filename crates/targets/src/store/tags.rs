//! Labels.

use common::id::TargetId;
use sqlx::PgConnection;

/// Makes `tags` the labels of a target.
pub async fn set(
    conn: &mut PgConnection,
    id: TargetId,
    tags: &[String],
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "WITH gone AS (
           DELETE FROM targets.tag WHERE target_id = $1 AND tag <> ALL($2::text[])
         )
         INSERT INTO targets.tag (target_id, tag) SELECT $1, unnest($2::text[])
         ON CONFLICT DO NOTHING",
        id.0,
        tags
    )
    .execute(conn)
    .await?;
    Ok(())
}
