//! Many ports at once, swaps among them: all or nothing if that is wished.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures_util::future::FutureExt;
use futures_util::stream::{self, StreamExt};

use crate::app::App;
use crate::domain::assignment::{self, Placement};
use crate::domain::holders::Holders;
use crate::domain::ledger::{Actor, Ledger, PortChange};
use crate::domain::record::{ClaimKind, OWN_NAME, Service, Suite};
use crate::domain::relocation;
use crate::domain::target;
use crate::error::Error;
use crate::observe::Snapshot;
use crate::store;

/// Moves of a wave at a time.
const AT_ONCE: usize = 8;
/// Why ports change here, in histories.
const REASON: &str = "bulk update";

/// Whether one that cannot be done keeps the others from being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Atomicity {
    /// All or none.
    Whole,
    /// Each for itself.
    Each,
}

/// What became of one of them.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Name of the service.
    pub service: String,
    /// Port before.
    pub old_port: Option<u16>,
    /// Port that was wished.
    pub new_port: u16,
    /// What went wrong, if it did.
    pub fault: Option<String>,
}

/// One change that can be made.
#[derive(Clone, Debug)]
pub struct Change {
    /// The service, as it was before.
    pub service: Service,
    /// Port after.
    pub port: u16,
}

/// Gives each service its port.
///
/// # Errors
/// When there is no such suite, or one of them cannot be done and all should be.
pub async fn update(
    app: &Arc<App>,
    actor: Actor<'_>,
    (suite, wishes): (Option<&str>, &BTreeMap<String, u16>),
    atomicity: Atomicity,
) -> Result<Vec<Outcome>, Error> {
    let sockets = app.observer.look(std::time::Duration::ZERO).await?;
    let (suite, mut outcomes, changes) = {
        let mut ledger = Ledger::begin(app, actor).await?;
        let suite = target::suite(ledger.conn(), suite).await?;
        let (outcomes, changes) = sort_out(&mut ledger, &suite, wishes, &sockets).await?;
        (suite, outcomes, changes)
    };
    if let (Atomicity::Whole, Some(bad)) = (
        atomicity,
        outcomes.iter().find(|outcome| outcome.fault.is_some()),
    ) {
        let fault = bad.fault.clone().unwrap_or_default();
        return Err(Error::BulkRefused(format!("{}: {fault}", bad.service)));
    }
    let running = find_running(app, &suite, &changes).await;
    let faults = if running.is_empty() {
        let mut ledger = Ledger::begin(app, actor).await?;
        record_all(&mut ledger, &suite, &changes, REASON).await?;
        ledger.commit().await?;
        BTreeMap::new()
    } else {
        move_each(app, actor, &suite, (&changes, atomicity, REASON)).await?
    };
    for outcome in &mut outcomes {
        if let Some(fault) = faults.get(&outcome.service) {
            outcome.fault = Some(fault.clone());
        }
    }
    Ok(outcomes)
}

/// Tells which wishes can be fulfilled; a port that one of them gives up is free for another.
async fn sort_out(
    ledger: &mut Ledger<'_>,
    suite: &Suite,
    wishes: &BTreeMap<String, u16>,
    sockets: &Snapshot,
) -> Result<(Vec<Outcome>, Vec<Change>), Error> {
    let names: Vec<&str> = wishes.keys().map(String::as_str).collect();
    let known = store::services::list_named(ledger.conn(), suite.id, &names).await?;
    let known: BTreeMap<&str, &Service> = known
        .iter()
        .map(|service| (service.name.as_str(), service))
        .collect();
    let ports: Vec<u16> = wishes.values().copied().collect();
    let holders = Holders::read(ledger, &ports).await?;
    let given_up: BTreeSet<i64> = known.values().map(|service| service.id).collect();
    let mut wished: BTreeMap<u16, &String> = BTreeMap::new();
    let (mut outcomes, mut changes) = (Vec::new(), Vec::new());
    for (name, port) in wishes {
        let service = known.get(name.as_str()).copied();
        let fault = match (wished.get(port), service) {
            (Some(first), _) => Some(format!("port {port} is wished for {first}, too")),
            (None, Some(service)) => refusal((service, *port), (&holders, &given_up), sockets),
            (None, None) => {
                Some(Error::NoSuchService(name.clone(), suite.name.clone()).to_string())
            }
        };
        wished.entry(*port).or_insert(name);
        if let (Some(service), None) = (service, &fault)
            && !(service.port == Some(*port) && service.has_claim)
        {
            changes.push(Change {
                service: service.clone(),
                port: *port,
            });
        }
        outcomes.push(Outcome {
            service: name.clone(),
            old_port: service.and_then(|service| service.port),
            new_port: *port,
            fault,
        });
    }
    Ok((outcomes, changes))
}

