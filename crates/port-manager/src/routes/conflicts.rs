//! What is wrong, and what is done about it.

use actix_web::web::Data;
use actix_web::{get, post, put};
use chrono::{DateTime, Utc};
use common::problem::Problem;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use service_kit::caller::Person;
use service_kit::error::ApiError;
use service_kit::json::{Json, Query, Rendered};
use utoipa::{IntoParams, ToSchema};

use super::InSuite;
use crate::app::App;
use crate::domain::conflict::{self, Conflict, State};
use crate::domain::detection::{Kind, Severity};
use crate::domain::ledger::Actor;
use crate::domain::resolution::{self, Resolved};
use crate::error::Error;
use crate::worker::scan;

/// A thing that is wrong.
#[derive(Serialize, ToSchema)]
struct ConflictView {
    /// What.
    #[serde(rename = "type")]
    kind: Kind,
    /// How bad.
    severity: Severity,
    /// The port, if it is about one.
    port: Option<u16>,
    /// The services.
    services: Vec<String>,
    /// The service, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    service: Option<String>,
    /// What was seen, in words.
    detail: String,
    /// The same as facts.
    evidence: Value,
    /// What people think of it.
    state: State,
    /// Names it in requests.
    fingerprint: String,
    /// When it was found first.
    first_seen: DateTime<Utc>,
    /// When it was found last.
    last_seen: DateTime<Utc>,
    /// When it was over.
    #[serde(skip_serializing_if = "Option::is_none")]
    resolved_at: Option<DateTime<Utc>>,
    /// Who acknowledged or suppressed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    noted_by: Option<String>,
    /// What that person wrote.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl ConflictView {
    fn of(conflict: Conflict) -> Self {
        let finding = conflict.finding;
        let service = match finding.services.as_slice() {
            [one] => Some(one.clone()),
            _ => None,
        };
        let (noted_by, note) = conflict
            .noted
            .map_or((None, None), |noted| (Some(noted.by), noted.note));
        Self {
            kind: finding.kind,
            severity: finding.severity,
            port: finding.port,
            service,
            services: finding.services,
            detail: finding.detail,
            evidence: finding.evidence,
            state: conflict.state,
            fingerprint: conflict.fingerprint,
            first_seen: conflict.first_seen,
            last_seen: conflict.last_seen,
            resolved_at: conflict.resolved_at,
            noted_by,
            note,
        }
    }
}

/// Things that are wrong.
#[derive(Serialize, ToSchema)]
struct ConflictList {
    /// Always true.
    success: bool,
    /// Each of them.
    conflicts: Vec<ConflictView>,
    /// How many these are.
    count: usize,
}

impl ConflictList {
    fn of(conflicts: impl Iterator<Item = Conflict>) -> Self {
        let conflicts: Vec<_> = conflicts.map(ConflictView::of).collect();
        Self {
            success: true,
            count: conflicts.len(),
            conflicts,
        }
    }
}

/// Which are wanted.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct WhichConflicts {
    /// Name of the suite.
    suite: Option<String>,
    /// Adds those that somebody suppressed.
    #[serde(default)]
    suppressed: bool,
}

/// Lists what is wrong now, worst first.
#[utoipa::path(tag = "conflicts", security(("bearer" = ["ports:read"])), params(WhichConflicts),
    responses((status = 200, body = ConflictList), (status = 404, body = Problem)))]
#[get("/api/ports/conflicts")]
pub(super) async fn list_conflicts(
    app: Data<App>,
    Query(query): Query<WhichConflicts>,
) -> Result<Rendered, ApiError> {
    let suite = query.suite.as_deref();
    let kind = if query.suppressed {
        "all conflicts"
    } else {
        "shown conflicts"
    };
    let listed = Box::pin(list_shown(&app, suite, query.suppressed));
    Ok(app.recent.render(&app.store, (kind, suite), listed).await?)
}

async fn list_shown(
    app: &App,
    suite: Option<&str>,
    with_suppressed: bool,
) -> Result<ConflictList, Error> {
    let present = conflict::list_present(app, suite).await?;
    let shown = present
        .iter()
        .filter(|conflict| with_suppressed || conflict.state != State::Suppressed);
    Ok(ConflictList::of(shown.cloned()))
}

/// Lists what was wrong at some time, newest first; what is over comes last.
#[utoipa::path(tag = "conflicts", security(("bearer" = ["ports:read"])), params(InSuite),
    responses((status = 200, body = ConflictList), (status = 404, body = Problem)))]
#[get("/api/ports/conflicts/history")]
pub(super) async fn list_conflict_history(
    app: Data<App>,
    Query(query): Query<InSuite>,
) -> Result<Json<ConflictList>, ApiError> {
    let remembered = conflict::list_remembered(&app, query.suite.as_deref()).await?;
    Ok(Json(ConflictList::of(remembered.into_iter())))
}

/// What a person thinks of a conflict.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Opinion {
    /// Nothing any more.
    Open,
    /// It is known and worked on.
    Acknowledged,
    /// It is meant to be so.
    Suppressed,
}

