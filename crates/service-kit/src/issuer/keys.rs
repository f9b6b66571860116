//! The published keys of the second issuer: fetched, kept, and used.

use std::convert::Infallible;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use anyhow::{Context as _, bail};
use chrono::{DateTime, TimeDelta, Utc};
use common::clock::Clock;
use common::token::TokenError;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::Mutex;
use tracing::{info, warn};

use crate::issuer::claims::Header;
use crate::reconcile::{self, Hint};
use crate::tasks::Tasks;

/// How long keys are used without being read again.
const FRESH: TimeDelta = TimeDelta::minutes(10);
/// How long keys are used while they cannot be read.
const USABLE: TimeDelta = TimeDelta::hours(24);
/// Shortest time between two readings, whatever tokens come.
const PAUSE: TimeDelta = TimeDelta::seconds(30);
/// How often it is looked whether a reading is due.
const TICK: Duration = Duration::from_secs(2);
/// Longest wait for an answer.
const TIMEOUT: Duration = Duration::from_secs(2);
/// Largest answer that is read, in bytes.
const MAX_ANSWER_BYTES: usize = 64 * 1024;

/// A key (RFC 7517), as far as it is looked at.
#[derive(Deserialize)]
struct Published {
    kty: String,
    kid: String,
    #[serde(rename = "use")]
    usage: Option<String>,
    key_ops: Option<Vec<String>>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

/// A set of keys. Each is read by itself: one that means nothing here spoils no other.
#[derive(Deserialize)]
struct PublishedSet {
    keys: Vec<Value>,
}

/// A key that signatures can be checked with.
struct Key {
    kid: String,
    algorithms: Vec<Algorithm>,
    key: DecodingKey,
}

impl Key {
    /// Takes a public key for signatures; secrets (`oct`) and keys of other kinds are none. RSA keys
    /// below 2,048 bits fail when they are used.
    fn read(value: Value) -> Option<Self> {
        let Published {
            kty,
            kid,
            usage,
            key_ops,
            alg,
            crv,
            n,
            e,
            x,
            y,
        } = serde_json::from_value(value).ok()?;
        let is_for_signatures = usage.is_none_or(|usage| usage == "sig")
            && key_ops.is_none_or(|ops| ops.iter().any(|op| op == "verify"));
        if !is_for_signatures {
            return None;
        }
        let (possible, key): (&[Algorithm], _) = match (kty.as_str(), crv.as_deref()) {
            ("RSA", _) => {
                let key = DecodingKey::from_rsa_components(&n?, &e?);
                (&[Algorithm::RS256, Algorithm::PS256], key)
            }
            ("EC", Some("P-256")) => {
                let key = DecodingKey::from_ec_components(&x?, &y?);
                (&[Algorithm::ES256], key)
            }
            ("OKP", Some("Ed25519")) => {
                let key = DecodingKey::from_ed_components(&x?);
                (&[Algorithm::EdDSA], key)
            }
            _ => return None,
        };
        let named: Option<Algorithm> = alg.map(|alg| alg.parse()).transpose().ok()?;
        let fits = |algorithm: &Algorithm| named.is_none_or(|named| named == *algorithm);
        Some(Self {
            kid,
            algorithms: possible.iter().copied().filter(fits).collect(),
            key: key.ok()?,
        })
    }
}

#[derive(Default)]
struct State {
    keys: Vec<Key>,
    read_at: Option<DateTime<Utc>>,
    tried_at: Option<DateTime<Utc>>,
    is_away: bool,
}

/// The keys; clones share them.
#[derive(Clone)]
pub(super) struct KeyStore {
    title: &'static str,
    url: reqwest::Url,
    http: reqwest::Client,
    clock: Clock,
    tasks: Tasks,
    state: Arc<RwLock<State>>,
    /// Held by whoever reads the keys.
    turn: Arc<Mutex<()>>,
}

impl KeyStore {
    pub(super) fn new(
        (title, url): (&'static str, reqwest::Url),
        http: reqwest::Client,
        clock: Clock,
        tasks: Tasks,
    ) -> Self {
        Self {
            title,
            url,
            http,
            clock,
            tasks,
            state: Arc::default(),
            turn: Arc::default(),
        }
    }

    /// Reads the keys whenever they are due, until the process stops.
    pub(super) fn keep_fresh(&self) {
        let store = self.clone();
        let name = "keys of the second issuer";
        reconcile::every(&self.tasks, name, TICK, Hint::default(), move || {
            let store = store.clone();
            async move {
                let read_at = store.state().read_at;
                if !store.is_within(read_at, FRESH) {
                    store.read_early().await;
                }
                Ok::<(), Infallible>(())
            }
        });
    }

    /// Reads the keys now, unless that was tried a moment ago; waits for a reading that goes on.
    pub(super) async fn read_early(&self) {
        let turn = Arc::clone(&self.turn).lock_owned().await;
        if self.is_within(self.state().tried_at, PAUSE) {
            return;
        }
        self.state_mut().tried_at = Some(self.clock.now());
        let store = self.clone();
        // A caller who hangs up must not end the reading: the next one would come late.
        let (done, ended) = tokio::sync::oneshot::channel::<Infallible>();
        self.tasks.spawn("reading keys", async move {
            store.take(store.fetch().await);
            drop((turn, done));
        });
        let _ended = ended.await;
    }

    /// Whether there is a key of this name that may be used.
    pub(super) fn has(&self, kid: &str) -> bool {
        self.usable()
            .is_some_and(|state| state.keys.iter().any(|key| key.kid == kid))
    }

    /// Whether the last reading failed.
    pub(super) fn is_away(&self) -> bool {
        self.state().is_away
    }

    /// Checks the signature, and gives the claims; they are not checked.
    pub(super) fn verify(&self, token: &str, header: &Header) -> Result<Value, TokenError> {
        let unknown = || TokenError::UnknownKey(header.kid.clone());
        let state = self.usable().ok_or_else(unknown)?;
        let mut named = state
            .keys
            .iter()
            .filter(|key| key.kid == header.kid)
            .peekable();
        named.peek().ok_or_else(unknown)?;
        let key = named
            .find(|key| key.algorithms.contains(&header.algorithm))
            .ok_or(TokenError::Invalid("algorithm"))?;
        let mut rules = Validation::new(header.algorithm);
        rules.validate_exp = false;
        rules.validate_nbf = false;
        rules.validate_aud = false;
        rules.required_spec_claims.clear();
        jsonwebtoken::decode(token, &key.key, &rules)
            .map(|token| token.claims)
            .map_err(|_refused| TokenError::Invalid("signature or claims"))
    }

    async fn fetch(&self) -> anyhow::Result<Vec<Key>> {
        let request = self.http.get(self.url.clone()).timeout(TIMEOUT);
        let mut answer = request.send().await.map_err(reqwest::Error::without_url)?;
        if answer.status() != reqwest::StatusCode::OK {
            bail!("it answered {}", answer.status().as_u16());
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(reqwest::Error::without_url)? {
            if body.len() + chunk.len() > MAX_ANSWER_BYTES {
                bail!("the answer is larger than 64 KiB");
            }
            body.extend_from_slice(&chunk);
        }
        let set: PublishedSet =
            serde_json::from_slice(&body).context("the answer is no set of keys")?;
        Ok(set.keys.into_iter().filter_map(Key::read).collect())
    }

    fn take(&self, fetched: anyhow::Result<Vec<Key>>) {
        let title = self.title;
        let mut state = self.state_mut();
        let was_away = std::mem::replace(&mut state.is_away, fetched.is_err());
        match fetched {
            Ok(keys) => {
                if was_away || state.read_at.is_none() {
                    info!("{title} publishes {} keys that can be used", keys.len());
                }
                state.keys = keys;
                state.read_at = Some(self.clock.now());
            }
            Err(error) if !was_away => {
                warn!("The keys of {title} cannot be read, and will be tried again: {error:#}");
            }
            Err(_still) => {}
        }
    }

    /// The keys, unless they were read too long ago.
    fn usable(&self) -> Option<RwLockReadGuard<'_, State>> {
        let state = self.state();
        self.is_within(state.read_at, USABLE).then_some(state)
    }

    /// Whether something happened less than `span` ago; a clock that was set back counts as later.
    fn is_within(&self, at: Option<DateTime<Utc>>, span: TimeDelta) -> bool {
        at.is_some_and(|at| (self.clock.now() - at).abs() < span)
    }

    fn state(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn state_mut(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}
