//! A transaction that changes ports: one at a time, with its events, its audit rows and its hint.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};
use service_kit::audit::{self, Entry};
use service_kit::bus::Topic;
use service_kit::caller::Caller;
use sqlx::{PgConnection, Postgres, Transaction};

use crate::app::App;
use crate::domain::record::{Service, Suite};
use crate::error::Error;
use crate::partner::{self, Partner};
use crate::store;
use crate::store::events::NewEvent;
use crate::store::history::Step;

/// Who changes something.
#[derive(Clone, Copy, Debug)]
pub enum Actor<'a> {
    /// A person.
    Person(&'a Caller),
    /// The port manager by itself, in this part of it.
    System(&'static str),
}

impl Actor<'_> {
    /// Name in events and histories.
    pub fn name(&self) -> &str {
        match self {
            Self::Person(caller) => &caller.username,
            Self::System(part) => part,
        }
    }

    /// An audit row of what was done.
    pub fn entry(&self, action: &'static str) -> Entry {
        match self {
            Self::Person(caller) => Entry::by(caller, action),
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
}

/// A change of a port, told to everybody.
#[derive(Clone, Copy, Debug)]
pub struct PortChange<'a> {
    /// Its suite.
    pub suite: &'a Suite,
    /// The service, as it was before.
    pub service: &'a Service,
    /// Port after.
    pub port: Option<u16>,
    /// Why, such as `assigned`.
    pub reason: &'a str,
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

    /// Until when a port that is released now is kept from others; none if that is not wanted.
    pub fn quarantine_end(&self) -> Option<DateTime<Utc>> {
        let length = self.app.config.quarantine;
        (!length.is_zero()).then(|| self.at + length)
    }

    /// Notes that a port was given free; another service may be waiting for it.
    pub fn note_freed(&mut self) {
        self.has_freed = true;
    }

    /// Writes an event under the next number.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn tell(&mut self, event: NewEvent<'_>) -> Result<i64, Error> {
        self.revision += 1;
        let by = self.actor.name();
        store::events::insert(&mut self.tx, self.revision, self.at, by, &event).await?;
        Ok(self.revision)
    }

    /// Tells of a changed port: event, history, audit row, partners.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn tell_port(&mut self, change: PortChange<'_>) -> Result<(), Error> {
        let service = change.service;
        let event = NewEvent {
            suite: &change.suite.name,
            kind: "port_change",
            service: Some(&service.name),
            old_port: service.port,
            new_port: change.port,
            data: json!({"reason": change.reason}),
        };
        let revision = self.tell(event).await?;
        if let Some(port) = change.port {
            let step = Step {
                service_id: service.id,
                port,
                at: self.at,
                actor: self.actor.name(),
                reason: change.reason,
                revision,
            };
            store::history::insert(&mut self.tx, &step).await?;
        }
        let facts = json!({"suite": change.suite.name, "from": service.port, "to": change.port, "reason": change.reason});
        let entry = self.actor.entry("port.changed");
        let entry = entry
            .object("service", service.id, &service.name)
            .change(facts);
        audit::record(&mut self.tx, entry).await?;
        let told = partner::port_change(&service.name, service.port, change.port, self.at);
        for whom in [Partner::Hub, Partner::Ninja] {
            self.send(whom, partner::PORT_CHANGE, &told).await?;
        }
        Ok(())
    }

    /// Has a call delivered to a partner, if that one is told anything.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn send(&mut self, whom: Partner, path: &str, body: &Value) -> Result<(), Error> {
        if whom.config(&self.app.config).enabled {
            store::outbox::insert(&mut self.tx, whom.as_str(), path, body, self.at).await?;
        }
        Ok(())
    }

    /// Writes an audit row about something else than one port.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn note(
        &mut self,
        action: &'static str,
        object: (&'static str, &str),
        facts: Map<String, Value>,
    ) -> Result<(), Error> {
        let (kind, name) = object;
        let entry = self.actor.entry(action);
        let entry = entry.object(kind, name, name).change(Value::Object(facts));
        audit::record(&mut self.tx, entry).await?;
        Ok(())
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
        if self.revision > self.first {
            store::head::set(&mut self.tx, self.revision).await?;
        }
        self.tx.commit().await?;
        if self.revision > self.first {
            self.app.live.wake();
            self.app.bus.give(Topic::Ports).await;
        }
        Ok(self.revision)
    }
}
