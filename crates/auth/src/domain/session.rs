//! Sessions: opened by a sign-in, listed, ended; each end is told to every service.

use chrono::{DateTime, Utc};
use common::id::UserId;
use common::model::session::{Revocations, TokenPair};
use common::model::user::User;
use common::page::Page;
use common::permission::Permission;
use serde_json::json;
use service_kit::audit::{self, Entry};
use service_kit::bus::Topic;
use service_kit::caller::Caller;
use service_kit::request::{self, new_id};
use sqlx::PgConnection;

use crate::app::App;
use crate::domain::token::{self, Subject};
use crate::error::Error;
use crate::store;
use crate::store::refresh_tokens::NewRefreshToken;
use crate::store::sessions::{NewSession, Session};

/// Most revocations in one answer.
const REVOCATIONS_LIMIT: i64 = 1000;

/// Why a session ended early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndReason {
    /// The person signed out.
    Logout,
    /// The person or an admin ended it.
    Revoked,
    /// The person ended all of them.
    AllRevoked,
    /// A used refresh token came again.
    Reuse,
    /// The person has too many.
    Surplus,
    /// The account is gone or not active.
    AccountClosed,
    /// The account changed so that old sessions must not go on.
    AccountChanged,
}

impl EndReason {
    /// The word in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Logout => "logout",
            Self::Revoked => "revoked",
            Self::AllRevoked => "all_revoked",
            Self::Reuse => "reuse",
            Self::Surplus => "surplus",
            Self::AccountClosed => "account_closed",
            Self::AccountChanged => "account_changed",
        }
    }
}

/// Until when an access token issued now can be alive anywhere, clocks considered.
pub fn tokens_end(app: &App) -> DateTime<Utc> {
    app.clock.now() + app.config.access_ttl + chrono::TimeDelta::seconds(120)
}

/// A session that was opened.
pub struct Opened {
    /// Its tokens.
    pub pair: TokenPair,
    /// Sessions that ended to make room for it.
    pub ended: usize,
}

/// Opens a session for a person who has just proved who they are. The oldest end if there are
/// too many. `None` if the person changed since `user` was read.
///
/// # Errors
/// When the database cannot be asked or nothing can be signed.
pub async fn open(
    app: &App,
    conn: &mut PgConnection,
    user: &User,
) -> Result<Option<Opened>, Error> {
    let now = app.clock.now();
    let origin = request::current();
    let session = NewSession {
        id: new_id(),
        created_at: now,
        idle_expires_at: now + app.config.session_idle.min(app.config.session_absolute),
        absolute_expires_at: now + app.config.session_absolute,
        ip: origin.ip,
        user_agent: origin.user_agent,
    };
    store::sessions::lock_user(conn, user.id).await?;
    let least = store::revocations::find_least_version(conn, user.id).await?;
    if least.is_some_and(|least| user.token_version < least) {
        return Ok(None);
    }
    store::sessions::insert(conn, user, &session).await?;
    let subject = Subject {
        user,
        session_id: &session.id,
        signed_in_at: session.created_at,
        ends_at: session.absolute_expires_at,
    };
    let pair = issue(app, conn, subject, None).await?;
    let entry = Entry::by_anonymous(&user.username, "session.login")
        .with_user(user.id, Some(&session.id))
        .object("session", &session.id, &user.username);
    audit::record(conn, entry).await?;
    let keep = app.config.sessions_per_user;
    let surplus = store::sessions::list_surplus(conn, user.id, now, keep).await?;
    let ended = end(app, conn, &surplus, EndReason::Surplus).await?;
    Ok(Some(Opened { pair, ended }))
}

/// The refresh token that a new one takes the place of.
#[derive(Clone, Copy)]
pub struct Parent<'a> {
    /// Its text.
    pub text: &'a str,
    /// Its hash.
    pub hash: token::RefreshHash,
    /// Its generation.
    pub generation: i32,
}

/// Issues an access token and a refresh token.
///
/// # Errors
/// When the database cannot be asked or nothing can be signed.
pub async fn issue(
    app: &App,
    conn: &mut PgConnection,
    subject: Subject<'_>,
    parent: Option<Parent<'_>>,
) -> Result<TokenPair, Error> {
    let now = app.clock.now();
    let access = token::sign_for_user(&app.keys, subject, now, app.config.access_ttl)?;
    let (refresh_token, hash) = token::make_refresh(parent.map(|parent| parent.text))?;
    let fresh = NewRefreshToken {
        hash,
        session_id: subject.session_id,
        generation: parent.map_or(1, |parent| parent.generation.saturating_add(1)),
        parent_hash: parent.map(|parent| parent.hash),
        access_jti: &access.jti,
        created_at: now,
    };
    store::refresh_tokens::insert(conn, &fresh).await?;
    Ok(TokenPair {
        access_token: access.text,
        refresh_token,
        token_type: "bearer".to_owned(),
        expires_in: access.expires_in,
        must_change_password: subject.user.must_change_password,
        notices: Vec::new(),
    })
}

