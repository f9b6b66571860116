//! The users of a development start. Never used elsewhere: their passwords are public.

use common::password;
use common::secret::Secret;
use sqlx::{Connection, PgConnection};

use crate::Error;

struct Person {
    username: &'static str,
    email: &'static str,
    role: &'static str,
    password: &'static str,
}

const PEOPLE: [Person; 3] = [
    Person {
        username: "admin",
        email: "admin@opsconductor.local",
        role: "admin",
        password: "admin123",
    },
    Person {
        username: "operator",
        email: "operator@opsconductor.local",
        role: "operator",
        password: "operator123",
    },
    Person {
        username: "viewer",
        email: "viewer@opsconductor.local",
        role: "viewer",
        password: "viewer123",
    },
];

/// Makes the development users that are missing, and answers with their names.
///
/// A user whose name or address exists is left as it is.
///
/// # Errors
/// The pepper is empty, or the server refuses.
pub async fn seed(
    conn: &mut PgConnection,
    pepper: &Secret<Vec<u8>>,
) -> Result<Vec<&'static str>, Error> {
    let mut made = Vec::new();
    for person in &PEOPLE {
        if exists(conn, person).await.map_err(Error::Seed)? {
            continue;
        }
        let hash = hash(person.password, pepper.clone()).await?;
        if insert(conn, person, &hash).await.map_err(Error::Seed)? {
            made.push(person.username);
        }
    }
    Ok(made)
}

async fn exists(conn: &mut PgConnection, person: &Person) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (
             SELECT FROM users.user WHERE lower(username) = lower($1) OR lower(email) = lower($2)
           ) AS "exists!""#,
        person.username,
        person.email
    )
    .fetch_one(conn)
    .await
}

async fn hash(text: &'static str, pepper: Secret<Vec<u8>>) -> Result<String, Error> {
    tokio::task::spawn_blocking(move || {
        password::hash(
            &Secret::new(text.to_owned()),
            pepper.expose(),
            password::COST,
        )
    })
    .await
    .map_err(Error::Interrupted)?
    .map_err(Error::Hash)
}

/// Inserts a user with password and audit row; false if somebody else was quicker.
async fn insert(conn: &mut PgConnection, person: &Person, hash: &str) -> Result<bool, sqlx::Error> {
    let mut tx = conn.begin().await?;
    let id = sqlx::query_scalar!(
        "INSERT INTO users.user (username, email, role, must_change_password)
         VALUES ($1, $2, $3, true) ON CONFLICT DO NOTHING RETURNING id",
        person.username,
        person.email,
        person.role
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(id) = id else { return Ok(false) };
    sqlx::query!(
        "INSERT INTO users.password (user_id, hash, params) VALUES ($1, $2, $3)",
        id,
        hash,
        password::params(password::COST)
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "INSERT INTO audit.entry (actor_kind, actor_name, action, object_kind, object_id, object_name, change)
         VALUES ('system', 'migrate seed', 'user.created', 'user', ($1::bigint)::text, $2, jsonb_build_object('role', $3::text))",
        id,
        person.username,
        person.role
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(true)
}
