//! Secrets of targets, and how a service gets to use one.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::id::{CredentialId, StepId, TargetId};
use crate::secret::Secret;

/// What kind of secret it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CredentialType {
    /// User and password of a Windows machine.
    #[serde(alias = "winrm_ntlm")]
    Winrm,
    /// User with a password or a private key.
    Ssh,
    /// A key for an HTTP interface.
    ApiKey,
}

impl CredentialType {
    /// Every type.
    pub const ALL: [Self; 3] = [Self::Winrm, Self::Ssh, Self::ApiKey];

    /// The word on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Winrm => "winrm",
            Self::Ssh => "ssh",
            Self::ApiKey => "api_key",
        }
    }
}

/// The data of a credential, by type.
#[derive(Clone, Debug, Deserialize)]
#[serde(
    tag = "credential_type",
    content = "credential_data",
    rename_all = "snake_case"
)]
pub enum SecretData {
    /// See [`CredentialType::Winrm`].
    Winrm(PasswordSecret),
    /// See [`CredentialType::Ssh`].
    Ssh(SshSecret),
    /// See [`CredentialType::ApiKey`].
    ApiKey(ApiKeySecret),
}

/// A user with a password.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasswordSecret {
    /// User name.
    pub username: String,
    /// Password.
    pub password: Secret<String>,
    /// Windows domain.
    #[serde(default)]
    pub domain: Option<String>,
}

/// A user with a password or a private key.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SshSecret {
    /// User name.
    pub username: String,
    /// Password, where no key is given.
    #[serde(default)]
    pub password: Option<Secret<String>>,
    /// Private key, OpenSSH or PEM.
    #[serde(default)]
    pub private_key: Option<Secret<String>>,
    /// What unlocks the key.
    #[serde(default)]
    pub passphrase: Option<Secret<String>>,
    /// What `sudo` asks for; none: the password.
    #[serde(default)]
    pub become_password: Option<Secret<String>>,
}

/// A key for an HTTP interface.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApiKeySecret {
    /// The key.
    pub api_key: Secret<String>,
    /// Header that carries it.
    #[serde(default)]
    pub header: Option<String>,
}

/// An executor asks for the secret of a step that it holds.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReleaseForStep {
    /// The secret.
    pub credential_id: CredentialId,
    /// The step that names it.
    pub step_id: StepId,
    /// The claim's fence.
    pub epoch: i64,
    /// The executor that holds the claim.
    pub worker: String,
}

/// How long the secret parameters of a run are kept after its end, in days: so long it can be
/// repeated with them.
pub const PARCEL_DAYS: i64 = 7;

/// Jobs gives the secret parameters of a run into keeping.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SealParcel {
    /// Values by the names of the parameters.
    #[schema(value_type = Object)]
    pub values: BTreeMap<String, Secret>,
}

/// Secret parameters of a run, sealed.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
pub struct SealedParcel {
    /// By which they are asked for.
    pub parcel_id: i64,
}

/// An executor asks for the secret parameters of the run of a step that it holds.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReleaseParcel {
    /// The step.
    pub step_id: StepId,
    /// The claim's fence.
    pub epoch: i64,
    /// The executor that holds the claim.
    pub worker: String,
}

/// The secret parameters of a run, opened.
#[derive(Clone, Debug, Deserialize)]
pub struct Parcel {
    /// Values by the names of the parameters.
    pub values: BTreeMap<String, Secret>,
}

/// Targets asks for a secret to test a connection for a person.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReleaseForTest {
    /// The secret.
    pub credential_id: CredentialId,
    /// The target that is tested.
    pub target_id: TargetId,
    /// Name of the target, for the access log.
    pub target_name: String,
}

/// A secret that was released, with its version.
#[derive(Clone, Debug, Deserialize)]
pub struct Released {
    /// The secret.
    pub credential_id: CredentialId,
    /// Which version of it.
    pub version: i32,
    /// The data.
    #[serde(flatten)]
    pub secret: SecretData,
}
