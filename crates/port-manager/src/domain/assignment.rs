//! Giving a service a port.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use crate::app::App;
use crate::domain::allocation::{self, BROWSER_BLOCKED};
use crate::domain::catalog;
use crate::domain::ledger::{Actor, Ledger, PortChange};
use crate::domain::record::{Claim, ClaimKind, OWN_NAME, Service, Suite, single};
use crate::domain::relocation::place_of;
use crate::domain::target;
use crate::error::Error;
use crate::observe::Snapshot;
use crate::observer;
use crate::store;
use crate::store::claims::NewClaim;

/// How old a look at the sockets may be where the port is chosen here.
pub const RECENT: Duration = Duration::from_secs(1);

/// Whether an assignment is recorded although somebody has the port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Insistence {
    /// It is refused then.
    Polite,
    /// It is recorded, and shows as a conflict.
    Force,
}

/// What is wished.
#[derive(Clone, Copy, Debug)]
pub struct Wish<'a> {
    /// Name of the suite; the default one if there is none.
    pub suite: Option<&'a str>,
    /// Name of the service; an unknown one is added to the suite.
    pub service: &'a str,
    /// The port; chosen here if there is none.
    pub port: Option<u16>,
    /// What to do where somebody has the port.
    pub insistence: Insistence,
}

/// What was done.
#[derive(Clone, Debug)]
pub struct Assigned {
    /// Name of the service.
    pub service: String,
    /// Its port.
    pub port: u16,
    /// The one that it had before, if that was another one.
    pub previous: Option<u16>,
}

/// Where a service goes.
#[derive(Clone, Copy, Debug)]
pub struct Placement<'a> {
    /// Which service, and to which port.
    pub change: PortChange<'a>,
    /// Whether the port becomes its own, or is only declared while another has it.
    pub has_claim: bool,
}

/// Why a port cannot be had: somebody has the claim, or listens there.
pub fn refusal(port: u16, claim: Option<&Claim>, stranger: Option<String>) -> Option<Error> {
    match claim {
        Some(claim) => Some(Error::PortTaken {
            port,
            holder: claim.describe(),
        }),
        None => stranger.map(|holder| Error::PortInUse { port, holder }),
    }
}

/// Who listens on the port that is wished, unless that is the service itself.
///
/// # Errors
/// When there is no such suite, or the sockets cannot be read.
pub async fn stranger_for(app: &App, wish: Wish<'_>, port: u16) -> Result<Option<String>, Error> {
    let mut conn = app.store.acquire().await?;
    let suite = target::suite(&mut conn, wish.suite).await?;
    let service = match store::services::find(&mut conn, suite.id, wish.service).await? {
        Some(service) => service,
        None => catalog::blank(&suite, wish.service, app.clock.now())?,
    };
    drop(conn);
    stranger_now(app, (&suite, &service), port).await
}

/// Who listens on a port now, unless the service holds it, or the answer there has its name.
///
/// # Errors
/// When the sockets cannot be read.
pub async fn stranger_now(
    app: &App,
    (suite, service): (&Suite, &Service),
    port: u16,
) -> Result<Option<String>, Error> {
    let sockets = app.observer.look(Duration::ZERO).await?;
    let Some(holder) = stranger(service, port, &sockets) else {
        return Ok(None);
    };
    let place = place_of(app, suite, service, port);
    let check = app.probe.health(&place).await;
    Ok(Some(holder).filter(|_| check.identity.as_deref() != Some(&service.name)))
}

/// Who listens on a port that the service does not hold, in words.
pub fn stranger(service: &Service, port: u16, sockets: &Snapshot) -> Option<String> {
    if service.port == Some(port) && service.has_claim {
        return None;
    }
    let is_own = |pid: u32| {
        service.pid == Some(pid) || (service.name == OWN_NAME && pid == std::process::id())
    };
    let mut others = sockets.held_by(port).iter().filter(|listener| {
        !listener
            .owner
            .as_ref()
            .is_some_and(|owner| is_own(owner.pid))
    });
    others.next().map(observer::describe)
}

/// Ports that are never chosen, whoever claims them: listened on, held by an outgoing connection, handed
/// out or kept back by the kernel, or refused by browsers.
pub fn unfit(ports: &Range<u32>, sockets: &Snapshot) -> Vec<Range<u32>> {
    let kernel = &sockets.kernel;
    let wide = |range: &std::ops::RangeInclusive<u16>| {
        u32::from(*range.start())..u32::from(*range.end()) + 1
    };
    let ephemeral = wide(&kernel.ephemeral);
    // Where the suite lies within that range altogether, there is nothing better.
    let is_inside = ephemeral.start <= ports.start && ports.end <= ephemeral.end;
    let listened = sockets.listeners.iter().map(|listener| listener.port);
    let outgoing = sockets
        .outgoing
        .iter()
        .map(|connection| connection.local.port());
    let mut unfit = allocation::parts(listened.chain(outgoing).chain(BROWSER_BLOCKED));
    unfit.extend(kernel.reserved.iter().map(wide));
    if !is_inside {
        unfit.push(ephemeral);
    }
    unfit.retain(|part| part.start < ports.end && ports.start < part.end);
    unfit
}

