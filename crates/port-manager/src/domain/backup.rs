//! States of a suite that are kept, as rows and as files.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use common::problem::FieldError;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use service_kit::db::violates;
use sha2::{Digest, Sha256};
use sqlx::PgConnection;

use crate::app::App;
use crate::domain::ledger::{Actor, Ledger};
use crate::domain::record::{ClaimKind, Suite, port};
use crate::domain::target;
use crate::error::Error;
use crate::store;
use crate::store::backups::{Backup, NewBackup};

/// Most services of a document.
const MAX_SERVICES: usize = 65_535;
/// Most ports in the history of one service.
const MAX_HISTORY: usize = 1000;

/// A backup file, as existing clients read and write it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// Port of each service.
    pub port_assignments: BTreeMap<String, i64>,
    /// Ports that each service had, oldest first.
    #[serde(default)]
    pub port_history: BTreeMap<String, Vec<i64>>,
    /// Ports that are kept free.
    #[serde(default)]
    pub reserved_ports: Vec<i64>,
    /// When it was made; text or a number.
    #[serde(default)]
    pub backup_timestamp: Value,
}

impl Document {
    fn digest(&self) -> Vec<u8> {
        Sha256::digest(serde_json::to_vec(self).unwrap_or_default()).to_vec()
    }

    fn read(value: Value) -> Result<Self, Error> {
        serde_json::from_value(value).map_err(|error| Error::BadBackup(error.to_string()))
    }

    /// What the document asks for.
    ///
    /// # Errors
    /// When it asks for what cannot be.
    pub fn wanted(&self) -> Result<Wanted, Error> {
        let bad =
            |what: &str, fault: FieldError| Error::BadBackup(format!("{what} {}", fault.detail));
        if self.port_assignments.len() > MAX_SERVICES {
            return Err(Error::BadBackup(format!(
                "more than {MAX_SERVICES} services"
            )));
        }
        let mut wanted = Wanted::default();
        for (name, number) in &self.port_assignments {
            let port = port("port", *number)
                .map_err(|fault| bad(&format!("the port of {name:?}"), fault))?;
            wanted.ports.insert(name.clone(), port);
        }
        for number in &self.reserved_ports {
            let port = port("port", *number).map_err(|fault| bad("a reserved port", fault))?;
            wanted.reserved.insert(port);
        }
        for (name, ports) in &self.port_history {
            if ports.len() > MAX_HISTORY {
                return Err(Error::BadBackup(format!(
                    "the history of {name:?} is too long"
                )));
            }
            let ports: Result<Vec<u16>, _> =
                ports.iter().map(|number| port("port", *number)).collect();
            let ports = ports.map_err(|fault| bad(&format!("a former port of {name:?}"), fault))?;
            wanted.history.insert(name.clone(), ports);
        }
        Ok(wanted)
    }
}

/// A state that a suite is to have.
#[derive(Debug, Default)]
pub struct Wanted {
    /// Port of each service.
    pub ports: BTreeMap<String, u16>,
    /// Ports that are kept free.
    pub reserved: BTreeSet<u16>,
    /// Ports that each service had, oldest first.
    pub history: BTreeMap<String, Vec<u16>>,
}

/// Keeps the state of a suite under a name; one is made up if none is given.
///
/// # Errors
/// When the name cannot be one, or is taken.
pub async fn create(
    app: &App,
    actor: Actor<'_>,
    suite: Option<&str>,
    name: Option<&str>,
) -> Result<String, Error> {
    let mut ledger = Ledger::begin(app, actor).await?;
    let suite = target::suite(ledger.conn(), suite).await?;
    let at = ledger.at;
    let document = describe(ledger.conn(), &suite, at).await?;
    let name = keep(&mut ledger, &suite, (name, &document), Origin::Person).await?;
    ledger.commit().await?;
    Ok(name)
}

/// Keeps a file that comes from elsewhere.
///
/// # Errors
/// When it is no backup, or the name cannot be one or is taken.
pub async fn import(
    app: &App,
    actor: Actor<'_>,
    (suite, name): (Option<&str>, Option<&str>),
    document: Value,
) -> Result<String, Error> {
    let document = Document::read(document)?;
    document.wanted()?;
    let mut ledger = Ledger::begin(app, actor).await?;
    let suite = target::suite(ledger.conn(), suite).await?;
    let name = keep(&mut ledger, &suite, (name, &document), Origin::Person).await?;
    ledger.commit().await?;
    Ok(name)
}

/// Who wants a backup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    /// Somebody.
    Person,
    /// A restore or reset that can be undone with it.
    Automatic,
}

