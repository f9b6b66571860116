//! Repeating and comparing runs over HTTP.

use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, post};
use common::id::RunId;
use serde::Deserialize;
use service_kit::caller::Caller;
use service_kit::error::ApiError;
use service_kit::json::{Created, Path, parse};
use utoipa::ToSchema;

use crate::app::App;
use crate::domain::repeat::{self, Scope};
use crate::routes::runs::{Run, key_of};

/// What of a run is repeated.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RepeatRun {
    /// How much of it.
    scope: Scope,
}

/// Starts a run that repeats one that is over, with its parameters and its version of the job. A
/// repeated `Idempotency-Key` with the same body answers with the run that it started.
#[utoipa::path(tag = "runs", security(("bearer" = ["runs:start"])),
    params(("id" = RunId, Path), ("Idempotency-Key" = Option<String>, Header)),
    request_body = RepeatRun, responses((status = 201, body = Run)))]
#[post("/runs/{id}/repeat")]
pub(crate) async fn repeat_run(
    app: Data<App>,
    who: Caller,
    Path(id): Path<RunId>,
    req: HttpRequest,
    body: Bytes,
) -> Result<Created<Run>, ApiError> {
    let given: RepeatRun = parse(&body)?;
    let key = key_of(&req, format_args!("repeat {id}"), &body)?;
    let row = repeat::start(&app, &who, id, given.scope, key).await?;
    Ok(Created(row.try_into()?))
}
