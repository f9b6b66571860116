//! Names, salts and check values of the key-encryption keys.

use sqlx::{Error, PgConnection};

use crate::crypto::key_ring::CheckValue;

/// How a passphrase becomes a key.
#[derive(Clone, Debug)]
pub struct Stretch {
    /// Salt of PBKDF2.
    pub salt: Vec<u8>,
    /// Rounds of PBKDF2.
    pub rounds: i32,
}

/// A KEK that is in use.
#[derive(Clone, Debug)]
pub struct KekRow {
    /// Its name.
    pub id: String,
    /// Whether new data keys are wrapped with it.
    pub is_active: bool,
    /// Set for a passphrase.
    pub stretch: Option<Stretch>,
    /// Proves the key.
    pub check: CheckValue,
}

/// A KEK that is about to be used first.
#[derive(Clone, Debug)]
pub struct NewKek {
    /// Its name.
    pub id: String,
    /// Set for a passphrase.
    pub stretch: Option<Stretch>,
    /// Proves the key.
    pub check: CheckValue,
}

impl NewKek {
    fn source(&self) -> &'static str {
        if self.stretch.is_some() {
            "passphrase"
        } else {
            "file"
        }
    }
}

/// All that still wrap something, newest first.
pub async fn list_usable(conn: &mut PgConnection) -> Result<Vec<KekRow>, Error> {
    let rows = sqlx::query!(
        "SELECT id, state, salt, iterations, check_nonce, check_value
         FROM credentials.kek WHERE state <> 'destroyed' ORDER BY created_at DESC, id",
    )
    .fetch_all(conn)
    .await?;
    let row = rows.into_iter().map(|row| KekRow {
        id: row.id,
        is_active: row.state == "active",
        stretch: row
            .salt
            .zip(row.iterations)
            .map(|(salt, rounds)| Stretch { salt, rounds }),
        check: CheckValue {
            nonce: row.check_nonce,
            value: row.check_value,
        },
    });
    Ok(row.collect())
}

/// The active one, kept active until the transaction ends.
pub async fn lock_active(conn: &mut PgConnection) -> Result<Option<String>, Error> {
    sqlx::query_scalar!("SELECT id FROM credentials.kek WHERE state = 'active' FOR SHARE")
        .fetch_optional(conn)
        .await
}

/// Adds the first one; leaves everything as it is when another process was faster.
pub async fn insert_first(conn: &mut PgConnection, kek: &NewKek) -> Result<(), Error> {
    let stretch = kek.stretch.as_ref();
    sqlx::query!(
        "INSERT INTO credentials.kek (id, source, salt, iterations, check_nonce, check_value)
         SELECT $1, $2, $3, $4, $5, $6 WHERE NOT EXISTS (SELECT FROM credentials.kek)
         ON CONFLICT (state) WHERE state = 'active' DO NOTHING",
        kek.id,
        kek.source(),
        stretch.map(|stretch| stretch.salt.as_slice()),
        stretch.map(|stretch| stretch.rounds),
        kek.check.nonce,
        kek.check.value,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Lets the active one only unwrap from now on; waits for transactions that wrap with it.
pub async fn set_retiring(conn: &mut PgConnection) -> Result<(), Error> {
    sqlx::query!("UPDATE credentials.kek SET state = 'retiring' WHERE state = 'active'")
        .execute(conn)
        .await?;
    Ok(())
}

/// Adds one that wraps from now on.
pub async fn insert_active(conn: &mut PgConnection, kek: &NewKek) -> Result<(), Error> {
    let stretch = kek.stretch.as_ref();
    sqlx::query!(
        "INSERT INTO credentials.kek (id, source, salt, iterations, check_nonce, check_value)
         VALUES ($1, $2, $3, $4, $5, $6)",
        kek.id,
        kek.source(),
        stretch.map(|stretch| stretch.salt.as_slice()),
        stretch.map(|stretch| stretch.rounds),
        kek.check.nonce,
        kek.check.value,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Marks those that wrap nothing any more; gives their names.
pub async fn set_destroyed_unused(conn: &mut PgConnection) -> Result<Vec<String>, Error> {
    sqlx::query_scalar!(
        "UPDATE credentials.kek k SET state = 'destroyed'
         WHERE k.state = 'retiring'
           AND NOT EXISTS (SELECT FROM credentials.version v WHERE v.kek_id = k.id)
           AND NOT EXISTS (SELECT FROM credentials.parcel p WHERE p.kek_id = k.id)
         RETURNING k.id",
    )
    .fetch_all(conn)
    .await
}

/// Takes the right to wrap keys anew until the connection closes, if nobody has it.
pub async fn claim_rewrap(conn: &mut PgConnection) -> Result<bool, Error> {
    sqlx::query_scalar!(r#"SELECT pg_try_advisory_lock(7301, 3004) AS "claimed!""#)
        .fetch_one(conn)
        .await
}