fn refusal(
    (service, port): (&Service, u16),
    (holders, given_up): (&Holders, &BTreeSet<i64>),
    sockets: &Snapshot,
) -> Option<String> {
    let claim = holders.find(port);
    let holder = claim.and_then(|claim| claim.service_id);
    if holder.is_some_and(|id| given_up.contains(&id)) {
        // Whoever listens there is the one that goes away.
        return None;
    }
    let stranger = assignment::stranger(service, port, sockets);
    assignment::refusal(port, claim, stranger).map(|error| error.to_string())
}

/// Rows of those services that run where they should.
pub async fn find_running(app: &App, suite: &Suite, changes: &[Change]) -> BTreeSet<i64> {
    let checks = changes.iter().map(|change| async move {
        let there = relocation::is_there(app, suite, &change.service).await;
        there.then_some(change.service.id)
    });
    futures_util::future::join_all(checks)
        .await
        .into_iter()
        .flatten()
        .collect()
}

/// Writes all changes; two may swap, since overlaps are looked for at the end of the transaction.
///
/// # Errors
/// When the database refuses.
pub async fn record_all(
    ledger: &mut Ledger<'_>,
    suite: &Suite,
    changes: &[Change],
    reason: &str,
) -> Result<(), Error> {
    store::claims::defer_checks(ledger.conn()).await?;
    ledger.note_freed();
    // A port that another one takes at once needs no quarantine.
    let ids: Vec<i64> = changes.iter().map(|change| change.service.id).collect();
    store::claims::delete_of_services(ledger.conn(), &ids, &[ClaimKind::Assigned]).await?;
    let actor = ledger.actor;
    let placements = changes.iter().map(|change| Placement {
        change: PortChange {
            actor,
            suite,
            service: &change.service,
            port: Some(change.port),
            reason,
        },
        has_claim: true,
    });
    let placements: Vec<Placement<'_>> = placements.collect();
    assignment::claim(ledger, &placements).await?;
    let told: Vec<PortChange<'_>> = placements.iter().map(|one| one.change).collect();
    ledger.tell_ports(&told).await
}

/// Moves in waves: first one alone, which shows whether moves work at all, then all whose port is free by
/// then; a circle is broken by a detour.
///
/// # Errors
/// When one cannot be moved and all should be; those before it are moved back then.
pub async fn move_each(
    app: &Arc<App>,
    actor: Actor<'_>,
    suite: &Suite,
    (changes, atomicity, reason): (&[Change], Atomicity, &str),
) -> Result<BTreeMap<String, String>, Error> {
    let mut faults = BTreeMap::new();
    let mut done: Vec<(String, u16)> = Vec::new();
    for wave in waves(changes) {
        let moves = wave
            .iter()
            .map(|step| move_one(app, actor, suite, (step, reason)));
        // A boxed list of futures: a borrowed closure in a stream would not be Send.
        let moves: Vec<_> = moves.map(FutureExt::boxed).collect();
        let moved: Vec<_> = stream::iter(moves).buffered(AT_ONCE).collect().await;
        for (step, outcome) in wave.iter().zip(moved) {
            match outcome {
                Ok(before) => done.extend(before.map(|port| (step.service.clone(), port))),
                Err(error) => {
                    faults.insert(step.service.clone(), error.to_string());
                }
            }
        }
        if let (Atomicity::Whole, Some((service, fault))) = (atomicity, faults.first_key_value()) {
            let text = format!("{service}: {fault}");
            go_back(app, actor, suite, done).await;
            return Err(Error::BulkRefused(text));
        }
    }
    Ok(faults)
}

