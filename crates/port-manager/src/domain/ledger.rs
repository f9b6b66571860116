//! A transaction that changes ports: one at a time, with its events, its audit rows and its hint.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};
use service_kit::audit::{self, Entry};
use service_kit::caller;
use sqlx::{PgConnection, Postgres, Transaction};

use crate::app::App;
use crate::domain::record::{Claim, ClaimKind, Service, Suite};
use crate::error::Error;
use crate::partner::{self, Partner};
use crate::store;
use crate::store::events::{NewEvent, NewPort};

/// Who changes something.
#[derive(Clone, Copy, Debug)]
pub enum Actor<'a> {
    /// A person.
    Person(&'a caller::Person),
    /// The port manager by itself, in this part of it.
    System(&'static str),
}

/// Who changes something, for work that goes on by itself.
#[derive(Clone, Debug)]
pub enum KeptActor {
    /// A person.
    Person(Box<caller::Person>),
    /// The port manager by itself, in this part of it.
    System(&'static str),
}

impl KeptActor {
    /// The same, lent.
    pub fn actor(&self) -> Actor<'_> {
        match self {
            Self::Person(person) => Actor::Person(person),
            Self::System(part) => Actor::System(part),
        }
    }
}

impl Actor<'_> {
    /// The same, for work that outlives the request.
    pub fn keep(self) -> KeptActor {
        match self {
            Self::Person(person) => KeptActor::Person(Box::new(person.clone())),
            Self::System(part) => KeptActor::System(part),
        }
    }

    /// Name in events and histories.
    pub fn name(&self) -> &str {
        match self {
            Self::Person(person) => person.name(),
            Self::System(part) => part,
        }
    }

    /// An audit row of what was done.
    pub fn entry(&self, action: &'static str) -> Entry {
        match self {
            Self::Person(person) => Entry::by_person(person, action),
            Self::System(part) => Entry::by_system(part, action),
        }
    }
}

/// An open transaction. Until it ends no other one changes ports, so that what was read still holds
/// when it is written, and the numbers of events have the order of commits.
pub struct Ledger<'a> {
    app: &'a App,
    tx: Transaction<'static, Postgres>,
    /// Who.
    pub actor: Actor<'a>,
    /// When.
    pub at: DateTime<Utc>,
    revision: i64,
    first: i64,
    has_freed: bool,
    /// Audit rows that are written at the end, all at once.
    entries: Vec<Entry>,
}

/// A change of a port, told to everybody.
#[derive(Clone, Copy, Debug)]
pub struct PortChange<'a> {
    /// Who changes it.
    pub actor: Actor<'a>,
    /// Its suite.
    pub suite: &'a Suite,
    /// The service, as it was before.
    pub service: &'a Service,
    /// Port after.
    pub port: Option<u16>,
    /// Why, such as `assigned`.
    pub reason: &'a str,
}

impl<'a> PortChange<'a> {
    fn row(&self, seq: i64, at: DateTime<Utc>) -> NewPort<'_> {
        let service = self.service;
        NewPort {
            seq,
            suite: &self.suite.name,
            service_id: service.id,
            service: &service.name,
            old_port: service.port,
            new_port: self.port,
            actor: self.actor.name(),
            reason: self.reason,
            body: partner::port_change(&service.name, service.port, self.port, at),
        }
    }

    fn entry(&self) -> Entry {
        let service = self.service;
        let facts = json!({"suite": self.suite.name, "from": service.port, "to": self.port, "reason": self.reason});
        let entry = self.actor.entry("port.changed");
        entry
            .object("service", service.id, &service.name)
            .change(facts)
    }
}

