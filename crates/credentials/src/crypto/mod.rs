//! The cryptography of stored secrets: which key, which cipher, bound to which place.
//!
//! Each version of a credential is encrypted under a data key of its own, and that data key is
//! wrapped by a key-encryption key (KEK) which never enters the database. No HTTP, no SQL.

pub mod aead;
pub mod derive;
pub mod envelope;
pub mod key_ring;

#[cfg(test)]
mod tests;

use common::id::CredentialId;

use crate::crypto::aead::Key;
use crate::crypto::derive::Master;
use crate::crypto::envelope::Place;
use crate::crypto::key_ring::{Kek, KeyRing};

/// Why something cannot be sealed or opened. Never holds a value or a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CryptoError {
    /// The tag does not fit: another key, another place, or changed bytes.
    #[error("the ciphertext was changed, or belongs to another key or place")]
    Forged,
    /// The operating system gives no random bytes.
    #[error("the operating system gives no random bytes")]
    NoRandomness,
    /// A value is too long for the cipher, or has a wrong length.
    #[error("a value has a length that the cipher does not take")]
    Length,
    /// The KEK that wraps this data key is not at hand.
    #[error("the key that wraps this data key is not at hand")]
    UnknownKey,
    /// A key file holds something else than keys.
    #[error("a key is 32 bytes: 64 hex digits, 44 characters of base64, or the bytes themselves")]
    NotAKey,
    /// The cipher of this build does not do what it should.
    #[error("the self-test of the cipher failed")]
    SelfTest,
}

/// Proves that this build encrypts, decrypts, and refuses; run before anything is served.
///
/// # Errors
/// [`CryptoError::SelfTest`] if any step does not hold.
pub fn self_test() -> Result<(), CryptoError> {
    // The NIST vector for AES-256-GCM with key, nonce and 16 bytes of text all zero.
    let known = aead::seal(&Key::new([0; 32].into()), &[0; 12], b"", &[0; 16])?;
    let expected = [
        0xce, 0xa7, 0x40, 0x3d, 0x4d, 0x60, 0x6b, 0x6e, 0x07, 0x4e, 0xc5, 0xd3, 0xba, 0xf3, 0x9d,
        0x18, 0xd0, 0xd1, 0xc8, 0xa7, 0x99, 0x99, 0x6b, 0xf0, 0x26, 0x5b, 0x98, 0xb5, 0xd4, 0x8a,
        0xb9, 0x19,
    ];
    let (kek, _check) = Kek::create("self-test".to_owned(), &Master::random()?)?;
    let place = Place::data(CredentialId(1), 1);
    let sealed = envelope::seal(&kek, &place, b"known text")?;
    let ring = KeyRing::default().with(kek);
    let opened = envelope::open(&ring, &place, &sealed)?;
    let elsewhere = envelope::open(&ring, &Place::data(CredentialId(1), 2), &sealed);
    let hidden = !sealed.ciphertext.windows(5).any(|part| part == b"known");
    if known == expected && opened.as_slice() == b"known text" && elsewhere.is_err() && hidden {
        return Ok(());
    }
    Err(CryptoError::SelfTest)
}
