//! Making a suite what a document wishes: shown as a plan first, then done.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Map, json};

use super::comparison::{Action, Comparison, Findings, Unnamed, compare};
use super::document::Manifest;
use crate::app::App;
use crate::domain::bulk::{self, Atomicity, Change};
use crate::domain::conflict::Known;
use crate::domain::ledger::{Actor, Ledger};
use crate::domain::record::{Service, Suite};
use crate::domain::relocation::place_of;
use crate::domain::{assignment, backup, catalog, reservation};
use crate::error::Error;

/// Why ports change here, in histories.
const REASON: &str = "plan applied";

/// What was done.
#[derive(Debug)]
pub struct Applied {
    /// What the document changed.
    pub comparison: Comparison,
    /// What could not be done after all, by service; to be tried again.
    pub faults: BTreeMap<String, String>,
    /// Name of the backup of the state before; none where nothing had to change.
    pub backup: Option<String>,
}

/// Shows what a document would change.
///
/// # Errors
/// When there is no such suite, or the database or the sockets cannot be read.
pub async fn plan(app: &App, manifest: &Manifest, unnamed: Unnamed) -> Result<Comparison, Error> {
    let (known, arrived) = look(app, manifest).await?;
    let findings = Findings {
        arrived: &arrived,
        unnamed,
    };
    Ok(compare(&known, manifest, findings))
}

/// Reads everything, and asks those who listen on ports that the document declares for others who they
/// are.
async fn look(app: &App, manifest: &Manifest) -> Result<(Known, BTreeSet<String>), Error> {
    let sockets = app.observer.look(Duration::ZERO).await?;
    let mut conn = app.store.acquire().await?;
    let suite = manifest.suite.as_deref();
    let known = Known::read(app, &mut conn, suite, sockets, app.clock.now()).await?;
    drop(conn);
    let differing = known.services.iter().filter_map(|service| {
        let port = manifest.ports.get(&service.name).copied()?;
        let is_held = !known.sockets.held_by(port).is_empty();
        (service.port != Some(port) && is_held).then_some((service, port))
    });
    let checks = differing.map(|(service, port)| {
        let place = place_of(app, &known.suite, service, port);
        async move {
            let check = app.probe.health(&place).await;
            (check.identity.as_deref() == Some(&service.name)).then(|| service.name.clone())
        }
    });
    let arrived = join_all(checks).await.into_iter().flatten().collect();
    Ok((known, arrived))
}

/// Does what a document wishes. With `expected`, only if that is what its plan said.
///
/// # Errors
/// When something of it cannot be done, or the plan is another one by now; then nothing has changed.
pub async fn apply(
    app: &Arc<App>,
    actor: Actor<'_>,
    manifest: &Manifest,
    (unnamed, expected): (Unnamed, Option<&str>),
) -> Result<Applied, Error> {
    let (known, arrived) = look(app, manifest).await?;
    let running = find_running(app, &known, manifest, &arrived).await;
    let sockets = known.sockets;
    let mut ledger = Ledger::begin(app, actor).await?;
    let (suite, at) = (manifest.suite.as_deref(), ledger.at);
    // What was read before may have changed.
    let known = Known::read(app, ledger.conn(), suite, sockets, at).await?;
    let findings = Findings {
        arrived: &arrived,
        unnamed,
    };
    let comparison = compare(&known, manifest, findings);
    if expected.is_some_and(|expected| expected != comparison.digest()) {
        return Err(Error::PlanOutdated);
    }
    if let Some(fault) = comparison.fault() {
        return Err(Error::BulkRefused(fault));
    }
    if comparison.is_empty() {
        return Ok(Applied {
            comparison,
            faults: BTreeMap::new(),
            backup: None,
        });
    }
    let suite = known.suite.clone();
    let backup = keep(&mut ledger, &suite).await?;
    let live = record(&mut ledger, &known, (&comparison, manifest), &running).await?;
    ledger.commit().await?;
    let mut faults = bulk::move_each(app, actor, &suite, (&live, Atomicity::Each, REASON)).await?;
    if let Some(fault) = reserve(app, actor, &comparison.reserved).await? {
        faults.insert("reserved_ports".to_owned(), fault);
    }
    Ok(Applied {
        comparison,
        faults,
        backup: Some(backup),
    })
}

