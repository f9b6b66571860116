//! The KEKs at hand, each known to be right before it is used.

use std::sync::Arc;

use crate::crypto::CryptoError;
use crate::crypto::aead::{self, Key};
use crate::crypto::derive::Master;
use crate::crypto::envelope::bind;

const WRAP: &str = "opsc.kek.v1 wrap";
const CHECK: &str = "opsc.kek.v1 check";
const CHECK_TEXT: &[u8] = b"this key is the right one";

/// A key that wraps data keys.
#[derive(Clone, Debug)]
pub struct Kek {
    id: String,
    wrap: Key,
}

/// Known text under a KEK: tells a wrong key from the right one.
#[derive(Clone, Debug)]
pub struct CheckValue {
    /// Nonce of `value`.
    pub nonce: Vec<u8>,
    /// The text, encrypted, with its tag.
    pub value: Vec<u8>,
}

impl Kek {
    /// Makes a KEK of this name, with the value that will prove it.
    ///
    /// # Errors
    /// When the operating system gives no random bytes.
    pub fn create(id: String, master: &Master) -> Result<(Self, CheckValue), CryptoError> {
        let nonce = aead::random()?;
        let value = aead::seal(&master.subkey(CHECK)?, &nonce, &aad(&id), CHECK_TEXT)?;
        let wrap = master.subkey(WRAP)?;
        let nonce = nonce.to_vec();
        Ok((Self { id, wrap }, CheckValue { nonce, value }))
    }

    /// The KEK of this name, if `master` is its root.
    ///
    /// # Errors
    /// [`CryptoError::Forged`] for every other key.
    pub fn recognise(id: &str, master: &Master, check: &CheckValue) -> Result<Self, CryptoError> {
        let nonce = nonce(&check.nonce)?;
        let text = aead::open(&master.subkey(CHECK)?, &nonce, &aad(id), &check.value)?;
        if text.as_slice() != CHECK_TEXT {
            return Err(CryptoError::Forged);
        }
        let wrap = master.subkey(WRAP)?;
        Ok(Self {
            id: id.to_owned(),
            wrap,
        })
    }

    /// Its name, which is bound into all that it wraps.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The key for data keys.
    pub(super) fn wrap(&self) -> &Key {
        &self.wrap
    }
}

fn aad(id: &str) -> Vec<u8> {
    bind(&[b"opsc.kek.v1", id.as_bytes()])
}

/// Reads a nonce as it was stored.
pub(super) fn nonce(bytes: &[u8]) -> Result<aead::Nonce, CryptoError> {
    bytes.try_into().map_err(|_length| CryptoError::Length)
}

/// The KEKs at hand; clones share them.
#[derive(Clone, Debug, Default)]
pub struct KeyRing(Vec<Arc<Kek>>);

impl KeyRing {
    /// The KEK of this name.
    ///
    /// # Errors
    /// [`CryptoError::UnknownKey`] if it is not at hand.
    pub fn get(&self, id: &str) -> Result<&Arc<Kek>, CryptoError> {
        self.0
            .iter()
            .find(|kek| kek.id == id)
            .ok_or(CryptoError::UnknownKey)
    }

    /// Adds a KEK.
    #[must_use]
    pub fn with(mut self, kek: Kek) -> Self {
        self.0.push(Arc::new(kek));
        self
    }
}
