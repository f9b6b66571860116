//! Ports of services: assigned, moved, many at once.

use std::collections::BTreeMap;

use actix_web::post;
use actix_web::web::Data;
use common::problem::{FieldError, Problem};
use serde::{Deserialize, Serialize};
use service_kit::caller::Person;
use service_kit::error::ApiError;
use service_kit::json::{Json, Query};
use utoipa::{IntoParams, ToSchema};

use super::InSuite;
use crate::app::App;
use crate::domain::assignment::{Insistence, Wish};
use crate::domain::bulk::{self, Atomicity};
use crate::domain::group;
use crate::domain::ledger::Actor;
use crate::domain::record::port;
use crate::domain::relocation::{self, UpdateResult};
use crate::error::Error;

/// Asks for a port.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AssignPort {
    /// The service; one that is not known is added.
    service_id: Option<String>,
    /// The same, as some clients call it.
    service_name: Option<String>,
    /// The port; chosen here if there is none.
    #[schema(minimum = 1, maximum = 65535)]
    port: Option<i64>,
    /// A port that would be nice; another one is chosen where it is taken.
    #[schema(minimum = 1, maximum = 65535)]
    preferred_port: Option<i64>,
    /// Records the port although somebody has it; that shows as a conflict.
    #[serde(default)]
    force: bool,
    /// Name of the suite.
    suite: Option<String>,
}

/// What a service got.
#[derive(Serialize, ToSchema)]
struct AssignedPort {
    /// Always true.
    success: bool,
    /// The service.
    service_id: String,
    /// Its port.
    port: u16,
    /// The same in words.
    #[schema(example = "Assigned port 8050 to legalai-pro (previously 8000)")]
    message: String,
}

/// Gives a service a port.
#[utoipa::path(tag = "ports", security(("bearer" = ["ports:write"])), params(InSuite), request_body = AssignPort,
    responses((status = 200, body = AssignedPort),
        (status = 400, body = Problem, description = "ports.port_taken, ports.port_in_use, request.invalid")))]
#[post("/api/ports/assign")]
pub(super) async fn assign_port(
    app: Data<App>,
    who: Person,
    Query(query): Query<InSuite>,
    Json(body): Json<AssignPort>,
) -> Result<Json<AssignedPort>, ApiError> {
    let name = service_name(body.service_id, body.service_name)?;
    let wanted = body.port.map(|number| port("port", number)).transpose()?;
    let preferred = body
        .preferred_port
        .map(|number| port("preferred_port", number))
        .transpose()?;
    let suite = body.suite.or(query.suite);
    let wish = Wish {
        suite: suite.as_deref(),
        service: &name,
        port: wanted.or(preferred),
        insistence: if body.force {
            Insistence::Force
        } else {
            Insistence::Polite
        },
    };
    let assigned = match group::assign(&app, &who, wish).await {
        Err(Error::PortTaken { .. } | Error::PortInUse { .. })
            if wanted.is_none() && preferred.is_some() =>
        {
            group::assign(&app, &who, Wish { port: None, ..wish }).await?
        }
        assigned => assigned?,
    };
    let before = assigned
        .previous
        .map(|port| format!(" (previously {port})"));
    Ok(Json(AssignedPort {
        success: true,
        message: format!(
            "Assigned port {} to {}{}",
            assigned.port,
            assigned.service,
            before.unwrap_or_default()
        ),
        service_id: assigned.service,
        port: assigned.port,
    }))
}

/// The name of the service that a body gives in one of two ways.
pub(super) fn service_name(id: Option<String>, name: Option<String>) -> Result<String, FieldError> {
    id.or(name)
        .ok_or_else(|| FieldError::new("service_id", "missing", "is needed"))
}

/// Asks for another port.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReassignPort {
    /// The service.
    service_id: String,
    /// The port; the next free one if there is none.
    #[schema(minimum = 1, maximum = 65535)]
    new_port: Option<i64>,
    /// Name of the suite.
    suite: Option<String>,
}

/// A service that was moved.
#[derive(Serialize, ToSchema)]
struct ReassignedPort {
    /// Always true.
    success: bool,
    /// The service.
    service_id: String,
    /// Port before.
    old_port: Option<u16>,
    /// Port after.
    new_port: u16,
    /// The same in words.
    message: String,
    /// How the service took it.
    update_result: UpdateResult,
}

