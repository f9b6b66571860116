//! How runs went, hour by hour.

use std::collections::BTreeMap;

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use serde::Serialize;
use sqlx::PgConnection;
use utoipa::ToSchema;

use crate::store;

/// Runs that were asked for within one hour.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ActiveHour)]
pub struct Hour {
    /// When it began.
    pub start: DateTime<Utc>,
    /// How many of its runs are in which state.
    #[schema(example = json!({"succeeded": 12, "failed": 1}))]
    pub states: BTreeMap<String, i64>,
}

/// The last `hours` hours up to `now`, oldest first; the present one counts as one of them.
pub async fn list_hours(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    hours: u32,
) -> Result<Vec<Hour>, sqlx::Error> {
    let present = now.duration_trunc(TimeDelta::hours(1)).unwrap_or(now);
    let starts = (0..i64::from(hours)).rev();
    let mut all: BTreeMap<_, _> = starts
        .map(|back| (present - TimeDelta::hours(back), BTreeMap::new()))
        .collect();
    let since = present - TimeDelta::hours(i64::from(hours) - 1);
    for row in store::runs::count_by_hour(conn, since).await? {
        all.entry(row.start)
            .or_default()
            .insert(row.status, row.count);
    }
    let hours = all.into_iter();
    Ok(hours
        .map(|(start, states)| Hour { start, states })
        .collect())
}
