//! The encrypted values of credentials.

use chrono::{DateTime, Utc};
use common::id::CredentialId;
use common::page::Page;
use serde::Serialize;
use sqlx::{Error, PgConnection};
use utoipa::ToSchema;

use crate::crypto::envelope::{Sealed, WrappedKey};

/// When a value was set, and by whom.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Version {
    /// Counts from 1.
    pub version: i32,
    /// When it was set.
    pub created_at: DateTime<Utc>,
    /// Id of the user who set it.
    pub created_by: String,
}

/// Who sets a value, and when.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'a> {
    /// Id of the user.
    pub by: &'a str,
    /// When.
    pub at: DateTime<Utc>,
}

/// Adds a value.
pub async fn insert(
    conn: &mut PgConnection,
    id: CredentialId,
    version: i32,
    sealed: &Sealed,
    origin: Origin<'_>,
) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO credentials.version (credential_id, version, kek_id, wrap_nonce, wrapped_dek,
             nonce, ciphertext, created_at, created_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        id.0,
        version,
        sealed.dek.kek_id,
        sealed.dek.nonce,
        sealed.dek.key,
        sealed.nonce,
        sealed.ciphertext,
        origin.at,
        origin.by,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The value itself, encrypted.
pub async fn get(conn: &mut PgConnection, id: CredentialId, version: i32) -> Result<Sealed, Error> {
    let row = sqlx::query!(
        "SELECT kek_id, wrap_nonce, wrapped_dek, nonce, ciphertext
         FROM credentials.version WHERE credential_id = $1 AND version = $2",
        id.0,
        version,
    )
    .fetch_one(conn)
    .await?;
    let dek = WrappedKey {
        kek_id: row.kek_id,
        nonce: row.wrap_nonce,
        key: row.wrapped_dek,
    };
    Ok(Sealed {
        dek,
        nonce: row.nonce,
        ciphertext: row.ciphertext,
    })
}

/// The history, newest first.
pub async fn list(
    conn: &mut PgConnection,
    id: CredentialId,
    page: Page,
) -> Result<Vec<Version>, Error> {
    sqlx::query_as!(
        Version,
        "SELECT version, created_at, created_by FROM credentials.version
         WHERE credential_id = $1 ORDER BY version DESC OFFSET $2 LIMIT $3",
        id.0,
        page.skip,
        page.limit,
    )
    .fetch_all(conn)
    .await
}

/// How long the history is.
pub async fn count(conn: &mut PgConnection, id: CredentialId) -> Result<i64, Error> {
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM credentials.version WHERE credential_id = $1"#,
        id.0,
    )
    .fetch_one(conn)
    .await
}

/// A data key that another KEK than the active one wraps.
#[derive(Clone, Debug)]
pub struct Outdated {
    /// Whose value it opens.
    pub credential_id: CredentialId,
    /// Which version.
    pub version: i32,
    /// The data key.
    pub dek: WrappedKey,
}

/// Some that are outdated, locked; those that others have locked are left for later.
pub async fn lock_outdated(
    conn: &mut PgConnection,
    active_kek: &str,
    limit: i64,
) -> Result<Vec<Outdated>, Error> {
    let rows = sqlx::query!(
        "SELECT credential_id, version, kek_id, wrap_nonce, wrapped_dek FROM credentials.version
         WHERE kek_id <> $1 ORDER BY credential_id, version LIMIT $2 FOR UPDATE SKIP LOCKED",
        active_kek,
        limit,
    )
    .fetch_all(conn)
    .await?;
    let row = rows.into_iter().map(|row| Outdated {
        credential_id: CredentialId(row.credential_id),
        version: row.version,
        dek: WrappedKey {
            kek_id: row.kek_id,
            nonce: row.wrap_nonce,
            key: row.wrapped_dek,
        },
    });
    Ok(row.collect())
}

/// How many are outdated, those of parcels included.
pub async fn count_outdated(conn: &mut PgConnection, active_kek: &str) -> Result<i64, Error> {
    sqlx::query_scalar!(
        r#"SELECT (SELECT count(*) FROM credentials.version WHERE kek_id <> $1)
                + (SELECT count(*) FROM credentials.parcel WHERE kek_id <> $1) AS "count!""#,
        active_kek,
    )
    .fetch_one(conn)
    .await
}

/// Replaces the wrapped data key of a value.
pub async fn set_dek(
    conn: &mut PgConnection,
    id: CredentialId,
    version: i32,
    dek: &WrappedKey,
) -> Result<(), Error> {
    sqlx::query!(
        "UPDATE credentials.version SET kek_id = $3, wrap_nonce = $4, wrapped_dek = $5
         WHERE credential_id = $1 AND version = $2",
        id.0,
        version,
        dek.kek_id,
        dek.nonce,
        dek.key,
    )
    .execute(conn)
    .await?;
    Ok(())
}
