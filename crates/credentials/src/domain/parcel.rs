//! Keeps the secret parameters of a run, and opens them for who works on it.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use common::model::credential::{PARCEL_DAYS, ReleaseParcel};
use common::secret::Secret;
use serde_json::json;
use service_kit::audit::{self, Entry, Outcome};
use service_kit::caller::CallingService;
use sqlx::{PgConnection, PgTransaction};
use zeroize::Zeroizing;

use crate::app::App;
use crate::crypto::envelope::Place;
use crate::domain::secret_data::Document;
use crate::error::Error;
use crate::store::{claims, parcels};

/// A parcel that no run has by then was never used.
const UNUSED: TimeDelta = TimeDelta::hours(1);

/// Encrypts values, recorded; answers with the number of the parcel.
///
/// # Errors
/// [`Error::Sealed`] while the vault is.
pub async fn seal(
    app: &App,
    service: &CallingService,
    values: &BTreeMap<String, Secret>,
) -> Result<i64, Error> {
    let document = document(values)?;
    let mut tx = app.begin().await?;
    let id = parcels::next_id(&mut tx).await?;
    let sealed = app
        .vault
        .seal(&mut tx, &Place::parcel(id), &document)
        .await?;
    parcels::insert(&mut tx, id, &sealed, app.clock.now()).await?;
    let names: Vec<&String> = values.keys().collect();
    let entry = Entry::by_service(service, "parameters.sealed").change(json!({ "names": names }));
    audit::record(&mut tx, entry.object("parcel", id, "")).await?;
    tx.commit().await?;
    Ok(id)
}

/// The values as one JSON object; its buffer never moves, so that no copy is left behind.
fn document(values: &BTreeMap<String, Secret>) -> Result<Document, Error> {
    let plain: BTreeMap<&str, &str> = values
        .iter()
        .map(|(name, value)| (name.as_str(), value.expose().as_str()))
        .collect();
    let longest = plain.iter().map(|(name, value)| name.len() + value.len());
    // A character is escaped to six at most (RFC 8259, section 7).
    let room = longest.map(|length| length * 6 + 8).sum::<usize>() + 2;
    let mut bytes = Zeroizing::new(Vec::with_capacity(room));
    serde_json::to_writer(&mut *bytes, &plain)
        .map_err(|error| Error::Database(sqlx::Error::Encode(error.into())))?;
    Ok(Document::of(bytes))
}

/// Opens the parcel of a run for an executor that holds one of its steps at this moment.
///
/// # Errors
/// [`Error::ClaimNotCurrent`] to everybody else, which is recorded, and [`Error::ParcelGone`].
pub async fn open_for_step(
    app: &App,
    service: &CallingService,
    request: &ReleaseParcel,
) -> Result<Document, Error> {
    let facts = json!({
        "step_id": request.step_id,
        "epoch": request.epoch,
        "worker": request.worker,
    });
    let entry = Entry::by_service(service, "parameters.released").change(facts);
    let mut tx = app.begin().await?;
    let Some(id) = claims::find_parcel(&mut tx, request).await? else {
        return refuse(tx, entry).await;
    };
    let entry = entry.object("parcel", id, "");
    match open(app, &mut tx, id, entry.clone()).await {
        Err(Error::Crypto(fault)) => {
            tx.rollback().await?;
            let failed = entry.outcome(Outcome::Failed);
            audit::record(&mut *app.db.acquire().await?, failed).await?;
            Err(Error::Crypto(fault))
        }
        opened => {
            let document = opened?;
            tx.commit().await?;
            Ok(document)
        }
    }
}

async fn refuse(mut tx: PgTransaction<'_>, entry: Entry) -> Result<Document, Error> {
    audit::record(&mut tx, entry.outcome(Outcome::Denied)).await?;
    tx.commit().await?;
    Err(Error::ClaimNotCurrent)
}

async fn open(
    app: &App,
    conn: &mut PgConnection,
    id: i64,
    entry: Entry,
) -> Result<Document, Error> {
    let sealed = parcels::find(conn, id).await?.ok_or(Error::ParcelGone)?;
    audit::record(conn, entry).await?;
    app.vault.open(conn, &Place::parcel(id), &sealed).await
}

/// Removes the parcels that no run can need any more.
///
/// # Errors
/// When the database refuses.
pub async fn clean(app: &App) -> Result<(), Error> {
    let now = app.clock.now();
    // An hour more than is promised: a run may just be being repeated.
    let ended = now - TimeDelta::days(PARCEL_DAYS) - UNUSED;
    let removed =
        parcels::delete_unused(&mut *app.db.acquire().await?, now - UNUSED, ended).await?;
    if removed > 0 {
        tracing::info!(removed, "Secret parameters of ended runs were removed");
    }
    Ok(())
}
