//! Solving conflicts by moving as little as possible.

use std::collections::BTreeMap;
use std::ops::{Range, RangeInclusive};
use std::sync::Arc;
use std::time::Duration;

use crate::app::App;
use crate::domain::allocation;
use crate::domain::assignment::unfit;
use crate::domain::conflict::Known;
use crate::domain::detection::{Finding, Kind};
use crate::domain::ledger::Actor;
use crate::domain::record::{ClaimKind, Movable, Service};
use crate::domain::relocation::{self, UpdateResult};
use crate::domain::resolver::{self, Plan, Question, Wish};
use crate::domain::target;
use crate::error::Error;
use crate::store;

/// What became of one move of a plan.
#[derive(Clone, Debug)]
pub struct Resolution {
    /// Name of the service.
    pub service: String,
    /// Port before.
    pub old_port: Option<u16>,
    /// Port after.
    pub new_port: u16,
    /// Why it moves, in words.
    pub reason: String,
    /// Moves of one wave can be made at the same time.
    pub wave: u32,
    /// How it went; none in a plan that was not carried out.
    pub result: Option<Result<UpdateResult, String>>,
}

/// A plan, and what became of it.
#[derive(Clone, Debug)]
pub struct Resolved {
    /// Its moves, in order.
    pub resolutions: Vec<Resolution>,
    /// Weight of all interruptions.
    pub cost: u64,
    /// No plan can cost less.
    pub lower_bound: u64,
    /// Whether this is the cheapest plan.
    pub optimal: bool,
}

/// Plans how to solve the conflicts of a suite.
///
/// # Errors
/// When no plan does, or the database or the sockets cannot be read.
pub async fn plan(app: &App, suite: Option<&str>) -> Result<(Known, Plan), Error> {
    let sockets = app.observer.look(Duration::ZERO).await?;
    let mut conn = app.store.acquire().await?;
    let known = Known::read(app, &mut conn, suite, sockets, app.clock.now()).await?;
    let history = store::history::list_of_suite(&mut conn, known.suite.id).await?;
    drop(conn);
    let mut former: BTreeMap<&str, Vec<u16>> = BTreeMap::new();
    for step in history.iter().rev() {
        former.entry(&step.service).or_default().push(step.port);
    }
    let question = question(&known, &former);
    // Large suites take milliseconds of pure work.
    let solved = tokio::task::spawn_blocking(move || resolver::resolve(&question)).await;
    match solved {
        Ok(Ok(plan)) => Ok((known, plan)),
        Ok(Err(stuck)) => Err(Error::NoPlan(stuck.to_string())),
        Err(_panicked) => Err(Error::Interrupted),
    }
}

fn question(known: &Known, former: &BTreeMap<&str, Vec<u16>>) -> Question {
    let findings = known.findings();
    let fit = fit_parts(known);
    let wishes = known
        .services
        .iter()
        .filter(|service| service.port.is_some());
    Question {
        wishes: wishes
            .map(|service| wish(known, (service, &fit), former))
            .collect(),
        blocked: blocked(known, &findings),
    }
}

fn wish(
    known: &Known,
    (service, fit): (&Service, &[RangeInclusive<u16>]),
    former: &BTreeMap<&str, Vec<u16>>,
) -> Wish {
    let automatic = known.suite.automatic();
    let mut allowed = fit.to_vec();
    // What it has is good for it, wherever that is; else it would move for nothing. So is what it had
    // until now, even while it still listens there.
    allowed.extend(service.port.map(|port| port..=port));
    let left = known.claims.iter().filter(|claim| {
        claim.kind == ClaimKind::Quarantine && claim.service_id == Some(service.id)
    });
    allowed.extend(
        left.filter_map(|claim| u16::try_from(claim.ports.start).ok())
            .map(|port| port..=port),
    );
    Wish {
        name: service.name.clone(),
        port: service.port,
        weight: service.criticality.weight() + u32::from(service.has_claim),
        movable: match service.movable {
            Movable::Live => resolver::Movable::Live,
            Movable::Restart => resolver::Movable::Restart,
            Movable::Manual => resolver::Movable::Manual,
        },
        allowed,
        former: former
            .get(service.name.as_str())
            .cloned()
            .unwrap_or_default(),
        preferred: allocation::place(&known.suite.name, &service.name, &automatic),
    }
}

