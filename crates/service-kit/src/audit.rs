//! Who did what, written in the transaction of the change itself.

use serde::Serialize;
use serde_json::{Value, json};
use sqlx::PgConnection;

use crate::caller::{Caller, CallingService, Person};
use crate::request::{self, Origin};

/// How it went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It was done.
    Ok,
    /// It was refused.
    Denied,
    /// It was tried and failed.
    Failed,
}

/// One row of the audit log, about to be written.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    actor_kind: &'static str,
    actor_id: Option<String>,
    actor_name: Option<String>,
    session_id: Option<String>,
    on_behalf_of: Option<String>,
    action: &'static str,
    object_kind: Option<&'static str>,
    object_id: Option<String>,
    object_name: Option<String>,
    change: Value,
    outcome: Outcome,
    #[serde(flatten)]
    origin: Origin,
}

impl Entry {
    fn new(actor_kind: &'static str, action: &'static str) -> Self {
        Self {
            actor_kind,
            actor_id: None,
            actor_name: None,
            session_id: None,
            on_behalf_of: None,
            action,
            object_kind: None,
            object_id: None,
            object_name: None,
            change: Value::Object(serde_json::Map::new()),
            outcome: Outcome::Ok,
            origin: request::current(),
        }
    }

    /// A person did `action`, such as `target.created`.
    pub fn by(caller: &Caller, action: &'static str) -> Self {
        let mut entry = Self::new("user", action);
        entry.actor_id = Some(caller.user_id.to_string());
        entry.actor_name = Some(caller.username.clone());
        entry.session_id = Some(caller.session_id.clone());
        entry.origin = caller.origin.clone();
        entry
    }

    /// A person did `action`, who may have no account here.
    pub fn by_person(person: &Person, action: &'static str) -> Self {
        match person {
            Person::Own(caller) => Self::by(caller, action),
            Person::Guest(guest) => {
                let mut entry = Self::new("user", action);
                entry.actor_id = Some(guest.id.clone());
                entry.actor_name = Some(guest.name.clone());
                entry.origin = guest.origin.clone();
                entry
            }
        }
    }

    /// A service did `action`, for a person if it says so.
    pub fn by_service(service: &CallingService, action: &'static str) -> Self {
        let mut entry = Self::new("service", action);
        entry.actor_id = Some(service.name.clone());
        entry.actor_name = Some(service.name.clone());
        entry.on_behalf_of = service
            .on_behalf
            .as_ref()
            .map(|caller| caller.user_id.to_string());
        entry
    }

    /// Somebody who is not signed in did `action` under the name `name`.
    pub fn by_anonymous(name: &str, action: &'static str) -> Self {
        let mut entry = Self::new("anonymous", action);
        entry.actor_name = Some(name.chars().take(200).collect());
        entry
    }

    /// This service did `action` by itself.
    pub fn by_system(service: &str, action: &'static str) -> Self {
        let mut entry = Self::new("system", action);
        entry.actor_id = Some(service.to_owned());
        entry
    }

    /// A user that the caller is not (yet) known as, such as at login.
    #[must_use]
    pub fn with_user(mut self, id: impl ToString, session_id: Option<&str>) -> Self {
        self.actor_kind = "user";
        self.actor_id = Some(id.to_string());
        self.session_id = session_id.map(str::to_owned);
        self
    }

    /// What it was done to.
    #[must_use]
    pub fn object(mut self, kind: &'static str, id: impl ToString, name: &str) -> Self {
        self.object_kind = Some(kind);
        self.object_id = Some(id.to_string());
        self.object_name = Some(name.to_owned());
        self
    }

    /// Facts of the change, as a JSON object without secrets.
    #[must_use]
    pub fn change(mut self, change: Value) -> Self {
        self.change = change;
        self
    }

    /// How it went, if not well.
    #[must_use]
    pub fn outcome(mut self, outcome: Outcome) -> Self {
        self.outcome = outcome;
        self
    }
}

/// Writes the row; it counts when the transaction is committed.
///
/// # Errors
/// When the database refuses or cannot be reached.
pub async fn record(conn: &mut PgConnection, entry: Entry) -> Result<(), sqlx::Error> {
    record_all(conn, &[entry]).await
}

/// Writes rows in their order, as one statement.
///
/// # Errors
/// When the database refuses or cannot be reached.
pub async fn record_all(conn: &mut PgConnection, entries: &[Entry]) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO audit.entry (actor_kind, actor_id, actor_name, session_id, on_behalf_of, ip,
             user_agent, action, object_kind, object_id, object_name, change, outcome, request_id)
         SELECT actor_kind, actor_id, actor_name, session_id, on_behalf_of, ip,
             user_agent, action, object_kind, object_id, object_name, change, outcome, request_id
         FROM jsonb_to_recordset($1) AS entry (actor_kind text, actor_id text, actor_name text,
             session_id text, on_behalf_of text, ip text, user_agent text, action text,
             object_kind text, object_id text, object_name text, change jsonb, outcome text, request_id text)",
        json!(entries),
    )
    .execute(conn)
    .await?;
    Ok(())
}
