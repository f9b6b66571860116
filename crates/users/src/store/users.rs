//! People.

use chrono::{DateTime, Utc};
use common::id::UserId;
use common::model::user::User;
use common::page::Page;
use common::permission::Role;
use sqlx::PgConnection;

/// A row of `users.user`.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) id: i64,
    pub(super) email: String,
    pub(super) username: String,
    pub(super) role: String,
    pub(super) is_active: bool,
    pub(super) must_change_password: bool,
    pub(super) created_at: DateTime<Utc>,
    pub(super) token_version: i32,
}

impl TryFrom<Row> for User {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> Result<Self, sqlx::Error> {
        let role = row.role.parse::<Role>();
        Ok(Self {
            id: UserId(row.id),
            email: row.email,
            username: row.username,
            role: role.map_err(|error| sqlx::Error::Decode(error.into()))?,
            is_active: row.is_active,
            must_change_password: row.must_change_password,
            created_at: row.created_at,
            token_version: row.token_version.into(),
        })
    }
}

/// A person to insert.
#[derive(Clone, Copy, Debug)]
pub struct NewRow<'a> {
    /// Name to sign in with.
    pub username: &'a str,
    /// Mail address.
    pub email: &'a str,
    /// Role.
    pub role: Role,
    /// Whether the password is a start value.
    pub must_change_password: bool,
}

/// Inserts a person.
pub async fn insert(conn: &mut PgConnection, new: NewRow<'_>) -> Result<User, sqlx::Error> {
    sqlx::query_as!(
        Row,
        "INSERT INTO users.user (username, email, role, must_change_password)
         VALUES ($1, $2, $3, $4)
         RETURNING id, email, username, role, is_active, must_change_password, created_at, token_version",
        new.username,
        new.email,
        new.role.as_str(),
        new.must_change_password
    )
    .fetch_one(conn)
    .await?
    .try_into()
}

/// A person by id.
pub async fn find(conn: &mut PgConnection, id: UserId) -> Result<Option<User>, sqlx::Error> {
    sqlx::query_as!(
        Row,
        "SELECT id, email, username, role, is_active, must_change_password, created_at, token_version
         FROM users.user WHERE id = $1",
        id.0
    )
    .fetch_optional(conn)
    .await?
    .map(User::try_from)
    .transpose()
}

/// People in the order of their ids; all, or one alone, whose name or address holds `search`.
pub async fn list(
    conn: &mut PgConnection,
    only: Option<UserId>,
    search: &str,
    page: Page,
) -> Result<Vec<User>, sqlx::Error> {
    sqlx::query_as!(
        Row,
        "SELECT id, email, username, role, is_active, must_change_password, created_at, token_version
         FROM users.user
         WHERE ($1::bigint IS NULL OR id = $1)
           AND (strpos(lower(username), lower($2)) > 0 OR strpos(lower(email), lower($2)) > 0)
         ORDER BY id LIMIT $3 OFFSET $4",
        only.map(|id| id.0),
        search,
        page.limit,
        page.skip
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(User::try_from)
    .collect()
}

/// How many people [`list`] would find without a window.
pub async fn count(
    conn: &mut PgConnection,
    only: Option<UserId>,
    search: &str,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM users.user
           WHERE ($1::bigint IS NULL OR id = $1)
             AND (strpos(lower(username), lower($2)) > 0 OR strpos(lower(email), lower($2)) > 0)"#,
        only.map(|id| id.0),
        search
    )
    .fetch_one(conn)
    .await
}

/// Writes what can change of a person.
pub async fn update(conn: &mut PgConnection, user: &User) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE users.user
         SET email = $2, username = $3, role = $4, is_active = $5, must_change_password = $6,
             token_version = ($7::bigint)::int, updated_at = now()
         WHERE id = $1",
        user.id.0,
        user.email,
        user.username,
        user.role.as_str(),
        user.is_active,
        user.must_change_password,
        user.token_version
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Removes a person with the password.
pub async fn delete(conn: &mut PgConnection, id: UserId) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM users.user WHERE id = $1", id.0)
        .execute(conn)
        .await?;
    Ok(())
}

/// Whether somebody other than `id` is an active admin.
pub async fn another_admin(conn: &mut PgConnection, id: UserId) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (
             SELECT FROM users.user WHERE role = 'admin' AND is_active AND id <> $1
           ) AS "exists!""#,
        id.0
    )
    .fetch_one(conn)
    .await
}

/// Whether there is anybody at all.
pub async fn any(conn: &mut PgConnection) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(r#"SELECT EXISTS (SELECT FROM users.user) AS "exists!""#)
        .fetch_one(conn)
        .await
}
