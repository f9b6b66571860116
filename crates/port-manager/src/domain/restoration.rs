//! Bringing a state of a suite back, or its defaults: one revision, which can be undone.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, json};

use crate::app::App;
use crate::domain::assignment::{self, Placement};
use crate::domain::backup::{self, Wanted};
use crate::domain::holders::Holders;
use crate::domain::ledger::{Actor, Ledger, PortChange};
use crate::domain::record::{ClaimKind, Service, Suite};
use crate::domain::{catalog, reservation, target};
use crate::error::Error;
use crate::store;
use crate::store::history::Step;

/// A port that changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// Name of the service.
    pub service: String,
    /// Port before.
    pub old_port: Option<u16>,
    /// Port after.
    pub new_port: Option<u16>,
}

/// What a restore or reset changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Ports of services.
    pub ports: Vec<Changed>,
    /// Ports that become reserved.
    pub reserved: Vec<u16>,
    /// Ports that are reserved no more.
    pub unreserved: Vec<u16>,
    /// Name of the backup that was made before; none where nothing was changed.
    pub backup: Option<String>,
}

/// Whether something is done or only shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Run {
    /// Done.
    Real,
    /// Only shown.
    Dry,
}

/// Brings a state back, after keeping the present one.
///
/// # Errors
/// When there is no such backup or it cannot be used; then nothing has changed.
pub async fn restore(
    app: &App,
    actor: Actor<'_>,
    (suite, name): (Option<&str>, &str),
    run: Run,
) -> Result<Difference, Error> {
    let (document, _backup) = backup::get(app, suite, name).await?;
    let wanted = document.wanted()?;
    let mut ledger = Ledger::begin(app, actor).await?;
    let suite = target::suite(ledger.conn(), suite).await?;
    let what = ("backup.restored", name, "restored");
    let difference = bring(&mut ledger, &suite, (&wanted, what), run).await?;
    if run == Run::Real {
        ledger.commit().await?;
    }
    Ok(difference)
}

/// Gives each service its default port, after keeping the present state. Others have none then, and
/// nothing is reserved.
///
/// # Errors
/// When there is no such suite, or the database refuses.
pub async fn reset(
    app: &App,
    actor: Actor<'_>,
    suite: Option<&str>,
    run: Run,
) -> Result<Difference, Error> {
    let mut ledger = Ledger::begin(app, actor).await?;
    let suite = target::suite(ledger.conn(), suite).await?;
    let services = store::services::list(ledger.conn(), suite.id).await?;
    let defaults = services
        .into_iter()
        .filter_map(|service| Some((service.name, service.default_port?)));
    let wanted = Wanted {
        ports: defaults.collect(),
        ..Wanted::default()
    };
    let name = suite.name.clone();
    let what = ("ports.reset", name.as_str(), "reset");
    let difference = bring(&mut ledger, &suite, (&wanted, what), run).await?;
    if run == Run::Real {
        ledger.commit().await?;
    }
    Ok(difference)
}