/// Writes that services have ports, and tells of it. Their former ports are kept from others for a
/// while.
///
/// # Errors
/// When the database refuses.
pub async fn place(ledger: &mut Ledger<'_>, placements: &[Placement<'_>]) -> Result<(), Error> {
    let services: Vec<&Service> = placements.iter().map(|one| one.change.service).collect();
    release(ledger, &services).await?;
    claim(ledger, placements).await?;
    let changes: Vec<PortChange<'_>> = placements.iter().map(|one| one.change).collect();
    ledger.tell_ports(&changes).await
}

/// Makes ports the services' own, where they are not only declared.
///
/// # Errors
/// When the database refuses.
pub async fn claim(ledger: &mut Ledger<'_>, placements: &[Placement<'_>]) -> Result<(), Error> {
    let at = ledger.at;
    let own = placements.iter().filter(|placement| placement.has_claim);
    let claims = own.filter_map(|placement| {
        let change = &placement.change;
        Some(NewClaim {
            ports: single(change.port?),
            kind: ClaimKind::Assigned,
            service_id: Some(change.service.id),
            reason: change.reason,
            by: change.actor.name(),
            at,
            expires_at: None,
        })
    });
    let claims: Vec<NewClaim<'_>> = claims.collect();
    if !claims.is_empty() {
        store::claims::insert(ledger.conn(), &claims).await?;
    }
    Ok(())
}

/// Takes the claims of services away; their ports stay in quarantine.
///
/// # Errors
/// When the database refuses.
pub async fn release(ledger: &mut Ledger<'_>, services: &[&Service]) -> Result<(), Error> {
    let held = services.iter().filter(|service| service.has_claim);
    let ids: Vec<i64> = held.map(|service| service.id).collect();
    if ids.is_empty() {
        return Ok(());
    }
    ledger.note_freed();
    match ledger.quarantine_end() {
        Some(end) => {
            let now = ledger.at;
            store::claims::quarantine(ledger.conn(), &ids, (now, end)).await?;
        }
        None => {
            let kinds = [ClaimKind::Assigned];
            store::claims::delete_of_services(ledger.conn(), &ids, &kinds).await?;
        }
    }
    Ok(())
}

/// Takes the port of a service away: it has none any more.
///
/// # Errors
/// When there is no such service, or it has no port.
pub async fn unassign(
    app: &App,
    actor: Actor<'_>,
    suite: Option<&str>,
    name: &str,
) -> Result<u16, Error> {
    let mut ledger = Ledger::begin(app, actor).await?;
    let suite = target::suite(ledger.conn(), suite).await?;
    let service = target::service(ledger.conn(), &suite, name).await?;
    let port = service
        .port
        .ok_or_else(|| Error::NoPort(service.name.clone()))?;
    take_away(&mut ledger, &suite, &[&service], "released").await?;
    ledger.commit().await?;
    Ok(port)
}

/// Takes the ports of services away, and tells of it.
///
/// # Errors
/// When the database refuses.
pub async fn take_away(
    ledger: &mut Ledger<'_>,
    suite: &Suite,
    services: &[&Service],
    reason: &str,
) -> Result<(), Error> {
    release(ledger, services).await?;
    let actor = ledger.actor;
    let having = services.iter().filter(|service| service.port.is_some());
    let changes = having.map(|service| PortChange {
        actor,
        suite,
        service,
        port: None,
        reason,
    });
    ledger.tell_ports(&changes.collect::<Vec<_>>()).await
}

/// Free ports of a suite from `start` on, `count` at most, lowest first.
///
/// # Errors
/// When there is no such suite.
pub async fn list_free(
    app: &App,
    suite: Option<&str>,
    start: Option<u16>,
    count: usize,
) -> Result<Vec<u16>, Error> {
    let sockets: Arc<Snapshot> = app.observer.look(RECENT).await?;
    let mut conn = app.store.acquire().await?;
    let suite = target::suite(&mut conn, suite).await?;
    let mut ports = suite.automatic();
    ports.start = ports.start.max(start.map_or(0, u32::from));
    if ports.is_empty() {
        return Ok(Vec::new());
    }
    let taken = unfit(&ports, &sockets);
    let free = store::claims::list_free(&mut conn, &ports, &taken, app.clock.now()).await?;
    let each = free
        .into_iter()
        .flatten()
        .filter_map(|port| u16::try_from(port).ok());
    Ok(each.take(count).collect())
}

/// Whether anybody could have a port now; else who has it, in words.
///
/// # Errors
/// When the database or the sockets cannot be read.
pub async fn find_holder(app: &App, port: u16) -> Result<Option<String>, Error> {
    let sockets = app.observer.look(Duration::ZERO).await?;
    let mut conn = app.store.acquire().await?;
    let claim = store::claims::find(&mut conn, port).await?;
    if let Some(claim) = claim.filter(|claim| claim.holds(app.clock.now())) {
        return Ok(Some(claim.describe()));
    }
    Ok(sockets.held_by(port).first().map(observer::describe))
}
