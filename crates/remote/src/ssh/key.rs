//! Reading private keys.

use common::secret::Secret;
use russh::keys::{self, Algorithm, PrivateKey};

/// Why a private key cannot be used; never holds any part of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadKey {
    /// The text is no private key, or it is damaged.
    #[error("it cannot be read")]
    Unreadable,
    /// The key is encrypted and no passphrase was given.
    #[error("it is encrypted and there is no passphrase")]
    NeedsPassphrase,
    /// The passphrase does not open the key.
    #[error("the passphrase does not open it")]
    WrongPassphrase,
    /// The algorithm is not supported.
    #[error("keys of type {0} are not supported")]
    Unsupported(String),
}

impl BadKey {
    /// What a person can do about it.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Unreadable => {
                "Store the whole private key file, from its BEGIN line to its END line."
            }
            Self::NeedsPassphrase => "Store the passphrase with the key.",
            Self::WrongPassphrase => "Correct the passphrase that is stored with the key.",
            Self::Unsupported(_) => "Use an Ed25519 or ECDSA key.",
        }
    }
}

/// Reads a private key; decrypting it costs tens of milliseconds of CPU.
pub(super) fn parse(pem: &Secret, passphrase: Option<&Secret>) -> Result<PrivateKey, BadKey> {
    let passphrase = passphrase
        .map(|secret| secret.expose().as_str())
        .filter(|p| !p.is_empty());
    let text = Secret::new(pem.expose().trim().to_owned());
    // An unencrypted key opens without looking at the passphrase.
    let decoded = keys::decode_secret_key(text.expose(), None).or_else(|error| match passphrase {
        Some(_) => keys::decode_secret_key(text.expose(), passphrase),
        None => Err(error),
    });
    let key = decoded.map_err(|error| describe(text.expose(), passphrase.is_some(), &error))?;
    let algorithm = key.algorithm();
    if matches!(algorithm, Algorithm::Ed25519 | Algorithm::Ecdsa { .. }) {
        Ok(key)
    } else {
        Err(BadKey::Unsupported(algorithm.to_string()))
    }
}

/// Tells apart the ways of failing; the library has no one error for each.
fn describe(text: &str, has_passphrase: bool, error: &keys::Error) -> BadKey {
    if text.contains("BEGIN RSA ") {
        return BadKey::Unsupported("ssh-rsa".to_owned());
    }
    if matches!(
        error,
        keys::Error::SshKey(keys::ssh_key::Error::AlgorithmUnknown)
    ) {
        return BadKey::Unsupported("unknown".to_owned());
    }
    if let keys::Error::UnknownAlgorithm(oid) = error {
        return BadKey::Unsupported(oid.to_string());
    }
    let says_encrypted = text.contains("BEGIN ENCRYPTED PRIVATE KEY")
        || text.contains("Proc-Type: 4,ENCRYPTED")
        || matches!(error, keys::Error::KeyIsEncrypted)
        || matches!(error, keys::Error::SshKey(keys::ssh_key::Error::Crypto))
        || matches!(error, keys::Error::SshKey(keys::ssh_key::Error::Encrypted));
    match (says_encrypted, has_passphrase) {
        (true, true) => BadKey::WrongPassphrase,
        (true, false) => BadKey::NeedsPassphrase,
        (false, _) => BadKey::Unreadable,
    }
}