async fn bring(
    ledger: &mut Ledger<'_>,
    suite: &Suite,
    (wanted, (action, object, reason)): (&Wanted, (&'static str, &str, &str)),
    run: Run,
) -> Result<Difference, Error> {
    let services = store::services::list(ledger.conn(), suite.id).await?;
    let claims = store::claims::list(ledger.conn(), &suite.range).await?;
    let reserved: BTreeSet<u16> = claims
        .into_iter()
        .filter(|claim| claim.kind == ClaimKind::Reserved)
        .flat_map(|claim| claim.ports)
        .filter_map(|port| u16::try_from(port).ok())
        .collect();
    let mut difference = compare(&services, &reserved, wanted);
    if run == Run::Dry {
        return Ok(difference);
    }
    difference.backup = Some(backup::keep_present(ledger, suite).await?);
    let facts = Map::from_iter([
        ("backup".to_owned(), json!(difference.backup)),
        ("suite".to_owned(), json!(suite.name)),
    ]);
    ledger.note(action, ("suite", object), facts);
    apply(ledger, suite, (&services, wanted), (&difference, reason)).await?;
    Ok(difference)
}

fn compare(services: &[Service], reserved: &BTreeSet<u16>, wanted: &Wanted) -> Difference {
    let present: BTreeMap<&str, Option<u16>> = services
        .iter()
        .map(|service| (service.name.as_str(), service.port))
        .collect();
    let names: BTreeSet<&str> = present
        .keys()
        .copied()
        .chain(wanted.ports.keys().map(String::as_str))
        .collect();
    let ports = names.into_iter().filter_map(|name| {
        let (old_port, new_port) = (
            present.get(name).copied().flatten(),
            wanted.ports.get(name).copied(),
        );
        (old_port != new_port).then(|| Changed {
            service: name.to_owned(),
            old_port,
            new_port,
        })
    });
    Difference {
        ports: ports.collect(),
        reserved: wanted.reserved.difference(reserved).copied().collect(),
        unreserved: reserved.difference(&wanted.reserved).copied().collect(),
        backup: None,
    }
}

/// Makes the suite what is wanted: claims go first, so that ports can change hands.
async fn apply(
    ledger: &mut Ledger<'_>,
    suite: &Suite,
    (services, wanted): (&[Service], &Wanted),
    (difference, reason): (&Difference, &str),
) -> Result<(), Error> {
    let ids: Vec<i64> = services.iter().map(|service| service.id).collect();
    let kinds = [ClaimKind::Assigned, ClaimKind::Quarantine];
    store::claims::delete_of_services(ledger.conn(), &ids, &kinds).await?;
    reservation::remove(ledger, &difference.unreserved).await?;
    let names: Vec<&str> = wanted.ports.keys().map(String::as_str).collect();
    let known = catalog::find_or_add(ledger, suite, &names).await?;
    import_histories(ledger, &known, &wanted.history).await?;
    let ports: Vec<u16> = wanted.ports.values().copied().collect();
    let mut holders = Holders::read(ledger, &ports).await?;
    let actor = ledger.actor;
    let change = |service, port| PortChange {
        actor,
        suite,
        service,
        port,
        reason,
    };
    let mut placements = Vec::new();
    for service in known.values() {
        let Some(port) = wanted.ports.get(&service.name).copied() else {
            continue;
        };
        let has_claim = holders.find(port).is_none();
        if has_claim {
            holders.give(service, port);
        }
        placements.push(Placement {
            change: change(service, Some(port)),
            has_claim,
        });
    }
    assignment::claim(ledger, &placements).await?;
    let placed = placements.iter().map(|placement| placement.change);
    let left = services
        .iter()
        .filter(|service| !wanted.ports.contains_key(&service.name));
    let told = placed.chain(left.map(|service| change(service, None)));
    let told: Vec<_> = told
        .filter(|change| change.port != change.service.port)
        .collect();
    ledger.tell_ports(&told).await?;
    reservation::add(ledger, &difference.reserved, reason).await?;
    tracing::info!(
        "Ports of {} were {reason}: {} changed",
        suite.name,
        difference.ports.len()
    );
    Ok(())
}

/// Takes over the histories of services that have none here.
async fn import_histories(
    ledger: &mut Ledger<'_>,
    services: &BTreeMap<String, Service>,
    histories: &BTreeMap<String, Vec<u16>>,
) -> Result<(), Error> {
    let ids: Vec<i64> = services.values().map(|service| service.id).collect();
    let present = store::history::list_ports(ledger.conn(), &ids).await?;
    let present: BTreeSet<i64> = present
        .into_iter()
        .map(|(service, _port)| service)
        .collect();
    let (at, revision, actor) = (ledger.at, ledger.revision(), ledger.actor);
    let by = actor.name();
    let new = histories.iter().filter_map(|(name, past)| {
        let service = services.get(name)?;
        (!present.contains(&service.id)).then_some((service.id, past))
    });
    let steps = new.flat_map(|(service_id, past)| {
        // The last one is the port that the restore itself gives.
        let past = past.iter().take(past.len().saturating_sub(1));
        past.map(move |port| Step {
            service_id,
            port: *port,
            at,
            actor: by,
            reason: "imported",
            revision,
        })
    });
    let steps: Vec<Step<'_>> = steps.collect();
    store::history::insert(ledger.conn(), &steps).await?;
    Ok(())
}
