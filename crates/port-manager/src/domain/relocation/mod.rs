//! Moving a service to another port, in steps that are written down; see [`course`].

mod contract;
pub mod course;
mod platform;

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Serialize;
use tokio::sync::watch;
use utoipa::ToSchema;

use crate::app::App;
use crate::domain::assignment;
use crate::domain::health::{Check, Verdict};
use crate::domain::ledger::{Actor, Ledger};
use crate::domain::offer::Offer;
use crate::domain::record::{ClaimKind, Movable, Move, OWN_NAME, Phase, Service, Suite, single};
use crate::domain::target;
use crate::error::Error;
use crate::probe::Place;
use crate::store;
use crate::store::claims::NewClaim;
use crate::store::moves::NewMove;

use self::course::{Course, Halt, LEASE};

/// How long both ports are held for a move that nobody leads any more.
const STAGED: Duration = Duration::from_secs(24 * 3600);
/// Good answers in a row that prove that a service has moved.
const PROOFS: u32 = 3;
/// Pause between two looks at a service that moves.
const PAUSE: Duration = Duration::from_millis(100);

/// How the service itself took a move.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UpdateResult {
    /// Whether the service answers on the new port.
    pub success: bool,
    /// What happened, in words.
    pub message: String,
    /// Whether a running service was moved.
    pub live: bool,
}

/// A move that was made.
#[derive(Clone, Debug)]
pub struct Moved {
    /// Name of the service.
    pub service: String,
    /// Port before; none if it had none.
    pub old_port: Option<u16>,
    /// Port after.
    pub new_port: u16,
    /// How the service took it.
    pub update: UpdateResult,
}

/// Moves a service to a port, or to the next one that is free.
///
/// # Errors
/// When the port cannot be had, or the running service does not move; then nothing has changed.
pub async fn reassign(
    app: &Arc<App>,
    actor: Actor<'_>,
    (suite, name): (Option<&str>, &str),
    wanted: Option<u16>,
) -> Result<Moved, Error> {
    let (suite, service) = {
        let mut conn = app.store.acquire().await?;
        let suite = target::suite(&mut conn, suite).await?;
        let service = target::service(&mut conn, &suite, name).await?;
        (suite, service)
    };
    relocate(app, actor, (&suite, &service), wanted, "moved").await
}

/// The same for a service that was read already; `reason` goes into its history.
///
/// # Errors
/// As [`reassign`].
pub async fn relocate(
    app: &Arc<App>,
    actor: Actor<'_>,
    (suite, service): (&Suite, &Service),
    wanted: Option<u16>,
    reason: &str,
) -> Result<Moved, Error> {
    let mut conn = app.store.acquire().await?;
    if store::moves::is_running(&mut conn, service.id).await? {
        return Err(Error::MovingAlready(service.name.clone()));
    }
    drop(conn);
    if let Some(port) = service
        .port
        .filter(|port| Some(*port) == wanted && service.has_claim)
    {
        return Err(Error::SamePort(service.name.clone(), port));
    }
    let presence = presence(app, suite, service).await;
    if service.movable == Movable::Manual && presence != Presence::Absent {
        return Err(Error::NotMovable(service.name.clone()));
    }
    let old_port = service.port.filter(|_| presence != Presence::Absent);
    let staged = stage(app, actor, (suite, service), wanted, (old_port, reason)).await?;
    let update = match (staged.move_id, presence) {
        (None, _) => {
            settle(app, actor, (suite, service), reason).await?;
            recorded(app, staged.port).await
        }
        (Some(id), Presence::Silent(why)) => lead(app, actor, id, Some(why)).await?,
        (Some(id), Presence::There | Presence::Absent) => lead(app, actor, id, None).await?,
    };
    Ok(Moved {
        service: service.name.clone(),
        old_port: service.port,
        new_port: staged.port,
        update,
    })
}

