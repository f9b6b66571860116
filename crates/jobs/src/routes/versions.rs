//! Versions of a job over HTTP.

use actix_web::get;
use actix_web::web::Data;
use common::id::JobId;
use serde::Serialize;
use service_kit::error::ApiError;
use service_kit::json::{Json, Path};
use utoipa::ToSchema;

use crate::app::App;
use crate::error::Error;
use crate::store;
use crate::store::versions::Version;

/// Versions of a job.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct VersionList {
    /// Newest first.
    versions: Vec<Version>,
    /// How many.
    total: usize,
}

/// Lists all versions of a job, newest first.
#[utoipa::path(tag = "jobs", security(("bearer" = ["jobs:read"])), params(("id" = JobId, Path)),
    responses((status = 200, body = VersionList)))]
#[get("/jobs/{id}/versions")]
pub(crate) async fn list_versions(
    app: Data<App>,
    Path(id): Path<JobId>,
) -> Result<Json<VersionList>, ApiError> {
    let mut conn = app.db.acquire().await?;
    store::jobs::find(&mut conn, id)
        .await?
        .ok_or(Error::JobNotFound(id))?;
    let versions = store::versions::list(&mut conn, id).await?;
    Ok(Json(VersionList {
        total: versions.len(),
        versions,
    }))
}

/// Shows one version of a job.
#[utoipa::path(tag = "jobs", security(("bearer" = ["jobs:read"])),
    params(("id" = JobId, Path), ("version" = i32, Path)),
    responses((status = 200, body = Version)))]
#[get("/jobs/{id}/versions/{version}")]
pub(crate) async fn get_version(
    app: Data<App>,
    Path((id, version)): Path<(JobId, i32)>,
) -> Result<Json<Version>, ApiError> {
    let mut conn = app.db.acquire().await?;
    store::jobs::find(&mut conn, id)
        .await?
        .ok_or(Error::JobNotFound(id))?;
    let found = store::versions::find(&mut conn, id, version).await?;
    Ok(Json(found.ok_or(Error::VersionNotFound(id, version))?))
}
