//! The output of a step after the fact.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, X_CONTENT_TYPE_OPTIONS};
use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use common::id::{RunId, StepId};
use futures_util::{TryStreamExt as _, stream};
use runlog::Stream;
use serde::{Deserialize, Serialize};
use service_kit::error::ApiError;
use service_kit::json::{Json, Path, Query};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::domain::feed::Dropped;
use crate::domain::output::{self, Download, Which, Wish};
use crate::domain::scan::Line;

/// Lines of output.
#[derive(Debug, Serialize, ToSchema)]
pub struct OutputLines {
    /// The claim that has printed it; 0 if nothing was printed.
    epoch: i64,
    /// Bytes of all that it has printed so far, what is missing included.
    total_bytes: u64,
    /// Line ends among them.
    total_lines: u64,
    /// The lines, in order.
    lines: Vec<Line>,
    /// The next line that would fit, if there is one.
    next_line: Option<u64>,
    /// What is missing of all that was printed.
    dropped: Vec<Dropped>,
}

/// Which lines to show.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReadOutput {
    /// From which line on, from 1; a negative number counts from the end. 1 if absent.
    from_line: Option<i64>,
    /// Lines to answer with, 1 to 10,000; 500 if absent.
    lines: Option<usize>,
    /// `stdout`, `stderr` or `system`; all if absent. Numbers of lines stay the same.
    stream: Option<String>,
    /// Number of the claim; the last one that has printed anything if absent.
    epoch: Option<i64>,
    /// Only lines that contain this text, in whatever case.
    q: Option<String>,
}

/// What to download.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DownloadOutput {
    /// `stdout`, `stderr` or `system`; all if absent.
    stream: Option<String>,
    /// Number of the claim; the last one that has printed anything if absent.
    epoch: Option<i64>,
}

fn known(stream: Option<&str>) -> Result<Option<Stream>, ApiError> {
    let parsed = stream.map(str::parse).transpose();
    parsed.map_err(|detail: String| ApiError::field("stream", "not_allowed", detail))
}

/// Shows lines of the output of a step, or searches them.
#[utoipa::path(tag = "runs", security(("bearer" = ["runs:read"])),
    params(("id" = RunId, Path), ("step" = StepId, Path), ReadOutput),
    responses((status = 200, body = OutputLines)))]
#[get("/runs/{id}/steps/{step}/output")]
pub(crate) async fn read_output(
    app: Data<App>,
    Path((run, step)): Path<(RunId, StepId)>,
    Query(query): Query<ReadOutput>,
) -> Result<Json<OutputLines>, ApiError> {
    let wish = Wish {
        from_line: query.from_line.unwrap_or(1),
        lines: query.lines.unwrap_or(500),
        stream: known(query.stream.as_deref())?,
        query: query.q,
    };
    wish.check()?;
    let epoch = query.epoch;
    let printout = output::find(&app, Which { run, step, epoch }).await?;
    let (epoch, end) = (printout.epoch, printout.end);
    let found = output::read(printout, &wish).await?;
    Ok(Json(OutputLines {
        epoch,
        total_bytes: end.bytes,
        total_lines: end.lines,
        lines: found.lines,
        next_line: found.next_line,
        dropped: found.dropped,
    }))
}

/// Downloads the output of a step, byte for byte; a line stands for what is missing.
#[utoipa::path(tag = "runs", security(("bearer" = ["runs:read"])),
    params(("id" = RunId, Path), ("step" = StepId, Path), DownloadOutput),
    responses((status = 200, content_type = "text/plain", body = String)))]
#[get("/runs/{id}/steps/{step}/output/download")]
pub(crate) async fn download_output(
    app: Data<App>,
    Path((run, step)): Path<(RunId, StepId)>,
    Query(query): Query<DownloadOutput>,
) -> Result<HttpResponse, ApiError> {
    let wanted = known(query.stream.as_deref())?;
    let epoch = query.epoch;
    let printout = output::find(&app, Which { run, step, epoch }).await?;
    let body = stream::unfold(Download::new(printout, wanted), Download::next);
    let body = body.map_err(ApiError::from);
    let name = format!("attachment; filename=\"run-{run}-step-{step}.log\"");
    Ok(HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .insert_header((CONTENT_DISPOSITION, name))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((CACHE_CONTROL, "no-store"))
        .streaming(Box::pin(body)))
}
