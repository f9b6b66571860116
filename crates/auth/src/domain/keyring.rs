//! The keys of this process: which one signs, which ones are published.

use std::sync::{Arc, PoisonError, RwLock};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use common::secret::Secret;
use common::token::{Jwk, Jwks};
use serde::Serialize;
use serde_json::json;
use service_kit::health::HealthChecks;

use crate::domain::key::{SigningKey, StoredKey, WrappingKey};
use crate::error::Error;

/// Said of keys that cannot be opened.
const WRONG_SECRET: &str =
    "AUTH_KEY_FILE is not the secret that the signing keys in the database were wrapped with";

/// Keys in memory; the database is the truth, and is read again and again.
pub struct Keyring {
    wrapping: WrappingKey,
    ring: RwLock<Ring>,
}

enum Ring {
    /// Why there are none.
    Empty(&'static str),
    Loaded(Vec<Arc<SigningKey>>),
}

impl Keyring {
    /// An empty ring that opens keys with `secret`.
    pub fn new(secret: &Secret<String>) -> Self {
        Self {
            wrapping: WrappingKey::new(secret),
            ring: RwLock::new(Ring::Empty("not read from the database yet")),
        }
    }

    /// What wraps new keys.
    pub fn wrapping(&self) -> &WrappingKey {
        &self.wrapping
    }

    /// Adds the check that tokens can be signed.
    pub fn watch(self: &Arc<Self>, health: &HealthChecks) {
        let keys = Arc::clone(self);
        health.add(
            "signing_key",
            Arc::new(move || {
                let state = match &*keys.read() {
                    Ring::Empty(why) => Err((*why).to_owned()),
                    Ring::Loaded(_) => Ok(()),
                };
                Box::pin(std::future::ready(state))
            }),
        );
    }

    /// Takes all keys of the database; every one of them has to open.
    ///
    /// # Errors
    /// [`Error::NoSigningKey`] when one does not open.
    pub fn load(&self, stored: &[StoredKey]) -> Result<(), Error> {
        let opened: Option<Vec<_>> = stored
            .iter()
            .map(|key| SigningKey::unwrap(&self.wrapping, key).map(Arc::new))
            .collect();
        let ring = match opened {
            Some(keys) if keys.is_empty() => Ring::Empty("none has been made yet"),
            Some(keys) => Ring::Loaded(keys),
            None => Ring::Empty(WRONG_SECRET),
        };
        let fault = match &ring {
            Ring::Empty(WRONG_SECRET) => Some(Error::NoSigningKey(WRONG_SECRET.to_owned())),
            Ring::Empty(_) | Ring::Loaded(_) => None,
        };
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = ring;
        fault.map_or(Ok(()), Err)
    }

    /// Whether there is a key.
    pub fn is_loaded(&self) -> bool {
        matches!(&*self.read(), Ring::Loaded(_))
    }

    /// The keys that others should know.
    pub fn published(&self, now: DateTime<Utc>) -> Jwks {
        let keys: Vec<Jwk> = match &*self.read() {
            Ring::Empty(_) => Vec::new(),
            Ring::Loaded(keys) => keys
                .iter()
                .filter(|key| key.is_published(now))
                .map(|key| key.jwk())
                .collect(),
        };
        Jwks { keys }
    }

    /// Signs claims as a JWT of the given type.
    ///
    /// # Errors
    /// [`Error::NoSigningKey`] when there is none.
    pub fn sign(
        &self,
        typ: &str,
        claims: &impl Serialize,
        now: DateTime<Utc>,
    ) -> Result<String, Error> {
        let key = self.signer(now)?;
        let header = json!({"alg": "EdDSA", "typ": typ, "kid": key.kid}).to_string();
        let claims = serde_json::to_vec(claims)
            .map_err(|error| Error::NoSigningKey(format!("claims: {error}")))?;
        let mut token = URL_SAFE_NO_PAD.encode(header);
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(claims, &mut token);
        let signature = key.sign(token.as_bytes());
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(token)
    }

    /// The newest key whose time to sign has come.
    fn signer(&self, now: DateTime<Utc>) -> Result<Arc<SigningKey>, Error> {
        let keys = match &*self.read() {
            Ring::Empty(why) => return Err(Error::NoSigningKey((*why).to_owned())),
            Ring::Loaded(keys) => keys.clone(),
        };
        keys.into_iter()
            .filter(|key| key.signs_from <= now && key.is_published(now))
            .max_by_key(|key| key.signs_from)
            .ok_or_else(|| Error::NoSigningKey("none may sign at this time".to_owned()))
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, Ring> {
        self.ring.read().unwrap_or_else(PoisonError::into_inner)
    }
}
