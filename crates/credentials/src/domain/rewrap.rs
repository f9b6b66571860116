//! Puts a new key-encryption key into use and wraps every data key with it.
//!
//! The change of keys is one transaction, each batch another; what is committed stays, so that the
//! work can be ended at any point and taken up again.

use std::time::Duration;

use serde_json::json;
use service_kit::audit::{self, Entry};
use sqlx::{Connection, PgConnection};

use crate::crypto::derive::Master;
use crate::crypto::envelope::{self, Place, WrappedKey};
use crate::crypto::key_ring::Kek;
use crate::domain::vault::{self, State, Vault};
use crate::error::Error;
use crate::store;
use crate::store::keks::NewKek;

const CLAIM_ATTEMPTS: u32 = 50;
const CLAIM_PAUSE: Duration = Duration::from_millis(100);

/// Why keys cannot be wrapped anew.
#[derive(Debug, thiserror::Error)]
pub enum RewrapError {
    /// Another process does it.
    #[error("another process wraps the keys at this moment")]
    Running,
    /// The present key is not at hand.
    #[error("the vault is sealed: {0}")]
    Sealed(String),
    /// The key was in use before.
    #[error("the key in this file is {0}, which is on its way out; give a new one")]
    Retiring(String),
    /// A data key cannot be wrapped.
    #[error("{whose} cannot be wrapped anew")]
    DataKey {
        /// Whose it is.
        whose: String,
        /// Why.
        #[source]
        source: Error,
    },
    /// The rest of it failed.
    #[error(transparent)]
    Failed(#[from] Error),
}

impl From<sqlx::Error> for RewrapError {
    fn from(error: sqlx::Error) -> Self {
        Self::Failed(error.into())
    }
}

/// Makes `master` the root of the active KEK, if it is not that already.
///
/// `conn` stays the one process that wraps keys anew until it is closed.
///
/// # Errors
/// When another process does it, the present key is missing, or this one was in use before.
pub async fn begin(
    conn: &mut PgConnection,
    vault: &Vault,
    master: &Master,
) -> Result<Kek, RewrapError> {
    claim(conn).await?;
    vault.refresh(conn).await?;
    for row in store::keks::list_usable(conn).await? {
        match Kek::recognise(&row.id, master, &row.check) {
            Ok(kek) if row.is_active => return Ok(kek),
            Ok(_old) => return Err(RewrapError::Retiring(row.id)),
            Err(_another) => {}
        }
    }
    if let State::Sealed(why) = vault.state() {
        return Err(RewrapError::Sealed(why));
    }
    let id = vault::new_kek_id().map_err(Error::from)?;
    let (kek, check) = Kek::create(id, master).map_err(Error::from)?;
    let new = NewKek {
        id: kek.id().to_owned(),
        stretch: None,
        check,
    };
    let mut tx = conn.begin().await?;
    store::keks::set_retiring(&mut tx).await?;
    store::keks::insert_active(&mut tx, &new).await?;
    audit::record(&mut tx, entry("kek.activated", kek.id())).await?;
    tx.commit().await?;
    Ok(kek)
}

/// Takes the right to wrap keys; a process that was killed may hold it for a moment still.
async fn claim(conn: &mut PgConnection) -> Result<(), RewrapError> {
    for _ in 0..CLAIM_ATTEMPTS {
        if store::keks::claim_rewrap(conn).await? {
            return Ok(());
        }
        tokio::time::sleep(CLAIM_PAUSE).await;
    }
    Err(RewrapError::Running)
}

/// Wraps up to `limit` data keys of each kind with `kek`, in one transaction; gives their number.
///
/// # Errors
/// When one of them cannot be opened; then none of them is changed.
pub async fn wrap_batch(
    conn: &mut PgConnection,
    vault: &Vault,
    kek: &Kek,
    limit: i64,
) -> Result<usize, RewrapError> {
    let ring = vault.ring();
    let anew = |whose: String, place: Place<'_>, dek: &WrappedKey| {
        envelope::rewrap(&ring, kek, &place, dek).map_err(|error| RewrapError::DataKey {
            whose,
            source: error.into(),
        })
    };
    let mut tx = conn.begin().await?;
    let versions = store::versions::lock_outdated(&mut tx, kek.id(), limit).await?;
    for old in &versions {
        let (id, version) = (old.credential_id, old.version);
        let whose = format!("credential {id} version {version}");
        let dek = anew(whose, Place::data(id, version), &old.dek)?;
        store::versions::set_dek(&mut tx, id, version, &dek).await?;
    }
    let parcels = store::parcels::lock_outdated(&mut tx, kek.id(), limit).await?;
    for old in &parcels {
        let dek = anew(
            format!("parcel {}", old.id),
            Place::parcel(old.id),
            &old.dek,
        )?;
        store::parcels::set_dek(&mut tx, old.id, &dek).await?;
    }
    tx.commit().await?;
    Ok(versions.len() + parcels.len())
}

/// How many data keys are still to be wrapped with `kek`.
///
/// # Errors
/// When the database refuses.
pub async fn count_left(conn: &mut PgConnection, kek: &Kek) -> Result<i64, RewrapError> {
    Ok(store::versions::count_outdated(conn, kek.id()).await?)
}

/// Declares the KEKs that wrap nothing any more as gone; gives their names.
///
/// # Errors
/// When the database refuses.
pub async fn finish(conn: &mut PgConnection, kek: &Kek) -> Result<Vec<String>, RewrapError> {
    let mut tx = conn.begin().await?;
    let gone = store::keks::set_destroyed_unused(&mut tx).await?;
    let change = json!({ "retired": gone });
    audit::record(&mut tx, entry("kek.rewrapped", kek.id()).change(change)).await?;
    tx.commit().await?;
    Ok(gone)
}

fn entry(action: &'static str, kek_id: &str) -> Entry {
    Entry::by_system("credentials", action).object("kek", kek_id, kek_id)
}
