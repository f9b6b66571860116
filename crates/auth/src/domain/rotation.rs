//! When keys are made, published, used and given up.
//!
//! A key is published [`LEAD`] before it signs, so that every service has read it by then, and
//! stays published until the last token that it signed has expired.

use chrono::{DateTime, TimeDelta, Utc};
use common::token::Jwks;
use serde_json::json;
use service_kit::audit::{self, Entry};
use service_kit::caller::Caller;
use sqlx::PgConnection;

use crate::app::App;
use crate::domain::key::{self, StoredKey};
use crate::error::Error;
use crate::store;

/// How long a key is published before it signs; services read keys every ten minutes.
pub const LEAD: TimeDelta = TimeDelta::minutes(11);
/// How long a key stays published after its last token has expired.
const TAIL: TimeDelta = TimeDelta::seconds(60);

/// What is to be done about keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Plan {
    Nothing,
    /// There is no key: one that signs at once.
    First,
    /// The newest has signed long enough: one that follows it.
    Next,
}

fn plan(keys: &[StoredKey], now: DateTime<Utc>, rotation: TimeDelta) -> Plan {
    match keys.iter().map(|key| key.signs_from).max() {
        None => Plan::First,
        Some(newest) if newest + rotation - LEAD <= now => Plan::Next,
        Some(_) => Plan::Nothing,
    }
}

/// Reads the keys, and makes one if it is time. Safe to repeat, and in several processes at once.
///
/// # Errors
/// When the database cannot be asked, or a key does not open with this process's secret.
pub async fn reconcile(app: &App) -> Result<(), Error> {
    let now = app.clock.now();
    let mut keys = store::keys::list(&mut *app.db.acquire().await?).await?;
    app.keys.load(&keys)?;
    if plan(&keys, now, app.config.key_rotation) == Plan::Nothing {
        return Ok(());
    }
    let mut tx = app.db.begin().await?;
    store::keys::lock(&mut tx).await?;
    keys = store::keys::list(&mut tx).await?;
    app.keys.load(&keys)?;
    let signs_from = match plan(&keys, now, app.config.key_rotation) {
        Plan::Nothing => return Ok(()),
        Plan::First => now,
        Plan::Next => now + LEAD,
    };
    let made = add(app, &mut tx, now, signs_from).await?;
    let entry = Entry::by_system(crate::SERVICE.name, "key.rotated");
    audit::record(&mut tx, describe(entry, &made)).await?;
    keys = store::keys::list(&mut tx).await?;
    tx.commit().await?;
    app.keys.load(&keys)
}

/// A person asks for a new key before its time.
///
/// # Errors
/// [`Error::RotationPending`] while a key waits for its time.
pub async fn rotate(app: &App, who: &Caller) -> Result<StoredKey, Error> {
    reconcile(app).await?;
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    store::keys::lock(&mut tx).await?;
    let keys = store::keys::list(&mut tx).await?;
    if keys.iter().any(|key| key.signs_from > now) {
        return Err(Error::RotationPending);
    }
    let made = add(app, &mut tx, now, now + LEAD).await?;
    audit::record(&mut tx, describe(Entry::by(who, "key.rotated"), &made)).await?;
    tx.commit().await?;
    reconcile(app).await?;
    Ok(made)
}

async fn add(
    app: &App,
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    signs_from: DateTime<Utc>,
) -> Result<StoredKey, Error> {
    let made = key::make(app.keys.wrapping(), now, signs_from)
        .ok_or_else(|| Error::NoSigningKey("this machine cannot make one".to_owned()))?;
    let retires_at = signs_from + app.config.access_ttl + TAIL;
    store::keys::retire_others(conn, retires_at).await?;
    store::keys::insert(conn, &made).await?;
    Ok(made)
}

fn describe(entry: Entry, made: &StoredKey) -> Entry {
    entry
        .object("signing_key", &made.kid, &made.kid)
        .change(json!({"signs_from": made.signs_from}))
}

/// The published keys.
///
/// # Errors
/// When none has been read yet and the database cannot be asked.
pub async fn published(app: &App) -> Result<Jwks, Error> {
    ensure(app).await?;
    Ok(app.keys.published(app.clock.now()))
}

/// Reads the keys if that has not been done yet.
///
/// # Errors
/// As [`reconcile`].
pub async fn ensure(app: &App) -> Result<(), Error> {
    if app.keys.is_loaded() {
        return Ok(());
    }
    reconcile(app).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_follows_in_time_to_be_known() {
        let start = DateTime::UNIX_EPOCH;
        let month = TimeDelta::days(30);
        let key = StoredKey {
            kid: String::new(),
            public_key: Vec::new(),
            private_key_wrapped: Vec::new(),
            created_at: start,
            signs_from: start,
            retires_at: None,
        };
        let keys = [key];
        let early = start + month - LEAD - TimeDelta::seconds(1);
        assert_eq!(plan(&[], start, month), Plan::First);
        assert_eq!(plan(&keys, start, month), Plan::Nothing);
        assert_eq!(plan(&keys, early, month), Plan::Nothing);
        assert_eq!(plan(&keys, start + month - LEAD, month), Plan::Next);
    }
}
