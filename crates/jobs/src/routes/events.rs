//! The log of a run as it grows, as server-sent events.

use std::convert::Infallible;

use actix_web::http::header::{CACHE_CONTROL, HeaderValue};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, get};
use common::id::RunId;
use futures_util::stream;
use serde::Deserialize;
use service_kit::caller::Caller;
use service_kit::error::ApiError;
use service_kit::gate::Gate;
use service_kit::json::{Path, Query};
use service_kit::listeners::Mark;
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::domain::feed::RunEvent;
use crate::domain::watcher::{Access, Begin, Watcher};

/// Where to go on.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FromWhere {
    /// Number of the last event that was seen; the header `Last-Event-ID` outweighs it.
    after: Option<i64>,
    /// Where to begin if neither says it; `first` if absent.
    #[serde(default)]
    #[param(inline)]
    begin: BeginWord,
}

/// An end of the log of a run.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum BeginWord {
    /// With all that happened so far.
    #[default]
    First,
    /// With what comes next.
    Newest,
}

impl From<BeginWord> for Begin {
    fn from(word: BeginWord) -> Self {
        match word {
            BeginWord::First => Self::After(0),
            BeginWord::Newest => Self::Newest,
        }
    }
}

/// Streams what happened in a run and what happens, output included: events of the kinds in `kind`, then
/// `end`. `lagged` `{from, to}` stands for output that was passed over because the reader was more than
/// 4 MiB behind; who watches too many runs at a time is refused with 429; `unauthorized` ends a stream whose token has ended: connect again with a new one.
#[utoipa::path(tag = "runs", security(("bearer" = ["runs:read"])),
    params(("id" = RunId, Path), FromWhere, ("Last-Event-ID" = Option<i64>, Header)),
    responses((status = 200, content_type = "text/event-stream", body = RunEvent)))]
#[get("/runs/{id}/events")]
pub(crate) async fn watch_run(
    app: Data<App>,
    who: Caller,
    Path(id): Path<RunId>,
    Query(query): Query<FromWhere>,
    req: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let begin = match (req.headers().get("last-event-id"), query.after) {
        (Some(header), _) => Begin::After(number(header)?),
        (None, Some(after)) => Begin::After(after),
        (None, None) => query.begin.into(),
    };
    let gate = req.app_data::<Data<Gate>>().cloned();
    let mark = req.app_data::<Data<Mark>>();
    let access = Access {
        gate: gate.ok_or_else(ApiError::unauthorized)?.into_inner(),
        token: who.token,
        closing: mark.map(|mark| mark.closing()).unwrap_or_default(),
    };
    let open = app.streams.open(who.user_id).await?;
    let watcher = Watcher::new(app.into_inner(), access, id, begin).await?;
    let body = stream::unfold((watcher, open), |(mut watcher, open)| async {
        let bytes = watcher.next().await?;
        Some((Ok::<_, Infallible>(bytes), (watcher, open)))
    });
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header(("x-accel-buffering", "no"))
        .streaming(Box::pin(body)))
}

fn number(header: &HeaderValue) -> Result<i64, ApiError> {
    let text = header.to_str().unwrap_or_default().trim();
    text.parse().map_err(|_malformed| {
        ApiError::field("Last-Event-ID", "wrong_type", "must be a whole number")
    })
}
