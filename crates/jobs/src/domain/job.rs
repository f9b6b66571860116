//! Jobs: names, definitions, versions.

use std::collections::BTreeMap;

use common::id::JobId;
use common::model::target::{SelectedTarget, TargetSnapshot};
use common::permission::Role;
use common::problem::FieldError;
use common::text;
use serde_json::{Value, json};
use service_kit::audit::{self, Entry};
use service_kit::caller::Caller;
use service_kit::db::violates;

use crate::app::App;
use crate::domain::definition::Definition;
use crate::error::Error;
use crate::store;
use crate::store::jobs::{JobRow, NewJob};

/// Longest name, in characters.
const MAX_NAME: usize = 100;

/// What a person wants a new job to be.
#[derive(Clone, Debug)]
pub struct Wish {
    /// Its name.
    pub name: String,
    /// Number of its first version.
    pub version: i32,
    /// What it does.
    pub definition: Value,
    /// Whether it may be run.
    pub is_active: bool,
}

/// What a person wants to change; absent fields stay.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// A new name.
    pub name: Option<String>,
    /// Number of the next version.
    pub version: Option<i32>,
    /// A new definition, which makes a new version.
    pub definition: Option<Value>,
    /// Whether it may be run.
    pub is_active: Option<bool>,
}

/// Makes a job.
pub async fn create(app: &App, who: &Caller, wish: Wish) -> Result<JobRow, Error> {
    let name = text::line("name", &wish.name, MAX_NAME)?;
    check_version(wish.version)?;
    check_definition(app, who, &wish.definition).await?;
    let new = NewJob {
        name: name.clone(),
        version: wish.version,
        definition: wish.definition,
        is_active: wish.is_active,
        created_by: who.user_id.to_string(),
        now: app.clock.now(),
    };
    let mut tx = app.db.begin().await?;
    let id = store::jobs::insert(&mut tx, &new)
        .await
        .map_err(|error| name_taken(error, &name))?;
    store::versions::insert(&mut tx, id, &new).await?;
    let facts = json!({"version": new.version, "is_active": new.is_active});
    audit::record(
        &mut tx,
        Entry::by(who, "job.created")
            .object("job", id, &name)
            .change(facts),
    )
    .await?;
    let row = store::jobs::find(&mut tx, id)
        .await?
        .ok_or(Error::JobNotFound(id))?;
    tx.commit().await?;
    Ok(row)
}

/// Changes a job; a changed definition makes a new version.
pub async fn change(app: &App, who: &Caller, id: JobId, change: Change) -> Result<JobRow, Error> {
    let name = change
        .name
        .as_deref()
        .map(|name| text::line("name", name, MAX_NAME));
    let name = name.transpose()?;
    change.version.map(check_version).transpose()?;
    if let Some(definition) = &change.definition {
        check_definition(app, who, definition).await?;
    }
    let mut tx = app.db.begin().await?;
    let before = store::jobs::lock(&mut tx, id)
        .await?
        .ok_or(Error::JobNotFound(id))?;
    let definition = change
        .definition
        .filter(|definition| *definition != before.definition);
    let next = before.version.saturating_add(1);
    let new = NewJob {
        name: name.unwrap_or_else(|| before.name.clone()),
        version: match &definition {
            Some(_) => change.version.unwrap_or(next).max(next),
            None => before.version,
        },
        definition: definition.clone().unwrap_or(Value::Null),
        is_active: change.is_active.unwrap_or(before.is_active),
        created_by: who.user_id.to_string(),
        now: app.clock.now(),
    };
    if definition.is_some() {
        store::versions::insert(&mut tx, id, &new).await?;
    }
    store::jobs::set(&mut tx, id, &new)
        .await
        .map_err(|error| name_taken(error, &new.name))?;
    let facts = json!({
        "before": {"name": before.name, "version": before.version, "is_active": before.is_active},
        "after": {"name": new.name, "version": new.version, "is_active": new.is_active},
    });
    let entry = Entry::by(who, "job.changed")
        .object("job", id, &new.name)
        .change(facts);
    audit::record(&mut tx, entry).await?;
    let row = store::jobs::find(&mut tx, id)
        .await?
        .ok_or(Error::JobNotFound(id))?;
    tx.commit().await?;
    Ok(row)
}

/// Removes a job; its runs stay readable and its name is free again.
pub async fn delete(app: &App, who: &Caller, id: JobId) -> Result<String, Error> {
    let mut tx = app.db.begin().await?;
    let job = store::jobs::lock(&mut tx, id)
        .await?
        .ok_or(Error::JobNotFound(id))?;
    store::jobs::set_deleted(&mut tx, id, app.clock.now()).await?;
    audit::record(
        &mut tx,
        Entry::by(who, "job.deleted").object("job", id, &job.name),
    )
    .await?;
    tx.commit().await?;
    Ok(job.name)
}

fn check_version(version: i32) -> Result<(), FieldError> {
    if version >= 1 {
        return Ok(());
    }
    Err(FieldError::new(
        "version",
        "out_of_range",
        "must be 1 or more",
    ))
}

/// Whether the definition can be run by somebody like `who`, and its targets are known.
async fn check_definition(app: &App, who: &Caller, definition: &Value) -> Result<(), Error> {
    let parsed = Definition::parse(definition).map_err(Error::InvalidDefinition)?;
    if parsed.splices_raw() && who.role != Role::Admin {
        return Err(Error::RawNeedsAdmin);
    }
    let found = find_targets(app, &parsed).await?;
    if found.unknown.is_empty() {
        return Ok(());
    }
    Err(Error::UnknownTargets(found.unknown))
}

/// The targets of a definition.
#[derive(Default)]
pub(super) struct Found {
    /// All of them, by name.
    pub(super) targets: BTreeMap<String, TargetSnapshot>,
    /// Those of the fleet, in order.
    pub(super) fleet: Vec<SelectedTarget>,
    /// Names for which there is no target.
    pub(super) unknown: Vec<String>,
}

/// Asks for the targets of a definition.
pub(super) async fn find_targets(app: &App, definition: &Definition) -> Result<Found, Error> {
    let mut names = definition.target_names();
    let selector = definition
        .fleet
        .as_ref()
        .map(|fleet| fleet.selector.clone());
    if names.is_empty() && selector.is_none() {
        return Ok(Found::default());
    }
    let listed = selector
        .as_ref()
        .and_then(|selector| selector.names.clone());
    let found = app.targets.resolve(&names, selector).await?;
    let by_name = found.targets.into_iter();
    let targets: BTreeMap<_, _> = by_name
        .map(|target| (target.name.clone(), target))
        .collect();
    let mut fleet = found.selected.unwrap_or_default();
    if let Some(listed) = listed {
        // In the order of the definition.
        let places: BTreeMap<&str, usize> = listed.iter().map(String::as_str).zip(0..).collect();
        fleet.sort_by_key(|target| places.get(target.name.as_str()).copied());
        names.extend(listed);
    }
    names.retain(|name| !targets.contains_key(name));
    Ok(Found {
        targets,
        fleet,
        unknown: names,
    })
}

fn name_taken(error: sqlx::Error, name: &str) -> Error {
    if violates(&error, "job_name_key") {
        return Error::NameTaken(name.to_owned());
    }
    Error::Database(error)
}
