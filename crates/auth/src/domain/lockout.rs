//! What an admin sees and does about lock-outs.

use common::page::Page;
use service_kit::audit::{self, Entry};
use service_kit::caller::Caller;

use crate::app::App;
use crate::domain::attempt;
use crate::error::Error;
use crate::store;
use crate::store::attempts::Lockout;

/// Lists accounts that have to wait.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list(app: &App, page: Page) -> Result<(Vec<Lockout>, i64), Error> {
    let now = app.clock.now();
    let mut conn = app.db.acquire().await?;
    let found = store::attempts::list_accounts(&mut conn, now, page.skip, page.limit).await?;
    let total = store::attempts::count_accounts(&mut conn, now).await?;
    Ok((found, total))
}

/// Forgets the failures of a name.
///
/// # Errors
/// [`Error::LockoutNotFound`] if there are none.
pub async fn lift(app: &App, who: &Caller, username: &str) -> Result<(), Error> {
    let mut tx = app.db.begin().await?;
    if !store::attempts::delete(&mut tx, &attempt::account(username)).await? {
        return Err(Error::LockoutNotFound);
    }
    let entry = Entry::by(who, "lockout.lifted").object("lockout", username, username);
    audit::record(&mut tx, entry).await?;
    tx.commit().await?;
    Ok(())
}
