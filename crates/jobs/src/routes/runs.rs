//! Runs over HTTP.

use std::fmt::Display;

use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, get, post};
use chrono::{DateTime, Utc};
use common::id::{JobId, RunId, StepId, UserId};
use common::model::run::RunStatus;
use common::page::{Page, usual_limit};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use service_kit::caller::Caller;
use service_kit::error::ApiError;
use service_kit::json::{Created, Json, Path, Query, parse};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::domain::run::{self, Decision, Key};
use crate::error::Error;
use crate::routes::waiting::{Step, Waiting};
use crate::store;
use crate::store::runs::{Filter, RunRow};
use crate::store::steps::Output;

/// A run.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Run {
    /// Id.
    id: RunId,
    /// Its job.
    job_id: JobId,
    /// Name of the job at that time.
    job_name: String,
    /// Version of the job that it runs.
    job_version: i32,
    /// State.
    status: RunStatus,
    /// More about the state.
    reason: Option<String>,
    /// Who started it.
    requested_by: Option<UserId>,
    /// Name of who started it.
    requested_by_name: String,
    /// What it was told, defaults filled in; `{"secret": true}` in the place of a secret.
    #[schema(value_type = Object)]
    parameters: Value,
    /// When it was asked for.
    queued_at: DateTime<Utc>,
    /// When its first step started.
    started_at: Option<DateTime<Utc>>,
    /// When it ended.
    finished_at: Option<DateTime<Utc>>,
    /// When a person asked for its end.
    cancel_requested_at: Option<DateTime<Utc>>,
    /// How many steps it has.
    steps_total: i32,
    /// The run that it repeats.
    repeats: Option<i64>,
    /// What of that: `all`, `failed` or `rest`.
    repeat_scope: Option<String>,
    /// The run whose step has started it.
    parent_run_id: Option<i64>,
    /// That step.
    parent_step_id: Option<i64>,
    /// The run that it undoes.
    undoes: Option<i64>,
    /// The run that undid it last, or does so.
    undo_run_id: Option<i64>,
    /// Whether that goes on.
    is_being_undone: bool,
    /// How many of its steps could be undone and were not.
    undo_left: i64,
    /// Finds what belongs together in logs.
    correlation_id: String,
    /// Why it waits; told of one run, not in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    waiting: Option<Vec<Waiting>>,
}

impl TryFrom<RunRow> for Run {
    type Error = Error;

    fn try_from(row: RunRow) -> Result<Self, Error> {
        Ok(Self {
            status: row.status()?,
            id: row.id,
            job_id: row.job_id,
            job_name: row.job_name,
            job_version: row.job_version,
            reason: row.reason,
            requested_by: row.requested_by.parse().ok(),
            requested_by_name: row.requested_by_name,
            parameters: row.parameters,
            queued_at: row.queued_at,
            started_at: row.started_at,
            finished_at: row.finished_at,
            cancel_requested_at: row.cancel_requested_at,
            steps_total: row.steps_total,
            repeats: row.repeats,
            repeat_scope: row.repeat_scope,
            parent_run_id: row.parent_run_id,
            parent_step_id: row.parent_step_id,
            undoes: row.undoes,
            undo_run_id: row.undo_run_id,
            is_being_undone: row.is_being_undone,
            undo_left: row.undo_left,
            correlation_id: row.correlation_id,
            waiting: None,
        })
    }
}

/// Runs, and how many there are in all.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RunList {
    /// Newest first.
    runs: Vec<Run>,
    /// All that the filter lets through.
    total: i64,
}

/// Which runs to list.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListRuns {
    /// Only runs of this job.
    job_id: Option<i64>,
    /// Only runs in this state.
    status: Option<RunStatus>,
    /// Only runs with a step on this target.
    target_id: Option<i64>,
    /// Only runs that this user started.
    requested_by: Option<i64>,
    /// Rows to pass over.
    #[serde(default)]
    skip: i64,
    /// Rows to answer with, 1 to 1000.
    #[serde(default = "usual_limit")]
    limit: i64,
}

/// What of steps to list.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListSteps {
    /// Whether with their output; `full` if absent.
    #[serde(default)]
    #[param(inline)]
    output: Output,
}

/// What a person says became of a step.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResolveStep {
    /// The decision.
    decision: Decision,
}

