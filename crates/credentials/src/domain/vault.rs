//! Encrypts and decrypts with the keys at hand; sealed while the right one is missing.

use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use sqlx::PgConnection;
use tracing::{info, warn};
use zeroize::Zeroizing;

use crate::config::KeySources;
use crate::crypto::CryptoError;
use crate::crypto::aead;
use crate::crypto::derive::{ITERATIONS, Master, SALT_BYTES};
use crate::crypto::envelope::{self, Place, Sealed};
use crate::crypto::key_ring::{Kek, KeyRing};
use crate::domain::key_source::{self, Candidate};
use crate::domain::secret_data::Document;
use crate::error::Error;
use crate::store;
use crate::store::keks::{KekRow, NewKek, Stretch};

/// How long a key that was not found is not looked for again.
const MISSING_FOR: Duration = Duration::from_secs(1);

/// The keys at hand, and the way to more of them.
pub struct Vault {
    sources: KeySources,
    typed: Mutex<Vec<Zeroizing<String>>>,
    ring: RwLock<Arc<KeyRing>>,
    state: RwLock<State>,
    missing: Mutex<Option<(String, Instant)>>,
    refreshing: tokio::sync::Mutex<()>,
}

/// Whether new values can be encrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// The active key is at hand.
    Open,
    /// It is not; the text says why, to an operator.
    Sealed(String),
}

impl Vault {
    /// A sealed vault that takes its keys from `sources`.
    pub fn new(sources: KeySources) -> Self {
        Self {
            sources,
            typed: Mutex::default(),
            ring: RwLock::default(),
            state: RwLock::new(State::Sealed("no key was read yet".to_owned())),
            missing: Mutex::default(),
            refreshing: tokio::sync::Mutex::default(),
        }
    }

