//! Repeating a run: all of it, what failed, or what is left.

use std::collections::BTreeSet;

use common::id::RunId;
use common::model::target::TargetSelector;
use serde::{Deserialize, Serialize};
use service_kit::caller::Caller;
use utoipa::ToSchema;

use crate::app::App;
use crate::domain::definition::Definition;
use crate::domain::expansion::Work;
use crate::domain::run::{self, Key, Starter, Subject};
use crate::error::Error;
use crate::store;
use crate::store::runs::{Repeats, RunRow};
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
    let starter = Starter::person(who);
    if let Some(key) = &key
        && let Some(run) = run::used(app, &starter.id, key).await?
    {
        return Ok(run);
    }
    let (before, past, mut definition) = find(app, id).await?;
    if scope != Scope::All {
        keep_fleet(&mut definition, &past, scope);
    }
    let values = before.parameters.as_object().cloned().unwrap_or_default();
    let work = run::plan(app, &definition, &values).await?;
    let work = select(id, work, &past, scope)?;
    let subject = Subject {
        job_id: before.job_id,
        job_name: before.job_name,
        job_version: before.job_version,
        parameters: before.parameters,
        parcel_id: before.parcel_id,
        repeats: Some(Repeats { run: id, scope }),
        parent: None,
    };
    run::launch(app, starter, subject, work, key).await
}

/// The run, what became of its steps, and what it ran.
async fn find(app: &App, id: RunId) -> Result<(RunRow, Vec<PastStep>, Definition), Error> {
    let mut conn = app.db.acquire().await?;
    let before = run::find_ended(&mut conn, id).await?;
    if let Some(undone) = before.undoes {
        return Err(Error::IsUndo(RunId(undone)));
    }
    if before.is_being_undone {
        return Err(Error::BeingUndone(id));
    }
    before.check_secrets(app)?;
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
    let mut seen = BTreeSet::new();
    let of_fleet = past.iter().filter(|step| {
        let is_wanted = scope == Scope::Rest || open.contains(&step.target_id);
        step.is_of_fleet && is_wanted && seen.insert(step.target_id)
    });
    let names: Vec<String> = of_fleet
        .filter_map(|step| step.target_name.clone())
        .collect();
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
        work.steps.retain(|step| {
            step.target_id.is_none() || open.contains(&step.target_id.map(|id| id.0))
        });
        work.lanes
            .retain(|lane| open.contains(&Some(lane.target_id.0)));
    }
    Ok(work)
}
