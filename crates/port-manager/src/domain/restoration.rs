//! Bringing a state of a suite back, or its defaults: one revision, which can be undone.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, json};

use crate::app::App;
use crate::domain::assignment::{self, Placement};
use crate::domain::backup::{self, Origin, Wanted};
use crate::domain::ledger::{Actor, Ledger, PortChange};
use crate::domain::record::{ClaimKind, Service, Suite, single};
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
    let present = backup::describe(ledger, suite).await?;
    difference.backup =
        Some(backup::keep(ledger, suite, (None, &present), Origin::Automatic).await?);
    let facts = Map::from_iter([
        ("backup".to_owned(), json!(difference.backup)),
        ("suite".to_owned(), json!(suite.name)),
    ]);
    ledger.note(action, ("suite", object), facts).await?;
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
    clear(ledger, suite, services).await?;
    for (name, port) in &wanted.ports {
        let service = catalog::find_or_add(ledger, suite, name).await?;
        import_history(ledger, &service, wanted.history.get(name)).await?;
        let has_claim = ledger.find_hindrance(*port).await?.is_none();
        let placement = Placement {
            port: *port,
            has_claim,
        };
        let bare = Service {
            has_claim: false,
            ..service
        };
        if bare.port == Some(*port) {
            assignment::claim(ledger, &bare, placement, reason).await?;
        } else {
            assignment::place(ledger, (suite, &bare), placement, reason).await?;
        }
    }
    for service in services
        .iter()
        .filter(|service| service.port.is_some() && !wanted.ports.contains_key(&service.name))
    {
        ledger
            .tell_port(PortChange {
                suite,
                service,
                port: None,
                reason,
            })
            .await?;
    }
    for port in &wanted.reserved {
        if store::claims::find(ledger.conn(), *port).await?.is_none() {
            reservation::insert(ledger, &single(*port), reason).await?;
        }
    }
    tracing::info!(
        "Ports of {} were {reason}: {} changed",
        suite.name,
        difference.ports.len()
    );
    Ok(())
}

/// Takes all claims of a suite and its reservations away.
async fn clear(ledger: &mut Ledger<'_>, suite: &Suite, services: &[Service]) -> Result<(), Error> {
    for service in services {
        for kind in [ClaimKind::Assigned, ClaimKind::Quarantine] {
            store::claims::delete_of_service(ledger.conn(), service.id, kind).await?;
        }
    }
    store::claims::delete_reserved(ledger.conn(), &suite.range).await?;
    Ok(())
}

/// Takes over the history of a service that has none here.
async fn import_history(
    ledger: &mut Ledger<'_>,
    service: &Service,
    past: Option<&Vec<u16>>,
) -> Result<(), Error> {
    let Some(past) = past else { return Ok(()) };
    if !store::history::list(ledger.conn(), service.id)
        .await?
        .is_empty()
    {
        return Ok(());
    }
    let (at, revision, by) = (ledger.at, ledger.revision(), ledger.actor.name().to_owned());
    // The last one is the port that the restore itself gives.
    for port in past.iter().take(past.len().saturating_sub(1)) {
        let step = Step {
            service_id: service.id,
            port: *port,
            at,
            actor: &by,
            reason: "imported",
            revision,
        };
        store::history::insert(ledger.conn(), &step).await?;
    }
    Ok(())
}
