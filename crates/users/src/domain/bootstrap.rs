//! The first admin of a production start, and what such a start refuses.

use std::time::Duration;

use chrono::TimeDelta;
use common::model::user::User;
use common::permission::Role;
use common::secret::{Secret, constant_time_eq};
use serde_json::json;
use service_kit::audit::{self, Entry, Outcome};
use service_kit::db::is_unavailable;
use sha2::{Digest, Sha256};
use tracing::warn;

use crate::app::App;
use crate::domain::chain::to_hex;
use crate::domain::user::{NewUser, taken};
use crate::error::Error;
use crate::store;

/// Passwords that development starts give to their users.
const DEVELOPMENT_PASSWORDS: [&str; 3] = ["admin123", "operator123", "viewer123"];
/// How long a code is good, in minutes.
const CODE_MINUTES: i64 = 60;
/// How often the database is asked at a start, once a second.
const DATABASE_TRIES: u32 = 60;

/// Refuses a database with development passwords; without any user, makes a code for the first
/// admin.
///
/// # Errors
/// A development password, or the database does not answer within a minute.
pub async fn prepare(app: &App) -> Result<Option<Secret<String>>, Error> {
    for _ in 1..DATABASE_TRIES {
        match inspect(app).await {
            Err(Error::Database(error)) if is_unavailable(&error) => {
                warn!("Waiting for the database: {error}");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            done => return done,
        }
    }
    inspect(app).await
}

async fn inspect(app: &App) -> Result<Option<Secret<String>>, Error> {
    let mut conn = app.store.acquire().await?;
    // Later passwords went through the policy, which accepts none of these.
    for stored in store::passwords::list_start_values(&mut conn).await? {
        for password in DEVELOPMENT_PASSWORDS {
            let password = Secret::new(password.to_owned());
            let hash = Some(stored.hash.clone());
            if app.hasher.verify(password, hash).await? {
                return Err(Error::DevelopmentPassword(stored.user.username));
            }
        }
    }
    if store::users::any(&mut conn).await? {
        return Ok(None);
    }
    let mut bytes = [0_u8; 16];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_unspecified| Error::Random)?;
    let code = Secret::new(to_hex(&bytes));
    let expires_at = app.clock.now() + TimeDelta::minutes(CODE_MINUTES);
    store::bootstrap::set(&mut conn, &digest(&code), expires_at).await?;
    Ok(Some(code))
}

/// What the operator is told once.
pub fn announcement(code: &Secret<String>) -> String {
    format!(
        "There are no users yet. Make the first admin within {CODE_MINUTES} minutes:\n  \
         POST /bootstrap {{\"code\": \"{}\", \"username\": .., \"email\": .., \"password\": ..}}",
        code.expose()
    )
}

/// Makes the first admin.
///
/// # Errors
/// There are users, or the code is wrong or too old.
pub async fn make_first_admin(
    app: &App,
    code: Secret<String>,
    new: NewUser,
) -> Result<User, Error> {
    let digest = digest(&code);
    let mut conn = app.store.acquire().await?;
    // Before the users are looked for: whoever uses the code up makes one.
    let stored = store::bootstrap::find(&mut conn).await?;
    if store::users::any(&mut conn).await? {
        return Err(Error::BootstrapClosed);
    }
    let right = stored.filter(|stored| {
        constant_time_eq(&stored.hash, &digest) && stored.expires_at > app.clock.now()
    });
    if right.is_none() {
        let entry = Entry::by_anonymous(new.username.as_str(), "user.bootstrapped");
        audit::record(&mut conn, entry.outcome(Outcome::Denied)).await?;
        return Err(Error::WrongCode);
    }
    drop(conn);
    let hashed = app.hasher.hash(new.password).await?;
    let mut tx = app.store.begin().await?;
    store::changes::lock(&mut tx).await?;
    // Of several who hold the code, one comes first.
    if store::users::any(&mut tx).await? || !store::bootstrap::delete(&mut tx, &digest).await? {
        return Err(Error::BootstrapClosed);
    }
    let row = store::users::NewRow {
        username: new.username.as_str(),
        email: new.email.as_str(),
        role: Role::Admin,
        must_change_password: false,
    };
    let user = store::users::insert(&mut tx, row).await.map_err(taken)?;
    store::passwords::insert(&mut tx, user.id, &hashed).await?;
    let entry = Entry::by_anonymous(&user.username, "user.bootstrapped")
        .object("user", user.id, &user.username)
        .change(json!({"email": user.email, "role": user.role}));
    audit::record(&mut tx, entry).await?;
    tx.commit().await?;
    Ok(user)
}

fn digest(code: &Secret<String>) -> [u8; 32] {
    Sha256::digest(code.expose().trim().as_bytes()).into()
}