/// Moves a service to another port; a running one is told, and has to prove that it has moved.
#[utoipa::path(tag = "ports", security(("bearer" = ["ports:write"])), params(InSuite), request_body = ReassignPort,
    responses((status = 200, body = ReassignedPort), (status = 404, body = Problem),
        (status = 400, body = Problem, description = "ports.port_taken, ports.port_in_use, ports.move_failed, ports.same_port, ports.not_movable")))]
#[post("/api/ports/reassign")]
pub(super) async fn reassign_port(
    app: Data<App>,
    who: Person,
    Query(query): Query<InSuite>,
    Json(body): Json<ReassignPort>,
) -> Result<Json<ReassignedPort>, ApiError> {
    let wanted = body
        .new_port
        .map(|number| port("new_port", number))
        .transpose()?;
    let suite = body.suite.or(query.suite);
    let names = (suite.as_deref(), body.service_id.as_str());
    let moved = relocation::reassign(&app, Actor::Person(&who), names, wanted).await?;
    let from = moved
        .old_port
        .map_or_else(|| "no port".to_owned(), |port| format!("port {port}"));
    Ok(Json(ReassignedPort {
        success: true,
        message: format!(
            "Reassigned {} from {from} to {}",
            moved.service, moved.new_port
        ),
        service_id: moved.service,
        old_port: moved.old_port,
        new_port: moved.new_port,
        update_result: moved.update,
    }))
}

/// Asks for many ports.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UpdatePorts {
    /// Port of each service.
    updates: BTreeMap<String, i64>,
    /// Name of the suite.
    suite: Option<String>,
}

/// How to do it.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct HowToUpdate {
    /// Name of the suite.
    suite: Option<String>,
    /// All or none.
    #[serde(default)]
    atomic: bool,
}

/// What became of each.
#[derive(Serialize, ToSchema)]
struct UpdatedPorts {
    /// Whether all were done.
    success: bool,
    /// How many were asked for.
    total: usize,
    /// How many were done.
    successful: usize,
    /// How many were not.
    failed: usize,
    /// Each of them.
    results: Vec<UpdatedPort>,
}

/// What became of one.
#[derive(Serialize, ToSchema)]
struct UpdatedPort {
    /// Whether it was done.
    success: bool,
    /// What happened, in words.
    message: String,
    /// The service.
    service_id: String,
    /// Port before.
    old_port: Option<u16>,
    /// Port that was asked for.
    new_port: u16,
}

/// Gives many services their ports; swaps work.
#[utoipa::path(tag = "ports", security(("bearer" = ["ports:write"])), params(HowToUpdate), request_body = UpdatePorts,
    responses((status = 200, body = UpdatedPorts), (status = 400, body = Problem, description = "ports.bulk_refused")))]
#[post("/api/ports/bulk-update")]
pub(super) async fn update_ports(
    app: Data<App>,
    who: Person,
    Query(query): Query<HowToUpdate>,
    Json(body): Json<UpdatePorts>,
) -> Result<Json<UpdatedPorts>, ApiError> {
    let mut wishes = BTreeMap::new();
    let mut faults = Vec::new();
    for (name, number) in body.updates {
        match port(&format!("updates.{name}"), number) {
            Ok(port) => drop(wishes.insert(name, port)),
            Err(fault) => faults.push(fault),
        }
    }
    if !faults.is_empty() {
        return Err(ApiError::invalid(faults));
    }
    let suite = body.suite.or(query.suite);
    let atomicity = if query.atomic {
        Atomicity::Whole
    } else {
        Atomicity::Each
    };
    let outcomes = bulk::update(
        &app,
        Actor::Person(&who),
        (suite.as_deref(), &wishes),
        atomicity,
    )
    .await?;
    let results: Vec<UpdatedPort> = outcomes
        .into_iter()
        .map(|outcome| UpdatedPort {
            success: outcome.fault.is_none(),
            message: outcome
                .fault
                .unwrap_or_else(|| format!("Port {} set", outcome.new_port)),
            service_id: outcome.service,
            old_port: outcome.old_port,
            new_port: outcome.new_port,
        })
        .collect();
    let successful = results.iter().filter(|result| result.success).count();
    Ok(Json(UpdatedPorts {
        success: successful == results.len(),
        total: results.len(),
        successful,
        failed: results.len() - successful,
        results,
    }))
}
