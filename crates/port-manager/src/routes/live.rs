//! Events as they happen, and what the last look at the sockets found.

use std::net::IpAddr;

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse, get};
use chrono::{DateTime, Utc};
use common::problem::Problem;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use service_kit::error::ApiError;
use service_kit::gate::Gate;
use service_kit::json::{Json, Query};
use service_kit::listeners::Mark;
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::error::Error;
use crate::store;
use crate::worker::watch;

/// Most events in one answer.
const MAX_EVENTS: i64 = 1000;

/// Which events.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct WhichEvents {
    /// Only those with a higher number.
    #[serde(default)]
    after: i64,
    /// At most so many, up to 1,000.
    limit: Option<i64>,
}

/// Events in order.
#[derive(Serialize, ToSchema)]
struct Events {
    /// Which history the numbers belong to.
    epoch: String,
    /// Number of the last event there is.
    head: i64,
    /// Whether older events than asked for are gone, so that everything has to be read anew.
    gap: bool,
    /// The events, as the WebSocket sends them.
    #[schema(value_type = Vec<Object>)]
    events: Vec<Value>,
}

/// Lists what changed after a number.
#[utoipa::path(tag = "live", security(("bearer" = ["ports:read"])), params(WhichEvents),
    responses((status = 200, body = Events), (status = 400, body = Problem)))]
#[get("/api/ports/events")]
pub(super) async fn list_events(
    app: Data<App>,
    Query(query): Query<WhichEvents>,
) -> Result<Json<Events>, ApiError> {
    let limit = query.limit.unwrap_or(MAX_EVENTS);
    if !(1..=MAX_EVENTS).contains(&limit) {
        return Err(ApiError::field(
            "limit",
            "out_of_range",
            "must be between 1 and 1000",
        ));
    }
    let mut conn = app.store.acquire().await.map_err(Error::from)?;
    let (epoch, head) = store::head::get(&mut conn).await.map_err(Error::from)?;
    let oldest = store::events::find_oldest(&mut conn)
        .await
        .map_err(Error::from)?;
    let events = store::events::list_after(&mut conn, query.after, limit)
        .await
        .map_err(Error::from)?;
    Ok(Json(Events {
        epoch,
        head,
        gap: watch::is_gap(query.after, oldest, head),
        events: events.iter().map(store::events::Event::message).collect(),
    }))
}

/// Sockets that listen.
#[derive(Serialize, ToSchema)]
struct Listeners {
    /// When the sockets were looked at.
    scanned_at: Option<DateTime<Utc>>,
    /// Each of them, by port.
    listeners: Vec<ListenerView>,
}

/// One of them.
#[derive(Serialize, ToSchema)]
struct ListenerView {
    /// Address.
    #[schema(value_type = String)]
    address: IpAddr,
    /// Port.
    port: u16,
    /// Sockets that share both.
    sockets: u32,
    /// Its process.
    pid: Option<u32>,
    /// Name of the program.
    program: Option<String>,
    /// When the process started.
    started_at: Option<DateTime<Utc>>,
    /// First look that found this process here.
    first_seen: DateTime<Utc>,
}

/// Lists who listens on this machine, as of the last look.
#[utoipa::path(tag = "live", security(("bearer" = ["ports:read"])), responses((status = 200, body = Listeners)))]
#[get("/api/ports/listeners")]
pub(super) async fn list_listeners(app: Data<App>) -> Result<Json<Listeners>, ApiError> {
    let mut conn = app.store.acquire().await.map_err(Error::from)?;
    let scanned_at = store::observations::find_scan_time(&mut conn)
        .await
        .map_err(Error::from)?;
    let seen = store::observations::list(&mut conn)
        .await
        .map_err(Error::from)?;
    let listeners = seen.into_iter().map(|seen| ListenerView {
        address: seen.address,
        port: seen.port,
        sockets: seen.sockets,
        pid: seen.pid,
        program: seen.program,
        started_at: seen.started_at,
        first_seen: seen.first_seen,
    });
    Ok(Json(Listeners {
        scanned_at,
        listeners: listeners.collect(),
    }))
}

/// Where to go on.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct FromWhere {
    /// Number of the last event that was seen.
    after: Option<i64>,
}

/// Sends events as they happen over a WebSocket. Without a token in the header, the first message has to
/// be `{"type": "auth", "token": ".."}`.
#[utoipa::path(tag = "live", security(()), params(FromWhere),
    responses((status = 101, description = "the connection is a WebSocket now"), (status = 400, body = Problem),
        (status = 401, body = Problem), (status = 403, body = Problem, description = "ports.foreign_origin")))]
#[get("/ws/updates")]
pub(super) async fn watch_events(
    app: Data<App>,
    (gate, mark): (Data<Gate>, Data<Mark>),
    request: HttpRequest,
    body: Payload,
    Query(query): Query<FromWhere>,
) -> Result<HttpResponse, ApiError> {
    watch::require_own_origin(&request)?;
    let token = watch::header_token(&request);
    if let Some(token) = &token {
        gate.check(token).await?;
    }
    let upgraded = actix_ws::handle(&request, body);
    let (answer, session, messages) = upgraded.map_err(|_no_handshake| {
        ApiError::bad_request(
            "ports.no_websocket",
            "this path speaks WebSocket (RFC 6455) only",
        )
    })?;
    let (app, gate) = (app.into_inner(), gate.into_inner());
    let watcher = watch::Watcher::new(app, gate, (session, messages), mark.into_inner());
    watcher.start(token, query.after);
    Ok(answer)
}