/// Leads a move beside the request that wants it, which may go away, and waits for its end.
async fn lead(
    app: &Arc<App>,
    actor: Actor<'_>,
    id: i64,
    obstacle: Option<String>,
) -> Result<UpdateResult, Error> {
    let mut course = Course::read(app, id).await?;
    let (tell, mut told) = watch::channel(course.step.clone());
    let (leader, kept) = (Arc::clone(app), actor.keep());
    app.tasks.spawn("move", async move {
        let show = |step: &Move| drop(tell.send_replace(step.clone()));
        course.step.fault = obstacle;
        report(course.lead(&leader, kept.actor(), show).await, id);
    });
    loop {
        let step = told.borrow_and_update().clone();
        // The request itself keeps the old port of this very program from being drained.
        let is_own = step.service == OWN_NAME && step.phase == Phase::Switched;
        if step.phase == Phase::Committed || is_own {
            return Ok(UpdateResult {
                success: true,
                message: "Service updated successfully".to_owned(),
                live: true,
            });
        }
        if step.phase == Phase::RolledBack {
            let why = step.fault.unwrap_or_default();
            return Err(Error::MoveFailed(step.service, step.from, why));
        }
        if told.changed().await.is_err() {
            return Err(Error::MoveGoesOn(id));
        }
    }
}

/// Says why a move is not led any more by this process.
fn report(ended: Result<(), Halt>, id: i64) {
    match ended {
        Ok(()) => {}
        Err(Halt::Lost) => tracing::warn!("Move {id} is led by another port manager"),
        Err(Halt::Fault(why)) => tracing::warn!("Move {id} is left for later: {why}"),
        Err(Halt::Broken(error)) => tracing::warn!("Move {id} is left for later: {error}"),
    }
}

/// Goes on with moves that nobody leads any more.
///
/// # Errors
/// When the database cannot be asked.
pub async fn recover(app: &Arc<App>) -> Result<(), Error> {
    loop {
        let mut conn = app.store.acquire().await?;
        let Some(id) = store::moves::take_over(&mut conn, &app.id, LEASE).await? else {
            return Ok(());
        };
        drop(conn);
        tracing::warn!("Move {id} is taken over");
        let mut course = Course::read(app, id).await?;
        let leader = Arc::clone(app);
        app.tasks.spawn("recovered move", async move {
            let actor = Actor::System("port-manager");
            report(course.lead(&leader, actor, |_step| {}).await, id);
        });
    }
}

/// Milliseconds of each phase that is over, and of the whole move.
pub fn durations(step: &Move, end: Option<DateTime<Utc>>) -> Durations {
    let between = |from: Option<DateTime<Utc>>, to: Option<DateTime<Utc>>| {
        Some((to? - from?).num_milliseconds().max(0))
    };
    Durations {
        bind: between(Some(step.started_at), step.bound_at),
        prove: between(step.bound_at, step.healthy_at),
        switch: between(step.healthy_at, step.switched_at),
        drain: between(step.switched_at, step.drained_at),
        total: between(Some(step.started_at), step.ended_at.or(end)),
    }
}

/// How long the phases of a move took, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Durations {
    /// Until the service listened on the new port.
    pub bind: Option<i64>,
    /// From there until it was proved that it answers there.
    pub prove: Option<i64>,
    /// From there until every gateway passed requests there.
    pub switch: Option<i64>,
    /// From there until the old port was closed.
    pub drain: Option<i64>,
    /// All of it.
    pub total: Option<i64>,
}

/// A move of a service that is not told: it comes by itself, or is there already.
async fn recorded(app: &App, port: u16) -> UpdateResult {
    let sockets = app.observer.look(Duration::from_secs(1)).await;
    let is_there = sockets.is_ok_and(|sockets| !sockets.held_by(port).is_empty());
    let message = if is_there {
        "the service listens there already"
    } else {
        "the service is not running; it takes the port when it starts"
    };
    UpdateResult {
        success: true,
        message: message.to_owned(),
        live: false,
    }
}

/// Whether a service is where it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Presence {
    /// It answers there.
    There,
    /// Nobody is there, or somebody else.
    Absent,
    /// Somebody is there and does not answer; in words.
    Silent(String),
}

