//! From what an operator keeps (a key file, a passphrase) to the keys that are used.

use std::fmt;
use std::num::NonZeroU32;

use aws_lc_rs::pbkdf2::{self, PBKDF2_HMAC_SHA256};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use common::secret::constant_time_eq;
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::crypto::CryptoError;
use crate::crypto::aead::{self, KEY_BYTES, Key};

/// Rounds of PBKDF2-HMAC-SHA256 for a new passphrase.
pub const ITERATIONS: NonZeroU32 = NonZeroU32::new(600_000).unwrap();
/// Length of a passphrase's salt in bytes.
pub const SALT_BYTES: usize = 32;

/// The root of a KEK; only ever used to derive from.
#[derive(Clone)]
pub struct Master(Zeroizing<[u8; KEY_BYTES]>);

impl Master {
    /// Takes 32 bytes into keeping.
    pub fn new(bytes: Zeroizing<[u8; KEY_BYTES]>) -> Self {
        Self(bytes)
    }

    /// A fresh one.
    ///
    /// # Errors
    /// When the operating system gives no random bytes.
    pub fn random() -> Result<Self, CryptoError> {
        aead::random().map(|bytes| Self(Zeroizing::new(bytes)))
    }

    /// Stretches a passphrase with PBKDF2-HMAC-SHA256; takes a core for 0.1 s or more.
    pub fn of_passphrase(passphrase: &[u8], salt: &[u8], iterations: NonZeroU32) -> Self {
        let mut bytes = Zeroizing::new([0; KEY_BYTES]);
        pbkdf2::derive(
            PBKDF2_HMAC_SHA256,
            iterations,
            salt,
            passphrase,
            bytes.as_mut(),
        );
        Self(bytes)
    }

    /// Whether both are the same, in time that tells nothing.
    pub fn is(&self, other: &Self) -> bool {
        constant_time_eq(self.0.as_ref(), other.0.as_ref())
    }

    /// The HKDF-SHA256 subkey for one use; uses with other names get unrelated keys.
    ///
    /// # Errors
    /// None in practice: the length of a key is one that HKDF gives.
    pub fn subkey(&self, purpose: &str) -> Result<Key, CryptoError> {
        let mut bytes = Zeroizing::new([0; KEY_BYTES]);
        Hkdf::<Sha256>::new(None, self.0.as_ref())
            .expand(purpose.as_bytes(), bytes.as_mut())
            .map_err(|_length| CryptoError::Length)?;
        Ok(Key::new(bytes))
    }
}

impl fmt::Debug for Master {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// Reads the content of a key file: 32 raw bytes, or one key a line in hex or base64.
///
/// Empty lines and lines that begin with `#` are passed over.
///
/// # Errors
/// When there is no key, or a line is none. 32 printable characters are refused: they are far
/// more likely a key that was cut off than random bytes.
pub fn read_keys(content: &[u8]) -> Result<Vec<Master>, CryptoError> {
    if let Ok(raw) = <[u8; KEY_BYTES]>::try_from(content)
        && !raw.iter().all(|byte| (0x20..0x7f).contains(byte))
    {
        return Ok(vec![Master::new(Zeroizing::new(raw))]);
    }
    let text = std::str::from_utf8(content).map_err(|_binary| CryptoError::NotAKey)?;
    let keys = lines(text).map(read_key).collect::<Result<Vec<_>, _>>()?;
    if keys.is_empty() {
        return Err(CryptoError::NotAKey);
    }
    Ok(keys)
}

/// The lines of a key or passphrase file that count.
pub fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
}

fn read_key(line: &str) -> Result<Master, CryptoError> {
    let bytes = Zeroizing::new(match line.len() {
        64 => unhex(line)?,
        _ => STANDARD
            .decode(line)
            .map_err(|_text| CryptoError::NotAKey)?,
    });
    let bytes: [u8; KEY_BYTES] = bytes
        .as_slice()
        .try_into()
        .map_err(|_length| CryptoError::NotAKey)?;
    Ok(Master::new(Zeroizing::new(bytes)))
}

fn unhex(text: &str) -> Result<Vec<u8>, CryptoError> {
    let digit = |byte: u8| {
        char::from(byte)
            .to_digit(16)
            .and_then(|value| u8::try_from(value).ok())
            .ok_or(CryptoError::NotAKey)
    };
    let (pairs, _rest) = text.as_bytes().as_chunks::<2>();
    pairs
        .iter()
        .map(|[high, low]| Ok(digit(*high)? << 4 | digit(*low)?))
        .collect()
}