/// The idempotency key that a request brings, if any; `what` it is about is part of it.
pub(super) fn key_of(
    req: &HttpRequest,
    what: impl Display,
    body: &[u8],
) -> Result<Option<Key>, Error> {
    let key = req.headers().get("idempotency-key");
    key.map(|key| Key::new(key.to_str().unwrap_or_default(), what, body))
        .transpose()
}

/// Starts a run. The body gives parameters, by themselves or under `parameters`. A repeated
/// `Idempotency-Key` with the same body answers with the run that it started.
#[utoipa::path(tag = "runs", security(("bearer" = ["runs:start"])),
    params(("id" = JobId, Path), ("Idempotency-Key" = Option<String>, Header)),
    request_body = Object, responses((status = 201, body = Run)))]
#[post("/jobs/{id}/run")]
pub(crate) async fn start_run(
    app: Data<App>,
    who: Caller,
    Path(id): Path<JobId>,
    req: HttpRequest,
    body: Bytes,
) -> Result<Created<Run>, ApiError> {
    let given: Value = parse(&body)?;
    let key = key_of(&req, id, &body)?;
    let row = run::start(&app, &who, id, &given, key).await?;
    Ok(Created(row.try_into()?))
}

/// Lists runs, newest first.
#[utoipa::path(tag = "runs", security(("bearer" = ["runs:read"])), params(ListRuns),
    responses((status = 200, body = RunList)))]
#[get("/runs")]
pub(crate) async fn list_runs(
    app: Data<App>,
    Query(query): Query<ListRuns>,
) -> Result<Json<RunList>, ApiError> {
    let page = Page {
        skip: query.skip,
        limit: query.limit,
    }
    .check()?;
    let status = query.status.map(|status| status.as_str().to_owned());
    let filter = Filter {
        job_id: query.job_id,
        status,
        target_id: query.target_id,
        requested_by: query.requested_by.map(|user| user.to_string()),
    };
    let mut conn = app.db.acquire().await?;
    let total = store::runs::count(&mut conn, &filter).await?;
    let rows = store::runs::list(&mut conn, &filter, page).await?;
    let runs = rows
        .into_iter()
        .map(Run::try_from)
        .collect::<Result<_, _>>()?;
    Ok(Json(RunList { runs, total }))
}

/// Shows a run, and why it waits.
#[utoipa::path(tag = "runs", security(("bearer" = ["runs:read"])), params(("id" = RunId, Path)),
    responses((status = 200, body = Run)))]
#[get("/runs/{id}")]
pub(crate) async fn get_run(app: Data<App>, Path(id): Path<RunId>) -> Result<Json<Run>, ApiError> {
    let mut conn = app.db.acquire().await?;
    let row = store::runs::find(&mut conn, id).await?;
    let mut run: Run = row.ok_or(Error::RunNotFound(id))?.try_into()?;
    let reasons = store::waiting::list(&mut conn, id).await?;
    run.waiting = Some(Waiting::of_run(reasons));
    Ok(Json(run))
}

/// Lists the steps of a run, in order, with their output or without it.
#[utoipa::path(tag = "runs", security(("bearer" = ["runs:read"])), params(("id" = RunId, Path), ListSteps),
    responses((status = 200, body = Vec<Step>)))]
#[get("/runs/{id}/steps")]
pub(crate) async fn list_steps(
    app: Data<App>,
    Path(id): Path<RunId>,
    Query(query): Query<ListSteps>,
) -> Result<Json<Vec<Step>>, ApiError> {
    let mut conn = app.db.acquire().await?;
    store::runs::find(&mut conn, id)
        .await?
        .ok_or(Error::RunNotFound(id))?;
    let rows = store::steps::list(&mut conn, id, query.output).await?;
    let reasons = store::waiting::list(&mut conn, id).await?;
    Ok(Json(Step::all(rows, reasons)))
}

/// Says what became of a step whose executor was lost after the command was sent, or decides on a
/// step that waits for approval: `succeeded` approves, `failed` rejects.
#[utoipa::path(tag = "runs", security(("bearer" = ["runs:start"])),
    params(("id" = RunId, Path), ("step" = StepId, Path)), request_body = ResolveStep,
    responses((status = 200, body = Run)))]
#[post("/runs/{id}/steps/{step}/resolve")]
pub(crate) async fn resolve_step(
    app: Data<App>,
    who: Caller,
    Path((id, step)): Path<(RunId, StepId)>,
    Json(body): Json<ResolveStep>,
) -> Result<Json<Run>, ApiError> {
    Ok(Json(
        run::resolve_step(&app, &who, id, step, body.decision)
            .await?
            .try_into()?,
    ))
}
