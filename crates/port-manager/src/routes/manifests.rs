//! Ports as code: the wished state of a suite out, shown against what is, and applied.

use actix_web::web::Data;
use actix_web::{HttpResponse, get, post};
use common::problem::Problem;
use serde::{Deserialize, Serialize};
use service_kit::caller::Person;
use service_kit::error::ApiError;
use service_kit::json::{Json, Query, Text};
use utoipa::{IntoParams, ToSchema};

use super::InSuite;
use crate::app::App;
use crate::domain::ledger::Actor;
use crate::domain::manifest::application;
use crate::domain::manifest::comparison::{Action, Comparison, Line, Unnamed};
use crate::domain::manifest::document::{self, Manifest};

/// Writes the ports of a suite as a YAML document, to be kept with code and applied again.
#[utoipa::path(tag = "plans", security(("bearer" = ["ports:read"])), params(InSuite),
    responses((status = 200, body = String, content_type = "application/yaml"), (status = 404, body = Problem)))]
#[get("/api/ports/export")]
pub(super) async fn export_ports(
    app: Data<App>,
    Query(query): Query<InSuite>,
) -> Result<HttpResponse, ApiError> {
    let text = document::export(&app, query.suite.as_deref()).await?;
    Ok(HttpResponse::Ok()
        .content_type("application/yaml")
        .body(text))
}

/// How a document is taken.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct HowToPlan {
    /// Name of the suite; the document may name it, too.
    suite: Option<String>,
    /// Takes the ports of services away that the document does not name; else they stay.
    #[serde(default)]
    prune: bool,
}

fn unnamed(prune: bool) -> Unnamed {
    if prune {
        Unnamed::Release
    } else {
        Unnamed::Leave
    }
}

/// A service: as the document declares it, as it is assigned, where it listens.
#[derive(Serialize, ToSchema)]
struct LineView {
    /// The service.
    service_id: String,
    /// Port of the document.
    declared: Option<u16>,
    /// Port that it has.
    assigned: Option<u16>,
    /// Ports that it is known to listen on.
    listening: Vec<u16>,
    /// What is done.
    action: Action,
    /// The same in words.
    detail: String,
    /// Why it cannot be done, or was not done.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
}

impl LineView {
    fn of(line: Line) -> Self {
        Self {
            service_id: line.service,
            declared: line.declared,
            assigned: line.assigned,
            listening: line.listening,
            action: line.action,
            detail: line.detail,
            problem: line.fault,
        }
    }
}

/// What a document would change.
#[derive(Serialize, ToSchema)]
struct PlanView {
    /// Whether all of it can be done.
    success: bool,
    /// The same in words.
    message: String,
    /// Names these changes; `apply?plan=` does these and no others.
    #[schema(example = "9f86d081884c7d65")]
    plan: String,
    /// Each service of the suite or the document, by name.
    services: Vec<LineView>,
    /// Ports that become reserved.
    reserved: Vec<u16>,
    /// Ports that are reserved no more.
    unreserved: Vec<u16>,
}

impl PlanView {
    fn of(comparison: Comparison) -> Self {
        let changes = comparison.lines.iter().filter(|line| line.is_change());
        let changes = changes.count();
        let faults = comparison.lines.iter().filter(|line| line.fault.is_some());
        let faults = faults.count();
        let reservations = comparison.reserved.len() + comparison.unreserved.len();
        Self {
            success: faults == 0,
            message: match (changes, reservations, faults) {
                (0, 0, _) => "everything is as the document wishes".to_owned(),
                (_, _, 0) => format!("{changes} services and {reservations} reservations change"),
                _ => format!(
                    "{changes} services and {reservations} reservations would change, but {faults} cannot"
                ),
            },
            plan: comparison.digest(),
            services: comparison.lines.into_iter().map(LineView::of).collect(),
            reserved: comparison.reserved,
            unreserved: comparison.unreserved,
        }
    }
}

/// Shows what a document would change: declared, assigned and listening side by side. The body is YAML;
/// a backup file is a document, too.
#[utoipa::path(tag = "plans", security(("bearer" = ["ports:read"])), params(HowToPlan),
    request_body(content = String, content_type = "application/yaml"),
    responses((status = 200, body = PlanView), (status = 404, body = Problem),
        (status = 400, body = Problem, description = "ports.bad_manifest, request.invalid")))]
#[post("/api/ports/plan")]
pub(super) async fn plan_ports(
    app: Data<App>,
    Query(query): Query<HowToPlan>,
    Text(body): Text,
) -> Result<Json<PlanView>, ApiError> {
    let unnamed = unnamed(query.prune);
    let manifest = Manifest::read(&body, query.suite)?;
    let plan = Box::pin(application::plan(&app, &manifest, unnamed)).await?;
    Ok(Json(PlanView::of(plan)))
}

/// How a document is applied.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct HowToApply {
    /// Name of the suite; the document may name it, too.
    suite: Option<String>,
    /// Takes the ports of services away that the document does not name; else they stay.
    #[serde(default)]
    prune: bool,
    /// Only if this is still the plan.
    plan: Option<String>,
}

/// What was changed.
#[derive(Serialize, ToSchema)]
struct AppliedView {
    /// What was planned; `problem` says what was not done after all, and can be tried again.
    #[serde(flatten)]
    plan: PlanView,
    /// Backup of the state before; restoring it undoes this.
    #[serde(skip_serializing_if = "Option::is_none")]
    automatic_backup: Option<String>,
}

/// Makes a suite what a document wishes; running services are moved.
#[utoipa::path(tag = "plans", security(("bearer" = ["ports:write"])), params(HowToApply),
    request_body(content = String, content_type = "application/yaml"),
    responses((status = 200, body = AppliedView), (status = 404, body = Problem),
        (status = 400, body = Problem, description = "ports.bad_manifest, ports.bulk_refused, request.invalid"),
        (status = 409, body = Problem, description = "ports.plan_outdated")))]
#[post("/api/ports/apply")]
pub(super) async fn apply_ports(
    app: Data<App>,
    who: Person,
    Query(query): Query<HowToApply>,
    Text(body): Text,
) -> Result<Json<AppliedView>, ApiError> {
    let manifest = Manifest::read(&body, query.suite)?;
    let how = (unnamed(query.prune), query.plan.as_deref());
    let applied = Box::pin(application::apply(
        &app,
        Actor::Person(&who),
        &manifest,
        how,
    ))
    .await?;
    let mut comparison = applied.comparison;
    for line in &mut comparison.lines {
        line.fault = applied.faults.get(&line.service).cloned();
    }
    let mut plan = PlanView::of(comparison);
    plan.success = applied.faults.is_empty();
    let faults = applied
        .faults
        .iter()
        .map(|(what, why)| format!("{what}: {why}"));
    plan.message = match (&applied.backup, applied.faults.len()) {
        (None, _) => plan.message,
        (Some(_), 0) => "the suite is as the document wishes".to_owned(),
        (Some(_), _) => format!("not done: {}", faults.collect::<Vec<_>>().join("; ")),
    };
    Ok(Json(AppliedView {
        plan,
        automatic_backup: applied.backup,
    }))
}
