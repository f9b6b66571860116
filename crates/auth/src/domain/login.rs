//! Signing in with name and password.

use clients::http::ClientError;
use common::id::UserId;
use common::model::session::{Notice, TokenPair};
use common::model::user::User;
use common::secret::Secret;
use serde_json::json;
use service_kit::audit::{self, Entry, Outcome};
use service_kit::bus::Topic;
use service_kit::request;
use sqlx::PgConnection;

use crate::app::App;
use crate::domain::attempt::{self, Subjects};
use crate::domain::{rotation, session};
use crate::error::Error;
use crate::store;

/// What users calls a wrong name or password; any other 401 is about this service itself.
const WRONG_PASSWORD: &str = "users.wrong_password";

/// Tries when the person changes while the password is checked.
const MAX_TRIES: usize = 3;

/// Opens a session for the person with this name and password.
///
/// # Errors
/// [`Error::WrongPassword`] for an unknown name just as for a wrong password, lock-out, and what
/// keeps users from answering.
pub async fn login(
    app: &App,
    username: &str,
    password: &Secret<String>,
) -> Result<TokenPair, Error> {
    rotation::ensure(app).await?;
    let subjects = Subjects::new(username, &request::current().ip);
    attempt::admit(app, &subjects).await?;
    for _try in 0..MAX_TRIES {
        let Some(user) = check(app, username, password).await? else {
            refuse(app, username, &subjects).await?;
            return Err(Error::WrongPassword);
        };
        let mut tx = app.db.begin().await?;
        attempt::forgive(&mut tx, &subjects).await?;
        let notices = list_notices(&mut tx, user.id).await?;
        let Some(mut opened) = session::open(app, &mut tx, &user).await? else {
            continue;
        };
        opened.pair.notices = notices;
        tx.commit().await?;
        if opened.ended > 0 {
            app.bus.give(Topic::Revocations).await;
        }
        return Ok(opened.pair);
    }
    Err(Error::Busy)
}

/// Sessions that were ended for a reused refresh token after the person signed in last.
async fn list_notices(conn: &mut PgConnection, user: UserId) -> Result<Vec<Notice>, Error> {
    let reused = store::sessions::list_reused(conn, user).await?;
    let notices = reused.into_iter().map(|reused| Notice {
        code: "session_ended_by_reuse".to_owned(),
        detail: "a refresh token of this session was used twice, so the session was ended; \
                 if you do not know its address or client, change your password"
            .to_owned(),
        at: reused.at,
        ip: reused.ip,
        user_agent: reused.user_agent,
    });
    Ok(notices.collect())
}

/// Asks users; `None` if name and password do not fit.
async fn check(
    app: &App,
    username: &str,
    password: &Secret<String>,
) -> Result<Option<User>, Error> {
    let refused = match app.users.check_password(username, password).await {
        Ok(user) => return Ok(user.is_active.then_some(user)),
        Err(refused) => refused,
    };
    let code = match &refused {
        ClientError::Refused { problem, .. } => problem.code.clone(),
        ClientError::Unavailable { .. } | ClientError::Malformed { .. } => String::new(),
    };
    match refused.status() {
        Some(401) if code == WRONG_PASSWORD => Ok(None),
        // Users may be stricter about what can be a name or password at all.
        Some(400) => Ok(None),
        Some(429) => Err(Error::Busy),
        Some(401 | 403) => Err(Error::Stranger(refused)),
        _ => Err(Error::Users(refused)),
    }
}

/// Counts and records a failed sign-in.
async fn refuse(app: &App, username: &str, subjects: &Subjects) -> Result<(), Error> {
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    let locked = attempt::count_failure(&mut tx, subjects, now).await?;
    let entry = Entry::by_anonymous(username, "session.login").outcome(Outcome::Denied);
    audit::record(&mut tx, entry).await?;
    if let Some(until) = locked {
        let entry = Entry::by_anonymous(username, "session.locked")
            .change(json!({"until": until}))
            .outcome(Outcome::Denied);
        audit::record(&mut tx, entry).await?;
    }
    tx.commit().await?;
    Ok(())
}
