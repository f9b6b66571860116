//! Tokens that ended before their time, as far as the gate has heard.

use std::collections::HashMap;

use common::model::session::Revocation;
use common::token::UserClaims;

/// What the list of revocations said so far.
#[derive(Default)]
pub(crate) struct Revoked {
    /// Position read up to; none before the first reading.
    pub(crate) seq: Option<i64>,
    /// Sessions, with the time (Unix seconds) when the entry can go.
    sessions: HashMap<String, i64>,
    /// Users, with the least version that is good and the time when the entry can go.
    users: HashMap<String, (i64, i64)>,
}

impl Revoked {
    /// Notes an entry.
    pub(crate) fn take(&mut self, entry: &Revocation) {
        let until = entry.expires_at.timestamp();
        if let Some(sid) = &entry.session_id {
            self.sessions.insert(sid.clone(), until);
        }
        if let (Some(user), Some(version)) = (entry.user_id, entry.min_token_version) {
            self.users.insert(user.to_string(), (version, until));
        }
        self.seq = Some(entry.seq);
    }

    /// Forgets what no token can need at the time `now` (Unix seconds).
    pub(crate) fn forget_before(&mut self, now: i64) {
        self.sessions.retain(|_, until| *until > now);
        self.users.retain(|_, (_, until)| *until > now);
    }

    /// Whether a token with these claims has ended.
    pub(crate) fn covers(&self, claims: &UserClaims) -> bool {
        self.sessions.contains_key(&claims.sid)
            || self
                .users
                .get(&claims.sub)
                .is_some_and(|(least, _)| claims.tv < *least)
    }
}
