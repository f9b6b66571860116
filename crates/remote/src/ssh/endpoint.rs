//! Where to connect, as whom, and which host keys to believe.

use std::time::Duration;

use common::model::target::PinnedHostKey;
use common::secret::Secret;
use russh::keys::{HashAlg, PublicKey};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An account on a server, with the secret that opens it.
#[derive(Clone, Debug)]
pub struct SshEndpoint {
    /// Host name or address.
    pub host: String,
    /// Port, mostly 22.
    pub port: u16,
    /// Account on the server.
    pub user: String,
    /// How to log in.
    pub auth: Auth,
    /// Host keys that a person has accepted; any of them may be met.
    pub host_keys: Vec<PinnedHostKey>,
    /// What to do where no host key is pinned.
    pub policy: HostKeyPolicy,
}

/// How to log in.
#[derive(Clone, Debug)]
pub enum Auth {
    /// Password, also used to answer a single hidden prompt.
    Password(Secret),
    /// Private key in OpenSSH, PKCS#8, SEC1 or PuTTY format: Ed25519 or ECDSA.
    PrivateKey {
        /// The key file's text.
        pem: Secret,
        /// Needed if the key is encrypted.
        passphrase: Option<Secret>,
    },
}

/// What to do where no host key is pinned; a changed key is refused in any case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HostKeyPolicy {
    /// Refuse, and report the offered key so that a person can accept it.
    #[default]
    Pinned,
    /// Accept the first key; the caller pins and audits [`crate::SshConnection::host_key`].
    AcceptFirst,
}

/// How long the phases before a command may take.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// Name resolution, TCP, greeting, key exchange and host key together.
    pub connect: Duration,
    /// Logging in.
    pub auth: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            auth: Duration::from_secs(15),
        }
    }
}

/// A host key as a server presented it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HostKey {
    /// Such as `ssh-ed25519`.
    pub algorithm: String,
    /// `SHA256:` and base64 without padding, as OpenSSH prints it.
    pub fingerprint: String,
    /// The whole key as a line of OpenSSH, without a comment.
    pub public_key: String,
}

impl HostKey {
    pub(crate) fn of(key: &PublicKey) -> Self {
        let algorithm = key.algorithm().to_string();
        Self {
            fingerprint: key.fingerprint(HashAlg::Sha256).to_string(),
            public_key: key
                .to_openssh()
                .unwrap_or_else(|_unprintable| algorithm.clone()),
            algorithm,
        }
    }

    /// The part that is kept when a person accepts the key.
    pub fn pin(&self) -> PinnedHostKey {
        PinnedHostKey {
            algorithm: self.algorithm.clone(),
            fingerprint: self.fingerprint.clone(),
        }
    }
}