    /// Whether the active key is at hand.
    pub fn state(&self) -> State {
        self.state
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Encrypts data for its place, under the key that is active as long as `conn`'s transaction.
    ///
    /// # Errors
    /// [`Error::Sealed`] if that key is not at hand.
    pub async fn seal(
        &self,
        conn: &mut PgConnection,
        place: &Place<'_>,
        data: &Document,
    ) -> Result<Sealed, Error> {
        let mut active = store::keks::lock_active(conn).await?;
        if active.is_none() {
            // The first key of all, or a change of keys that was committed while we waited.
            self.refresh(conn).await?;
            active = store::keks::lock_active(conn).await?;
        }
        let id = active.ok_or(Error::Sealed)?;
        let ring = self.ring_with(conn, &id).await?;
        Ok(envelope::seal(ring.get(&id)?, place, data.bytes())?)
    }

    /// Decrypts what was sealed for this place.
    ///
    /// # Errors
    /// [`Error::Sealed`] if its key is not at hand, [`Error::Crypto`] if it was changed or moved.
    pub async fn open(
        &self,
        conn: &mut PgConnection,
        place: &Place<'_>,
        sealed: &Sealed,
    ) -> Result<Document, Error> {
        let ring = self.ring_with(conn, &sealed.dek.kek_id).await?;
        Ok(Document::of(envelope::open(&ring, place, sealed)?))
    }

    /// The keys at hand, after a look for this one if it is not among them.
    async fn ring_with(&self, conn: &mut PgConnection, id: &str) -> Result<Arc<KeyRing>, Error> {
        let ring = self.ring();
        if ring.get(id).is_ok() || self.is_known_missing(id) {
            return Ok(ring);
        }
        self.refresh(conn).await?;
        let ring = self.ring();
        if ring.get(id).is_err() {
            let mut missing = self.missing.lock().unwrap_or_else(PoisonError::into_inner);
            *missing = Some((id.to_owned(), Instant::now()));
        }
        Ok(ring)
    }

    fn is_known_missing(&self, id: &str) -> bool {
        let missing = self.missing.lock().unwrap_or_else(PoisonError::into_inner);
        missing
            .as_ref()
            .is_some_and(|(known, at)| known == id && at.elapsed() < MISSING_FOR)
    }

    /// Reads the key files again and takes every key that proves to be a right one.
    ///
    /// Makes the first key's row if there is none.
    ///
    /// # Errors
    /// When the database cannot be asked, or the cipher refuses.
    pub async fn refresh(&self, conn: &mut PgConnection) -> Result<(), Error> {
        let _one_at_a_time = self.refreshing.lock().await;
        let mut rows = store::keks::list_usable(conn).await?;
        let (candidates, trouble) = self.candidates();
        if let (true, None, Some(first)) = (rows.is_empty(), &trouble, candidates.first()) {
            store::keks::insert_first(conn, &first_key(first).await?).await?;
            rows = store::keks::list_usable(conn).await?;
        }
        let mut ring = KeyRing::default();
        let old = self.ring();
        let why = || "no key at hand is the active one".to_owned();
        let mut state = State::Sealed(trouble.unwrap_or_else(why));
        for row in &rows {
            let kek = match old.get(&row.id) {
                Ok(kek) => Some(Kek::clone(kek)),
                Err(_unknown) => recognise(row, &candidates).await?,
            };
            if let Some(kek) = kek {
                ring = ring.with(kek);
                if row.is_active {
                    state = State::Open;
                }
            }
        }
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(ring);
        self.enter(state);
        Ok(())
    }

    /// Keeps a passphrase that a person has typed, if it opens the vault.
    ///
    /// # Errors
    /// [`Error::WrongPassphrase`] if it does not.
    pub async fn unseal(
        &self,
        conn: &mut PgConnection,
        passphrase: Zeroizing<String>,
    ) -> Result<(), Error> {
        let typed = || self.typed.lock().unwrap_or_else(PoisonError::into_inner);
        typed().push(passphrase.clone());
        let refreshed = self.refresh(conn).await;
        if refreshed.is_ok() && self.state() == State::Open {
            return Ok(());
        }
        typed().retain(|known| *known != passphrase);
        refreshed.and(Err(Error::WrongPassphrase))
    }

    /// All keys that may be right ones, and what is wrong with the key files.
    fn candidates(&self) -> (Vec<Candidate>, Option<String>) {
        let (mut found, trouble) = match key_source::read(&self.sources) {
            Ok(found) => (found, None),
            Err(error) => (Vec::new(), Some(error.to_string())),
        };
        let typed = self.typed.lock().unwrap_or_else(PoisonError::into_inner);
        found.extend(typed.iter().cloned().map(Candidate::Passphrase));
        (found, trouble)
    }

    /// Notes the state, and logs it when it is another one.
    fn enter(&self, state: State) {
        let mut present = self.state.write().unwrap_or_else(PoisonError::into_inner);
        if *present == state {
            return;
        }
        match &state {
            State::Open => info!("The vault is open"),
            State::Sealed(why) => warn!("The vault is sealed: {why}"),
        }
        *present = state;
    }

    /// The keys at hand.
    pub fn ring(&self) -> Arc<KeyRing> {
        Arc::clone(&self.ring.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A new name for a KEK.
///
/// # Errors
/// When the operating system gives no random bytes.
pub fn new_kek_id() -> Result<String, CryptoError> {
    let random = u64::from_be_bytes(aead::random()?);
    Ok(format!("kek-{random:016x}"))
}

async fn first_key(candidate: &Candidate) -> Result<NewKek, Error> {
    let id = new_kek_id()?;
    let (master, stretch) = match candidate {
        Candidate::File(master) => (master.clone(), None),
        Candidate::Passphrase(text) => {
            let salt = aead::random::<SALT_BYTES>()?.to_vec();
            let rounds = i32::try_from(ITERATIONS.get()).unwrap_or(i32::MAX);
            let stretch = Stretch { salt, rounds };
            (stretched(text, &stretch).await?, Some(stretch))
        }
    };
    let (kek, check) = Kek::create(id, &master)?;
    Ok(NewKek {
        id: kek.id().to_owned(),
        stretch,
        check,
    })
}

/// The KEK of this row, if one of the candidates is its root.
async fn recognise(row: &KekRow, candidates: &[Candidate]) -> Result<Option<Kek>, Error> {
    for candidate in candidates {
        let master = match (candidate, &row.stretch) {
            (Candidate::File(master), None) => master.clone(),
            (Candidate::Passphrase(text), Some(stretch)) => stretched(text, stretch).await?,
            (Candidate::File(_), Some(_)) | (Candidate::Passphrase(_), None) => continue,
        };
        if let Ok(kek) = Kek::recognise(&row.id, &master, &row.check) {
            return Ok(Some(kek));
        }
    }
    Ok(None)
}

/// Stretches a passphrase off the async threads.
async fn stretched(text: &Zeroizing<String>, stretch: &Stretch) -> Result<Master, Error> {
    let (text, salt) = (text.clone(), stretch.salt.clone());
    let rounds = u32::try_from(stretch.rounds)
        .ok()
        .and_then(NonZeroU32::new)
        .unwrap_or(ITERATIONS);
    let work = move || Master::of_passphrase(text.as_bytes(), &salt, rounds);
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_panicked| Error::Crypto(CryptoError::SelfTest))
}
