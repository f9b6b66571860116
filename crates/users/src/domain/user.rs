//! Making, changing and removing people.

use common::id::UserId;
use common::model::user::{User, UserChange};
use common::page::Page;
use common::permission::{Permission, Role};
use common::secret::Secret;
use serde_json::json;
use service_kit::audit::{self, Entry};
use service_kit::bus::Topic;
use service_kit::caller::Caller;
use service_kit::db::violates;
use sqlx::PgConnection;

use crate::app::App;
use crate::domain::account::{Email, Username};
use crate::error::Error;
use crate::store;
use crate::store::changes::{Change, Sessions};

/// A person to be made.
#[derive(Debug)]
pub struct NewUser {
    /// Name to sign in with.
    pub username: Username,
    /// Mail address.
    pub email: Email,
    /// What the person may do.
    pub role: Role,
    /// A password that the policy allows.
    pub password: Secret<String>,
}

/// What is to be changed; the rest stays.
#[derive(Clone, Debug, Default)]
pub struct Edit {
    /// New address.
    pub email: Option<Email>,
    /// New name.
    pub username: Option<Username>,
    /// New role.
    pub role: Option<Role>,
    /// Whether the person may sign in.
    pub is_active: Option<bool>,
}

/// Makes a person whose password is a start value.
pub async fn create(app: &App, who: &Caller, new: NewUser) -> Result<User, Error> {
    let hashed = app.hasher.hash(new.password).await?;
    let mut tx = app.store.begin().await?;
    let row = store::users::NewRow {
        username: new.username.as_str(),
        email: new.email.as_str(),
        role: new.role,
        must_change_password: true,
    };
    let user = store::users::insert(&mut tx, row).await.map_err(taken)?;
    store::passwords::insert(&mut tx, user.id, &hashed).await?;
    let entry = Entry::by(who, "user.created")
        .object("user", user.id, &user.username)
        .change(json!({"email": user.email, "role": user.role}));
    audit::record(&mut tx, entry).await?;
    tx.commit().await?;
    Ok(user)
}

/// The people that the caller may see, with how many there are: everybody for an admin, else
/// the caller alone.
pub async fn list(
    app: &App,
    who: &Caller,
    search: &str,
    page: Page,
) -> Result<(Vec<User>, i64), Error> {
    let only = (!sees_everybody(who)).then_some(who.user_id);
    let mut conn = app.store.acquire().await?;
    let users = store::users::list(&mut conn, only, search, page).await?;
    let total = store::users::count(&mut conn, only, search).await?;
    Ok((users, total))
}

/// A person, if the caller may see them.
pub async fn get(app: &App, who: &Caller, id: UserId) -> Result<User, Error> {
    require_sight(who, id)?;
    identify(app, id).await
}

/// A person, for another service.
pub async fn identify(app: &App, id: UserId) -> Result<User, Error> {
    let mut conn = app.store.acquire().await?;
    store::users::find(&mut conn, id)
        .await?
        .ok_or(Error::NotFound(id))
}

/// What changed after the position `after`, for another service.
pub async fn changes(app: &App, after: i64) -> Result<Vec<UserChange>, Error> {
    let mut conn = app.store.acquire().await?;
    Ok(store::changes::list(&mut conn, after).await?)
}

/// Changes a person; everybody but an admin may change the own address only.
pub async fn change(app: &App, who: &Caller, id: UserId, edit: Edit) -> Result<User, Error> {
    require_sight(who, id)?;
    if !who.role.may(Permission::WriteUsers)
        && let Some(field) = edit.admin_field()
    {
        return Err(Error::AdminField(field));
    }
    let mut tx = app.store.begin().await?;
    store::changes::lock(&mut tx).await?;
    let before = store::users::find(&mut tx, id)
        .await?
        .ok_or(Error::NotFound(id))?;
    let mut after = edit.applied_to(&before);
    if after == before {
        return Ok(before);
    }
    if !is_administering(&after) {
        keep_an_admin(&mut tx, &before).await?;
    }
    after.token_version += 1;
    store::users::update(&mut tx, &after).await.map_err(taken)?;
    let kind = Kind::of(&before, &after);
    let entry = Entry::by(who, kind.action())
        .object("user", id, &after.username)
        .change(difference(&before, &after));
    audit::record(&mut tx, entry).await?;
    let sessions = match kind {
        Kind::Deactivated => Sessions::End,
        Kind::Activated | Kind::Role | Kind::Names => Sessions::Go,
    };
    let change = Change {
        user: id,
        kind: kind.word(),
        token_version: after.token_version,
        sessions,
    };
    store::changes::record(&mut tx, change).await?;
    tx.commit().await?;
    app.bus.give(Topic::Users).await;
    Ok(after)
}

