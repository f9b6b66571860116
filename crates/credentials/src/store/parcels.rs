//! The encrypted secret parameters of runs.

use chrono::{DateTime, Utc};
use sqlx::{Error, PgConnection};

use crate::crypto::envelope::{Sealed, WrappedKey};

/// The number of the next parcel, which is bound into what is sealed.
pub async fn next_id(conn: &mut PgConnection) -> Result<i64, Error> {
    sqlx::query_scalar!(
        r#"SELECT nextval(pg_get_serial_sequence('credentials.parcel', 'id')) AS "id!""#
    )
    .fetch_one(conn)
    .await
}

/// Adds one under its number.
pub async fn insert(
    conn: &mut PgConnection,
    id: i64,
    sealed: &Sealed,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "INSERT INTO credentials.parcel (id, kek_id, wrap_nonce, wrapped_dek, nonce, ciphertext, created_at)
         OVERRIDING SYSTEM VALUE VALUES ($1, $2, $3, $4, $5, $6, $7)",
        id,
        sealed.dek.kek_id,
        sealed.dek.nonce,
        sealed.dek.key,
        sealed.nonce,
        sealed.ciphertext,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The values themselves, encrypted.
pub async fn find(conn: &mut PgConnection, id: i64) -> Result<Option<Sealed>, Error> {
    let row = sqlx::query!(
        "SELECT kek_id, wrap_nonce, wrapped_dek, nonce, ciphertext
         FROM credentials.parcel WHERE id = $1",
        id,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Sealed {
        dek: WrappedKey {
            kek_id: row.kek_id,
            nonce: row.wrap_nonce,
            key: row.wrapped_dek,
        },
        nonce: row.nonce,
        ciphertext: row.ciphertext,
    }))
}

/// Removes those that were sealed before `sealed`, unless a run has them that is not over or that
/// ended after `ended`; tells how many.
pub async fn delete_unused(
    conn: &mut PgConnection,
    sealed: DateTime<Utc>,
    ended: DateTime<Utc>,
) -> Result<u64, Error> {
    let old = sqlx::query_scalar!(
        "SELECT id FROM credentials.parcel WHERE created_at < $1",
        sealed
    )
    .fetch_all(&mut *conn)
    .await?;
    let deleted = sqlx::query!(
        "DELETE FROM credentials.parcel
         WHERE id = ANY ($1) AND id NOT IN (SELECT runs.parcels_in_use($1, $2))",
        &old,
        ended,
    )
    .execute(conn)
    .await?;
    Ok(deleted.rows_affected())
}

/// A data key that another KEK than the active one wraps.
#[derive(Clone, Debug)]
pub struct Outdated {
    /// Of which parcel.
    pub id: i64,
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
        "SELECT id, kek_id, wrap_nonce, wrapped_dek FROM credentials.parcel
         WHERE kek_id <> $1 ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED",
        active_kek,
        limit,
    )
    .fetch_all(conn)
    .await?;
    let row = rows.into_iter().map(|row| Outdated {
        id: row.id,
        dek: WrappedKey {
            kek_id: row.kek_id,
            nonce: row.wrap_nonce,
            key: row.wrapped_dek,
        },
    });
    Ok(row.collect())
}

/// Replaces the wrapped data key of a parcel.
pub async fn set_dek(conn: &mut PgConnection, id: i64, dek: &WrappedKey) -> Result<(), Error> {
    sqlx::query!(
        "UPDATE credentials.parcel SET kek_id = $2, wrap_nonce = $3, wrapped_dek = $4 WHERE id = $1",
        id,
        dek.kek_id,
        dek.nonce,
        dek.key,
    )
    .execute(conn)
    .await?;
    Ok(())
}
