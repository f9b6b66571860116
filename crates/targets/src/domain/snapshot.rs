//! What a step needs to know of its targets.

use common::model::target::{ResolveTargets, ResolvedTargets};

use crate::app::App;
use crate::domain::selection;
use crate::error::Error;
use crate::store;

/// Most names in one question.
const MAX_NAMES: usize = 1000;

/// The snapshots of the named targets; unknown names are left out.
pub async fn resolve(app: &App, request: ResolveTargets) -> Result<ResolvedTargets, Error> {
    let mut names = request.names;
    if names.len() > MAX_NAMES {
        return Err(Error::field("names", "too_many", "must be at most 1000"));
    }
    // No target has such a name, and PostgreSQL has no such text.
    names.retain(|name| !name.contains('\0'));
    let selected = match request.selector {
        None => None,
        Some(selector) => Some(selection::select(app, selector, "selector.").await?),
    };
    names.extend(selected.iter().flatten().map(|target| target.name.clone()));
    let mut conn = app.store.acquire().await?;
    let targets = store::snapshots::list(&mut conn, &names).await?;
    Ok(ResolvedTargets { targets, selected })
}
