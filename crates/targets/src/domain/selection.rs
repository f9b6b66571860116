//! Whom a selector hits.

use common::filter::Filter;
use common::model::target::{SelectedTarget, TargetSelector};

use crate::app::App;
use crate::error::Error;
use crate::store;

/// Most targets that one selector may hit.
pub const MOST: usize = 5000;

/// The targets that a selector hits, by name; unknown names are left out.
pub async fn select(
    app: &App,
    selector: TargetSelector,
    path: &str,
) -> Result<Vec<SelectedTarget>, Error> {
    let at = |field: &str| format!("{path}{field}");
    let filter = match (selector.names, selector.tags, selector.filter) {
        (Some(mut names), None, None) => {
            if names.len() > MOST {
                return Err(Error::field(&at("names"), "too_many", too_many()));
            }
            // No target has such a name, and PostgreSQL has no such text.
            names.retain(|name| !name.contains('\0'));
            let mut conn = app.store.acquire().await?;
            return Ok(store::selection::list(&mut conn, &[], &names).await?);
        }
        (None, Some(tags), None) => Filter::of_tags(&tags).map_err(|(place, detail)| {
            Error::field(&at(&format!("tags[{place}]")), "invalid", detail)
        })?,
        (None, None, Some(text)) => Filter::parse(&text)
            .map_err(|fault| Error::field(&at("filter"), "malformed_filter", fault.to_string()))?,
        (None, None, None)
        | (Some(_), Some(_), _)
        | (Some(_), _, Some(_))
        | (_, Some(_), Some(_)) => {
            let detail = "must be exactly one of names, tags and filter";
            return Err(Error::field(&at("filter"), "not_allowed", detail));
        }
    };
    let mut conn = app.store.acquire().await?;
    let limit = i64::try_from(MOST.saturating_add(1)).unwrap_or(i64::MAX);
    let ids = store::selection::find_ids(&mut conn, &filter, limit).await?;
    if ids.len() > MOST {
        return Err(Error::field(&at("filter"), "too_many", too_many()));
    }
    Ok(store::selection::list(&mut conn, &ids, &[]).await?)
}

fn too_many() -> String {
    format!("must not hit more than {MOST} targets")
}
