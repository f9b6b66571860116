//! Lets a person open the vault; both outcomes are recorded.

use service_kit::audit::{self, Entry, Outcome};
use service_kit::caller::Caller;
use zeroize::Zeroizing;

use crate::app::App;
use crate::domain::vault::State;
use crate::error::Error;

/// Opens the vault, unless it is open already.
///
/// # Errors
/// [`Error::WrongPassphrase`] if this one does not open it.
pub async fn unseal(app: &App, who: &Caller, passphrase: Zeroizing<String>) -> Result<(), Error> {
    if app.vault.state() == State::Open {
        return Ok(());
    }
    let mut conn = app.db.acquire().await?;
    let unsealed = app.vault.unseal(&mut conn, passphrase).await;
    let outcome = match unsealed {
        Ok(()) => Outcome::Ok,
        Err(Error::WrongPassphrase) => Outcome::Denied,
        Err(_) => Outcome::Failed,
    };
    let entry = Entry::by(who, "vault.unsealed").outcome(outcome);
    audit::record(&mut conn, entry).await?;
    unsealed
}
