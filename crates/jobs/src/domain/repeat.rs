//! Repeating a run: all of it, what failed, or what is left.

use std::collections::BTreeSet;

use common::id::RunId;
use common::model::target::TargetSnapshot;
use serde::{Deserialize, Serialize};
use service_kit::caller::Caller;
use service_kit::request;
use utoipa::ToSchema;

use crate::app::App;
use crate::domain::definition::Definition;
use crate::domain::job::find_targets;
use crate::domain::run::{self, Key, expand};
use crate::error::Error;
use crate::store;
use crate::store::runs::{NewRun, Repeats, RunRow};
use crate::store::steps::{NewStep, PastStep};

/// What of a run is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Every step on every target.
    All,
    /// Every step, on the targets on which not all was done.
    Failed,
    /// Only what was not done; results of what was done stay known.
    Rest,
}

impl Scope {
    /// The word on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Failed => "failed",
            Self::Rest => "rest",
        }
    }
}

/// Starts a run that repeats another, with its parameters and its version of the job.
///
/// Targets are taken as they are now: what was wrong with them may have been put right.
pub async fn start(
    app: &App,
    who: &Caller,
    id: RunId,
    scope: Scope,
    key: Option<Key>,
) -> Result<RunRow, Error> {
    if let Some(key) = &key
        && let Some(run) = run::used(app, who, key).await?
    {
        return Ok(run);
    }
    let (before, past, definition) = find(app, id).await?;
    let (targets, gone) = find_targets(app, &definition).await?;
    if !gone.is_empty() {
        return Err(Error::TargetsGone(gone));
    }
    let steps = select(&definition, &targets, &past, scope)?;
    if steps.is_empty() {
        return Err(Error::NothingToRepeat(id));
    }
    let run = NewRun {
        job_id: before.job_id,
        job_name: before.job_name,
        job_version: before.job_version,
        requested_by: who.user_id.to_string(),
        requested_by_name: who.username.clone(),
        parameters: before.parameters,
        correlation_id: request::current_id().unwrap_or_else(request::new_id),
        repeats: Some(Repeats { run: id, scope }),
    };
    let run = run::insert_once(app, who, &run, &steps, key).await?;
    run::wake(app).await;
    Ok(run)
}

/// The run, what became of its steps, and what it ran.
async fn find(app: &App, id: RunId) -> Result<(RunRow, Vec<PastStep>, Definition), Error> {
    let mut conn = app.db.acquire().await?;
    let before = store::runs::find(&mut conn, id)
        .await?
        .ok_or(Error::RunNotFound(id))?;
    let status = before.status()?;
    if !status.is_final() {
        return Err(Error::RunOpen { run: id, status });
    }
    let job = store::jobs::find(&mut conn, before.job_id)
        .await?
        .ok_or(Error::JobNotFound(before.job_id))?;
    if !job.is_active {
        return Err(Error::Inactive(job.id));
    }
    let version = store::versions::find(&mut conn, job.id, before.job_version)
        .await?
        .ok_or(Error::VersionNotFound(job.id, before.job_version))?;
    let past = store::steps::list_past(&mut conn, id).await?;
    let definition = Definition::parse(&version.definition).map_err(Error::InvalidDefinition)?;
    Ok((before, past, definition))
}

/// The steps that the scope takes in; nothing if all was done.
fn select(
    definition: &Definition,
    targets: &[TargetSnapshot],
    past: &[PastStep],
    scope: Scope,
) -> Result<Vec<NewStep>, Error> {
    let mut steps = expand(definition, targets)?;
    if scope == Scope::All {
        return Ok(steps);
    }
    let open: BTreeSet<Option<i64>> = past
        .iter()
        .filter(|step| !step.is_done)
        .map(|step| step.target_id)
        .collect();
    match scope {
        Scope::Failed => steps.retain(|step| open.contains(&Some(step.target_id.0))),
        Scope::All | Scope::Rest if open.is_empty() => steps.clear(),
        Scope::All | Scope::Rest => {}
    }
    Ok(steps)
}
