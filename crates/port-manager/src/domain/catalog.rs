//! Services of a suite: added, changed, removed.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use common::problem::FieldError;
use common::text;
use serde_json::{Map, Value, json};
use service_kit::db::violates;

use crate::app::App;
use crate::domain::assignment;
use crate::domain::ledger::{Actor, Ledger};
use crate::domain::record::{Criticality, Movable, Service, Suite};
use crate::domain::target;
use crate::error::Error;
use crate::store;

/// Why a port is given up by a service that goes away.
pub const REMOVED: &str = "service removed";
/// Longest name of a service.
const MAX_NAME: usize = 100;

/// What a service is to be; what is none stays.
#[derive(Clone, Debug, Default)]
pub struct ServiceEdit {
    /// Name for people.
    pub title: Option<String>,
    /// Group that it is shown in.
    pub category: Option<String>,
    /// How much an interruption hurts.
    pub criticality: Option<Criticality>,
    /// Where it runs; a none inside follows the suite.
    pub host: Option<Option<String>>,
    /// Path that answers 200 when it is healthy.
    pub health_path: Option<String>,
    /// How it changes its port.
    pub movable: Option<Movable>,
    /// Whether its health counts for nothing.
    pub maintenance: Option<bool>,
    /// Process that it is; a none inside forgets it.
    pub pid: Option<Option<u32>>,
    /// Names of the services that it calls.
    pub depends_on: Option<Vec<String>>,
}

impl ServiceEdit {
    fn apply(self, service: &mut Service) -> Result<(), Error> {
        let mut faults = Vec::new();
        let mut set = |field: &mut String, name: &str, value: Option<String>, max: usize| {
            if let Some(value) = value {
                text::line(name, &value, max)
                    .map_or_else(|fault| faults.push(fault), |value| *field = value);
            }
        };
        set(&mut service.title, "title", self.title, 100);
        set(&mut service.category, "category", self.category, 50);
        set(
            &mut service.health_path,
            "health_path",
            self.health_path,
            200,
        );
        service.host = self.host.unwrap_or_else(|| service.host.clone());
        service.criticality = self.criticality.unwrap_or(service.criticality);
        service.movable = self.movable.unwrap_or(service.movable);
        service.maintenance = self.maintenance.unwrap_or(service.maintenance);
        service.pid = self.pid.unwrap_or(service.pid);
        if let Some(names) = self.depends_on {
            service.depends_on = names;
            service.depends_on.sort();
            service.depends_on.dedup();
        }
        faults.extend(faults_of(service));
        if faults.is_empty() {
            Ok(())
        } else {
            Err(Error::Invalid(faults))
        }
    }
}

/// What a service cannot be.
fn faults_of(service: &Service) -> Vec<FieldError> {
    let mut faults = Vec::new();
    if service.host.as_ref().is_some_and(|host| !is_host(host)) {
        let detail = "must be a host name or an address";
        faults.push(FieldError::new("host", "not_allowed", detail));
    }
    let path = &service.health_path;
    if !path.starts_with('/') || !path.bytes().all(|byte| byte.is_ascii_graphic()) {
        let detail = "must start with / and hold no spaces";
        faults.push(FieldError::new("health_path", "not_allowed", detail));
    }
    if service.depends_on.contains(&service.name) {
        let detail = "must not hold the service itself";
        faults.push(FieldError::new("depends_on", "itself", detail));
    }
    faults
}

fn is_host(text: &str) -> bool {
    let is_name = !text.is_empty()
        && text.len() <= 253
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    is_name || text.parse::<std::net::IpAddr>().is_ok()
}

fn service_facts(suite: &Suite, service: &Service) -> Map<String, Value> {
    let facts = json!({
        "suite": suite.name, "title": service.title, "category": service.category, "criticality": service.criticality,
        "host": service.host, "health_path": service.health_path, "movable": service.movable,
        "maintenance": service.maintenance, "depends_on": service.depends_on,
    });
    facts.as_object().cloned().unwrap_or_default()
}

/// A service of this name that is nowhere yet.
///
/// # Errors
/// When the name cannot be one.
pub fn blank(suite: &Suite, name: &str, now: DateTime<Utc>) -> Result<Service, Error> {
    let is_name = name.len() <= MAX_NAME
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    if !is_name {
        let detail = "must be a word of letters, digits, ., _ and -, up to 100 characters";
        return Err(Error::field("service_id", "not_allowed", detail));
    }
    Ok(Service {
        id: 0,
        suite_id: suite.id,
        name: name.to_owned(),
        title: name.to_owned(),
        category: "other".to_owned(),
        criticality: Criticality::Normal,
        host: None,
        health_path: "/health".to_owned(),
        movable: Movable::Live,
        maintenance: false,
        default_port: None,
        port: None,
        has_claim: false,
        pid: None,
        depends_on: Vec::new(),
        updated_at: now,
    })
}

