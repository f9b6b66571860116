//! Rows of `runs.lane`: written here once, moved on by the functions of the schema only.

use common::id::{RunId, TargetId};
use sqlx::PgConnection;

/// What is written of a target of a fleet.
#[derive(Clone, Debug)]
pub struct NewLane {
    /// Its place in the fleet.
    pub lane: i32,
    /// The target.
    pub target_id: TargetId,
    /// Its name.
    pub target_name: String,
    /// Its batch or wave.
    pub batch: i32,
}

/// Writes the fleet of a run in one statement.
pub async fn insert(
    conn: &mut PgConnection,
    run: RunId,
    lanes: &[NewLane],
) -> Result<(), sqlx::Error> {
    if lanes.is_empty() {
        return Ok(());
    }
    let places: Vec<i32> = lanes.iter().map(|lane| lane.lane).collect();
    let ids: Vec<i64> = lanes.iter().map(|lane| lane.target_id.0).collect();
    let names: Vec<String> = lanes.iter().map(|lane| lane.target_name.clone()).collect();
    let batches: Vec<i32> = lanes.iter().map(|lane| lane.batch).collect();
    sqlx::query!(
        "INSERT INTO runs.lane (run_id, lane, target_id, target_name, batch)
         SELECT $1, * FROM unnest($2::int[], $3::bigint[], $4::text[], $5::int[])",
        run.0,
        &places,
        &ids,
        &names,
        &batches,
    )
    .execute(conn)
    .await?;
    Ok(())
}
