//! Undoing what a run has done, at the wish of a person.

use common::id::RunId;
use serde_json::json;
use service_kit::audit::{self, Entry};
use service_kit::caller::Caller;
use service_kit::db::violates;
use service_kit::request;

use crate::app::App;
use crate::domain::run;
use crate::error::Error;
use crate::store;
use crate::store::runs::RunRow;

/// Starts a run that undoes what a run has done, whatever its end, in reverse order: all steps that
/// say how, but those that were undone already.
pub async fn start(app: &App, who: &Caller, id: RunId) -> Result<RunRow, Error> {
    let mut tx = app.db.begin().await?;
    let before = run::find_ended(&mut tx, id).await?;
    before.check_secrets(app)?;
    let user = who.user_id.to_string();
    let request = request::current_id().unwrap_or_else(request::new_id);
    let begun = store::runs::undo(&mut tx, id, (&user, &who.username), &request).await;
    let undo = match begun {
        Err(error) if violates(&error, "run_undoes_open_key") => Err(Error::BeingUndone(id)),
        begun => begun?.ok_or(Error::NothingToUndo(id)),
    }?;
    let entry = Entry::by(who, "run.undo_started").object("run", undo, &before.job_name);
    audit::record(&mut tx, entry.change(json!({"undoes": id}))).await?;
    let row = store::runs::find(&mut tx, undo)
        .await?
        .ok_or(Error::RunNotFound(undo))?;
    tx.commit().await?;
    run::wake(app).await;
    Ok(row)
}