/// The present state of a suite.
///
/// # Errors
/// When the database refuses.
pub async fn describe(
    conn: &mut PgConnection,
    suite: &Suite,
    at: DateTime<Utc>,
) -> Result<Document, Error> {
    let services = store::services::list_ports(conn, suite.id).await?;
    let claims = store::claims::list(conn, &suite.range).await?;
    let reserved = claims
        .into_iter()
        .filter(|claim| claim.kind == ClaimKind::Reserved);
    let mut history: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for step in store::history::list_of_suite(conn, suite.id).await? {
        history
            .entry(step.service)
            .or_default()
            .push(i64::from(step.port));
    }
    // What would not be taken back is not written: of long histories, the newest part.
    for ports in history.values_mut() {
        let surplus = ports.len().saturating_sub(MAX_HISTORY);
        ports.drain(..surplus);
    }
    Ok(Document {
        port_assignments: services
            .into_iter()
            .map(|(name, port)| (name, i64::from(port)))
            .collect(),
        port_history: history,
        reserved_ports: reserved
            .flat_map(|claim| claim.ports)
            .map(i64::from)
            .collect(),
        backup_timestamp: json!(at.to_rfc3339()),
    })
}

/// Keeps the present state of a suite before something changes it; answers with the name.
///
/// # Errors
/// When the database refuses.
pub async fn keep_present(ledger: &mut Ledger<'_>, suite: &Suite) -> Result<String, Error> {
    let at = ledger.at;
    let present = describe(ledger.conn(), suite, at).await?;
    keep(ledger, suite, (None, &present), Origin::Automatic).await
}

/// Writes a backup; makes up a name where none is given.
///
/// # Errors
/// When the name cannot be one, or is taken.
async fn keep(
    ledger: &mut Ledger<'_>,
    suite: &Suite,
    (name, document): (Option<&str>, &Document),
    origin: Origin,
) -> Result<String, Error> {
    let name = match name {
        Some(name) => checked_name(name)?,
        None => free_name(ledger).await?,
    };
    let value =
        serde_json::to_value(document).map_err(|error| Error::BadBackup(error.to_string()))?;
    let (at, revision, by) = (ledger.at, ledger.revision(), ledger.actor.name().to_owned());
    let backup = NewBackup {
        suite_id: suite.id,
        name: &name,
        document: &value,
        sha256: &document.digest(),
        revision,
        automatic: origin == Origin::Automatic,
        by: &by,
        at,
    };
    let kept = store::backups::insert(ledger.conn(), &backup).await;
    kept.map_err(|error| match error {
        error if violates(&error, "backup_name_key") => Error::BackupTaken(name.clone()),
        error => error.into(),
    })?;
    ledger.note("backup.created", ("backup", &name), Map::new());
    Ok(name)
}

/// A name without path parts.
fn checked_name(name: &str) -> Result<String, Error> {
    let is_name = (1..=119).contains(&name.len())
        && !name.starts_with('.')
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    if is_name {
        return Ok(name.to_owned());
    }
    let detail = "must be a file name of letters, digits, ., _ and -, without a path";
    Err(Error::field("backup_file", "not_allowed", detail))
}

async fn free_name(ledger: &mut Ledger<'_>) -> Result<String, Error> {
    let stem = format!("port_config_backup_{}", ledger.at.format("%Y%m%d_%H%M%S"));
    let mut name = format!("{stem}.json");
    let mut number = 2;
    while store::backups::is_taken(ledger.conn(), &name).await? {
        name = format!("{stem}_{number}.json");
        number += 1;
    }
    Ok(name)
}

/// The backups of a suite, newest first.
///
/// # Errors
/// When there is no such suite, or the database cannot be asked.
pub async fn list(app: &App, suite: Option<&str>) -> Result<Vec<Backup>, Error> {
    let mut conn = app.store.acquire().await?;
    let suite = target::suite(&mut conn, suite).await?;
    Ok(store::backups::list(&mut conn, suite.id).await?)
}

/// A backup as a file.
///
/// # Errors
/// When there is none of this name, or it was altered.
pub async fn get(app: &App, suite: Option<&str>, name: &str) -> Result<(Document, Backup), Error> {
    let name = checked_name(name)?;
    let mut conn = app.store.acquire().await?;
    let suite = target::suite(&mut conn, suite).await?;
    let found = store::backups::find(&mut conn, suite.id, &name).await?;
    let backup = found.ok_or(Error::NoSuchBackup(name))?;
    let document = Document::read(backup.document.clone())?;
    if document.digest() != backup.sha256 {
        return Err(Error::BadBackup(
            "its checksum is wrong: it was altered".to_owned(),
        ));
    }
    Ok((document, backup))
}