/// Removes a person; the audit log keeps the name.
pub async fn delete(app: &App, who: &Caller, id: UserId) -> Result<User, Error> {
    let mut tx = app.store.begin().await?;
    store::changes::lock(&mut tx).await?;
    let user = store::users::find(&mut tx, id)
        .await?
        .ok_or(Error::NotFound(id))?;
    keep_an_admin(&mut tx, &user).await?;
    store::users::delete(&mut tx, id).await?;
    let entry = Entry::by(who, "user.deleted")
        .object("user", id, &user.username)
        .change(json!({"email": user.email, "role": user.role}));
    audit::record(&mut tx, entry).await?;
    let change = Change {
        user: id,
        kind: "deleted",
        token_version: user.token_version + 1,
        sessions: Sessions::End,
    };
    store::changes::record(&mut tx, change).await?;
    tx.commit().await?;
    app.bus.give(Topic::Users).await;
    Ok(user)
}

/// Refuses as if the person did not exist when the caller may not see them.
pub fn require_sight(who: &Caller, id: UserId) -> Result<(), Error> {
    if who.user_id == id || sees_everybody(who) {
        return Ok(());
    }
    Err(Error::NotFound(id))
}

fn sees_everybody(who: &Caller) -> bool {
    who.role == Role::Admin
}

fn is_administering(user: &User) -> bool {
    user.role == Role::Admin && user.is_active
}

/// Refuses when `leaving` is the last active admin; the caller holds the lock of all changes.
async fn keep_an_admin(conn: &mut PgConnection, leaving: &User) -> Result<(), Error> {
    if is_administering(leaving) && !store::users::another_admin(conn, leaving.id).await? {
        return Err(Error::LastAdmin);
    }
    Ok(())
}

/// Tells a name that somebody else has from other refusals.
pub fn taken(error: sqlx::Error) -> Error {
    if violates(&error, "user_username_key") {
        Error::UsernameTaken
    } else if violates(&error, "user_email_key") {
        Error::EmailTaken
    } else {
        Error::Database(error)
    }
}

impl Edit {
    /// A field in it that is not for everybody.
    fn admin_field(&self) -> Option<&'static str> {
        if self.username.is_some() {
            Some("username")
        } else if self.role.is_some() {
            Some("role")
        } else if self.is_active.is_some() {
            Some("is_active")
        } else {
            None
        }
    }

    fn applied_to(self, user: &User) -> User {
        let text = |new: Option<&str>, old: &str| new.unwrap_or(old).to_owned();
        User {
            email: text(self.email.as_ref().map(Email::as_str), &user.email),
            username: text(self.username.as_ref().map(Username::as_str), &user.username),
            role: self.role.unwrap_or(user.role),
            is_active: self.is_active.unwrap_or(user.is_active),
            ..user.clone()
        }
    }
}

/// What a change is about, the weightiest first.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Deactivated,
    Activated,
    Role,
    Names,
}

impl Kind {
    fn of(before: &User, after: &User) -> Self {
        match (before.is_active, after.is_active) {
            (true, false) => Self::Deactivated,
            (false, true) => Self::Activated,
            _ if before.role != after.role => Self::Role,
            _ => Self::Names,
        }
    }

    fn action(self) -> &'static str {
        match self {
            Self::Deactivated => "user.deactivated",
            Self::Activated => "user.activated",
            Self::Role => "user.role_changed",
            Self::Names => "user.changed",
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Deactivated => "deactivated",
            Self::Activated => "activated",
            Self::Role => "role",
            Self::Names => "names",
        }
    }
}

/// The fields that differ, before and after.
fn difference(before: &User, after: &User) -> serde_json::Value {
    let fields = [
        ("email", json!(before.email), json!(after.email)),
        ("username", json!(before.username), json!(after.username)),
        ("role", json!(before.role), json!(after.role)),
        ("is_active", json!(before.is_active), json!(after.is_active)),
    ];
    let differing = fields.into_iter().filter(|(_, old, new)| old != new);
    differing
        .map(|(name, old, new)| (name.to_owned(), json!({"before": old, "after": new})))
        .collect::<serde_json::Map<_, _>>()
        .into()
}
