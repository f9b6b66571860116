//! What is wrong, remembered: found, acknowledged, suppressed, resolved.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use common::text;
use serde_json::{Map, Value, json};
use sqlx::PgConnection;

use crate::app::App;
use crate::domain::detection::{self, Finding, World};
use crate::domain::health::Condition;
use crate::domain::ledger::{Actor, Ledger};
use crate::domain::record::{Claim, Service, Suite};
use crate::domain::target;
use crate::domain::word::words;
use crate::error::Error;
use crate::gateway::Report;
use crate::observe::Snapshot;
use crate::store;
use crate::store::events::NewEvent;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Looks in a row that must not find a trouble before it is over.
const MISSES: i32 = 2;
/// How old a look at the sockets may be for an answer.
const RECENT: Duration = Duration::from_secs(2);
/// All ports there are.
const ALL: std::ops::Range<u32> = 1..65_536;

words! {
    /// What people think of a conflict.
    State {
        /// Nobody has said anything.
        Open = "open",
        /// Somebody knows and works on it.
        Acknowledged = "acknowledged",
        /// It is meant to be so: not shown any more.
        Suppressed = "suppressed",
        /// It is over.
        Resolved = "resolved",
    }
}

/// Who acknowledged or suppressed a conflict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Noted {
    /// Name.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
    /// What that person wrote.
    pub note: Option<String>,
}

/// A trouble with its story.
#[derive(Clone, Debug, PartialEq)]
pub struct Conflict {
    /// The same for the same trouble.
    pub fingerprint: String,
    /// What was found.
    pub finding: Finding,
    /// What people think of it.
    pub state: State,
    /// When it was found first.
    pub first_seen: DateTime<Utc>,
    /// When it was found last.
    pub last_seen: DateTime<Utc>,
    /// When it was over.
    pub resolved_at: Option<DateTime<Utc>>,
    /// Who acknowledged or suppressed it.
    pub noted: Option<Noted>,
}

/// All that is known of a suite, read at one time.
pub struct Known {
    /// The suite.
    pub suite: Suite,
    /// Its services.
    pub services: Vec<Service>,
    /// Claims that hold, of whatever suite, in the order of their ports.
    pub claims: Vec<Claim>,
    /// What the checks say, by row of the service.
    pub health: BTreeMap<i64, Condition>,
    /// Sockets of this machine.
    pub sockets: Arc<Snapshot>,
    /// What the gateway says; none while it does not answer.
    gateway: Option<Arc<Report>>,
    /// Host of services where neither they nor the suite have one.
    host_template: String,
    /// When it was read.
    pub at: DateTime<Utc>,
}

impl Known {
    /// Reads it.
    ///
    /// # Errors
    /// When there is no such suite, or the database cannot be asked.
    pub async fn read(
        app: &App,
        conn: &mut PgConnection,
        suite: Option<&str>,
        sockets: Arc<Snapshot>,
        now: DateTime<Utc>,
    ) -> Result<Self, Error> {
        let suite = target::suite(conn, suite).await?;
        let services = store::services::list(conn, suite.id).await?;
        let mut claims = store::claims::list(conn, &ALL).await?;
        claims.retain(|claim| claim.holds(now));
        let health = store::health::list(conn, suite.id).await?;
        let ports: BTreeMap<i64, Option<u16>> = services
            .iter()
            .map(|service| (service.id, service.port))
            .collect();
        // What was seen on another port says nothing of this one.
        let health = health
            .into_iter()
            .filter(|record| ports.get(&record.service_id) == Some(&record.port))
            .map(|record| (record.service_id, record.condition));
        Ok(Self {
            suite,
            services,
            claims,
            health: health.collect(),
            sockets,
            gateway: app.gateway.said(),
            host_template: app.config.host_template.clone(),
            at: now,
        })
    }

    /// Finds what is wrong.
    pub fn findings(&self) -> Vec<Finding> {
        detection::detect(&World {
            suite: &self.suite,
            services: &self.services,
            claims: &self.claims,
            health: &self.health,
            sockets: &self.sockets,
            gateway: self.gateway.as_deref(),
            host_template: &self.host_template,
            now: self.at,
        })
    }
}

/// What is wrong with a suite at this moment, worst first, and what people think of it.
///
/// # Errors
/// When there is no such suite, or the database or the sockets cannot be read.
pub async fn list_present(app: &App, suite: Option<&str>) -> Result<Arc<Vec<Conflict>>, Error> {
    let find = Box::pin(find_present(app, suite));
    app.recent.get(&app.store, ("conflicts", suite), find).await
}