/// Says what a person thinks of a conflict.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NoteConflict {
    /// Which one.
    fingerprint: String,
    /// What that person thinks.
    state: Opinion,
    /// Why.
    note: Option<String>,
    /// Name of the suite.
    suite: Option<String>,
}

/// Acknowledges or suppresses a conflict, or takes that back.
#[utoipa::path(tag = "conflicts", security(("bearer" = ["ports:write"])), request_body = NoteConflict,
    responses((status = 200, body = ConflictView), (status = 404, body = Problem),
        (status = 409, body = Problem, description = "ports.conflict_over")))]
#[put("/api/ports/conflicts")]
pub(super) async fn note_conflict(
    app: Data<App>,
    who: Person,
    Json(body): Json<NoteConflict>,
) -> Result<Json<ConflictView>, ApiError> {
    let state = match body.state {
        Opinion::Open => State::Open,
        Opinion::Acknowledged => State::Acknowledged,
        Opinion::Suppressed => State::Suppressed,
    };
    let which = (body.suite.as_deref(), body.fingerprint.as_str());
    let noted = conflict::note(
        &app,
        Actor::Person(&who),
        which,
        (state, body.note.as_deref()),
    )
    .await?;
    Ok(Json(ConflictView::of(noted)))
}

/// How to resolve.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct HowToResolve {
    /// Name of the suite.
    suite: Option<String>,
    /// Gives the plan only.
    #[serde(default)]
    dry_run: bool,
}

/// What was done, or would be.
#[derive(Serialize, ToSchema)]
struct Resolutions {
    /// Whether all moves were made.
    success: bool,
    /// Each move.
    resolutions: Vec<ResolutionView>,
    /// How many these are.
    count: usize,
    /// The plan that they come from.
    plan: PlanQuality,
}

/// One move.
#[derive(Serialize, ToSchema)]
struct ResolutionView {
    /// The service.
    service: String,
    /// Port before.
    old_port: Option<u16>,
    /// Port after.
    new_port: u16,
    /// Whether it was made; false in a plan.
    success: bool,
    /// How it went, in words.
    message: String,
    /// Why it is needed, in words.
    reason: String,
    /// Moves of one wave can be made at the same time.
    wave: u32,
}

/// How good a plan is.
#[derive(Serialize, ToSchema)]
struct PlanQuality {
    /// Weight of all interruptions.
    cost: u64,
    /// No plan can cost less.
    lower_bound: u64,
    /// Whether no plan costs less.
    optimal: bool,
    /// Whether it was only planned.
    dry_run: bool,
}

impl Resolutions {
    fn of(resolved: Resolved, dry_run: bool) -> Self {
        let resolutions: Vec<_> = resolved
            .resolutions
            .into_iter()
            .map(|step| ResolutionView {
                service: step.service,
                old_port: step.old_port,
                new_port: step.new_port,
                success: matches!(step.result, Some(Ok(_))),
                message: match step.result {
                    None => "planned".to_owned(),
                    Some(Ok(update)) => update.message,
                    Some(Err(why)) => why,
                },
                reason: step.reason,
                wave: step.wave,
            })
            .collect();
        Self {
            success: dry_run || resolutions.iter().all(|step| step.success),
            count: resolutions.len(),
            resolutions,
            plan: PlanQuality {
                cost: resolved.cost,
                lower_bound: resolved.lower_bound,
                optimal: resolved.optimal,
                dry_run,
            },
        }
    }
}

/// Moves as little as possible so that no two services share a port.
#[utoipa::path(tag = "conflicts", security(("bearer" = ["ports:write"])), params(HowToResolve),
    responses((status = 200, body = Resolutions), (status = 409, body = Problem, description = "ports.no_plan")))]
#[post("/api/ports/resolve-conflicts")]
pub(super) async fn resolve_conflicts(
    app: Data<App>,
    who: Person,
    Query(query): Query<HowToResolve>,
) -> Result<Json<Resolutions>, ApiError> {
    let suite = query.suite.as_deref();
    let resolved = if query.dry_run {
        let (_known, plan) = resolution::plan(&app, suite).await?;
        resolution::proposal(&plan)
    } else {
        resolution::resolve(&app, Actor::Person(&who), suite).await?
    };
    Ok(Json(Resolutions::of(resolved, query.dry_run)))
}

/// Looks at the sockets of this machine now, and tells what is wrong.
#[utoipa::path(tag = "conflicts", security(("bearer" = ["ports:write"])), params(InSuite),
    responses((status = 200, body = ConflictList), (status = 404, body = Problem)))]
#[post("/api/ports/scan")]
pub(super) async fn scan_now(
    app: Data<App>,
    _who: Person,
    Query(query): Query<InSuite>,
) -> Result<Json<ConflictList>, ApiError> {
    scan::round(&app).await?;
    let present = conflict::list_present(&app, query.suite.as_deref()).await?;
    Ok(Json(ConflictList::of(present.iter().cloned())))
}
