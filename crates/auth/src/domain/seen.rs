//! Which access tokens have been used, as far as this service can know.
//!
//! Only a token that comes to one of auth's own routes is seen here (`/verify` above all). It is
//! noted in memory and written by a loop, so that looking at a token needs no database. A refresh
//! writes what is noted before it judges. Of interest are the first moments of a token only.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use common::token::UserClaims;
use service_kit::reconcile::Hint;

use crate::app::App;
use crate::error::Error;
use crate::store;

/// Older tokens make no difference to any refresh (the grace, with room for clocks).
const YOUNG_SECONDS: i64 = 90;
/// Names that are remembered as written.
const MAX_REMEMBERED: usize = 10_000;

/// Tokens that were used lately.
#[derive(Default)]
pub struct SeenTokens {
    noted: Mutex<Noted>,
    /// Held while noted tokens are on their way to the database.
    writing: tokio::sync::Mutex<()>,
    hint: Hint,
}

#[derive(Default)]
struct Noted {
    known: HashSet<String>,
    unwritten: Vec<String>,
}

impl SeenTokens {
    /// Notes a checked token.
    pub fn note(&self, token: &str, now: DateTime<Utc>) {
        let Some(jti) = young(token, now) else { return };
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        if noted.known.len() >= MAX_REMEMBERED {
            noted.known.clear();
        }
        if noted.known.insert(jti.clone()) {
            noted.unwritten.push(jti);
            self.hint.give();
        }
    }

    /// Given when there is something to write.
    pub fn hint(&self) -> Hint {
        self.hint.clone()
    }

    fn take(&self) -> Vec<String> {
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut noted.unwritten)
    }

    fn give_back(&self, tokens: Vec<String>) {
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        noted.unwritten.extend(tokens);
    }
}

/// Name of a token that is young enough to matter.
fn young(token: &str, now: DateTime<Utc>) -> Option<String> {
    let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    let claims: UserClaims = serde_json::from_slice(&payload).ok()?;
    (now.timestamp() - claims.iat <= YOUNG_SECONDS).then_some(claims.jti)
}

/// Writes what is noted. When this returns, everything noted before is in the database, also what
/// another call was about to write.
///
/// # Errors
/// When the database cannot be asked; nothing is lost then.
pub async fn write(app: &App) -> Result<(), Error> {
    let _writing = app.seen.writing.lock().await;
    let tokens = app.seen.take();
    if tokens.is_empty() {
        return Ok(());
    }
    let now = app.clock.now();
    let written = match app.db.acquire().await {
        Ok(mut conn) => store::refresh_tokens::set_seen(&mut conn, &tokens, now).await,
        Err(error) => Err(error),
    };
    written.map_err(|error| {
        app.seen.give_back(tokens);
        error.into()
    })
}
