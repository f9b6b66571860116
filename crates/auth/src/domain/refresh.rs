//! Exchanging a refresh token: once, with care for answers that got lost.
//!
//! A token that comes a second time means that two parties hold it, so its session ends. The one
//! exception: the answer to the first time may have got lost. Then the new refresh token has not
//! been used, its access token has not been seen, and little time has passed: the unused token is
//! replaced.

use chrono::{DateTime, TimeDelta, Utc};
use common::id::UserId;
use common::model::session::TokenPair;
use common::model::user::User;
use serde_json::json;
use service_kit::audit::{self, Entry, Outcome};
use service_kit::bus::Topic;
use sqlx::{PgConnection, Postgres, Transaction};

use crate::app::App;
use crate::domain::session::{self, EndReason, Parent};
use crate::domain::token::{self, RefreshHash, Subject};
use crate::domain::{rotation, seen};
use crate::error::Error;
use crate::store;
use crate::store::refresh_tokens::{Children, RefreshToken};
use crate::store::sessions::Session;

/// How long a lost answer can be asked for again.
const GRACE: TimeDelta = TimeDelta::seconds(30);

/// What a refresh token is worth at this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// It has not been used.
    Exchange,
    /// It was used, but the answer seems to have got lost.
    Replace,
    /// It was replaced a moment ago: the slower of two answers to the same question.
    Refuse,
    /// It was used, and by somebody else.
    Reuse,
}

fn judge(token: &RefreshToken, children: Children, now: DateTime<Utc>) -> Verdict {
    let recent = |at: DateTime<Utc>| now - at <= GRACE;
    match (token.revoked_at, token.consumed_at) {
        (Some(replaced), _) if recent(replaced) => Verdict::Refuse,
        (Some(_), _) => Verdict::Reuse,
        (None, None) => Verdict::Exchange,
        (None, Some(used)) if recent(used) && children == Children::Untouched => Verdict::Replace,
        (None, Some(_)) => Verdict::Reuse,
    }
}

/// Exchanges a refresh token for new tokens.
///
/// # Errors
/// [`Error::RefreshRefused`] or [`Error::RefreshReused`]; what keeps users from answering.
pub async fn refresh(app: &App, text: &str) -> Result<TokenPair, Error> {
    rotation::ensure(app).await?;
    let hash = token::refresh_hash(text).ok_or(Error::RefreshRefused)?;
    let now = app.clock.now();
    let session = find_session(app, &hash, now).await?;
    let user = find_user(app, session.user()).await?;
    seen::write(app).await?;
    let mut tx = app.db.begin().await?;
    // The lock on the session makes all exchanges of its family wait for each other.
    let locked = store::sessions::lock_live(&mut tx, &session.id, now).await?;
    let session = locked.ok_or(Error::RefreshRefused)?;
    let Some(user) = user else {
        return close(app, tx, &session).await;
    };
    let found = store::refresh_tokens::find(&mut tx, &hash).await?;
    let found = found.ok_or(Error::RefreshRefused)?;
    let children = store::refresh_tokens::look_at_children(&mut tx, &hash).await?;
    match judge(&found, children, now) {
        Verdict::Exchange if store::refresh_tokens::consume(&mut tx, &hash, now).await? == 1 => {}
        Verdict::Replace => store::refresh_tokens::revoke_children(&mut tx, &hash, now).await?,
        Verdict::Refuse => return Err(Error::RefreshRefused),
        Verdict::Exchange | Verdict::Reuse => return end_family(app, tx, &session).await,
    }
    let parent = Parent {
        text,
        hash,
        generation: found.generation,
    };
    let pair = renew(app, &mut tx, &session, &user, parent).await?;
    tx.commit().await?;
    Ok(pair)
}

/// The live session that a token belongs to.
async fn find_session(app: &App, hash: &RefreshHash, now: DateTime<Utc>) -> Result<Session, Error> {
    let mut conn = app.db.acquire().await?;
    let found = store::refresh_tokens::find(&mut conn, hash).await?;
    let found = found.ok_or(Error::RefreshRefused)?;
    let live = store::sessions::find_live(&mut conn, &found.session_id, now).await?;
    live.ok_or(Error::RefreshRefused)
}

/// The person as users knows them; `None` if they may not sign in any more.
async fn find_user(app: &App, id: UserId) -> Result<Option<User>, Error> {
    match app.users.get(id).await {
        Ok(user) => Ok(user.is_active.then_some(user)),
        Err(refused) => match refused.status() {
            Some(404) => Ok(None),
            Some(401 | 403) => Err(Error::Stranger(refused)),
            _ => Err(Error::Users(refused)),
        },
    }
}

async fn renew(
    app: &App,
    conn: &mut PgConnection,
    session: &Session,
    user: &User,
    parent: Parent<'_>,
) -> Result<TokenPair, Error> {
    let now = app.clock.now();
    let idle = (now + app.config.session_idle).min(session.absolute_expires_at);
    store::sessions::renew(conn, &session.id, user, (now, idle)).await?;
    let subject = Subject {
        user,
        session_id: &session.id,
        signed_in_at: session.created_at,
        ends_at: session.absolute_expires_at,
    };
    session::issue(app, conn, subject, Some(parent)).await
}

async fn end_family(
    app: &App,
    mut tx: Transaction<'static, Postgres>,
    session: &Session,
) -> Result<TokenPair, Error> {
    let entry = Entry::by_anonymous(&session.username, "session.refresh_reused")
        .object("session", &session.id, &session.username)
        .change(json!({"user_id": session.user()}))
        .outcome(Outcome::Denied);
    audit::record(&mut tx, entry).await?;
    session::end(
        app,
        &mut tx,
        std::slice::from_ref(&session.id),
        EndReason::Reuse,
    )
    .await?;
    tx.commit().await?;
    app.bus.give(Topic::Revocations).await;
    Err(Error::RefreshReused)
}

async fn close(
    app: &App,
    mut tx: Transaction<'static, Postgres>,
    session: &Session,
) -> Result<TokenPair, Error> {
    let entry = Entry::by_system(crate::SERVICE.name, "session.revoked")
        .object("session", &session.id, &session.username)
        .change(json!({"reason": EndReason::AccountClosed.as_str()}));
    audit::record(&mut tx, entry).await?;
    let ids = [session.id.clone()];
    session::end(app, &mut tx, &ids, EndReason::AccountClosed).await?;
    tx.commit().await?;
    app.bus.give(Topic::Revocations).await;
    Err(Error::RefreshRefused)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_used_token_is_only_forgiven_while_its_successor_is_untouched() {
        let now = DateTime::UNIX_EPOCH;
        let ago = |seconds| Some(now - TimeDelta::seconds(seconds));
        let cases = [
            (None, None, Children::None, Verdict::Exchange),
            (ago(30), None, Children::Untouched, Verdict::Replace),
            (ago(31), None, Children::Untouched, Verdict::Reuse),
            (ago(1), None, Children::Touched, Verdict::Reuse),
            (ago(1), None, Children::None, Verdict::Reuse),
            (None, ago(30), Children::None, Verdict::Refuse),
            (None, ago(31), Children::None, Verdict::Reuse),
            (ago(1), ago(31), Children::Untouched, Verdict::Reuse),
        ];
        for (consumed_at, revoked_at, children, verdict) in cases {
            let token = RefreshToken {
                session_id: String::new(),
                generation: 1,
                consumed_at,
                revoked_at,
            };
            assert_eq!(
                judge(&token, children, now),
                verdict,
                "{consumed_at:?} {revoked_at:?} {children:?}"
            );
        }
    }
}
