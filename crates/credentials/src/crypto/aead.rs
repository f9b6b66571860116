//! AES-256-GCM and random bytes: the only place that touches a cipher.

use std::fmt;

use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes256Gcm, KeyInit};
use rand::TryRng;
use rand::rngs::SysRng;
use zeroize::Zeroizing;

use crate::crypto::CryptoError;

/// Length of a key in bytes.
pub const KEY_BYTES: usize = 32;
/// Length of a nonce in bytes.
pub const NONCE_BYTES: usize = 12;

/// A nonce; never used twice with one key.
pub type Nonce = [u8; NONCE_BYTES];

/// A key of AES-256-GCM; wiped on drop, does not print.
#[derive(Clone)]
pub struct Key(Zeroizing<[u8; KEY_BYTES]>);

impl Key {
    /// Takes the bytes into keeping.
    pub fn new(bytes: Zeroizing<[u8; KEY_BYTES]>) -> Self {
        Self(bytes)
    }

    /// Reads a key from bytes.
    ///
    /// # Errors
    /// When they are not 32.
    pub fn of(bytes: &[u8]) -> Result<Self, CryptoError> {
        let bytes: [u8; KEY_BYTES] = bytes.try_into().map_err(|_len| CryptoError::Length)?;
        Ok(Self(Zeroizing::new(bytes)))
    }

    /// A fresh key.
    ///
    /// # Errors
    /// When the operating system gives no random bytes.
    pub fn random() -> Result<Self, CryptoError> {
        let mut bytes = Zeroizing::new([0; KEY_BYTES]);
        fill(bytes.as_mut())?;
        Ok(Self(bytes))
    }

    /// The bytes themselves.
    pub(super) fn bytes(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// Random bytes of the operating system, for nonces, salts and names.
///
/// # Errors
/// When it gives none.
pub fn random<const N: usize>() -> Result<[u8; N], CryptoError> {
    let mut bytes = [0; N];
    fill(&mut bytes)?;
    Ok(bytes)
}

fn fill(bytes: &mut [u8]) -> Result<(), CryptoError> {
    SysRng
        .try_fill_bytes(bytes)
        .map_err(|_cause| CryptoError::NoRandomness)
}

/// Encrypts `plain` and authenticates `aad` with it; the tag follows the ciphertext.
///
/// # Errors
/// When `plain` is longer than the cipher takes.
pub fn seal(key: &Key, nonce: &Nonce, aad: &[u8], plain: &[u8]) -> Result<Vec<u8>, CryptoError> {
    let payload = Payload { msg: plain, aad };
    cipher(key)
        .encrypt(&(*nonce).into(), payload)
        .map_err(|_long| CryptoError::Length)
}

/// Decrypts what [`seal`] made with the same key, nonce and `aad`.
///
/// # Errors
/// [`CryptoError::Forged`] if any of them differs, by a single bit even.
pub fn open(
    key: &Key,
    nonce: &Nonce,
    aad: &[u8],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
    let payload = Payload { msg: sealed, aad };
    cipher(key)
        .decrypt(&(*nonce).into(), payload)
        .map(Zeroizing::new)
        .map_err(|_tag| CryptoError::Forged)
}

fn cipher(key: &Key) -> Aes256Gcm {
    Aes256Gcm::new(key.bytes().into())
}
