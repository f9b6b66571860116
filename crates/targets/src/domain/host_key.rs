//! Which host keys of a target are believed.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use chrono::{DateTime, Utc};
use common::id::TargetId;
use common::problem::FieldError;
use serde::Serialize;
use serde_json::{Value, json};
use service_kit::audit::{self, Entry};
use service_kit::caller::Caller;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use crate::app::App;
use crate::domain::target;
use crate::error::Error;
use crate::store;

/// Longest name of an algorithm.
const MAX_ALGORITHM: usize = 100;
/// Longest key in OpenSSH form.
const MAX_PUBLIC_KEY: usize = 10_000;

/// What was decided about a host key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum KeyState {
    /// Seen, not trusted.
    Offered,
    /// Trusted.
    Pinned,
    /// Replaced by another key; not trusted.
    Revoked,
}

impl KeyState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Offered, Self::Pinned, Self::Revoked];

    /// The word on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Offered => "offered",
            Self::Pinned => "pinned",
            Self::Revoked => "revoked",
        }
    }
}

/// A host key that a target has shown, or that a person has given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct HostKey {
    /// Such as `ssh-ed25519`.
    #[schema(example = "ssh-ed25519")]
    pub algorithm: String,
    /// `SHA256:` and base64 without padding, as OpenSSH prints it.
    pub fingerprint: String,
    /// The whole key in OpenSSH form, where it is known.
    pub public_key: Option<String>,
    /// What was decided about it.
    pub state: KeyState,
    /// When it was seen or given first.
    pub first_seen_at: DateTime<Utc>,
    /// User id of who trusted it.
    pub accepted_by: Option<String>,
    /// When it was trusted.
    pub accepted_at: Option<DateTime<Utc>>,
}

/// A host key that is consistent in itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Such as `ssh-ed25519`.
    pub algorithm: String,
    /// `SHA256:` and base64 without padding.
    pub fingerprint: String,
    /// The whole key in OpenSSH form, without a comment.
    pub public_key: Option<String>,
}

/// What to do with another trusted key of the same algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OtherKey {
    /// Keep it, and refuse.
    Keep,
    /// Trust it no more.
    Replace,
}

impl Key {
    /// Checks that the parts belong together.
    ///
    /// # Errors
    /// All parts that are wrong.
    pub fn parse(
        algorithm: &str,
        fingerprint: &str,
        public_key: Option<&str>,
    ) -> Result<Self, Vec<FieldError>> {
        let (algorithm, fingerprint) = (algorithm.trim(), fingerprint.trim());
        let mut faults = Vec::new();
        if !is_algorithm(algorithm) {
            let detail = "must be a name such as ssh-ed25519";
            faults.push(FieldError::new("algorithm", "invalid", detail));
        }
        if !is_fingerprint(fingerprint) {
            let detail = "must be SHA256: and 43 characters of base64, as ssh-keygen -l prints it";
            faults.push(FieldError::new("fingerprint", "invalid", detail));
        }
        let public_key = public_key.map(|line| read_public_key(line, algorithm, fingerprint));
        match (faults.is_empty(), public_key.transpose()) {
            (true, Ok(public_key)) => Ok(Self {
                algorithm: algorithm.to_owned(),
                fingerprint: fingerprint.to_owned(),
                public_key,
            }),
            (_, public_key) => {
                faults.extend(public_key.err());
                Err(faults)
            }
        }
    }
}

fn is_algorithm(text: &str) -> bool {
    (1..=MAX_ALGORITHM).contains(&text.len())
        && text.bytes().all(|byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-@.".contains(&byte)
        })
}

fn is_fingerprint(text: &str) -> bool {
    text.strip_prefix("SHA256:").is_some_and(|hash| {
        hash.len() == 43
            && STANDARD_NO_PAD
                .decode(hash)
                .is_ok_and(|bytes| bytes.len() == 32)
    })
}

/// The algorithm and the key of a line of OpenSSH, if its fingerprint is this.
fn read_public_key(line: &str, algorithm: &str, fingerprint: &str) -> Result<String, FieldError> {
    let fault = |code, detail| Err(FieldError::new("public_key", code, detail));
    let mut words = line.split_ascii_whitespace();
    let (Some(kind), Some(body)) = (words.next(), words.next()) else {
        return fault("invalid", "must be a line such as ssh-ed25519 AAAA...");
    };
    if line.len() > MAX_PUBLIC_KEY {
        return fault("too_long", "must have at most 10000 characters");
    }
    let Ok(bytes) = STANDARD.decode(body) else {
        return fault("invalid", "the second word must be base64");
    };
    if kind != algorithm {
        return fault("mismatch", "is of another algorithm");
    }
    let hash = STANDARD_NO_PAD.encode(Sha256::digest(&bytes));
    if fingerprint.strip_prefix("SHA256:") != Some(hash.as_str()) {
        return fault("mismatch", "has another fingerprint");
    }
    Ok(format!("{kind} {body}"))
}

/// A fingerprint from a path, where `-` and `_` may stand for `+` and `/`.
pub fn fingerprint_of_path(text: &str) -> String {
    text.replace('-', "+").replace('_', "/")
}