impl<'a> Ledger<'a> {
    /// Waits for its turn.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn begin(app: &'a App, actor: Actor<'a>) -> Result<Self, Error> {
        let mut tx = app.store.begin().await?;
        let revision = store::head::lock(&mut tx).await?;
        Ok(Self {
            app,
            tx,
            actor,
            at: app.clock.now(),
            revision,
            first: revision,
            has_freed: false,
            entries: Vec::new(),
        })
    }

    /// The connection of the transaction.
    pub fn conn(&mut self) -> &mut PgConnection {
        &mut self.tx
    }

    /// Number of the last event so far.
    pub fn revision(&self) -> i64 {
        self.revision
    }

    /// The claims that keep some ports from everybody else now; a quarantine does not, since who asks
    /// for a port by its number may have it.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn list_hindrances(&mut self, ports: &[u16]) -> Result<Vec<Claim>, Error> {
        let mut claims = store::claims::list_at(&mut self.tx, ports).await?;
        claims.retain(|claim| claim.holds(self.at) && claim.kind != ClaimKind::Quarantine);
        Ok(claims)
    }

    /// The same for one port.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn find_hindrance(&mut self, port: u16) -> Result<Option<Claim>, Error> {
        Ok(self.list_hindrances(&[port]).await?.pop())
    }

    /// Until when a port that is released now is kept from others; none if that is not wanted.
    pub fn quarantine_end(&self) -> Option<DateTime<Utc>> {
        let length = self.app.config.quarantine;
        (!length.is_zero()).then(|| self.at + length)
    }

    /// Notes that a port was given free; another service may be waiting for it.
    pub fn note_freed(&mut self) {
        self.has_freed = true;
    }

    /// Writes events under the next numbers.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn tell(&mut self, events: &[NewEvent<'_>]) -> Result<(), Error> {
        if events.is_empty() {
            return Ok(());
        }
        let (first, by) = (self.revision + 1, self.actor.name());
        store::events::insert(&mut self.tx, first, self.at, by, events).await?;
        let count = i64::try_from(events.len()).unwrap_or(0);
        self.revision += count;
        Ok(())
    }

    /// Writes the declared ports of services, each another one, and tells of them: events, histories,
    /// partners, audit rows.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn tell_ports(&mut self, changes: &[PortChange<'_>]) -> Result<(), Error> {
        if changes.is_empty() {
            return Ok(());
        }
        let partners: Vec<String> = Partner::WATCHING
            .into_iter()
            .filter(|partner| partner.config(&self.app.config).enabled)
            .map(|partner| partner.as_str().to_owned())
            .collect();
        let at = self.at;
        let numbered = changes.iter().zip(self.revision + 1..);
        let new: Vec<NewPort<'_>> = numbered.map(|(change, seq)| change.row(seq, at)).collect();
        self.revision = new.last().map_or(self.revision, |last| last.seq);
        let whom = (partners.as_slice(), partner::PORT_CHANGE);
        store::events::insert_ports(&mut self.tx, at, whom, &new).await?;
        self.note_all(changes.iter().map(PortChange::entry));
        Ok(())
    }

    /// Has calls delivered to a partner, if that one is told anything.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn send(
        &mut self,
        whom: Partner,
        path: &str,
        bodies: Vec<Value>,
    ) -> Result<(), Error> {
        if whom.config(&self.app.config).enabled && !bodies.is_empty() {
            let place = (whom.as_str(), path);
            store::outbox::insert(&mut self.tx, place, bodies, self.at).await?;
        }
        Ok(())
    }

    /// Has an audit row written about something else than one port.
    pub fn note(
        &mut self,
        action: &'static str,
        (kind, name): (&'static str, &str),
        facts: Map<String, Value>,
    ) {
        let entry = self.actor.entry(action);
        let entry = entry.object(kind, name, name).change(Value::Object(facts));
        self.note_all([entry]);
    }

    /// Has audit rows written.
    pub fn note_all(&mut self, entries: impl IntoIterator<Item = Entry>) {
        self.entries.extend(entries);
    }

    /// Writes the audit rows, for the Ledger as well.
    async fn record(&mut self) -> Result<(), Error> {
        let entries = std::mem::take(&mut self.entries);
        if entries.is_empty() {
            return Ok(());
        }
        audit::record_all(&mut self.tx, &entries).await?;
        let records = entries
            .iter()
            .map(|entry| partner::audit_record(entry, self.at));
        self.send(Partner::Ledger, partner::AUDIT, records.collect())
            .await
    }

    /// Ends the transaction and wakes whoever follows events.
    ///
    /// # Errors
    /// When the database refuses; nothing of it counts then.
    pub async fn commit(mut self) -> Result<i64, Error> {
        if self.has_freed {
            store::claims::delete_awaited(&mut self.tx, self.at).await?;
            store::claims::insert_awaited(&mut self.tx, self.at).await?;
        }
        self.record().await?;
        self.tx.commit().await?;
        self.app.recent.forget();
        if self.revision > self.first {
            self.app.live.wake();
        }
        Ok(self.revision)
    }
}
