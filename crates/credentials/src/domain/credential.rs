//! Makes, changes and removes credentials; each change with its audit row.

use common::id::CredentialId;
use common::page::Page;
use serde_json::json;
use service_kit::audit::{self, Entry};
use service_kit::caller::Caller;
use service_kit::db::violates;
use sqlx::PgConnection;

use crate::app::App;
use crate::crypto::envelope::Place;
use crate::domain::secret_data::{self, Document, RawData};
use crate::error::Error;
use crate::store::access_log::Access;
use crate::store::credentials::{Credential, Filter, NewCredential};
use crate::store::versions::{Origin, Version};
use crate::store::{self, claims};

/// Adds a credential at version 1.
///
/// # Errors
/// When the name is taken, or the vault is sealed.
pub async fn create(
    app: &App,
    who: &Caller,
    new: &NewCredential,
    data: &Document,
) -> Result<Credential, Error> {
    let by = who.user_id.to_string();
    let origin = Origin {
        by: &by,
        at: app.clock.now(),
    };
    let mut tx = app.begin().await?;
    let made = store::credentials::insert(&mut tx, new, origin)
        .await
        .map_err(|error| name_taken(error, &new.name))?;
    store_version(app, &mut tx, &made, data, origin).await?;
    let entry = Entry::by(who, "credential.created")
        .object("credential", made.id, &made.name)
        .change(json!({ "credential_type": made.credential_type }));
    audit::record(&mut tx, entry).await?;
    tx.commit().await?;
    Ok(made)
}

/// What is to be changed; what is absent stays.
#[derive(Debug, Default)]
pub struct Changes {
    /// Another name.
    pub name: Option<String>,
    /// Another description; an inner `None` takes it away.
    pub description: Option<Option<String>>,
    /// Other data, which becomes a new version.
    pub data: Option<RawData>,
}

/// Changes fields of a credential.
///
/// # Errors
/// When it does not exist, the name is taken, the data is wrong, or the vault is sealed.
pub async fn update(
    app: &App,
    who: &Caller,
    id: CredentialId,
    changes: Changes,
) -> Result<Credential, Error> {
    let mut tx = app.begin().await?;
    let old = store::credentials::lock(&mut tx, id)
        .await?
        .ok_or(Error::NotFound(id))?;
    let mut new = Credential {
        updated_at: app.clock.now(),
        ..old.clone()
    };
    if let Some(name) = changes.name {
        new.name = name;
    }
    if let Some(description) = changes.description {
        new.description = description;
    }
    if let Some(data) = changes.data {
        let data = secret_data::check(old.credential_type, &data, "credential_data.")
            .map_err(Error::Invalid)?;
        new.version += 1;
        let by = who.user_id.to_string();
        store_version(
            app,
            &mut tx,
            &new,
            &data,
            Origin {
                by: &by,
                at: new.updated_at,
            },
        )
        .await?;
    }
    store::credentials::set(&mut tx, &new)
        .await
        .map_err(|error| name_taken(error, &new.name))?;
    let shown = |of: &Credential| json!({ "name": of.name, "description": of.description, "version": of.version });
    let entry = Entry::by(who, "credential.changed")
        .object("credential", id, &new.name)
        .change(json!({ "before": shown(&old), "after": shown(&new) }));
    audit::record(&mut tx, entry).await?;
    tx.commit().await?;
    Ok(new)
}

/// Gives a credential new data; `prefix` stands before names in faults.
///
/// # Errors
/// When it does not exist, the data is wrong, or the vault is sealed.
pub async fn rotate(
    app: &App,
    who: &Caller,
    id: CredentialId,
    data: &RawData,
    prefix: &str,
) -> Result<Credential, Error> {
    let mut tx = app.begin().await?;
    let mut credential = store::credentials::lock(&mut tx, id)
        .await?
        .ok_or(Error::NotFound(id))?;
    let data =
        secret_data::check(credential.credential_type, data, prefix).map_err(Error::Invalid)?;
    credential.version += 1;
    credential.updated_at = app.clock.now();
    let by = who.user_id.to_string();
    let origin = Origin {
        by: &by,
        at: credential.updated_at,
    };
    store_version(app, &mut tx, &credential, &data, origin).await?;
    store::credentials::set(&mut tx, &credential).await?;
    let entry = Entry::by(who, "credential.rotated")
        .object("credential", id, &credential.name)
        .change(json!({ "version": credential.version }));
    audit::record(&mut tx, entry).await?;
    tx.commit().await?;
    Ok(credential)
}