/// The services of these names; those that are not known are added without ports.
///
/// # Errors
/// When a name cannot be one.
pub async fn find_or_add(
    ledger: &mut Ledger<'_>,
    suite: &Suite,
    names: &[&str],
) -> Result<BTreeMap<String, Service>, Error> {
    let known = store::services::list_named(ledger.conn(), suite.id, names).await?;
    let mut services: BTreeMap<String, Service> = known
        .into_iter()
        .map(|service| (service.name.clone(), service))
        .collect();
    let unknown = names.iter().filter(|name| !services.contains_key(**name));
    let new: Result<Vec<Service>, Error> =
        unknown.map(|name| blank(suite, name, ledger.at)).collect();
    let actor = ledger.actor;
    let added = add(
        ledger,
        suite,
        new?.into_iter().map(|service| (actor, service)),
    )
    .await?;
    services.extend(
        added
            .into_iter()
            .map(|service| (service.name.clone(), service)),
    );
    Ok(services)
}

/// Adds services, each in the name of somebody.
///
/// # Errors
/// When a name is taken.
pub async fn add(
    ledger: &mut Ledger<'_>,
    suite: &Suite,
    new: impl Iterator<Item = (Actor<'_>, Service)>,
) -> Result<Vec<Service>, Error> {
    let (actors, mut services): (Vec<Actor<'_>>, Vec<Service>) = new.unzip();
    let Some(first) = services.first() else {
        return Ok(services);
    };
    let taken = first.name.clone();
    let rows: Vec<&Service> = services.iter().collect();
    let made = store::services::insert(ledger.conn(), &rows).await;
    let ids = made.map_err(|error| match error {
        error if violates(&error, "service_name_key") => Error::ServiceTaken(taken),
        error => error.into(),
    })?;
    let ids: BTreeMap<String, i64> = ids.into_iter().collect();
    for service in &mut services {
        service.id = ids.get(&service.name).copied().unwrap_or_default();
    }
    let entries = actors.iter().zip(&services).map(|(actor, service)| {
        let entry = actor.entry("service.created");
        let entry = entry.object("service", &service.name, &service.name);
        entry.change(Value::Object(service_facts(suite, service)))
    });
    ledger.note_all(entries);
    Ok(services)
}

async fn write_dependencies(ledger: &mut Ledger<'_>, service: &Service) -> Result<(), Error> {
    store::services::delete_dependencies(ledger.conn(), service.id).await?;
    let known = store::services::insert_dependencies(ledger.conn(), service).await?;
    if usize::try_from(known).is_ok_and(|known| known == service.depends_on.len()) {
        return Ok(());
    }
    Err(Error::field(
        "depends_on",
        "unknown",
        "must hold names of services of this suite",
    ))
}

/// Adds a service without a port.
///
/// # Errors
/// When the name is taken, or a field is wrong.
pub async fn create_service(
    app: &App,
    actor: Actor<'_>,
    (suite, name): (Option<&str>, &str),
    edit: ServiceEdit,
) -> Result<Service, Error> {
    let mut ledger = Ledger::begin(app, actor).await?;
    let suite = target::suite(ledger.conn(), suite).await?;
    let mut service = blank(&suite, name, ledger.at)?;
    edit.apply(&mut service)?;
    let added = add(&mut ledger, &suite, [(actor, service.clone())].into_iter()).await?;
    service.id = added.first().map_or(0, |added| added.id);
    write_dependencies(&mut ledger, &service).await?;
    ledger.commit().await?;
    Ok(service)
}

/// Changes a service; its port stays.
///
/// # Errors
/// When there is no such service, or a field is wrong.
pub async fn change_service(
    app: &App,
    actor: Actor<'_>,
    (suite, name): (Option<&str>, &str),
    edit: ServiceEdit,
) -> Result<Service, Error> {
    let mut ledger = Ledger::begin(app, actor).await?;
    let suite = target::suite(ledger.conn(), suite).await?;
    let mut service = target::service(ledger.conn(), &suite, name).await?;
    let before = service.clone();
    edit.apply(&mut service)?;
    if service == before {
        return Ok(service);
    }
    service.updated_at = ledger.at;
    store::services::update(ledger.conn(), &service).await?;
    write_dependencies(&mut ledger, &service).await?;
    ledger.note(
        "service.changed",
        ("service", &service.name),
        service_facts(&suite, &service),
    );
    ledger.commit().await?;
    Ok(service)
}

/// Removes a service; its port is free again.
///
/// # Errors
/// When there is no such service.
pub async fn delete_service(
    app: &App,
    actor: Actor<'_>,
    suite: Option<&str>,
    name: &str,
) -> Result<(), Error> {
    let mut ledger = Ledger::begin(app, actor).await?;
    let suite = target::suite(ledger.conn(), suite).await?;
    let service = target::service(ledger.conn(), &suite, name).await?;
    assignment::take_away(&mut ledger, &suite, &[&service], REMOVED).await?;
    store::services::delete(ledger.conn(), service.id).await?;
    ledger.note(
        "service.deleted",
        ("service", &service.name),
        service_facts(&suite, &service),
    );
    ledger.commit().await?;
    Ok(())
}
