//! Canceling: a whole run, what it does on one target, or one step.

use common::id::{RunId, StepId, TargetId};
use serde_json::{Value, json};
use service_kit::audit::{self, Entry};
use service_kit::caller::Caller;
use sqlx::PgTransaction;

use crate::app::App;
use crate::domain::run::wake;
use crate::error::Error;
use crate::store;
use crate::store::runs::RunRow;

/// Cancels a run: at once if nothing of it runs, else as soon as its executor confirms.
pub async fn cancel_run(app: &App, who: &Caller, id: RunId) -> Result<RunRow, Error> {
    let mut tx = app.db.begin().await?;
    let before = store::runs::find(&mut tx, id)
        .await?
        .ok_or(Error::RunNotFound(id))?;
    let status = before.status()?;
    if status.is_final() {
        return Err(Error::RunFinal { run: id, status });
    }
    store::runs::cancel(&mut tx, id, &who.user_id.to_string()).await?;
    let entry = Entry::by(who, "run.cancel_requested").object("run", id, &before.job_name);
    audit::record(&mut tx, entry).await?;
    let row = store::runs::find(&mut tx, id)
        .await?
        .ok_or(Error::RunNotFound(id))?;
    tx.commit().await?;
    wake(app).await;
    Ok(row)
}

/// Cancels a step: at once if it does not run, else as soon as its executor confirms. What follows
/// is what follows of its failure.
pub async fn cancel_step(
    app: &App,
    who: &Caller,
    run: RunId,
    step: StepId,
) -> Result<RunRow, Error> {
    let mut tx = app.db.begin().await?;
    store::runs::find(&mut tx, run)
        .await?
        .ok_or(Error::RunNotFound(run))?;
    match store::steps::has_begun(&mut tx, run, step).await? {
        None => return Err(Error::StepNotFound(step)),
        Some(false) => return Err(Error::StepNotBegun(step)),
        Some(true) => {}
    }
    let part = Part {
        run,
        steps: vec![step],
        facts: json!({ "step_id": step }),
    };
    let canceled = cancel_steps(app, who, tx, part).await?;
    canceled.ok_or(Error::StepOver(step))
}

/// Cancels all that a run has still to do on a target.
pub async fn cancel_target(
    app: &App,
    who: &Caller,
    run: RunId,
    target: TargetId,
) -> Result<RunRow, Error> {
    let mut tx = app.db.begin().await?;
    store::runs::find(&mut tx, run)
        .await?
        .ok_or(Error::RunNotFound(run))?;
    let steps = store::steps::list_on(&mut tx, run, target).await?;
    if steps.is_empty() {
        return Err(Error::TargetNotFound(target));
    }
    let part = Part {
        run,
        steps,
        facts: json!({ "target_id": target }),
    };
    let canceled = cancel_steps(app, who, tx, part).await?;
    canceled.ok_or(Error::TargetOver(target))
}

/// Some steps of a run, and what the audit log says of them.
struct Part {
    run: RunId,
    steps: Vec<StepId>,
    facts: Value,
}

/// None: all of them are over.
async fn cancel_steps(
    app: &App,
    who: &Caller,
    mut tx: PgTransaction<'_>,
    part: Part,
) -> Result<Option<RunRow>, Error> {
    let Part { run, steps, facts } = part;
    let by = who.user_id.to_string();
    if store::steps::cancel(&mut tx, run, &steps, &by).await? == 0 {
        return Ok(None);
    }
    let row = store::runs::find(&mut tx, run)
        .await?
        .ok_or(Error::RunNotFound(run))?;
    let entry = Entry::by(who, "run.step_cancel_requested").object("run", run, &row.job_name);
    audit::record(&mut tx, entry.change(facts)).await?;
    tx.commit().await?;
    wake(app).await;
    Ok(Some(row))
}
