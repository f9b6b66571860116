//! Jobs over HTTP.

use actix_web::web::Data;
use actix_web::{delete, get, post, put};
use chrono::{DateTime, Utc};
use common::id::{JobId, UserId};
use common::model::service::Message;
use common::page::{Page, usual_limit};
use common::text;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use service_kit::caller::Caller;
use service_kit::error::ApiError;
use service_kit::json::{Created, Json, Path, Query};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::domain::job::{self, Change, Wish};
use crate::error::Error;
use crate::store;
use crate::store::jobs::{Filter, JobRow};

/// A job.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Job {
    /// Id.
    id: JobId,
    /// Name, unique.
    #[schema(example = "restart web")]
    name: String,
    /// Number of the current version.
    version: i32,
    /// What it does.
    #[schema(value_type = Object)]
    definition: Value,
    /// Who made it.
    created_by: Option<UserId>,
    /// Whether it may be run.
    is_active: bool,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// When it was changed.
    updated_at: DateTime<Utc>,
}

impl From<JobRow> for Job {
    fn from(row: JobRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            version: row.version,
            definition: row.definition,
            created_by: row.created_by.parse().ok(),
            is_active: row.is_active,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// Jobs, and how many there are in all.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct JobList {
    /// By name.
    jobs: Vec<Job>,
    /// All that the filter lets through.
    total: i64,
}

/// A new job.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateJob {
    /// Name, unique.
    #[schema(example = "restart web")]
    name: String,
    /// Number of its first version.
    #[serde(default = "first")]
    version: i32,
    /// What it does.
    #[schema(value_type = Object)]
    definition: Value,
    /// Whether it may be run.
    #[serde(default = "yes")]
    is_active: bool,
}

fn first() -> i32 {
    1
}

fn yes() -> bool {
    true
}

/// Changes of a job; absent fields stay.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeJob {
    /// A new name.
    name: Option<String>,
    /// Number of the next version; counts only with a changed definition.
    version: Option<i32>,
    /// A new definition.
    #[schema(value_type = Option<Object>)]
    definition: Option<Value>,
    /// Whether it may be run.
    is_active: Option<bool>,
}

/// Which jobs to list.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListJobs {
    /// Only jobs that may be run.
    #[serde(default)]
    active_only: bool,
    /// Part of the name.
    search: Option<String>,
    /// Rows to pass over.
    #[serde(default)]
    skip: i64,
    /// Rows to answer with, 1 to 1000.
    #[serde(default = "usual_limit")]
    limit: i64,
}

/// Makes a job.
#[utoipa::path(tag = "jobs", security(("bearer" = ["jobs:write"])), request_body = CreateJob,
    responses((status = 201, body = Job)))]
#[post("/jobs")]
pub(crate) async fn create_job(
    app: Data<App>,
    who: Caller,
    Json(body): Json<CreateJob>,
) -> Result<Created<Job>, ApiError> {
    let CreateJob {
        name,
        version,
        definition,
        is_active,
    } = body;
    let row = job::create(
        &app,
        &who,
        Wish {
            name,
            version,
            definition,
            is_active,
        },
    )
    .await?;
    Ok(Created(row.into()))
}

/// Lists jobs by name.
#[utoipa::path(tag = "jobs", security(("bearer" = ["jobs:read"])), params(ListJobs),
    responses((status = 200, body = JobList)))]
#[get("/jobs")]
pub(crate) async fn list_jobs(
    app: Data<App>,
    Query(query): Query<ListJobs>,
) -> Result<Json<JobList>, ApiError> {
    let page = Page {
        skip: query.skip,
        limit: query.limit,
    }
    .check()?;
    let search = text::search("search", query.search.as_deref())?;
    let filter = Filter {
        active_only: query.active_only,
        search,
    };
    let mut conn = app.db.acquire().await?;
    let total = store::jobs::count(&mut conn, &filter).await?;
    let jobs = store::jobs::list(&mut conn, &filter, page).await?;
    Ok(Json(JobList {
        jobs: jobs.into_iter().map(Job::from).collect(),
        total,
    }))
}

/// Shows a job with its current definition.
#[utoipa::path(tag = "jobs", security(("bearer" = ["jobs:read"])), params(("id" = JobId, Path)),
    responses((status = 200, body = Job)))]
#[get("/jobs/{id}")]
pub(crate) async fn get_job(app: Data<App>, Path(id): Path<JobId>) -> Result<Json<Job>, ApiError> {
    let row = store::jobs::find(&mut *app.db.acquire().await?, id).await?;
    Ok(Json(row.ok_or(Error::JobNotFound(id))?.into()))
}

/// Changes a job; a changed definition makes a new version.
#[utoipa::path(tag = "jobs", security(("bearer" = ["jobs:write"])), params(("id" = JobId, Path)),
    request_body = ChangeJob, responses((status = 200, body = Job)))]
#[put("/jobs/{id}")]
pub(crate) async fn change_job(
    app: Data<App>,
    who: Caller,
    Path(id): Path<JobId>,
    Json(body): Json<ChangeJob>,
) -> Result<Json<Job>, ApiError> {
    let ChangeJob {
        name,
        version,
        definition,
        is_active,
    } = body;
    let change = Change {
        name,
        version,
        definition,
        is_active,
    };
    Ok(Json(job::change(&app, &who, id, change).await?.into()))
}

/// Removes a job; its runs stay readable.
#[utoipa::path(tag = "jobs", security(("bearer" = ["jobs:write"])), params(("id" = JobId, Path)),
    responses((status = 200, body = Message)))]
#[delete("/jobs/{id}")]
pub(crate) async fn delete_job(
    app: Data<App>,
    who: Caller,
    Path(id): Path<JobId>,
) -> Result<Json<Message>, ApiError> {
    let name = job::delete(&app, &who, id).await?;
    Ok(Json(Message::new(format!("job {name} deleted"))))
}
