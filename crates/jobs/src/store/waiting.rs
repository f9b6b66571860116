//! Why runs and steps wait.

use chrono::{DateTime, Utc};
use common::id::RunId;
use sqlx::PgConnection;

/// A reason.
#[derive(Clone, Debug)]
pub struct WaitRow {
    /// The step that waits; none: the run.
    pub step_id: Option<i64>,
    /// A stable word.
    pub code: String,
    /// The same for people.
    pub text: String,
    /// Since when it is so.
    pub since: Option<DateTime<Utc>>,
    /// The run that has what is waited for.
    pub holder_run_id: Option<i64>,
}

/// Why the steps of a run wait that could be next; nothing once it is over.
pub async fn list(conn: &mut PgConnection, run: RunId) -> Result<Vec<WaitRow>, sqlx::Error> {
    sqlx::query_as!(
        WaitRow,
        r#"SELECT step_id, code AS "code!", detail AS "text!", since, holder_run_id FROM runs.waiting($1)"#,
        run.0
    )
    .fetch_all(conn)
    .await
}