/// Removes a credential with its history, unless a target uses it.
///
/// # Errors
/// When it does not exist, or targets use it.
pub async fn delete(app: &App, who: &Caller, id: CredentialId) -> Result<Credential, Error> {
    let mut tx = app.begin().await?;
    let gone = store::credentials::lock(&mut tx, id)
        .await?
        .ok_or(Error::NotFound(id))?;
    match store::credentials::delete(&mut tx, id).await {
        Err(error) if violates(&error, "target_credential_fk") => {
            drop(tx);
            let targets = claims::list_targets(&mut *app.db.acquire().await?, id).await?;
            return Err(Error::InUse {
                name: gone.name,
                targets,
            });
        }
        done => done?,
    }
    let entry = Entry::by(who, "credential.deleted")
        .object("credential", id, &gone.name)
        .change(json!({ "credential_type": gone.credential_type, "versions": gone.version }));
    audit::record(&mut tx, entry).await?;
    tx.commit().await?;
    Ok(gone)
}

/// Removes the credential of this name.
///
/// # Errors
/// Like [`delete`].
pub async fn delete_named(app: &App, who: &Caller, name: &str) -> Result<Credential, Error> {
    let found = store::credentials::find_id(&mut *app.db.acquire().await?, name).await?;
    delete(app, who, found.ok_or(Error::NameNotFound)?).await
}

/// One credential.
///
/// # Errors
/// When it does not exist.
pub async fn get(app: &App, id: CredentialId) -> Result<Credential, Error> {
    let found = store::credentials::find(&mut *app.db.acquire().await?, id).await?;
    found.ok_or(Error::NotFound(id))
}

/// Those that match, and how many there are without the page.
///
/// # Errors
/// When the database refuses.
pub async fn list(app: &App, filter: &Filter, page: Page) -> Result<(Vec<Credential>, i64), Error> {
    let mut conn = app.db.acquire().await?;
    let found = store::credentials::list(&mut conn, filter, page).await?;
    Ok((found, store::credentials::count(&mut conn, filter).await?))
}

/// The history of a credential, newest first, and how long it is.
///
/// # Errors
/// When it does not exist.
pub async fn list_versions(
    app: &App,
    id: CredentialId,
    page: Page,
) -> Result<(Vec<Version>, i64), Error> {
    let mut conn = app.db.acquire().await?;
    let total = store::versions::count(&mut conn, id).await?;
    if total == 0 {
        return Err(Error::NotFound(id));
    }
    Ok((store::versions::list(&mut conn, id, page).await?, total))
}

/// Who used a credential, newest first, and how often; works for a deleted one that was used.
///
/// # Errors
/// When there is no trace of it.
pub async fn list_accesses(
    app: &App,
    id: CredentialId,
    page: Page,
) -> Result<(Vec<Access>, i64), Error> {
    let mut conn = app.db.acquire().await?;
    let total = store::access_log::count(&mut conn, id).await?;
    if total == 0 && store::credentials::find(&mut conn, id).await?.is_none() {
        return Err(Error::NotFound(id));
    }
    Ok((store::access_log::list(&mut conn, id, page).await?, total))
}

/// Encrypts data as the version that `credential` says, and stores it.
async fn store_version(
    app: &App,
    conn: &mut PgConnection,
    credential: &Credential,
    data: &Document,
    origin: Origin<'_>,
) -> Result<(), Error> {
    let place = Place::data(credential.id, credential.version);
    let sealed = app.vault.seal(conn, &place, data).await?;
    store::versions::insert(conn, credential.id, credential.version, &sealed, origin).await?;
    Ok(())
}

fn name_taken(error: sqlx::Error, name: &str) -> Error {
    if violates(&error, "credential_name_key") {
        return Error::NameTaken(name.to_owned());
    }
    Error::Database(error)
}
