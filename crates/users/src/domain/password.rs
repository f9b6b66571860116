//! Checking and changing passwords.

use common::id::UserId;
use common::model::user::User;
use common::permission::Permission;
use common::problem::FieldError;
use common::secret::Secret;
use serde_json::json;
use service_kit::audit::{self, Entry, Outcome};
use service_kit::bus::Topic;
use service_kit::caller::Caller;
use tracing::warn;

use crate::app::App;
use crate::domain::{policy, user};
use crate::error::Error;
use crate::store;
use crate::store::changes::{Change, Sessions};
use crate::store::passwords::Stored;

/// The active person to whom name and password belong.
pub async fn check(app: &App, username: &str, password: Secret<String>) -> Result<User, Error> {
    let mut conn = app.store.acquire().await?;
    // PostgreSQL has no NUL in texts, so nobody has such a name.
    let found = match username.contains('\0') {
        true => None,
        false => store::passwords::find_by_name(&mut conn, username).await?,
    };
    // Hashing takes long; the connection serves others meanwhile.
    drop(conn);
    let found = found.filter(|stored| stored.user.is_active);
    let hash = found.as_ref().map(|stored| stored.hash.clone());
    let right = app.hasher.verify(password.clone(), hash).await?;
    let Some(stored) = found.filter(|_| right) else {
        return Err(Error::WrongPassword);
    };
    if app.hasher.is_outdated(&stored.hash)
        && let Err(error) = renew(app, &stored, password).await
    {
        warn!(user.id = %stored.user.id, "An outdated hash stays for now: {error}");
    }
    Ok(stored.user)
}

/// Hashes a password in today's way.
async fn renew(app: &App, stored: &Stored, password: Secret<String>) -> Result<(), Error> {
    let hashed = app.hasher.hash(password).await?;
    let mut conn = app.store.acquire().await?;
    store::passwords::renew(&mut conn, stored, &hashed).await?;
    Ok(())
}

/// Changes the own password, which needs the current one, or sets that of somebody else.
pub async fn change(
    app: &App,
    who: &Caller,
    id: UserId,
    current: Option<Secret<String>>,
    new: Secret<String>,
) -> Result<(), Error> {
    user::require_sight(who, id)?;
    let mut conn = app.store.acquire().await?;
    let stored = store::passwords::find(&mut conn, id)
        .await?
        .ok_or(Error::NotFound(id))?;
    drop(conn);
    let new = policy::accept("new_password", new, &stored.user.username)?;
    if who.user_id == id {
        let missing = || FieldError::new("current_password", "missing", "is needed");
        change_own(app, who, stored, current.ok_or_else(missing)?, new).await
    } else if current.is_some() {
        let detail = "is only for the own password";
        Err(FieldError::new("current_password", "not_allowed", detail).into())
    } else if who.role.may(Permission::WriteUsers) {
        set(app, who, stored, new).await
    } else {
        Err(Error::NotFound(id))
    }
}

/// Ends all other sessions; the one that asks goes on, with fresh access tokens: those from before
/// the change end everywhere.
async fn change_own(
    app: &App,
    who: &Caller,
    stored: Stored,
    current: Secret<String>,
    new: Secret<String>,
) -> Result<(), Error> {
    if current.expose() == new.expose() {
        let detail = "must differ from the current password";
        return Err(FieldError::new("new_password", "unchanged", detail).into());
    }
    let right = app
        .hasher
        .verify(current, Some(stored.hash.clone()))
        .await?;
    if !right {
        let entry = Entry::by(who, "user.password_changed")
            .object("user", stored.user.id, &stored.user.username)
            .outcome(Outcome::Denied);
        let mut conn = app.store.acquire().await?;
        audit::record(&mut conn, entry).await?;
        return Err(Error::WrongCurrentPassword);
    }
    let user = User {
        must_change_password: false,
        token_version: stored.user.token_version + 1,
        ..stored.user.clone()
    };
    let sessions = Sessions::EndAllBut(who.session_id.clone());
    replace(app, who, &stored, (user, sessions), new).await
}

/// Ends all sessions, and asks the person for a password of their own.
async fn set(app: &App, who: &Caller, stored: Stored, new: Secret<String>) -> Result<(), Error> {
    let user = User {
        must_change_password: true,
        token_version: stored.user.token_version + 1,
        ..stored.user.clone()
    };
    replace(app, who, &stored, (user, Sessions::End), new).await
}

async fn replace(
    app: &App,
    who: &Caller,
    stored: &Stored,
    (user, sessions): (User, Sessions),
    new: Secret<String>,
) -> Result<(), Error> {
    let hashed = app.hasher.hash(new).await?;
    let mut tx = app.store.begin().await?;
    store::changes::lock(&mut tx).await?;
    // Somebody else may have set another password, or changed the person, since it was read.
    let present = store::passwords::find(&mut tx, user.id)
        .await?
        .filter(|present| present.hash == stored.hash && present.user == stored.user)
        .ok_or(Error::ChangedMeanwhile)?;
    store::passwords::set(&mut tx, user.id, &hashed, app.clock.now()).await?;
    store::users::update(&mut tx, &user).await?;
    let own = who.user_id == user.id;
    let entry = Entry::by(who, "user.password_changed")
        .object("user", user.id, &present.user.username)
        .change(json!({"own": own}));
    audit::record(&mut tx, entry).await?;
    let change = Change {
        user: user.id,
        kind: "password",
        token_version: user.token_version,
        sessions,
    };
    store::changes::record(&mut tx, change).await?;
    tx.commit().await?;
    app.bus.give(Topic::Users).await;
    Ok(())
}
