//! Hands out the data of a credential: never without a right to it, never without a record.
//!
//! The check, the record and the decryption are one transaction. Nothing is given out before it
//! is committed: no record, no secret.

use common::id::{CredentialId, StepId};
use common::model::credential::{ReleaseForStep, ReleaseForTest};
use common::permission::Permission;
use serde_json::json;
use service_kit::audit::{self, Entry, Outcome};
use service_kit::caller::{Caller, CallingService};
use sqlx::{PgConnection, PgTransaction};

use crate::app::App;
use crate::config::Reveal;
use crate::crypto::envelope::Place;
use crate::domain::secret_data::Document;
use crate::error::Error;
use crate::store::access_log::NewAccess;
use crate::store::credentials::Credential;
use crate::store::{self, access_log, claims};

/// A credential with its data.
#[derive(Debug)]
pub struct Released {
    /// The credential.
    pub credential: Credential,
    /// Its data.
    pub data: Document,
}

/// Why somebody gets the data.
struct Use<'a> {
    actor: &'a str,
    purpose: &'a str,
    step_id: Option<StepId>,
    entry: Entry,
}

/// Releases the secret of a step to the executor that holds it at this moment.
///
/// # Errors
/// [`Error::ClaimNotCurrent`] to everybody else, which is recorded.
pub async fn for_step(
    app: &App,
    service: &CallingService,
    request: &ReleaseForStep,
) -> Result<Released, Error> {
    let facts = json!({
        "purpose": "step",
        "step_id": request.step_id,
        "epoch": request.epoch,
        "worker": request.worker,
    });
    let entry = Entry::by_service(service, "credential.released").change(facts);
    let mut tx = app.begin().await?;
    if !claims::is_current(&mut tx, request).await? {
        return refuse(tx, request.credential_id, entry, Error::ClaimNotCurrent).await;
    }
    let reason = Use {
        actor: &format!("{} {}", service.name, request.worker),
        purpose: "step",
        step_id: Some(request.step_id),
        entry,
    };
    release(app, tx, request.credential_id, reason).await
}

/// Releases a secret to targets, for a person who tests a connection.
///
/// # Errors
/// [`Error::NoTester`] without such a person, which is recorded.
pub async fn for_test(
    app: &App,
    service: &CallingService,
    request: &ReleaseForTest,
) -> Result<Released, Error> {
    let facts = json!({
        "purpose": "test",
        "target_id": request.target_id,
        "target": request.target_name,
    });
    let entry = Entry::by_service(service, "credential.released").change(facts);
    let tx = app.begin().await?;
    let tester = service
        .on_behalf
        .as_ref()
        .filter(|person| person.role.may(Permission::TestTargets));
    let Some(tester) = tester else {
        return refuse(tx, request.credential_id, entry, Error::NoTester).await;
    };
    let reason = Use {
        actor: &format!("{} for user:{}", service.name, tester.user_id),
        purpose: &format!("test of target {}", request.target_name),
        step_id: None,
        entry,
    };
    release(app, tx, request.credential_id, reason).await
}

/// Shows the data to an admin who says why.
///
/// # Errors
/// [`Error::RevealDisabled`] where it is switched off, which is recorded.
pub async fn to_admin(
    app: &App,
    who: &Caller,
    id: CredentialId,
    reason: &str,
) -> Result<Released, Error> {
    let entry = Entry::by(who, "credential.revealed").change(json!({ "reason": reason }));
    let tx = app.begin().await?;
    if app.reveal == Reveal::Forbidden {
        return refuse(tx, id, entry, Error::RevealDisabled).await;
    }
    let reason = Use {
        actor: &format!("user:{}", who.user_id),
        purpose: reason,
        step_id: None,
        entry,
    };
    release(app, tx, id, reason).await
}

/// Records that somebody was refused, and why not.
async fn refuse(
    mut tx: PgTransaction<'_>,
    id: CredentialId,
    entry: Entry,
    why: Error,
) -> Result<Released, Error> {
    let denied = entry.object("credential", id, "").outcome(Outcome::Denied);
    audit::record(&mut tx, denied).await?;
    tx.commit().await?;
    Err(why)
}

/// Gives the data out once the use of it is recorded for good; a value that cannot be opened is
/// recorded as well.
async fn release(
    app: &App,
    mut tx: PgTransaction<'_>,
    id: CredentialId,
    reason: Use<'_>,
) -> Result<Released, Error> {
    let entry = reason.entry.clone();
    match disclose(app, &mut tx, id, reason).await {
        Ok(released) => {
            tx.commit().await?;
            Ok(released)
        }
        Err(Error::Crypto(fault)) => {
            tx.rollback().await?;
            let failed = entry.object("credential", id, "").outcome(Outcome::Failed);
            audit::record(&mut *app.db.acquire().await?, failed).await?;
            Err(Error::Crypto(fault))
        }
        Err(other) => Err(other),
    }
}

/// Records the use and decrypts the present version.
async fn disclose(
    app: &App,
    conn: &mut PgConnection,
    id: CredentialId,
    reason: Use<'_>,
) -> Result<Released, Error> {
    let credential = store::credentials::find(conn, id)
        .await?
        .ok_or(Error::NotFound(id))?;
    let sealed = store::versions::get(conn, id, credential.version).await?;
    let access = NewAccess {
        credential_id: id,
        credential_name: &credential.name,
        version: credential.version,
        actor: reason.actor,
        purpose: reason.purpose,
        step_id: reason.step_id,
        at: app.clock.now(),
    };
    access_log::insert(conn, &access).await?;
    let entry = reason.entry.object("credential", id, &credential.name);
    audit::record(conn, entry).await?;
    let place = Place::data(id, credential.version);
    let data = app.vault.open(conn, &place, &sealed).await?;
    Ok(Released { credential, data })
}
