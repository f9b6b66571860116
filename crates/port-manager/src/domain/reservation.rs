//! Ports that are kept free.

use common::text;
use serde_json::{Map, json};

use crate::app::App;
use crate::domain::ledger::{Actor, Ledger};
use crate::domain::record::{Claim, ClaimKind, single};
use crate::error::Error;
use crate::store;
use crate::store::claims::NewClaim;

/// All ports there are.
const ALL: std::ops::Range<u32> = 1..65_536;

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
    ledger
        .note("port.reserved", ("port", &port.to_string()), facts)
        .await?;
    ledger.commit().await?;
    Ok(())
}

/// Writes reservations.
///
/// # Errors
/// When the database refuses.
pub async fn insert(
    ledger: &mut Ledger<'_>,
    ports: &[std::ops::Range<u32>],
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

/// Gives a reserved port free.
///
/// # Errors
/// When it is not reserved.
pub async fn release(app: &App, actor: Actor<'_>, port: u16) -> Result<(), Error> {
    let mut ledger = Ledger::begin(app, actor).await?;
    let claim = store::claims::find(ledger.conn(), port).await?;
    let claim = claim
        .filter(|claim| claim.kind == ClaimKind::Reserved)
        .ok_or(Error::NotReserved(port))?;
    store::claims::delete(ledger.conn(), claim.id).await?;
    ledger.note_freed();
    // The rest of a reserved range stays reserved.
    let port = u32::from(port);
    let mut rest = vec![claim.ports.start..port, port + 1..claim.ports.end];
    rest.retain(|ports| !ports.is_empty());
    insert(&mut ledger, &rest, &claim.reason).await?;
    ledger
        .note("port.unreserved", ("port", &port.to_string()), Map::new())
        .await?;
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