/// Rows of the services that run and have to be told to move.
async fn find_running(
    app: &App,
    known: &Known,
    manifest: &Manifest,
    arrived: &BTreeSet<String>,
) -> BTreeSet<i64> {
    let changes = known.services.iter().filter_map(|service| {
        let port = manifest.ports.get(&service.name).copied()?;
        let moves = service.port != Some(port) && !arrived.contains(&service.name);
        moves.then(|| Change {
            service: service.clone(),
            port,
        })
    });
    bulk::find_running(app, &known.suite, &changes.collect::<Vec<_>>()).await
}

async fn keep(ledger: &mut Ledger<'_>, suite: &Suite) -> Result<String, Error> {
    let name = backup::keep_present(ledger, suite).await?;
    let facts = Map::from_iter([
        ("backup".to_owned(), json!(name)),
        ("suite".to_owned(), json!(suite.name)),
    ]);
    ledger.note("ports.applied", ("suite", &suite.name), facts);
    Ok(name)
}

/// Writes all that needs no service to do anything; answers with the moves that do.
async fn record(
    ledger: &mut Ledger<'_>,
    known: &Known,
    (comparison, manifest): (&Comparison, &Manifest),
    running: &BTreeSet<i64>,
) -> Result<Vec<Change>, Error> {
    let suite = &known.suite;
    if !comparison.unreserved.is_empty() {
        reservation::remove(ledger, &comparison.unreserved).await?;
    }
    let chosen = |action| {
        comparison
            .lines
            .iter()
            .filter(move |line| line.action == action)
    };
    let released: BTreeSet<&str> = chosen(Action::Release)
        .map(|line| line.service.as_str())
        .collect();
    let released = known
        .services
        .iter()
        .filter(|one| released.contains(one.name.as_str()));
    let released: Vec<&Service> = released.collect();
    assignment::take_away(ledger, suite, &released, REASON).await?;
    let acted = [Action::Add, Action::Assign, Action::Move]
        .into_iter()
        .flat_map(chosen);
    let names: Vec<&str> = acted.map(|line| line.service.as_str()).collect();
    let services = catalog::find_or_add(ledger, suite, &names).await?;
    let changes = services.into_values().filter_map(|service| {
        let port = manifest.ports.get(&service.name).copied()?;
        Some(Change { service, port })
    });
    let (live, still) = split(changes.collect(), running);
    bulk::record_all(ledger, suite, &still, REASON).await?;
    Ok(live)
}

/// Parts the moves of running services, and those that wait for a port of theirs, from the rest.
fn split(changes: Vec<Change>, running: &BTreeSet<i64>) -> (Vec<Change>, Vec<Change>) {
    let (mut live, mut still): (Vec<Change>, Vec<Change>) = changes
        .into_iter()
        .partition(|change| running.contains(&change.service.id));
    loop {
        let held: BTreeSet<u16> = live
            .iter()
            .filter_map(|change| change.service.port)
            .collect();
        let (waiting, rest): (Vec<Change>, Vec<Change>) = still
            .into_iter()
            .partition(|change| held.contains(&change.port));
        still = rest;
        if waiting.is_empty() {
            return (live, still);
        }
        live.extend(waiting);
    }
}

/// Reserves ports; answers why not if somebody has one of them.
async fn reserve(app: &App, actor: Actor<'_>, ports: &[u16]) -> Result<Option<String>, Error> {
    if ports.is_empty() {
        return Ok(None);
    }
    let mut ledger = Ledger::begin(app, actor).await?;
    let refused = reservation::add(&mut ledger, ports, REASON).await?;
    ledger.commit().await?;
    let refused: Vec<String> = refused.iter().map(Error::to_string).collect();
    Ok((!refused.is_empty()).then(|| refused.join(", ")))
}
