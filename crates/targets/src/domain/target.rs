//! Making, changing, finding and removing targets.

use common::id::TargetId;
use common::page::Page;
use serde_json::{Value, json};
use service_kit::audit::{self, Entry};
use service_kit::caller::Caller;
use service_kit::db::violates;
use sqlx::PgConnection;

use crate::app::App;
use crate::domain::dependency;
use crate::domain::field;
use crate::domain::record::{Draft, Edit, Filter, Target};
use crate::error::Error;
use crate::store;
use crate::store::targets::Stamp;

/// Part of a list of targets.
#[derive(Debug)]
pub struct Listed {
    /// In the order of their ids.
    pub targets: Vec<Target>,
    /// How many there are without a window.
    pub total: i64,
    /// The last id, if more follow.
    pub next: Option<TargetId>,
}

/// Makes a target.
pub async fn create(app: &App, who: &Caller, draft: Draft) -> Result<Target, Error> {
    require_options(&draft)?;
    let mut tx = app.store.begin().await?;
    dependency::require_known(&mut tx, &draft.depends_on).await?;
    let stamp = Stamp {
        by: who.user_id,
        at: app.clock.now(),
    };
    let id = store::targets::insert(&mut tx, &draft, stamp)
        .await
        .map_err(|error| refused(error, &draft))?;
    write_lists(&mut tx, id, &draft).await?;
    let entry = Entry::by(who, "target.created")
        .object("target", id, &draft.name)
        .change(Value::Object(draft.fields()));
    audit::record(&mut tx, entry).await?;
    let target = get_in(&mut tx, id).await?;
    tx.commit().await?;
    Ok(target)
}

/// Targets that pass the filter; those behind `after` if given, then by window.
pub async fn list(
    app: &App,
    filter: &Filter,
    after: Option<TargetId>,
    page: Page,
) -> Result<Listed, Error> {
    let mut conn = app.store.acquire().await?;
    let one_more = Page {
        limit: page.limit + 1,
        ..page
    };
    let mut targets = store::targets::list(&mut conn, filter, after, one_more).await?;
    let total = store::targets::count(&mut conn, filter).await?;
    let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
    let more = targets.len() > limit;
    targets.truncate(limit);
    let next = targets.last().filter(|_| more).map(|target| target.id);
    Ok(Listed {
        targets,
        total,
        next,
    })
}

/// A target.
pub async fn get(app: &App, id: TargetId) -> Result<Target, Error> {
    let mut conn = app.store.acquire().await?;
    get_in(&mut conn, id).await
}

/// A target, seen from within a transaction.
pub async fn get_in(conn: &mut PgConnection, id: TargetId) -> Result<Target, Error> {
    store::targets::find(conn, id)
        .await?
        .ok_or(Error::NotFound(id))
}

/// Changes a target; its pinned host keys stay.
pub async fn change(app: &App, who: &Caller, id: TargetId, edit: Edit) -> Result<Target, Error> {
    let mut tx = app.store.begin().await?;
    if edit.depends_on.is_some() {
        store::dependencies::lock(&mut tx).await?;
    }
    store::targets::lock(&mut tx, id).await?;
    let target = get_in(&mut tx, id).await?;
    let before = Draft::of(&target);
    let draft = edit.applied_to(before.clone());
    if draft == before {
        return Ok(target);
    }
    require_options(&draft)?;
    if draft.depends_on != before.depends_on {
        dependency::require_known(&mut tx, &draft.depends_on).await?;
        dependency::require_no_cycle(&mut tx, id, &draft.depends_on).await?;
    }
    store::targets::update(&mut tx, id, &draft, app.clock.now())
        .await
        .map_err(|error| refused(error, &draft))?;
    write_lists(&mut tx, id, &draft).await?;
    let mut change = draft.difference(&before);
    if draft.leads_elsewhere(&before) {
        let kept = store::host_keys::list_pinned(&mut tx, id).await?;
        change.insert("host_keys_kept".to_owned(), json!(kept));
    }
    let entry = Entry::by(who, "target.changed")
        .object("target", id, &draft.name)
        .change(Value::Object(change));
    audit::record(&mut tx, entry).await?;
    let target = get_in(&mut tx, id).await?;
    tx.commit().await?;
    Ok(target)
}

/// Removes a target that no other one needs; runs keep its name.
pub async fn delete(app: &App, who: &Caller, id: TargetId) -> Result<Target, Error> {
    let mut tx = app.store.begin().await?;
    // From here on nobody can come to depend on it.
    store::targets::lock_to_delete(&mut tx, id).await?;
    let target = get_in(&mut tx, id).await?;
    let dependents = store::dependencies::list_dependents(&mut tx, id).await?;
    if !dependents.is_empty() {
        let names = dependents.into_iter().map(|target| target.name).collect();
        return Err(Error::HasDependents(names));
    }
    store::targets::delete(&mut tx, id).await?;
    let entry = Entry::by(who, "target.deleted")
        .object("target", id, &target.name)
        .change(Value::Object(Draft::of(&target).fields()));
    audit::record(&mut tx, entry).await?;
    tx.commit().await?;
    Ok(target)
}

/// Removes the target of this name.
pub async fn delete_by_name(app: &App, who: &Caller, name: &str) -> Result<Target, Error> {
    let mut conn = app.store.acquire().await?;
    let id = store::targets::find_id(&mut conn, name).await?;
    drop(conn);
    delete(app, who, id.ok_or(Error::NoSuchName)?).await
}

fn require_options(draft: &Draft) -> Result<(), Error> {
    let faults = field::option_faults(draft.protocol, &draft.metadata);
    if faults.is_empty() {
        return Ok(());
    }
    Err(Error::Invalid(faults))
}

async fn write_lists(conn: &mut PgConnection, id: TargetId, draft: &Draft) -> Result<(), Error> {
    let refused = |error| refused(error, draft);
    store::tags::set(conn, id, &draft.tags).await?;
    store::dependencies::set(conn, id, &draft.depends_on)
        .await
        .map_err(refused)
}

/// Tells what a person can correct from other refusals.
fn refused(error: sqlx::Error, draft: &Draft) -> Error {
    if violates(&error, "target_name_key") {
        Error::NameTaken
    } else if violates(&error, "target_credential_fk") {
        let id = draft
            .credential
            .map(|id| id.to_string())
            .unwrap_or_default();
        let detail = format!("there is no credential {id}");
        Error::field("credential_ref", "unknown", detail)
    } else if violates(&error, "dependency_depends_on_fk") {
        Error::field("depends_on", "unknown", "one of the targets was deleted")
    } else {
        Error::Database(error)
    }
}