async fn find_present(app: &App, suite: Option<&str>) -> Result<Vec<Conflict>, Error> {
    let sockets = app.observer.look(RECENT).await?;
    let now = app.clock.now();
    let mut conn = app.store.acquire().await?;
    let known = Known::read(app, &mut conn, suite, sockets, now).await?;
    let findings = known.findings();
    if findings.is_empty() {
        return Ok(Vec::new());
    }
    let past = store::conflicts::list(&mut conn, known.suite.id).await?;
    let mut past: BTreeMap<String, Conflict> = past
        .into_iter()
        .map(|conflict| (conflict.fingerprint.clone(), conflict))
        .collect();
    let present = findings.into_iter().map(|finding| {
        let fingerprint = finding.fingerprint(&known.suite.name);
        match past
            .remove(&fingerprint)
            .filter(|past| past.state != State::Resolved)
        {
            Some(past) => Conflict { finding, ..past },
            None => Conflict {
                fingerprint,
                finding,
                state: State::Open,
                first_seen: now,
                last_seen: now,
                resolved_at: None,
                noted: None,
            },
        }
    });
    Ok(present.collect())
}

/// What is remembered of a suite, what is over as well.
///
/// # Errors
/// When there is no such suite, or the database cannot be asked.
pub async fn list_remembered(app: &App, suite: Option<&str>) -> Result<Vec<Conflict>, Error> {
    let mut conn = app.store.acquire().await?;
    let suite = target::suite(&mut conn, suite).await?;
    Ok(store::conflicts::list(&mut conn, suite.id).await?)
}

/// Says what a person thinks of a conflict.
///
/// # Errors
/// When there is no such conflict, or it is over.
pub async fn note(
    app: &App,
    actor: Actor<'_>,
    (suite, fingerprint): (Option<&str>, &str),
    (state, note): (State, Option<&str>),
) -> Result<Conflict, Error> {
    let note = text::lines("note", note.unwrap_or_default(), 500)?;
    let present = list_present(app, suite).await?;
    let mut ledger = Ledger::begin(app, actor).await?;
    let suite = target::suite(ledger.conn(), suite).await?;
    let known = store::conflicts::find(ledger.conn(), suite.id, fingerprint).await?;
    let found = present
        .iter()
        .find(|conflict| conflict.fingerprint == fingerprint);
    let Some(mut conflict) = found.cloned() else {
        return Err(if known.is_some() {
            Error::ConflictOver
        } else {
            Error::NoSuchConflict
        });
    };
    if known.is_none() {
        let now = ledger.at;
        store::conflicts::upsert(
            ledger.conn(),
            suite.id,
            (fingerprint, &conflict.finding),
            now,
        )
        .await?;
    }
    conflict.state = state;
    conflict.noted = (state != State::Open).then(|| Noted {
        by: ledger.actor.name().to_owned(),
        at: ledger.at,
        note: Some(note).filter(|note| !note.is_empty()),
    });
    store::conflicts::set_state(ledger.conn(), fingerprint, state, conflict.noted.as_ref()).await?;
    let facts = Map::from_iter([
        ("state".to_owned(), json!(state)),
        ("conflict".to_owned(), json!(fingerprint)),
    ]);
    ledger.note("conflict.noted", ("suite", &suite.name), facts);
    ledger.commit().await?;
    Ok(conflict)
}

/// Remembers what is wrong now, and tells of it if the set has changed.
///
/// # Errors
/// When the database refuses.
pub async fn remember(app: &App, suite: &str, sockets: Arc<Snapshot>) -> Result<(), Error> {
    let mut ledger = Ledger::begin(app, Actor::System("conflicts")).await?;
    let now = ledger.at;
    let known = Known::read(app, ledger.conn(), Some(suite), sockets, now).await?;
    let before = open_ones(ledger.conn(), known.suite.id).await?;
    let findings = known.findings();
    let mut present = Vec::new();
    for finding in &findings {
        let fingerprint = finding.fingerprint(&known.suite.name);
        store::conflicts::upsert(ledger.conn(), known.suite.id, (&fingerprint, finding), now)
            .await?;
        present.push(fingerprint);
    }
    store::conflicts::age(ledger.conn(), known.suite.id, &present, MISSES, now).await?;
    let after = open_ones(ledger.conn(), known.suite.id).await?;
    if before.keys().collect::<BTreeSet<_>>() != after.keys().collect::<BTreeSet<_>>() {
        let conflicts: Vec<Value> = after.values().map(summary).collect();
        let event = NewEvent {
            suite,
            kind: "conflicts_detected",
            service: None,
            old_port: None,
            new_port: None,
            data: json!({"count": conflicts.len(), "conflicts": conflicts}),
        };
        ledger.tell(&[event]).await?;
    }
    ledger.commit().await?;
    Ok(())
}

async fn open_ones(
    conn: &mut PgConnection,
    suite_id: i64,
) -> Result<BTreeMap<String, Conflict>, Error> {
    let known = store::conflicts::list(conn, suite_id).await?;
    let open = known
        .into_iter()
        .filter(|one| matches!(one.state, State::Open | State::Acknowledged));
    Ok(open
        .map(|conflict| (conflict.fingerprint.clone(), conflict))
        .collect())
}

fn summary(conflict: &Conflict) -> Value {
    let finding = &conflict.finding;
    json!({
        "type": finding.kind, "severity": finding.severity, "port": finding.port, "services": finding.services,
        "detail": finding.detail, "state": conflict.state, "fingerprint": conflict.fingerprint,
    })
}
