//! Lists of targets, by label, protocol and text.

use std::str::FromStr;

use actix_web::get;
use actix_web::web::Data;
use common::id::TargetId;
use common::model::target::Protocol;
use common::page::Page;
use common::problem::FieldError;
use common::text;
use serde::Serialize;
use service_kit::error::ApiError;
use service_kit::json::{Json, Query};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::domain::field;
use crate::domain::record::{Filter, Target};
use crate::domain::target;
use crate::routes::targets::Faults;

/// Which targets are wanted.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListTargets {
    /// Labels that each has; given several times, or with commas between.
    tag: Vec<String>,
    /// How they are reached.
    #[param(value_type = Option<String>)]
    protocol: Option<Protocol>,
    /// Part of name or host name, whatever its case.
    search: String,
    /// The `next` of the part before; quicker than `skip`.
    #[param(value_type = Option<i64>)]
    after: Option<TargetId>,
    /// Rows to pass over.
    #[param(minimum = 0, default = 0)]
    skip: i64,
    /// Rows to answer with.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: i64,
}

impl ListTargets {
    /// Reads the pairs of a query, and tells of all that are wrong.
    fn accept(pairs: &[(String, String)]) -> Result<Self, ApiError> {
        let usual = Page::default();
        let mut wanted = Self {
            tag: Vec::new(),
            protocol: None,
            search: String::new(),
            after: None,
            skip: usual.skip,
            limit: usual.limit,
        };
        let mut faults = Faults::default();
        for (at, (name, value)) in pairs.iter().enumerate() {
            let again = pairs.iter().take(at).any(|(before, _)| before == name);
            if again && name != "tag" {
                faults
                    .0
                    .push(FieldError::new(name, "duplicate", "is given twice"));
                continue;
            }
            let read = wanted.read(name, value);
            faults.sift(read);
        }
        let page = wanted.page();
        faults.0.extend(page.check().err());
        wanted.tag.sort();
        wanted.tag.dedup();
        faults.finish()?;
        Ok(wanted)
    }

    fn read(&mut self, name: &str, value: &str) -> Result<(), FieldError> {
        match name {
            "skip" => self.skip = number(name, value)?,
            "limit" => self.limit = number(name, value)?,
            "after" => self.after = Some(TargetId(number(name, value)?)),
            "tag" => {
                let tags = value.split(',').map(str::trim).map(str::to_owned);
                self.tag.extend(tags);
                if !self.tag.iter().all(|tag| field::is_tag(tag)) {
                    return Err(FieldError::new(name, "invalid", field::TAG_FORM));
                }
            }
            "protocol" => {
                let mut all = Protocol::ALL.into_iter();
                let found = all.find(|protocol| protocol.as_str() == value);
                let fault = || FieldError::new(name, "not_allowed", "must be winrm, ssh or http");
                self.protocol = Some(found.ok_or_else(fault)?);
            }
            "search" => self.search = text::search(name, Some(value))?,
            _ => {
                let detail = "is not known here; known: tag, protocol, search, after, skip, limit";
                return Err(FieldError::new(name, "unknown", detail));
            }
        }
        Ok(())
    }

    fn page(&self) -> Page {
        Page {
            skip: self.skip,
            limit: self.limit,
        }
    }
}

fn number(name: &str, value: &str) -> Result<i64, FieldError> {
    i64::from_str(value)
        .map_err(|_no_number| FieldError::new(name, "wrong_type", "must be a whole number"))
}

/// Targets.
#[derive(Debug, Serialize, ToSchema)]
pub struct TargetList {
    /// In the order of their ids.
    targets: Vec<Target>,
    /// How many there are without a window.
    total: i64,
    /// Give it as `after` to read on; null at the end.
    next: Option<TargetId>,
}

/// Lists targets.
#[utoipa::path(tag = "targets", security(("bearer" = ["targets:read"])), params(ListTargets), responses((status = 200, body = TargetList)))]
#[get("/targets")]
pub(crate) async fn list_targets(
    app: Data<App>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Json<TargetList>, ApiError> {
    let wanted = ListTargets::accept(&pairs)?;
    let page = wanted.page();
    let filter = Filter {
        tags: wanted.tag,
        protocol: wanted.protocol,
        search: wanted.search,
    };
    let listed = target::list(&app, &filter, wanted.after, page).await?;
    Ok(Json(TargetList {
        targets: listed.targets,
        total: listed.total,
        next: listed.next,
    }))
}
