//! Moves of services: how far they are, and what they cost.

use actix_web::web::Data;
use actix_web::{get, post};
use chrono::{DateTime, Utc};
use common::model::port::{GatewayState, PortMap};
use serde::{Deserialize, Serialize};
use service_kit::error::ApiError;
use service_kit::json::{Json, Path, Query};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::domain::record::{Certificate, Move, Phase};
use crate::domain::relocation::{self, Durations};
use crate::domain::target;
use crate::error::Error;
use crate::store;

/// Most moves of one answer.
const MOST: u16 = 500;

/// Which moves.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// Name of the suite; `itechsmart` if none is given.
    suite: Option<String>,
    /// Only those of this service.
    service_id: Option<String>,
    /// So many at most, newest first.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u16>,
}

/// A move of a service from one port to another.
#[derive(Debug, Serialize, ToSchema)]
struct Change {
    /// Its number.
    id: i64,
    /// Name of the suite.
    suite: String,
    /// Name of the service.
    service_id: String,
    /// Port that it leaves.
    old_port: u16,
    /// Port that it comes to.
    new_port: u16,
    /// What is done.
    phase: Phase,
    /// Who wanted it.
    actor: String,
    /// Why.
    reason: String,
    /// What went wrong, if anything did.
    fault: Option<String>,
    /// When it began.
    started_at: DateTime<Utc>,
    /// When it was over.
    ended_at: Option<DateTime<Utc>>,
    /// How long each phase took, in milliseconds.
    milliseconds: Durations,
    /// What closing the old port cost.
    drain: Certificate,
}

impl Change {
    fn of(step: Move) -> Self {
        Self {
            milliseconds: relocation::durations(&step, None),
            id: step.id,
            suite: step.suite,
            service_id: step.service,
            old_port: step.from,
            new_port: step.to,
            phase: step.phase,
            actor: step.actor,
            reason: step.reason,
            fault: step.fault,
            started_at: step.started_at,
            ended_at: step.ended_at,
            drain: step.certificate,
        }
    }
}

/// The last moves, newest first.
#[derive(Debug, Serialize, ToSchema)]
struct Changes {
    /// Always true.
    success: bool,
    /// The moves.
    changes: Vec<Change>,
}

/// Lists the last moves of services.
#[utoipa::path(tag = "ports", security(("bearer" = ["ports:read"])), params(Wanted),
    responses((status = 200, body = Changes)))]
#[get("/api/ports/changes")]
pub(super) async fn list_changes(
    app: Data<App>,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Changes>, ApiError> {
    let limit = wanted.limit.unwrap_or(50);
    if !(1..=MOST).contains(&limit) {
        return Err(Error::field("limit", "out_of_range", "must be between 1 and 500").into());
    }
    let mut conn = app.store.acquire().await?;
    let suite = target::suite(&mut conn, wanted.suite.as_deref()).await?;
    if let Some(name) = &wanted.service_id {
        target::service(&mut conn, &suite, name).await?;
    }
    let name = wanted.service_id.as_deref();
    let moves = store::moves::list(&mut conn, suite.id, name, i64::from(limit)).await?;
    Ok(Json(Changes {
        success: true,
        changes: moves.into_iter().map(Change::of).collect(),
    }))
}

/// Tells how far a move is, or what became of it.
#[utoipa::path(tag = "ports", security(("bearer" = ["ports:read"])), params(("id" = i64, Path)),
    responses((status = 200, body = Change)))]
#[get("/api/ports/changes/{id}")]
pub(super) async fn get_change(
    app: Data<App>,
    Path(id): Path<i64>,
) -> Result<Json<Change>, ApiError> {
    let mut conn = app.store.acquire().await?;
    let found = store::moves::find(&mut conn, id).await?;
    Ok(Json(Change::of(found.ok_or(Error::NoSuchMove(id))?)))
}

/// Takes note of what a gateway serves, and tells it where the services of the platform are now.
#[utoipa::path(tag = "internal", security(("service" = ["gateway"])), request_body = GatewayState,
    responses((status = 200, body = PortMap)))]
#[post("/internal/port-map")]
pub(super) async fn exchange_map(
    app: Data<App>,
    Json(state): Json<GatewayState>,
) -> Result<Json<PortMap>, ApiError> {
    let is_name = (1..=200).contains(&state.gateway.chars().count());
    if !is_name {
        let text = "must have between 1 and 200 characters";
        return Err(Error::field("gateway", "out_of_range", text).into());
    }
    let is_long = |epoch: &str| epoch.chars().count() > 100;
    if state
        .serves
        .as_ref()
        .is_some_and(|version| is_long(&version.epoch))
    {
        let text = "must have at most 100 characters";
        return Err(Error::field("serves.epoch", "out_of_range", text).into());
    }
    let mut conn = app.store.acquire().await?;
    store::gateways::note(&mut conn, &state).await?;
    app.switched.notify_waiters();
    Ok(Json(store::gateways::read_map(&mut conn).await?))
}
