//! How runs went, hour by hour.

use std::collections::BTreeMap;

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use sqlx::PgConnection;

use crate::store;

/// Runs of one hour by their state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hour {
    /// When it began.
    pub start: DateTime<Utc>,
    /// How many runs that were asked for in it are in which state.
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
