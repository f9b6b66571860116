//! Changes of identities: what users changed ends tokens and sessions here.

use std::collections::BTreeSet;

use common::model::user::UserChange;
use service_kit::bus::Topic;

use crate::app::App;
use crate::domain::session::{EndReason, tokens_end};
use crate::error::Error;
use crate::store;

/// The list that is read, in `auth.cursor`.
const LIST: &str = "users.change";

/// Reads all changes that have not taken effect, and lets them. Safe to repeat, and in several
/// processes at once.
///
/// # Errors
/// When users or the database cannot be asked.
pub async fn follow(app: &App) -> Result<(), Error> {
    loop {
        let after = store::cursors::get(&mut *app.db.acquire().await?, LIST).await?;
        let changes = app
            .users
            .changes(after)
            .await
            .map_err(Error::Users)?
            .changes;
        if changes.is_empty() {
            return Ok(());
        }
        apply(app, changes).await?;
        app.bus.give(Topic::Revocations).await;
    }
}

/// Applies changes and moves the cursor, in one transaction.
async fn apply(app: &App, changes: Vec<UserChange>) -> Result<(), Error> {
    let now = app.clock.now();
    let until = tokens_end(app);
    let mut tx = app.db.begin().await?;
    let done = store::cursors::lock(&mut tx, LIST).await?;
    let fresh: Vec<_> = changes
        .into_iter()
        .filter(|change| change.seq > done)
        .collect();
    let Some(last) = fresh.last().map(|change| change.seq) else {
        return Ok(());
    };
    // A sign-in that is under way is seen here, or sees what is written here.
    let users: BTreeSet<_> = fresh.iter().map(|change| change.user_id).collect();
    for user in users {
        store::sessions::lock_user(&mut tx, user).await?;
    }
    // Rows of sessions first: numbers of revocations are one lock that others wait for while they
    // hold a session.
    let mut ended = Vec::new();
    for change in fresh.iter().filter(|change| change.end_sessions) {
        let keep = change.keep_session.as_deref();
        let ids = store::sessions::list_older(&mut tx, change, keep).await?;
        let reason = EndReason::AccountChanged.as_str();
        ended.extend(store::sessions::end(&mut tx, &ids, reason, now).await?);
    }
    for id in &ended {
        store::revocations::insert_session(&mut tx, id, until).await?;
    }
    for change in &fresh {
        store::revocations::insert_user(&mut tx, change, until).await?;
    }
    store::cursors::set(&mut tx, LIST, last).await?;
    tx.commit().await?;
    Ok(())
}
