//! Repeating a run: all of it, what failed, or what is left.

use std::collections::BTreeSet;

use common::id::RunId;
use common::model::target::TargetSelector;
use serde::{Deserialize, Serialize};
use service_kit::caller::Caller;
use service_kit::request;
use utoipa::ToSchema;

use crate::app::App;
use crate::domain::definition::Definition;
use crate::domain::expansion::{Work, expand};
use crate::domain::job::find_targets;
use crate::domain::run::{self, Key};
use crate::error::Error;
use crate::store;
use crate::store::runs::{NewRun, Repeats, RunRow};
use crate::store::steps::PastStep;

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
    let (before, past, mut definition) = find(app, id).await?;
    if scope != Scope::All {
        keep_fleet(&mut definition, &past, scope);
    }
    let found = find_targets(app, &definition).await?;
    if !found.unknown.is_empty() {
        return Err(Error::TargetsGone(found.unknown));
    }
    let values = before.parameters.as_object().cloned().unwrap_or_default();
    let work = select(id, expand(&definition, found, &values)?, &past, scope)?;
    let run = NewRun {
        job_id: before.job_id,
        job_name: before.job_name,
        job_version: before.job_version,
        requested_by: who.user_id.to_string(),
        requested_by_name: who.username.clone(),
        parameters: before.parameters,
        correlation_id: request::current_id().unwrap_or_else(request::new_id),
        repeats: Some(Repeats { run: id, scope }),
        timeout_sec: definition.timeout_sec,
        order: work.order.clone(),
    };
    let run = run::insert_once(app, who, &run, &work, key).await?;
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

/// Takes the targets that the run had for its fleet, whatever its selector would hit now.
fn keep_fleet(definition: &mut Definition, past: &[PastStep], scope: Scope) {
    let open = open_targets(past);
    let mut names: Vec<String> = Vec::new();
    for step in past.iter().filter(|step| step.is_of_fleet) {
        let is_wanted = scope == Scope::Rest || open.contains(&step.target_id);
        if let Some(name) = step.target_name.as_ref().filter(|_| is_wanted)
            && !names.contains(name)
        {
            names.push(name.clone());
        }
    }
    if let Some(fleet) = definition.fleet.as_mut().filter(|_| !names.is_empty()) {
        fleet.selector = TargetSelector {
            names: Some(names),
            ..TargetSelector::default()
        };
    }
}

/// The targets on which not all was done.
fn open_targets(past: &[PastStep]) -> BTreeSet<Option<i64>> {
    let open = past.iter().filter(|step| !step.is_done);
    open.map(|step| step.target_id).collect()
}

/// What the scope takes in.
fn select(id: RunId, mut work: Work, past: &[PastStep], scope: Scope) -> Result<Work, Error> {
    if scope == Scope::All {
        return Ok(work);
    }
    let open = open_targets(past);
    if open.is_empty() {
        return Err(Error::NothingToRepeat(id));
    }
    if scope == Scope::Failed {
        work.steps
            .retain(|step| open.contains(&Some(step.target_id.0)));
        work.lanes
            .retain(|lane| open.contains(&Some(lane.target_id.0)));
    }
    Ok(work)
}
