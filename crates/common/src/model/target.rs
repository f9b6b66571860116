//! Machines and addresses that steps run against.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::id::{CredentialId, TargetId};

/// How a target is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    /// Windows Remote Management.
    Winrm,
    /// Secure shell.
    Ssh,
    /// An HTTP interface.
    Http,
}

impl Protocol {
    /// Every protocol.
    pub const ALL: [Self; 3] = [Self::Winrm, Self::Ssh, Self::Http];

    /// The word on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Winrm => "winrm",
            Self::Ssh => "ssh",
            Self::Http => "http",
        }
    }
}

/// A host key that a person has accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PinnedHostKey {
    /// Such as `ssh-ed25519`.
    pub algorithm: String,
    /// `SHA256:` and base64 without padding, as OpenSSH prints it.
    pub fingerprint: String,
}

/// All that a step needs to know of its target, but no secret.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TargetSnapshot {
    /// Id.
    pub id: TargetId,
    /// Name.
    pub name: String,
    /// Host name or address.
    pub hostname: String,
    /// Port.
    pub port: u16,
    /// Protocol.
    pub protocol: Protocol,
    /// Secret to use.
    pub credential_id: Option<CredentialId>,
    /// Free settings of the target.
    #[schema(value_type = Object)]
    pub metadata: serde_json::Value,
    /// Host keys that may be met there.
    #[serde(default)]
    pub host_keys: Vec<PinnedHostKey>,
}

/// Which targets are meant: exactly one of these.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TargetSelector {
    /// Those of these names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub names: Option<Vec<String>>,
    /// Those that have all of these labels; with `!` before it, a label that they have not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = json!(["role:web", "!env:dev"]))]
    pub tags: Option<Vec<String>>,
    /// Those that meet a condition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "protocol = ssh and tag:role = web")]
    pub filter: Option<String>,
}

/// A target that a selector hits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SelectedTarget {
    /// Id.
    pub id: TargetId,
    /// Name.
    pub name: String,
    /// Names of the targets that it needs.
    pub depends_on: Vec<String>,
}

/// Asks targets for the snapshots of some names, and of those that a selector hits.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResolveTargets {
    /// Names; at most 1,000.
    pub names: Vec<String>,
    /// More targets, at most 5,000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selector: Option<TargetSelector>,
}

/// The snapshots that were found; a name without one is unknown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ResolvedTargets {
    /// Sorted by name, each once.
    pub targets: Vec<TargetSnapshot>,
    /// What the selector hits, by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selected: Option<Vec<SelectedTarget>>,
}