/// The parts of the suite's range that could be given to somebody.
fn fit_parts(known: &Known) -> Vec<RangeInclusive<u16>> {
    let ports = known.suite.automatic();
    let mut unfit = unfit(&ports, &known.sockets);
    unfit.sort_by_key(|part| part.start);
    let mut parts: Vec<Range<u32>> = Vec::new();
    let mut next = ports.start;
    for part in unfit {
        if part.start > next {
            parts.push(next..part.start);
        }
        next = next.max(part.end);
    }
    parts.push(next..ports.end);
    let narrow = |part: Range<u32>| {
        let first = u16::try_from(part.start).ok()?;
        let last = u16::try_from(part.end.checked_sub(1)?).ok()?;
        (first <= last).then_some(first..=last)
    };
    parts.into_iter().filter_map(narrow).collect()
}

/// Ports that no service of the suite can have, and why.
fn blocked(known: &Known, findings: &[Finding]) -> BTreeMap<u16, String> {
    let own = |id: Option<i64>| known.services.iter().any(|service| Some(service.id) == id);
    let mut blocked = BTreeMap::new();
    for claim in &known.claims {
        let is_ours = matches!(claim.kind, ClaimKind::Assigned | ClaimKind::Quarantine)
            && own(claim.service_id);
        if !is_ours {
            for port in claim
                .ports
                .clone()
                .filter_map(|port| u16::try_from(port).ok())
            {
                blocked.insert(port, claim.describe());
            }
        }
    }
    for finding in findings {
        if let (Kind::SystemConflict | Kind::DriftWrongProcess | Kind::EphemeralHit, Some(port)) =
            (finding.kind, finding.port)
        {
            // The reason follows "port 8010 is".
            let who = finding.detail.strip_prefix(&format!("{port} is "));
            blocked.insert(port, who.unwrap_or(&finding.detail).to_owned());
        }
    }
    blocked
}

/// A plan as it is, not carried out.
pub fn proposal(plan: &Plan) -> Resolved {
    let resolutions = plan.moves.iter().map(|step| Resolution {
        service: step.service.clone(),
        old_port: step.from,
        new_port: step.to,
        reason: step.reason.describe(),
        wave: step.wave,
        result: None,
    });
    Resolved {
        resolutions: resolutions.collect(),
        cost: plan.cost,
        lower_bound: plan.lower_bound,
        optimal: plan.optimal,
    }
}

/// Plans and moves; what fails is told and does not keep the rest from being done.
///
/// # Errors
/// When no plan solves the conflicts.
pub async fn resolve(
    app: &Arc<App>,
    actor: Actor<'_>,
    suite: Option<&str>,
) -> Result<Resolved, Error> {
    let (known, plan) = plan(app, suite).await?;
    let mut resolved = proposal(&plan);
    // Detours first: they make room for the moves of their circle.
    for step in plan.moves.iter().filter(|step| step.scratch.is_some()) {
        if let Err(error) = make(app, actor, &known, (&step.service, step.scratch)).await {
            tracing::warn!("{} could not make room: {error}", step.service);
        }
    }
    for resolution in &mut resolved.resolutions {
        let moved = make(
            app,
            actor,
            &known,
            (&resolution.service, Some(resolution.new_port)),
        )
        .await;
        resolution.result = Some(moved.map_err(|error| error.to_string()));
    }
    Ok(resolved)
}

async fn make(
    app: &Arc<App>,
    actor: Actor<'_>,
    known: &Known,
    (name, port): (&str, Option<u16>),
) -> Result<UpdateResult, Error> {
    let mut conn = app.store.acquire().await?;
    let service = target::service(&mut conn, &known.suite, name).await?;
    drop(conn);
    let moved = relocation::relocate(
        app,
        actor,
        (&known.suite, &service),
        port,
        "conflict resolved",
    )
    .await?;
    Ok(moved.update)
}
