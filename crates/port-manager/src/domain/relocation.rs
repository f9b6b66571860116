//! Moving a service to another port: told at the old one, verified at the new one, then committed.

use std::time::Duration;

use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::app::App;
use crate::domain::assignment;
use crate::domain::health::{Check, Verdict};
use crate::domain::ledger::{Actor, Ledger, PortChange};
use crate::domain::offer::Offer;
use crate::domain::record::{ClaimKind, Movable, Service, Suite, single};
use crate::domain::target;
use crate::error::Error;
use crate::partner::{self, Partner};
use crate::probe::{Place, Refusal};
use crate::store;
use crate::store::claims::NewClaim;

/// How long both ports are held for a move.
const STAGED: Duration = Duration::from_secs(120);
/// Good answers in a row that prove that a service has moved.
const PROOFS: u32 = 3;
/// Pause between two looks at a service that moves.
const PAUSE: Duration = Duration::from_millis(100);
/// Looks at the new port before a move has failed.
const LOOKS: u32 = 50;

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
    app: &App,
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
    app: &App,
    actor: Actor<'_>,
    (suite, service): (&Suite, &Service),
    wanted: Option<u16>,
    reason: &str,
) -> Result<Moved, Error> {
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
    let new_port = stage(app, actor, (suite, service), wanted).await?;
    let moved = match (presence, service.port) {
        (Presence::There, Some(old_port)) => {
            let place = place_of(app, suite, service, old_port);
            move_running(app, &place, new_port).await
        }
        (Presence::Silent(why), Some(_)) => Err(why),
        (Presence::Absent | Presence::Silent(_), _) | (Presence::There, None) => {
            Ok(recorded(app, new_port).await)
        }
    };
    match moved {
        Ok(update) => {
            commit(app, actor, (suite, service), reason).await?;
            Ok(Moved {
                service: service.name.clone(),
                old_port: service.port,
                new_port,
                update,
            })
        }
        Err(why) => {
            give_up(app, actor, (suite, service), &why).await?;
            let port = service.port.unwrap_or(new_port);
            Err(Error::MoveFailed(service.name.clone(), port, why))
        }
    }
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

/// Takes the new port for the service; the old one stays its own until the move is over.
async fn stage(
    app: &App,
    actor: Actor<'_>,
    (suite, service): (&Suite, &Service),
    wanted: Option<u16>,
) -> Result<u16, Error> {
    let sockets = app.observer.look(Duration::ZERO).await?;
    let stranger = match wanted {
        Some(port) => assignment::stranger_now(app, (suite, service), port).await?,
        None => None,
    };
    let mut ledger = Ledger::begin(app, actor).await?;
    let now = ledger.at;
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
    store::claims::delete_expired(ledger.conn(), now).await?;
    let claim = NewClaim {
        ports: single(port),
        kind: ClaimKind::Staged,
        service_id: Some(service.id),
        reason: "moving",
        by: actor.name(),
        at: now,
        expires_at: Some(now + STAGED),
    };
    let staged = store::claims::insert(ledger.conn(), &[claim]).await;
    staged.map_err(|error| match error {
        error if service_kit::db::violates(&error, "claim_staged_key") => {
            Error::MovingAlready(service.name.clone())
        }
        error => error.into(),
    })?;
    ledger.commit().await?;
    Ok(port)
}

/// Moves a service that runs, and proves that it has moved.
async fn move_running(app: &App, place: &Place, new_port: u16) -> Result<UpdateResult, String> {
    let told = app
        .probe
        .update_port(place, new_port, app.clock.now().timestamp())
        .await;
    if let Err(refusal) = told {
        return Err(match refusal {
            Refusal::NotRunning => "it went away before it could be told".to_owned(),
            Refusal::Failed(why) => format!("when told to move, {why}"),
        });
    }
    let new = place.on(new_port);
    let mut proofs = 0;
    let mut last = String::new();
    for _look in 0..LOOKS {
        let check = app.probe.health(&new).await;
        proofs = if check.verdict == Verdict::Bad {
            0
        } else {
            proofs + 1
        };
        if proofs >= PROOFS {
            return Ok(UpdateResult {
                success: true,
                message: "Service updated successfully".to_owned(),
                live: true,
            });
        }
        last = check.detail;
        tokio::time::sleep(PAUSE).await;
    }
    // Whoever did listen there is told to go back; the service may not have moved at all.
    let _returned = app
        .probe
        .update_port(&new, place.port, app.clock.now().timestamp())
        .await;
    let old = app.probe.health(place).await;
    let state = if old.verdict == Verdict::Bad {
        "answers on neither port"
    } else {
        "answers on the old port still"
    };
    Err(format!(
        "it said that it moved, but port {new_port} {last}; it {state}"
    ))
}

async fn commit(
    app: &App,
    actor: Actor<'_>,
    (suite, service): (&Suite, &Service),
    reason: &str,
) -> Result<(), Error> {
    let mut ledger = Ledger::begin(app, actor).await?;
    let now = ledger.at;
    // It may have been changed by somebody else meanwhile.
    let service = target::service(ledger.conn(), suite, &service.name).await?;
    let staged = store::claims::find_staged(ledger.conn(), service.id).await?;
    let Some(port) = staged else {
        let why = "the move took too long, and its port was given free again".to_owned();
        return Err(Error::MoveFailed(
            service.name,
            service.port.unwrap_or(0),
            why,
        ));
    };
    assignment::release(&mut ledger, &[&service]).await?;
    store::claims::settle(ledger.conn(), service.id, now).await?;
    let change = PortChange {
        actor,
        suite,
        service: &service,
        port: Some(port),
        reason,
    };
    ledger.tell_ports(&[change]).await?;
    ledger.commit().await?;
    Ok(())
}

/// Gives the new port free again and says why.
async fn give_up(
    app: &App,
    actor: Actor<'_>,
    (suite, service): (&Suite, &Service),
    why: &str,
) -> Result<(), Error> {
    let mut ledger = Ledger::begin(app, actor).await?;
    store::claims::delete_of_services(ledger.conn(), &[service.id], &[ClaimKind::Staged]).await?;
    let facts = json!({"suite": suite.name, "why": why});
    let facts = facts.as_object().cloned().unwrap_or_default();
    ledger.note("port.move_failed", ("service", &service.name), facts);
    let report = partner::error_report(&service.name, "port_move_failed", why, ledger.at);
    ledger
        .send(Partner::Ninja, partner::ERROR_REPORT, vec![report])
        .await?;
    ledger.commit().await?;
    Ok(())
}
