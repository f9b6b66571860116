//! Lock-out: how failed sign-ins slow down the next ones.
//!
//! An account waits 1, 2, 4 .. 900 seconds after its fifth failure and each further one, and is
//! never locked for good. An address has 20 failures in a minute. A name without an account counts
//! just the same.

use chrono::{DateTime, TimeDelta, Utc};

use crate::app::App;
use crate::error::Error;
use crate::store;
use crate::store::attempts::Attempts;

/// Failures of an account that cost nothing.
const FREE_FAILURES: u32 = 5;
/// Longest wait of an account, in seconds.
const LONGEST_WAIT: i64 = 900;
/// Failures of an account are forgotten after so long without another.
pub const MEMORY: TimeDelta = TimeDelta::hours(24);
/// Failures of an address in one window.
const ADDRESS_FAILURES: i32 = 20;
/// Window of an address.
const ADDRESS_WINDOW: TimeDelta = TimeDelta::seconds(60);

/// Who failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A user name.
    Account,
    /// A network address.
    Address,
}

/// The two that one sign-in counts for.
#[derive(Clone, Debug)]
pub struct Subjects {
    account: String,
    address: String,
}

impl Subjects {
    /// Of a name, whatever its case, and an address.
    pub fn new(username: &str, address: &str) -> Self {
        Self {
            account: account(username),
            address: format!("ip:{address}"),
        }
    }
}

/// The name under which failures of an account are counted.
pub fn account(username: &str) -> String {
    format!("user:{}", username.to_lowercase())
}

impl Attempts {
    /// After one more failure.
    fn after_failure(self, kind: Kind, now: DateTime<Utc>) -> Self {
        match kind {
            Kind::Account => {
                let forgotten = now - self.updated_at > MEMORY;
                let failures = if forgotten {
                    1
                } else {
                    self.failures.saturating_add(1)
                };
                let blocked_until = wait_seconds(failures).map(|s| now + TimeDelta::seconds(s));
                Self {
                    failures,
                    blocked_until,
                    updated_at: now,
                    ..self
                }
            }
            Kind::Address => {
                let over = now - self.window_started_at >= ADDRESS_WINDOW;
                let window_started_at = if over { now } else { self.window_started_at };
                let failures = if over {
                    1
                } else {
                    self.failures.saturating_add(1)
                };
                let blocked_until =
                    (failures >= ADDRESS_FAILURES).then(|| window_started_at + ADDRESS_WINDOW);
                Self {
                    failures,
                    window_started_at,
                    blocked_until,
                    updated_at: now,
                }
            }
        }
    }
}

/// Seconds that an account waits after so many failures.
fn wait_seconds(failures: i32) -> Option<i64> {
    let beyond = u32::try_from(failures).ok()?.checked_sub(FREE_FAILURES)?;
    Some(
        2_i64
            .checked_pow(beyond)
            .unwrap_or(LONGEST_WAIT)
            .min(LONGEST_WAIT),
    )
}

/// Refuses a sign-in while its account or address has to wait.
///
/// # Errors
/// [`Error::AccountLocked`] or [`Error::AddressLocked`] with the seconds to wait.
pub async fn admit(app: &App, subjects: &Subjects) -> Result<(), Error> {
    let now = app.clock.now();
    let names = [subjects.account.clone(), subjects.address.clone()];
    let blocked = store::attempts::list_blocked(&mut *app.db.acquire().await?, &names, now).await?;
    let wait = |name: &str| {
        let until = blocked.iter().find(|(subject, _)| subject == name)?.1;
        let ms = (until - now).num_milliseconds().max(0);
        Some(u64::try_from(ms).unwrap_or(0).div_ceil(1000))
    };
    if let Some(retry_after) = wait(&subjects.account) {
        return Err(Error::AccountLocked { retry_after });
    }
    if let Some(retry_after) = wait(&subjects.address) {
        return Err(Error::AddressLocked { retry_after });
    }
    Ok(())
}

/// Counts a failure; answers until when the account is locked, if it is.
///
/// # Errors
/// When the database cannot be asked.
pub async fn count_failure(
    conn: &mut sqlx::PgConnection,
    subjects: &Subjects,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, Error> {
    let mut locked = None;
    for (kind, subject) in [
        (Kind::Account, &subjects.account),
        (Kind::Address, &subjects.address),
    ] {
        let before = store::attempts::lock(conn, subject, now).await?;
        let after = before.after_failure(kind, now);
        store::attempts::set(conn, subject, &after).await?;
        if kind == Kind::Account {
            locked = after.blocked_until;
        }
    }
    Ok(locked)
}

/// Forgets the failures of an account that has signed in.
///
/// # Errors
/// When the database cannot be asked.
pub async fn forgive(conn: &mut sqlx::PgConnection, subjects: &Subjects) -> Result<(), Error> {
    store::attempts::delete(conn, &subjects.account).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start() -> Attempts {
        Attempts {
            failures: 0,
            window_started_at: DateTime::UNIX_EPOCH,
            blocked_until: None,
            updated_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn an_account_waits_longer_each_time_up_to_a_quarter_of_an_hour() {
        let waits = [
            (1, None),
            (4, None),
            (5, Some(1)),
            (6, Some(2)),
            (7, Some(4)),
            (14, Some(512)),
            (15, Some(900)),
            (i32::MAX, Some(900)),
        ];
        for (failures, wait) in waits {
            assert_eq!(wait_seconds(failures), wait, "{failures}");
        }
    }

    #[test]
    fn failures_of_an_account_are_forgotten_after_a_day() {
        let now = DateTime::UNIX_EPOCH;
        let mut attempts = start();
        for _ in 0..8 {
            attempts = attempts.after_failure(Kind::Account, now);
        }
        assert_eq!(attempts.blocked_until, Some(now + TimeDelta::seconds(8)));
        let later = now + MEMORY + TimeDelta::seconds(1);
        let attempts = attempts.after_failure(Kind::Account, later);
        assert_eq!((attempts.failures, attempts.blocked_until), (1, None));
    }

    #[test]
    fn an_address_has_twenty_failures_a_minute() {
        let now = DateTime::UNIX_EPOCH;
        let mut attempts = start();
        for _ in 0..19 {
            attempts = attempts.after_failure(Kind::Address, now);
        }
        assert_eq!(attempts.blocked_until, None);
        attempts = attempts.after_failure(Kind::Address, now + TimeDelta::seconds(30));
        assert_eq!(attempts.blocked_until, Some(now + ADDRESS_WINDOW));
        attempts = attempts.after_failure(Kind::Address, now + ADDRESS_WINDOW);
        assert_eq!((attempts.failures, attempts.blocked_until), (1, None));
    }
}
