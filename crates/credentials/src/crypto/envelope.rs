//! Seals a value for one place, and opens it there and nowhere else.
//!
//! Both layers authenticate `"opsc.cred.v1" | owner | version | field | KEK id`, each part
//! with its length before it. The wrapped data key carries the id of its KEK. The value carries an
//! empty one: it is bound to the KEK through its data key, which no other version shares, and so
//! a data key can be wrapped anew without touching the value.

use common::id::CredentialId;
use zeroize::Zeroizing;

use crate::crypto::CryptoError;
use crate::crypto::aead::{self, Key};
use crate::crypto::key_ring::{Kek, KeyRing, nonce};

const FORMAT: &[u8] = b"opsc.cred.v1";

/// Where a sealed value belongs.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// Whose value: a credential, or what else `field` is of.
    pub owner: i64,
    /// Which version.
    pub version: i32,
    /// Which field of it.
    pub field: &'a str,
}

impl Place<'static> {
    /// The data of a credential's version.
    pub fn data(credential_id: CredentialId, version: i32) -> Self {
        Self {
            owner: credential_id.0,
            version,
            field: "credential_data",
        }
    }

    /// The values of a parcel, of which there is one version.
    pub fn parcel(id: i64) -> Self {
        Self {
            owner: id,
            version: 0,
            field: "run_parameters",
        }
    }
}

impl Place<'_> {
    fn aad(&self, kek_id: &str) -> Vec<u8> {
        bind(&[
            FORMAT,
            &self.owner.to_be_bytes(),
            &self.version.to_be_bytes(),
            self.field.as_bytes(),
            kek_id.as_bytes(),
        ])
    }
}

/// Joins parts so that no two lists of parts give the same bytes.
pub(super) fn bind(parts: &[&[u8]]) -> Vec<u8> {
    let mut joined = Vec::new();
    for part in parts {
        let length = u64::try_from(part.len()).unwrap_or(u64::MAX);
        joined.extend_from_slice(&length.to_be_bytes());
        joined.extend_from_slice(part);
    }
    joined
}

/// A data key under a KEK.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrappedKey {
    /// The KEK.
    pub kek_id: String,
    /// Nonce of `key`.
    pub nonce: Vec<u8>,
    /// The data key, encrypted, with its tag.
    pub key: Vec<u8>,
}

/// A value under its data key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// The data key.
    pub dek: WrappedKey,
    /// Nonce of `ciphertext`.
    pub nonce: Vec<u8>,
    /// The value, encrypted, with its tag.
    pub ciphertext: Vec<u8>,
}

/// Encrypts `plain` for `place` under a fresh data key.
///
/// # Errors
/// When the operating system gives no random bytes.
pub fn seal(kek: &Kek, place: &Place<'_>, plain: &[u8]) -> Result<Sealed, CryptoError> {
    let dek = Key::random()?;
    let nonce = aead::random()?;
    Ok(Sealed {
        ciphertext: aead::seal(&dek, &nonce, &place.aad(""), plain)?,
        nonce: nonce.to_vec(),
        dek: wrap(kek, place, &dek)?,
    })
}

/// Decrypts what was sealed for `place`.
///
/// # Errors
/// When the KEK is not at hand, or anything was changed or moved.
pub fn open(
    ring: &KeyRing,
    place: &Place<'_>,
    sealed: &Sealed,
) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
    let dek = unwrap(ring.get(&sealed.dek.kek_id)?, place, &sealed.dek)?;
    aead::open(
        &dek,
        &nonce(&sealed.nonce)?,
        &place.aad(""),
        &sealed.ciphertext,
    )
}

/// Wraps a data key under another KEK; the value it opens is not touched.
///
/// # Errors
/// When the present KEK is not at hand, or anything was changed or moved.
pub fn rewrap(
    ring: &KeyRing,
    to: &Kek,
    place: &Place<'_>,
    wrapped: &WrappedKey,
) -> Result<WrappedKey, CryptoError> {
    let dek = unwrap(ring.get(&wrapped.kek_id)?, place, wrapped)?;
    wrap(to, place, &dek)
}

fn wrap(kek: &Kek, place: &Place<'_>, dek: &Key) -> Result<WrappedKey, CryptoError> {
    let nonce = aead::random()?;
    Ok(WrappedKey {
        kek_id: kek.id().to_owned(),
        key: aead::seal(kek.wrap(), &nonce, &place.aad(kek.id()), dek.bytes())?,
        nonce: nonce.to_vec(),
    })
}

fn unwrap(kek: &Kek, place: &Place<'_>, wrapped: &WrappedKey) -> Result<Key, CryptoError> {
    let aad = place.aad(kek.id());
    Key::of(&aead::open(
        kek.wrap(),
        &nonce(&wrapped.nonce)?,
        &aad,
        &wrapped.key,
    )?)
}
