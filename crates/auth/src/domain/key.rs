//! A signing key: made, wrapped for the database, unwrapped, used.

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::encoding::AsBigEndian;
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use chrono::{DateTime, Utc};
use common::secret::Secret;
use common::token::Jwk;
use service_kit::request::new_id;
use zeroize::Zeroizing;

/// Makes keys of other uses different from this one (RFC 5869, 3.1 and 3.2).
const SALT: &[u8] = b"opsconductor.auth";
const PURPOSE: &[u8] = b"wrap signing keys v1";

/// Wraps private keys; made from a secret that is not in the database.
pub struct WrappingKey(Option<RandomizedNonceKey>);

impl WrappingKey {
    /// Derives it from `secret`.
    pub fn new(secret: &Secret<String>) -> Self {
        Self(Self::derive(secret).ok())
    }

    fn derive(secret: &Secret<String>) -> Result<RandomizedNonceKey, Unspecified> {
        let mut bytes = Zeroizing::new([0_u8; 32]);
        Salt::new(HKDF_SHA256, SALT)
            .extract(secret.expose().as_bytes())
            .expand(&[PURPOSE], HKDF_SHA256)?
            .fill(bytes.as_mut_slice())?;
        RandomizedNonceKey::new(&AES_256_GCM, bytes.as_slice())
    }

    fn wrap(&self, pair: &Ed25519KeyPair, kid: &str) -> Option<Vec<u8>> {
        let seed = pair.seed().ok()?.as_be_bytes().ok()?;
        let mut sealed = seed.as_ref().to_vec();
        let aad = Aad::from(binding(kid, pair.public_key().as_ref()));
        let key = self.0.as_ref()?;
        let nonce = key.seal_in_place_append_tag(aad, &mut sealed).ok()?;
        Some([nonce.as_ref().as_slice(), &sealed].concat())
    }

    fn unwrap(&self, stored: &StoredKey) -> Option<Ed25519KeyPair> {
        let (nonce, sealed) = stored.private_key_wrapped.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let aad = Aad::from(binding(&stored.kid, &stored.public_key));
        let mut opened = Zeroizing::new(sealed.to_vec());
        let key = self.0.as_ref()?;
        let seed = key.open_in_place(nonce, aad, &mut opened).ok()?;
        Ed25519KeyPair::from_seed_and_public_key(seed, &stored.public_key).ok()
    }
}

/// Ties a wrapped key to its name and public half, so that rows cannot be swapped.
fn binding(kid: &str, public_key: &[u8]) -> Vec<u8> {
    [b"opsc.signing-key.v1|", kid.as_bytes(), b"|", public_key].concat()
}

/// A key as the database keeps it.
#[derive(Clone)]
pub struct StoredKey {
    /// Name.
    pub kid: String,
    /// 32 bytes.
    pub public_key: Vec<u8>,
    /// Nonce, sealed seed, tag.
    pub private_key_wrapped: Vec<u8>,
    /// Published from here.
    pub created_at: DateTime<Utc>,
    /// Signs from here.
    pub signs_from: DateTime<Utc>,
    /// No longer published from here.
    pub retires_at: Option<DateTime<Utc>>,
}

/// Makes a key that signs from `signs_from`; `None` if this machine cannot.
pub fn make(
    wrapping: &WrappingKey,
    now: DateTime<Utc>,
    signs_from: DateTime<Utc>,
) -> Option<StoredKey> {
    let pair = Ed25519KeyPair::generate().ok()?;
    let kid = new_id();
    Some(StoredKey {
        public_key: pair.public_key().as_ref().to_vec(),
        private_key_wrapped: wrapping.wrap(&pair, &kid)?,
        created_at: now,
        signs_from,
        retires_at: None,
        kid,
    })
}

/// A key that can sign.
pub struct SigningKey {
    /// Name.
    pub kid: String,
    /// Signs from here.
    pub signs_from: DateTime<Utc>,
    retires_at: Option<DateTime<Utc>>,
    pair: Ed25519KeyPair,
}

impl SigningKey {
    /// Unwraps a stored key; `None` if it was wrapped with another secret or was changed.
    pub fn unwrap(wrapping: &WrappingKey, stored: &StoredKey) -> Option<Self> {
        Some(Self {
            kid: stored.kid.clone(),
            signs_from: stored.signs_from,
            retires_at: stored.retires_at,
            pair: wrapping.unwrap(stored)?,
        })
    }

    /// Whether others should know it at the time `now`.
    pub fn is_published(&self, now: DateTime<Utc>) -> bool {
        self.retires_at.is_none_or(|end| end > now)
    }

    /// Its public half.
    pub fn jwk(&self) -> Jwk {
        Jwk::ed25519(&self.kid, self.pair.public_key().as_ref())
    }

    /// Signs.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.pair.sign(message).as_ref().to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrapping(text: &str) -> WrappingKey {
        WrappingKey::new(&Secret::new(text.to_owned()))
    }

    #[test]
    fn a_wrapped_key_opens_only_with_its_secret_and_name() {
        let right = wrapping("one secret of some length, 32 up");
        let now = DateTime::UNIX_EPOCH;
        let stored = make(&right, now, now).unwrap();
        assert_eq!(stored.private_key_wrapped.len(), 60);
        let key = SigningKey::unwrap(&right, &stored).unwrap();
        assert_eq!(key.jwk().kid, stored.kid);
        assert!(SigningKey::unwrap(&wrapping("another"), &stored).is_none());
        let renamed = StoredKey {
            kid: "other".to_owned(),
            ..stored.clone()
        };
        assert!(SigningKey::unwrap(&right, &renamed).is_none());
        let mut bent = stored;
        bent.private_key_wrapped[20] ^= 1;
        assert!(SigningKey::unwrap(&right, &bent).is_none());
    }
}
