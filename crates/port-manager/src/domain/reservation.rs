//! Ports that are kept free.

use std::collections::BTreeSet;
use std::ops::Range;

use common::text;
use serde_json::{Map, json};

use crate::app::App;
use crate::domain::assignment;
use crate::domain::holders::Holders;
use crate::domain::ledger::{Actor, Ledger};
use crate::domain::record::{Claim, ClaimKind, single};
use crate::error::Error;
use crate::store;
use crate::store::claims::NewClaim;

/// All ports there are.
const ALL: Range<u32> = 1..65_536;

/// Reserves a port, so that nobody is given it.
///
/// # Errors
/// When it is reserved or somebody has it.
pub async fn reserve(
    app: &App,
    actor: Actor<'_>,
    port: u16,
    reason: Option<&str>,
) -> Result<(), Error> {
    let reason = text::lines("reason", reason.unwrap_or_default(), 500)?;
    let mut ledger = Ledger::begin(app, actor).await?;
    match ledger.find_hindrance(port).await? {
        Some(claim) if claim.kind == ClaimKind::Reserved => {
            return Err(Error::AlreadyReserved(port));
        }
        Some(claim) => {
            return Err(Error::PortTaken {
                port,
                holder: claim.describe(),
            });
        }
        None => {}
    }
    insert(&mut ledger, &[single(port)], &reason).await?;
    let facts = Map::from_iter([("reason".to_owned(), json!(reason))]);
    ledger.note("port.reserved", ("port", &port.to_string()), facts);
    ledger.commit().await?;
    Ok(())
}

/// Writes reservations.
///
/// # Errors
/// When the database refuses.
pub async fn insert(
    ledger: &mut Ledger<'_>,
    ports: &[Range<u32>],
    reason: &str,
) -> Result<(), Error> {
    let (at, actor) = (ledger.at, ledger.actor);
    let claims = ports.iter().map(|ports| NewClaim {
        ports: ports.clone(),
        kind: ClaimKind::Reserved,
        service_id: None,
        reason,
        by: actor.name(),
        at,
        expires_at: None,
    });
    store::claims::insert(ledger.conn(), &claims.collect::<Vec<_>>()).await?;
    Ok(())
}

/// Reserves each of some ports that nobody has; answers with why the others cannot be.
///
/// # Errors
/// When the database refuses.
pub async fn add(
    ledger: &mut Ledger<'_>,
    ports: &[u16],
    reason: &str,
) -> Result<Vec<Error>, Error> {
    let holders = Holders::read(ledger, ports).await?;
    let mut free = Vec::new();
    let mut refused = Vec::new();
    for port in ports.iter().copied() {
        match assignment::refusal(port, holders.find(port), None) {
            None => free.push(single(port)),
            Some(error) => refused.push(error),
        }
    }
    insert(ledger, &free, reason).await?;
    Ok(refused)
}

/// Gives those of some ports free that are reserved; the rest of a reserved range stays reserved.
///
/// # Errors
/// When the database refuses.
pub async fn remove(ledger: &mut Ledger<'_>, ports: &[u16]) -> Result<(), Error> {
    let mut claims = store::claims::list_at(ledger.conn(), ports).await?;
    claims.retain(|claim| claim.kind == ClaimKind::Reserved);
    let ids: Vec<i64> = claims.iter().map(|claim| claim.id).collect();
    store::claims::delete(ledger.conn(), &ids).await?;
    let freed: BTreeSet<u32> = ports.iter().copied().map(u32::from).collect();
    for claim in claims {
        insert(ledger, &without(&claim.ports, &freed), &claim.reason).await?;
    }
    ledger.note_freed();
    Ok(())
}

/// The parts of a range that are left without some ports.
fn without(range: &Range<u32>, ports: &BTreeSet<u32>) -> Vec<Range<u32>> {
    let mut parts = Vec::new();
    let mut next = range.start;
    for port in ports.range(range.clone()) {
        parts.push(next..*port);
        next = port + 1;
    }
    parts.push(next..range.end);
    parts.retain(|part| !part.is_empty());
    parts
}

/// Gives a reserved port free.
///
/// # Errors
/// When it is not reserved.
pub async fn release(app: &App, actor: Actor<'_>, port: u16) -> Result<(), Error> {
    let mut ledger = Ledger::begin(app, actor).await?;
    let claim = store::claims::find(ledger.conn(), port).await?;
    if claim.is_none_or(|claim| claim.kind != ClaimKind::Reserved) {
        return Err(Error::NotReserved(port));
    }
    remove(&mut ledger, &[port]).await?;
    ledger.note("port.unreserved", ("port", &port.to_string()), Map::new());
    ledger.commit().await?;
    Ok(())
}

/// All reservations, lowest port first.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list(app: &App) -> Result<Vec<Claim>, Error> {
    let mut conn = app.store.acquire().await?;
    let mut claims = store::claims::list(&mut conn, &ALL).await?;
    claims.retain(|claim| claim.kind == ClaimKind::Reserved);
    Ok(claims)
}