/// Moves one; answers with the port that it had.
async fn move_one(
    app: &Arc<App>,
    actor: Actor<'_>,
    suite: &Suite,
    (step, reason): (&Step, &str),
) -> Result<Option<u16>, Error> {
    let mut conn = app.store.acquire().await?;
    let service = target::service(&mut conn, suite, &step.service).await?;
    drop(conn);
    let moved = relocation::relocate(app, actor, (suite, &service), step.port, reason).await?;
    Ok(moved.old_port)
}

/// Moves those back that had been moved, the last one first.
async fn go_back(app: &Arc<App>, actor: Actor<'_>, suite: &Suite, done: Vec<(String, u16)>) {
    for (name, port) in done.into_iter().rev() {
        let names = (Some(suite.name.as_str()), name.as_str());
        if let Err(error) = relocation::reassign(app, actor, names, Some(port)).await {
            tracing::error!("{name} could not be moved back to port {port}: {error}");
        }
    }
}

/// One move of a sequence.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Step {
    service: String,
    /// None for a detour: any free port.
    port: Option<u16>,
}

impl Step {
    fn new(service: &str, port: Option<u16>) -> Self {
        let service = service.to_owned();
        Self { service, port }
    }
}

/// Puts changes into waves: each port is free when the turn of its wave comes.
fn waves(changes: &[Change]) -> Vec<Vec<Step>> {
    let mut left: BTreeMap<String, (Option<u16>, u16)> = changes
        .iter()
        .map(|change| {
            (
                change.service.name.clone(),
                (change.service.port, change.port),
            )
        })
        .collect();
    // This very program comes last, unless another one waits for its port: the request that moves all of
    // them is open at the port that it leaves.
    let own = left.get(OWN_NAME).and_then(|(from, _)| *from);
    let is_awaited = left.values().any(|(_, to)| Some(*to) == own);
    let last = (!is_awaited).then(|| left.remove(OWN_NAME)).flatten();
    let mut waves = Vec::new();
    while !left.is_empty() {
        let held: BTreeSet<u16> = left.values().filter_map(|(from, _)| *from).collect();
        let is_ready = |(from, to): &(Option<u16>, u16)| !held.contains(to) || *from == Some(*to);
        let ready = left.iter().filter(|(_, ports)| is_ready(ports));
        let ready: Vec<Step> = ready
            .map(|(name, (_, port))| Step::new(name, Some(*port)))
            .collect();
        for step in &ready {
            left.remove(&step.service);
        }
        if !ready.is_empty() {
            waves.push(ready);
        } else if let Some((name, (from, _))) = left.iter_mut().next() {
            *from = None;
            waves.push(vec![Step::new(name, None)]);
        }
    }
    waves.extend(last.map(|(_, port)| vec![Step::new(OWN_NAME, Some(port))]));
    if let Some(first) = waves.first_mut().filter(|wave| wave.len() > 1) {
        let rest = first.split_off(1);
        waves.insert(1, rest);
    }
    waves
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::catalog;

    fn change(name: &str, from: u16, to: u16) -> Change {
        let suite = Suite {
            id: 1,
            name: "probe".to_owned(),
            title: String::new(),
            range: 1..100,
            static_band: 0,
            strategy: crate::domain::record::Strategy::Lowest,
            host_template: None,
        };
        let mut service = catalog::blank(&suite, name, chrono::DateTime::UNIX_EPOCH).unwrap();
        service.port = Some(from);
        Change { service, port: to }
    }

    #[test]
    fn one_goes_first_and_each_port_is_free_when_its_wave_comes() {
        let changes = [
            change(OWN_NAME, 40, 41),
            change("a", 1, 2),
            change("b", 2, 3),
            change("c", 10, 11),
            change("d", 20, 21),
            change("e", 21, 20),
        ];
        let told: Vec<Vec<(String, Option<u16>)>> = waves(&changes)
            .into_iter()
            .map(|wave| {
                wave.into_iter()
                    .map(|step| (step.service, step.port))
                    .collect()
            })
            .collect();
        let step = |name: &str, port| (name.to_owned(), port);
        assert_eq!(
            told,
            [
                vec![step("b", Some(3))],
                vec![step("c", Some(11))],
                vec![step("a", Some(2))],
                // The detour of a swap.
                vec![step("d", None)],
                vec![step("e", Some(20))],
                vec![step("d", Some(21))],
                vec![step(OWN_NAME, Some(41))],
            ]
        );
    }
}