async fn presence(app: &App, suite: &Suite, service: &Service) -> Presence {
    // A service that only shares a declared port does not run there: the other one does.
    let Some(port) = service.port.filter(|_| service.has_claim) else {
        return Presence::Absent;
    };
    let check = app.probe.health(&place_of(app, suite, service, port)).await;
    let says_so = check.identity.as_deref() == Some(&service.name);
    match check {
        Check {
            latency_ms: Some(_),
            verdict,
            ..
        } if verdict != Verdict::Bad || says_so => Presence::There,
        Check {
            latency_ms: Some(_),
            ..
        } => Presence::Absent,
        Check {
            latency_ms: None,
            detail,
            ..
        } => {
            let listens = app.observer.look(Duration::ZERO).await;
            match listens {
                Ok(sockets) if sockets.held_by(port).is_empty() => Presence::Absent,
                _ if detail.contains("refuses connections")
                    || detail.contains("cannot be reached") =>
                {
                    Presence::Absent
                }
                _ => Presence::Silent(format!("it {detail}")),
            }
        }
    }
}

/// Whether a service runs where it should.
pub async fn is_there(app: &App, suite: &Suite, service: &Service) -> bool {
    presence(app, suite, service).await != Presence::Absent
}

/// Where a service should answer.
pub fn place_of(app: &App, suite: &Suite, service: &Service, port: u16) -> Place {
    Place {
        name: service.name.clone(),
        host: service.host(suite, &app.config.host_template),
        port,
        health_path: service.health_path.clone(),
    }
}

/// What is held for a move.
struct Staged {
    /// The new port.
    port: u16,
    /// The move; none of a service that does not run.
    move_id: Option<i64>,
}

/// Takes the new port for the service; the old one stays its own until the move is over.
async fn stage(
    app: &App,
    actor: Actor<'_>,
    (suite, service): (&Suite, &Service),
    wanted: Option<u16>,
    (old_port, reason): (Option<u16>, &str),
) -> Result<Staged, Error> {
    let sockets = app.observer.look(Duration::ZERO).await?;
    let stranger = match wanted {
        Some(port) => assignment::stranger_now(app, (suite, service), port).await?,
        None => None,
    };
    let mut ledger = Ledger::begin(app, actor).await?;
    let port = match wanted {
        Some(port) => {
            let claim = ledger.find_hindrance(port).await?;
            if let Some(error) = assignment::refusal(port, claim.as_ref(), stranger) {
                return Err(error);
            }
            port
        }
        None => {
            let mut offer = Offer::read(&mut ledger, suite, &[service.id], &sockets).await?;
            offer.take(suite, service)?
        }
    };
    let at = ledger.at;
    let new = old_port.map(|from| NewMove {
        service_id: service.id,
        from,
        to: port,
        actor: actor.name(),
        reason,
        holder: &app.id,
        lease: LEASE,
        at,
    });
    let move_id = hold(&mut ledger, service, port, new).await?;
    ledger.commit().await?;
    Ok(Staged { port, move_id })
}

/// Writes that a port is held for a service, and the move that it is held for.
async fn hold(
    ledger: &mut Ledger<'_>,
    service: &Service,
    port: u16,
    new: Option<NewMove<'_>>,
) -> Result<Option<i64>, Error> {
    let (now, actor) = (ledger.at, ledger.actor);
    let claim = NewClaim {
        ports: single(port),
        kind: ClaimKind::Staged,
        service_id: Some(service.id),
        reason: "moving",
        by: actor.name(),
        at: now,
        expires_at: Some(now + STAGED),
    };
    let written = async {
        store::claims::delete_expired(ledger.conn(), now).await?;
        store::claims::insert(ledger.conn(), &[claim]).await?;
        match &new {
            Some(new) => store::moves::insert(ledger.conn(), new).await.map(Some),
            None => Ok(None),
        }
    };
    written.await.map_err(|error| {
        let is_moving = ["claim_staged_key", "move_running_key"];
        if is_moving
            .iter()
            .any(|name| service_kit::db::violates(&error, name))
        {
            return Error::MovingAlready(service.name.clone());
        }
        error.into()
    })
}

/// Records the new port of a service that does not run.
async fn settle(
    app: &App,
    actor: Actor<'_>,
    (suite, service): (&Suite, &Service),
    reason: &str,
) -> Result<(), Error> {
    let mut ledger = Ledger::begin(app, actor).await?;
    course::settle(&mut ledger, (suite, &service.name), reason).await?;
    ledger.commit().await?;
    Ok(())
}
