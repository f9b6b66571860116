//! Runs that steps of other runs start and wait for.

use common::model::run::{Child, RunStatus, StartChild};
use service_kit::audit::Entry;
use service_kit::caller::CallingService;
use service_kit::db::violates;
use sqlx::PgConnection;

use crate::app::App;
use crate::domain::definition::Definition;
use crate::domain::run::{self, STARTED, Starter};
use crate::error::Error;
use crate::store;
use crate::store::jobs::JobRow;
use crate::store::runs::{Parent, RunRow};

/// Who cancels runs that nobody waits for.
const SYSTEM: &str = "system";
/// Most runs that wait for each other.
const DEEPEST: usize = 8;

/// The run of a step that an executor holds; the first call of each try starts it.
///
/// # Errors
/// [`Error::ClaimNotCurrent`] for everybody else; why it cannot be started.
pub async fn ensure(
    app: &App,
    service: &CallingService,
    wish: &StartChild,
) -> Result<Child, Error> {
    let mut conn = app.db.acquire().await?;
    let parent = store::children::find_parent(&mut conn, wish).await?;
    let parent = parent.ok_or(Error::ClaimNotCurrent)?;
    if let Some(found) = find(&mut conn, wish).await? {
        return child(&found);
    }
    if let Some(older) = end_older(app, &mut conn, wish).await? {
        return child(&older);
    }
    let parent = store::runs::find(&mut conn, parent)
        .await?
        .ok_or(Error::RunNotFound(parent))?;
    let job = startable(&mut conn, &parent, &wish.job).await?;
    drop(conn);
    let definition = Definition::parse(&job.definition).map_err(Error::InvalidDefinition)?;
    let (mut subject, work) = run::prepare(app, job, &definition, &wish.parameters).await?;
    subject.parent = Some(Parent {
        step: wish.step_id,
        attempt: wish.attempt,
    });
    let starter = Starter {
        id: parent.requested_by,
        name: parent.requested_by_name,
        entry: Entry::by_service(service, STARTED),
    };
    match run::launch(app, starter, subject, work, None).await {
        Err(Error::Database(error)) if violates(&error, "run_parent_key") => {
            let found = find(&mut *app.db.acquire().await?, wish).await?;
            child(&found.ok_or(Error::Database(error))?)
        }
        started => child(&started?),
    }
}

/// The run of an earlier try that was given up, for as long as it is not over: one at a time.
async fn end_older(
    app: &App,
    conn: &mut PgConnection,
    wish: &StartChild,
) -> Result<Option<RunRow>, Error> {
    let older = store::children::find_open_before(conn, wish.step_id, wish.attempt).await?;
    let Some(older) = older else {
        return Ok(None);
    };
    store::runs::cancel(conn, older, SYSTEM).await?;
    run::wake(app).await;
    let row = store::runs::find(conn, older)
        .await?
        .ok_or(Error::RunNotFound(older))?;
    let is_over = row.status()?.is_final();
    Ok((!is_over).then_some(row))
}

/// The job of this name, if the step may run it.
async fn startable(conn: &mut PgConnection, parent: &RunRow, name: &str) -> Result<JobRow, Error> {
    let job = store::jobs::find_by_name(conn, name)
        .await?
        .ok_or_else(|| Error::JobNameNotFound(name.to_owned()))?;
    if !job.is_active {
        return Err(Error::Inactive(job.id));
    }
    let most = i64::try_from(DEEPEST).unwrap_or(i64::MAX);
    let line = store::children::list_ancestors(conn, parent.id, most).await?;
    if line.contains(&job.id.0) {
        return Err(Error::Recursion(name.to_owned()));
    }
    if line.len() >= DEEPEST {
        return Err(Error::TooDeep(DEEPEST));
    }
    Ok(job)
}

async fn find(conn: &mut PgConnection, wish: &StartChild) -> Result<Option<RunRow>, Error> {
    match store::children::find(conn, wish.step_id, wish.attempt).await? {
        Some(id) => Ok(store::runs::find(conn, id).await?),
        None => Ok(None),
    }
}

/// A run that is being undone is not over for the step that waits for it.
fn child(run: &RunRow) -> Result<Child, Error> {
    let status = match run.is_being_undone {
        true => RunStatus::Running,
        false => run.status()?,
    };
    Ok(Child {
        run_id: run.id,
        status,
        reason: run.reason.clone(),
    })
}