/// All host keys of a target.
pub async fn list(app: &App, id: TargetId) -> Result<Vec<HostKey>, Error> {
    let mut conn = app.store.acquire().await?;
    if !store::targets::exists(&mut conn, id).await? {
        return Err(Error::NotFound(id));
    }
    Ok(store::host_keys::list(&mut conn, id).await?)
}

/// Trusts a host key from here on; one that is trusted already stays as it is.
pub async fn accept(
    app: &App,
    who: &Caller,
    id: TargetId,
    (key, other): (Key, OtherKey),
) -> Result<HostKey, Error> {
    let mut tx = app.store.begin().await?;
    store::targets::lock(&mut tx, id).await?;
    let target = target::get_in(&mut tx, id).await?;
    let known = store::host_keys::list(&mut tx, id).await?;
    let same = known.iter().find(|at| at.fingerprint == key.fingerprint);
    if let Some(same) = same.filter(|same| same.algorithm != key.algorithm) {
        let detail = format!("the key of this fingerprint is of {}", same.algorithm);
        return Err(Error::field("algorithm", "mismatch", detail));
    }
    if let Some(pinned) = same.filter(|same| same.state == KeyState::Pinned) {
        return Ok(pinned.clone());
    }
    let replaced: Vec<&HostKey> = known
        .iter()
        .filter(|at| at.state == KeyState::Pinned && at.algorithm == key.algorithm)
        .collect();
    let was_revoked = same.is_some_and(|same| same.state == KeyState::Revoked);
    match other {
        OtherKey::Keep if !replaced.is_empty() => {
            let why = "another key of this algorithm is pinned";
            return Err(Error::HostKeyConflict(why));
        }
        OtherKey::Keep if was_revoked => {
            let why = "this key was replaced by another one before";
            return Err(Error::HostKeyConflict(why));
        }
        OtherKey::Keep => {}
        OtherKey::Replace => store::host_keys::revoke(&mut tx, id, &key.algorithm).await?,
    }
    let stamp = store::targets::Stamp {
        by: who.user_id,
        at: app.clock.now(),
    };
    let pinned = store::host_keys::pin(&mut tx, id, &key, stamp).await?;
    let old: Vec<&str> = replaced.iter().map(|at| at.fingerprint.as_str()).collect();
    let entry = Entry::by(who, "target.host_key_accepted")
        .object("target", id, &target.name)
        .change(change_of(&key.algorithm, &key.fingerprint, &json!(old)));
    audit::record(&mut tx, entry).await?;
    tx.commit().await?;
    Ok(pinned)
}

/// Forgets a host key.
pub async fn remove(
    app: &App,
    who: &Caller,
    id: TargetId,
    fingerprint: &str,
) -> Result<HostKey, Error> {
    let mut tx = app.store.begin().await?;
    store::targets::lock(&mut tx, id).await?;
    let target = target::get_in(&mut tx, id).await?;
    let known = store::host_keys::list(&mut tx, id).await?;
    let key = known
        .into_iter()
        .find(|at| at.fingerprint == fingerprint)
        .ok_or(Error::NoSuchHostKey)?;
    store::host_keys::delete(&mut tx, id, fingerprint).await?;
    let state = json!(key.state);
    let entry = Entry::by(who, "target.host_key_removed")
        .object("target", id, &target.name)
        .change(
            json!({"algorithm": key.algorithm, "fingerprint": key.fingerprint, "state": state}),
        );
    audit::record(&mut tx, entry).await?;
    tx.commit().await?;
    Ok(key)
}

fn change_of(algorithm: &str, fingerprint: &str, replaced: &Value) -> Value {
    json!({"algorithm": algorithm, "fingerprint": fingerprint, "replaced": replaced})
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE+I4IYvXS7h4cnV0dMrIX0cYPpNQvXgzUn9xAqJ0Nqk";

    fn fingerprint(line: &str) -> String {
        let body = STANDARD.decode(line.split(' ').nth(1).unwrap()).unwrap();
        format!("SHA256:{}", STANDARD_NO_PAD.encode(Sha256::digest(body)))
    }

    #[test]
    fn a_key_is_accepted_only_with_its_own_fingerprint() {
        let good = fingerprint(LINE);
        let commented = format!("{LINE} root@web");
        let key = Key::parse("ssh-ed25519", &good, Some(&commented)).unwrap();
        assert_eq!(key.public_key.as_deref(), Some(LINE));
        let other = format!("SHA256:{}", "A".repeat(43));
        for (algorithm, print, line, field) in [
            ("ssh-ed25519", other.as_str(), Some(LINE), "public_key"),
            ("ssh-rsa", good.as_str(), Some(LINE), "public_key"),
            (
                "ssh-ed25519",
                good.as_str(),
                Some("ssh-ed25519"),
                "public_key",
            ),
            (
                "ssh-ed25519",
                good.as_str(),
                Some("ssh-ed25519 %"),
                "public_key",
            ),
            ("SSH ED", good.as_str(), None, "algorithm"),
            ("ssh-ed25519", "MD5:00:11", None, "fingerprint"),
            ("ssh-ed25519", "SHA256:short", None, "fingerprint"),
        ] {
            let faults = Key::parse(algorithm, print, line).unwrap_err();
            assert!(faults.iter().any(|fault| fault.field == field), "{field}");
        }
    }
}
