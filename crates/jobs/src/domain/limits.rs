//! How many steps may run at a time, as administrators want it.

use common::problem::FieldError;
use serde_json::json;
use service_kit::audit::{self, Entry};
use service_kit::caller::Caller;

use crate::app::App;
use crate::error::Error;
use crate::store;
use crate::store::limits::Limits;

/// Changes the limits; steps that are queued from then on keep to them.
pub async fn set(app: &App, who: &Caller, limits: Limits) -> Result<(), Error> {
    check(limits)?;
    let mut tx = app.db.begin().await?;
    let before = store::limits::set(&mut tx, limits).await?;
    let entry = Entry::by(who, "run.limits_changed")
        .object("limits", "runs", "limits of runs")
        .change(json!({"before": before, "after": limits}));
    audit::record(&mut tx, entry).await?;
    Ok(tx.commit().await?)
}

fn check(limits: Limits) -> Result<(), FieldError> {
    let fields = [
        ("per_credential", limits.per_credential),
        ("per_job", limits.per_job),
        ("total", limits.total),
    ];
    match fields
        .into_iter()
        .find(|(_field, limit)| limit.is_some_and(|limit| limit < 1))
    {
        Some((field, _limit)) => {
            let detail = "must be 1 or more, or null for no limit";
            Err(FieldError::new(field, "out_of_range", detail))
        }
        None => Ok(()),
    }
}