/// Ends those of the sessions that have not ended, and revokes their access tokens. Call it last
/// in a transaction, and give [`Topic::Revocations`] after it.
///
/// # Errors
/// When the database cannot be asked.
pub async fn end(
    app: &App,
    conn: &mut PgConnection,
    ids: &[String],
    reason: EndReason,
) -> Result<usize, Error> {
    if ids.is_empty() {
        return Ok(0);
    }
    let now = app.clock.now();
    let ended = store::sessions::end(conn, ids, reason.as_str(), now).await?;
    let until = tokens_end(app);
    for id in &ended {
        store::revocations::insert_session(conn, id, until).await?;
    }
    Ok(ended.len())
}

/// The caller signs out.
///
/// # Errors
/// When the database cannot be asked.
pub async fn logout(app: &App, who: &Caller) -> Result<(), Error> {
    let mut tx = app.db.begin().await?;
    let entry = Entry::by(who, "session.logout");
    let entry = entry.object("session", &who.session_id, &who.username);
    audit::record(&mut tx, entry).await?;
    let ids = [who.session_id.clone()];
    end(app, &mut tx, &ids, EndReason::Logout).await?;
    tx.commit().await?;
    app.bus.give(Topic::Revocations).await;
    Ok(())
}

/// Ends all sessions of the caller, this one included; answers how many there were.
///
/// # Errors
/// When the database cannot be asked.
pub async fn revoke_all(app: &App, who: &Caller) -> Result<usize, Error> {
    let mut tx = app.db.begin().await?;
    // A session that expired a moment ago may have left an access token that is still good.
    let since = app.clock.now() - app.config.access_ttl;
    let ids = store::sessions::list_ids(&mut tx, who.user_id, since).await?;
    let entry = Entry::by(who, "session.revoked")
        .object("user", who.user_id, &who.username)
        .change(json!({"all": true, "sessions": ids.len()}));
    audit::record(&mut tx, entry).await?;
    let count = end(app, &mut tx, &ids, EndReason::AllRevoked).await?;
    tx.commit().await?;
    app.bus.give(Topic::Revocations).await;
    Ok(count)
}

/// Ends one session of the caller, or any as an admin.
///
/// # Errors
/// [`Error::SessionNotFound`] for a session that is over, and for others' unless by an admin.
pub async fn revoke(app: &App, who: &Caller, id: &str) -> Result<(), Error> {
    let now = app.clock.now();
    let found = store::sessions::find_live(&mut *app.db.acquire().await?, id, now).await?;
    let session = found.ok_or(Error::SessionNotFound)?;
    if session.user() != who.user_id {
        if !who.role.may(Permission::AdminSessions) {
            return Err(Error::SessionNotFound);
        }
        check_admin(app, who).await?;
    }
    let mut tx = app.db.begin().await?;
    let entry = Entry::by(who, "session.revoked").object("session", id, &session.username);
    audit::record(&mut tx, entry).await?;
    end(app, &mut tx, &[id.to_owned()], EndReason::Revoked).await?;
    tx.commit().await?;
    app.bus.give(Topic::Revocations).await;
    Ok(())
}

/// Lists the live sessions of the caller, or of `user` as an admin, newest first.
///
/// # Errors
/// 403 for others' sessions unless by an admin.
pub async fn list(
    app: &App,
    who: &Caller,
    user: Option<UserId>,
    page: Page,
) -> Result<(Vec<Session>, i64), Error> {
    let user = user.unwrap_or(who.user_id);
    if user != who.user_id {
        check_admin(app, who).await?;
    }
    let now = app.clock.now();
    let mut conn = app.db.acquire().await?;
    let sessions = store::sessions::list_live(&mut conn, user, now, page).await?;
    let total = store::sessions::count_live(&mut conn, user, now).await?;
    Ok((sessions, total))
}

/// What only an admin may do to others needs a session that is good in the database as well.
async fn check_admin(app: &App, who: &Caller) -> Result<(), Error> {
    who.require(Permission::AdminSessions)
        .map_err(Error::Refused)?;
    if is_active(app, &who.session_id, who.token_version).await? {
        Ok(())
    } else {
        Err(Error::SessionOver)
    }
}

/// Whether tokens of this session and version may still be used.
///
/// # Errors
/// When the database cannot be asked.
pub async fn is_active(app: &App, id: &str, token_version: i64) -> Result<bool, Error> {
    let now = app.clock.now();
    let mut conn = app.db.acquire().await?;
    Ok(store::sessions::is_active(&mut conn, id, token_version, now).await?)
}

/// Revocations after a position.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list_revocations(app: &App, after: i64) -> Result<Revocations, Error> {
    let mut conn = app.db.acquire().await?;
    let revocations = store::revocations::list(&mut conn, after, REVOCATIONS_LIMIT).await?;
    Ok(Revocations { revocations })
}
