//! The credentials, without their data.

use chrono::{DateTime, Utc};
use common::id::CredentialId;
use common::model::credential::CredentialType;
use common::page::Page;
use serde::Serialize;
use sqlx::{Error, PgConnection};
use utoipa::ToSchema;

use crate::store::versions::Origin;

/// A credential; its data is never part of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Credential {
    /// Id.
    pub id: CredentialId,
    /// Unique name.
    #[schema(example = "web-servers")]
    pub name: String,
    /// For people.
    pub description: Option<String>,
    /// What kind of secret it is.
    pub credential_type: CredentialType,
    /// The version in use.
    pub version: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When a field or the version changed last.
    pub updated_at: DateTime<Utc>,
}

struct Row {
    id: i64,
    name: String,
    description: Option<String>,
    credential_type: String,
    current_version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl TryFrom<Row> for Credential {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let kind = CredentialType::ALL
            .into_iter()
            .find(|kind| kind.as_str() == row.credential_type);
        Ok(Self {
            id: CredentialId(row.id),
            name: row.name,
            description: row.description,
            credential_type: kind.ok_or_else(|| Error::Decode("unknown credential_type".into()))?,
            version: row.current_version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

/// Fields of a new credential.
#[derive(Clone, Debug)]
pub struct NewCredential {
    /// Unique name.
    pub name: String,
    /// For people.
    pub description: Option<String>,
    /// What kind of secret it is.
    pub credential_type: CredentialType,
}

/// Which credentials are wanted.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Part of the name or description, in any case.
    pub search: Option<String>,
    /// Only this type.
    pub credential_type: Option<CredentialType>,
}

/// Adds one, at version 1.
pub async fn insert(
    conn: &mut PgConnection,
    new: &NewCredential,
    origin: Origin<'_>,
) -> Result<Credential, Error> {
    sqlx::query_as!(
        Row,
        "INSERT INTO credentials.credential
             (name, description, credential_type, created_by, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $5)
         RETURNING id, name, description, credential_type, current_version, created_at, updated_at",
        new.name,
        new.description,
        new.credential_type.as_str(),
        origin.by,
        origin.at,
    )
    .fetch_one(conn)
    .await?
    .try_into()
}

/// The one with this id.
pub async fn find(conn: &mut PgConnection, id: CredentialId) -> Result<Option<Credential>, Error> {
    sqlx::query_as!(
        Row,
        "SELECT id, name, description, credential_type, current_version, created_at, updated_at
         FROM credentials.credential WHERE id = $1",
        id.0,
    )
    .fetch_optional(conn)
    .await?
    .map(Credential::try_from)
    .transpose()
}

/// The one with this id, unchanged until the transaction ends.
pub async fn lock(conn: &mut PgConnection, id: CredentialId) -> Result<Option<Credential>, Error> {
    sqlx::query_as!(
        Row,
        "SELECT id, name, description, credential_type, current_version, created_at, updated_at
         FROM credentials.credential WHERE id = $1 FOR UPDATE",
        id.0,
    )
    .fetch_optional(conn)
    .await?
    .map(Credential::try_from)
    .transpose()
}

/// The id of the one with this name.
pub async fn find_id(conn: &mut PgConnection, name: &str) -> Result<Option<CredentialId>, Error> {
    let id = sqlx::query_scalar!(
        "SELECT id FROM credentials.credential WHERE name = $1",
        name
    )
    .fetch_optional(conn)
    .await?;
    Ok(id.map(CredentialId))
}

/// Those that match, by name.
pub async fn list(
    conn: &mut PgConnection,
    filter: &Filter,
    page: Page,
) -> Result<Vec<Credential>, Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT id, name, description, credential_type, current_version, created_at, updated_at
         FROM credentials.credential
         WHERE ($1::text IS NULL OR position(lower($1) IN lower(name)) > 0
                OR position(lower($1) IN lower(coalesce(description, ''))) > 0)
           AND ($2::text IS NULL OR credential_type = $2)
         ORDER BY name, id OFFSET $3 LIMIT $4",
        filter.search,
        filter.credential_type.map(CredentialType::as_str),
        page.skip,
        page.limit,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Credential::try_from).collect()
}

/// How many match.
pub async fn count(conn: &mut PgConnection, filter: &Filter) -> Result<i64, Error> {
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM credentials.credential
         WHERE ($1::text IS NULL OR position(lower($1) IN lower(name)) > 0
                OR position(lower($1) IN lower(coalesce(description, ''))) > 0)
           AND ($2::text IS NULL OR credential_type = $2)"#,
        filter.search,
        filter.credential_type.map(CredentialType::as_str),
    )
    .fetch_one(conn)
    .await
}

/// Writes what can change of one.
pub async fn set(conn: &mut PgConnection, changed: &Credential) -> Result<(), Error> {
    sqlx::query!(
        "UPDATE credentials.credential
         SET name = $2, description = $3, current_version = $4, updated_at = $5 WHERE id = $1",
        changed.id.0,
        changed.name,
        changed.description,
        changed.version,
        changed.updated_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Removes one with all its versions.
pub async fn delete(conn: &mut PgConnection, id: CredentialId) -> Result<(), Error> {
    sqlx::query!("DELETE FROM credentials.credential WHERE id = $1", id.0)
        .execute(conn)
        .await?;
    Ok(())
}
