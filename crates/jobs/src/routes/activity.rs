//! How runs went lately, over HTTP.

use std::collections::BTreeMap;

use actix_web::get;
use actix_web::web::Data;
use common::problem::Problem;
use serde::{Deserialize, Serialize};
use service_kit::error::ApiError;
use service_kit::json::{Json, Query};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::domain::activity::{self, Hour};
use crate::store;

/// Most hours of an answer: a week.
const MAX_HOURS: u32 = 168;

/// How runs went.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Activity {
    /// Runs that have not ended, of any age, by state.
    #[schema(example = json!({"running": 2}))]
    open: BTreeMap<String, i64>,
    /// The hours, oldest first; the last one is the present one.
    hours: Vec<Hour>,
}

/// How far back.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Span {
    /// Hours up to now, 1 to 168.
    #[serde(default = "usual_hours")]
    #[param(minimum = 1, maximum = 168, default = 24)]
    hours: u32,
}

fn usual_hours() -> u32 {
    24
}

/// Counts runs of the last hours by state, and those that have not ended.
#[utoipa::path(tag = "runs", security(("bearer" = ["runs:read"])), params(Span),
    responses((status = 200, body = Activity), (status = 400, body = Problem)))]
#[get("/runs/activity")]
pub(crate) async fn get_activity(
    app: Data<App>,
    Query(span): Query<Span>,
) -> Result<Json<Activity>, ApiError> {
    if !(1..=MAX_HOURS).contains(&span.hours) {
        return Err(ApiError::field(
            "hours",
            "out_of_range",
            "must be between 1 and 168",
        ));
    }
    let mut conn = app.db.acquire().await?;
    let open = store::runs::count_open(&mut conn).await?;
    let hours = activity::list_hours(&mut conn, app.clock.now(), span.hours).await?;
    Ok(Json(Activity {
        open: open.into_iter().collect(),
        hours,
    }))
}
