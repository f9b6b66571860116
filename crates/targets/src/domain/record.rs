//! A target as it is, and as somebody wants it to be.

use chrono::{DateTime, Utc};
use common::id::{CredentialId, TargetId};
use common::model::target::Protocol;
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

/// A machine or address that steps run against.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Target {
    /// Id.
    pub id: TargetId,
    /// The name that job definitions use.
    #[schema(example = "web-1")]
    pub name: String,
    /// Host name or address.
    #[schema(example = "web-1.example.org")]
    pub hostname: String,
    /// How it is reached.
    pub protocol: Protocol,
    /// TCP port.
    #[schema(example = 22)]
    pub port: u16,
    /// Credential to sign in with.
    pub credential_ref: Option<CredentialId>,
    /// Labels, sorted.
    #[schema(example = json!(["role:web"]))]
    pub tags: Vec<String>,
    /// Options of the protocol and notes.
    #[schema(value_type = Object)]
    pub metadata: Value,
    /// Targets that this one needs, sorted.
    pub depends_on: Vec<TargetId>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
    /// The last connection test, if there was one.
    pub last_test: Option<LastTest>,
}

/// How the last connection test went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LastTest {
    /// When it ended.
    pub at: DateTime<Utc>,
    /// Whether it went well.
    pub ok: bool,
    /// Stable name of the failure.
    pub reason: Option<String>,
    /// What was found, in words.
    pub message: Option<String>,
}

/// What people decide about a target; every field was checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// Name.
    pub name: String,
    /// Host name or address.
    pub hostname: String,
    /// How it is reached.
    pub protocol: Protocol,
    /// TCP port.
    pub port: u16,
    /// Credential to sign in with.
    pub credential: Option<CredentialId>,
    /// Labels, sorted.
    pub tags: Vec<String>,
    /// Options of the protocol and notes; an object.
    pub metadata: Value,
    /// Targets that this one needs, sorted.
    pub depends_on: Vec<TargetId>,
}

impl Draft {
    /// What was decided about `target` so far.
    pub fn of(target: &Target) -> Self {
        Self {
            name: target.name.clone(),
            hostname: target.hostname.clone(),
            protocol: target.protocol,
            port: target.port,
            credential: target.credential_ref,
            tags: target.tags.clone(),
            metadata: target.metadata.clone(),
            depends_on: target.depends_on.clone(),
        }
    }

    /// All fields, for the audit log.
    pub fn fields(&self) -> Map<String, Value> {
        let fields = [
            ("name", json!(self.name)),
            ("hostname", json!(self.hostname)),
            ("protocol", json!(self.protocol)),
            ("port", json!(self.port)),
            ("credential_ref", json!(self.credential)),
            ("tags", json!(self.tags)),
            ("metadata", self.metadata.clone()),
            ("depends_on", json!(self.depends_on)),
        ];
        fields
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }

    /// The fields that differ from `before`, each with both values.
    pub fn difference(&self, before: &Self) -> Map<String, Value> {
        let old = before.fields();
        self.fields()
            .into_iter()
            .filter_map(|(name, new)| {
                let old = old.get(&name).filter(|old| **old != new)?.clone();
                Some((name, json!({"before": old, "after": new})))
            })
            .collect()
    }

    /// Whether a connection would go somewhere else than before.
    pub fn leads_elsewhere(&self, before: &Self) -> bool {
        self.hostname != before.hostname || self.port != before.port
    }
}

/// What is to be changed; the rest stays.
#[derive(Clone, Debug, Default)]
pub struct Edit {
    /// New name.
    pub name: Option<String>,
    /// New host name or address.
    pub hostname: Option<String>,
    /// New protocol.
    pub protocol: Option<Protocol>,
    /// New port.
    pub port: Option<u16>,
    /// New credential, or none from here on.
    pub credential: Option<Option<CredentialId>>,
    /// All labels.
    pub tags: Option<Vec<String>>,
    /// All options and notes.
    pub metadata: Option<Value>,
    /// All targets that are needed.
    pub depends_on: Option<Vec<TargetId>>,
}

impl Edit {
    /// The draft that comes of it.
    pub fn applied_to(self, draft: Draft) -> Draft {
        Draft {
            name: self.name.unwrap_or(draft.name),
            hostname: self.hostname.unwrap_or(draft.hostname),
            protocol: self.protocol.unwrap_or(draft.protocol),
            port: self.port.unwrap_or(draft.port),
            credential: self.credential.unwrap_or(draft.credential),
            tags: self.tags.unwrap_or(draft.tags),
            metadata: self.metadata.unwrap_or(draft.metadata),
            depends_on: self.depends_on.unwrap_or(draft.depends_on),
        }
    }
}

/// Which targets a list holds.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Labels that each has, sorted.
    pub tags: Vec<String>,
    /// How they are reached.
    pub protocol: Option<Protocol>,
    /// Part of name or host name, whatever its case.
    pub search: String,
}
