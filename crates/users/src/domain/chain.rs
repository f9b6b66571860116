//! The chain of the audit log: each row's hash covers the row and the hash before it.

use std::collections::BTreeMap;

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, SecondsFormat, Utc};
use common::secret::Secret;
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::error::Error;
use crate::store::audit::Row;

/// A hash of the chain.
pub type Hash = [u8; 32];

/// What comes before the first row.
pub const START: Hash = [0; 32];

/// Names the form of a signed end, so that no other signature can pass for one.
pub const HEAD_FORM: &str = "opsc-audit-head-v1";

/// The key cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the keys of the audit log cannot be derived from it")]
pub struct BadKey;

/// The keys that link and sign the log, derived from one secret.
pub struct ChainKey {
    link: Hmac<Sha256>,
    sign: Ed25519KeyPair,
}

impl std::fmt::Debug for ChainKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ChainKey(***)")
    }
}

/// An end of the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Place of the last row; 0 before the first.
    pub seq: i64,
    /// Its hash.
    pub hash: Hash,
}

/// An end of the chain that was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedHead {
    /// The end.
    pub head: Head,
    /// When it was signed.
    pub signed_at: DateTime<Utc>,
    /// Ed25519 signature.
    pub signature: Vec<u8>,
}

impl SignedHead {
    /// Its line in the file of signed ends, without the line's end.
    pub fn line(&self) -> String {
        let signature = STANDARD.encode(&self.signature);
        format!("{} {signature}", signed_text(&self.head, self.signed_at))
    }

    /// Reads such a line; whether the signature is right is another question.
    pub fn parse(line: &str) -> Option<Self> {
        let mut words = line.strip_prefix(HEAD_FORM)?.split_ascii_whitespace();
        let seq = words.next()?.parse().ok()?;
        let hash = from_hex(words.next()?)?;
        let signed_at = DateTime::parse_from_rfc3339(words.next()?).ok()?;
        let signature = STANDARD.decode(words.next()?).ok()?;
        words.next().is_none().then_some(Self {
            head: Head { seq, hash },
            signed_at: signed_at.with_timezone(&Utc),
            signature,
        })
    }
}

fn signed_text(head: &Head, at: DateTime<Utc>) -> String {
    let at = at.to_rfc3339_opts(SecondsFormat::Micros, true);
    format!("{HEAD_FORM} {} {} {at}", head.seq, to_hex(&head.hash))
}

/// Lower-case hex digits.
pub fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(text: &str) -> Option<Hash> {
    let digits: Option<Vec<u32>> = text.chars().map(|c| c.to_digit(16)).collect();
    let bytes = digits?
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => u8::try_from(high * 16 + low).ok(),
            _ => None,
        })
        .collect::<Option<Vec<u8>>>()?;
    bytes.try_into().ok()
}

/// A row in the form that is hashed: fields in this order, texts as they are stored.
#[derive(Serialize)]
struct Canonical<'a> {
    seq: i64,
    id: i64,
    /// Microseconds since the Unix epoch, as precise as PostgreSQL keeps it.
    at: i64,
    actor_kind: &'a str,
    actor_id: Option<&'a str>,
    actor_name: Option<&'a str>,
    session_id: Option<&'a str>,
    on_behalf_of: Option<&'a str>,
    ip: Option<&'a str>,
    user_agent: Option<&'a str>,
    action: &'a str,
    object_kind: Option<&'a str>,
    object_id: Option<&'a str>,
    object_name: Option<&'a str>,
    change: &'a str,
    outcome: &'a str,
    request_id: Option<&'a str>,
}

impl ChainKey {
    /// Derives the keys.
    ///
    /// # Errors
    /// Never for a secret of any length; the libraries could refuse in theory.
    pub fn derive(secret: &Secret<String>) -> Result<Self, BadKey> {
        let source = Hkdf::<Sha256>::new(None, secret.expose().as_bytes());
        let derive = |purpose: &[u8]| {
            let mut key = Zeroizing::new([0_u8; 32]);
            match source.expand(purpose, key.as_mut_slice()) {
                Ok(()) => Ok(key),
                Err(_length) => Err(BadKey),
            }
        };
        let link = derive(b"opsc audit chain v1")?;
        let seed = derive(b"opsc audit head v1")?;
        Ok(Self {
            link: Hmac::new_from_slice(link.as_slice()).map_err(|_length| BadKey)?,
            sign: Ed25519KeyPair::from_seed_unchecked(seed.as_slice())
                .map_err(|_rejected| BadKey)?,
        })
    }

    /// The hash of the row at the place `seq` after the hash `before`.
    ///
    /// # Errors
    /// When the row cannot be written as JSON.
    pub fn link(&self, before: &Hash, seq: i64, row: &Row) -> Result<Hash, Error> {
        let text = serde_json::to_vec(&Canonical {
            seq,
            id: row.id,
            at: row.at.timestamp_micros(),
            actor_kind: &row.actor_kind,
            actor_id: row.actor_id.as_deref(),
            actor_name: row.actor_name.as_deref(),
            session_id: row.session_id.as_deref(),
            on_behalf_of: row.on_behalf_of.as_deref(),
            ip: row.ip.as_deref(),
            user_agent: row.user_agent.as_deref(),
            action: &row.action,
            object_kind: row.object_kind.as_deref(),
            object_id: row.object_id.as_deref(),
            object_name: row.object_name.as_deref(),
            change: &row.change,
            outcome: &row.outcome,
            request_id: row.request_id.as_deref(),
        })?;
        let mut mac = self.link.clone();
        mac.update(before);
        mac.update(&text);
        Ok(mac.finalize().into_bytes().into())
    }

    /// Signs an end.
    pub fn sign(&self, head: &Head, at: DateTime<Utc>) -> SignedHead {
        let signature = self.sign.sign(signed_text(head, at).as_bytes());
        SignedHead {
            head: head.clone(),
            signed_at: at,
            signature: signature.as_ref().to_vec(),
        }
    }

    /// Whether this key signed that end.
    pub fn has_signed(&self, signed: &SignedHead) -> bool {
        let text = signed_text(&signed.head, signed.signed_at);
        UnparsedPublicKey::new(&ED25519, self.public_key())
            .verify(text.as_bytes(), &signed.signature)
            .is_ok()
    }

    /// The public half of the signing key, 32 bytes.
    pub fn public_key(&self) -> &[u8] {
        self.sign.public_key().as_ref()
    }
}

/// The first thing that is wrong with the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Place in the chain.
    pub seq: i64,
    /// What is wrong there.
    pub why: &'static str,
}

/// Goes along the chain, row by row, and compares.
#[derive(Debug)]
pub struct Walk<'a> {
    key: &'a ChainKey,
    /// Hashes that signed ends promise, by place.
    promised: BTreeMap<i64, Hash>,
    end: Head,
}

impl<'a> Walk<'a> {
    /// Starts before the first row.
    ///
    /// # Errors
    /// A signed end that this key did not sign, or two that disagree.
    pub fn start(key: &'a ChainKey, signed: &[SignedHead]) -> Result<Self, Fault> {
        let mut promised = BTreeMap::new();
        for end in signed {
            let (seq, hash) = (end.head.seq, end.head.hash);
            if !key.has_signed(end) {
                let why = "a line in the file of signed ends was not signed by this key";
                return Err(Fault { seq, why });
            }
            if promised
                .insert(seq, hash)
                .is_some_and(|other| other != hash)
            {
                let why = "two signed ends disagree";
                return Err(Fault { seq, why });
            }
        }
        let end = Head {
            seq: 0,
            hash: START,
        };
        Ok(Self { key, promised, end })
    }

    /// Compares the next row; the inner result is the verdict.
    ///
    /// # Errors
    /// When the row cannot be hashed.
    pub fn step(&mut self, row: &Row) -> Result<Result<(), Fault>, Error> {
        let seq = self.end.seq + 1;
        let fault = |why| Ok(Err(Fault { seq, why }));
        if row.seq != Some(seq) {
            return fault("the row at this place is missing");
        }
        if row.prev_hash.as_deref() != Some(&self.end.hash) {
            return fault("the row does not follow the one before");
        }
        let hash = self.key.link(&self.end.hash, seq, row)?;
        if row.hash.as_deref() != Some(&hash) {
            return fault("the row was changed");
        }
        if self
            .promised
            .get(&seq)
            .is_some_and(|promised| *promised != hash)
        {
            return fault("the row is not the one that was here when this end was signed");
        }
        self.end = Head { seq, hash };
        Ok(Ok(()))
    }

    /// Compares the end of the table.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn finish(self, head: &Head) -> Result<(), Fault> {
        let seq = self.end.seq;
        if self
            .promised
            .last_key_value()
            .is_some_and(|(last, _)| *last > seq)
        {
            let why = "the row at this place was signed and is missing";
            let seq = seq + 1;
            return Err(Fault { seq, why });
        }
        if *head != self.end {
            let why = "the stored end of the chain is another one";
            return Err(Fault { seq, why });
        }
        Ok(())
    }

    /// How many rows were right.
    pub fn checked(&self) -> i64 {
        self.end.seq
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> ChainKey {
        ChainKey::derive(&Secret::new(text.to_owned())).unwrap()
    }

    #[test]
    fn a_signed_end_is_read_back_from_its_line() {
        let key = key("one");
        let head = Head {
            seq: 7,
            hash: [0xab; 32],
        };
        let at = DateTime::from_timestamp_micros(1_700_000_000_123_456).unwrap();
        let signed = key.sign(&head, at);
        let read = SignedHead::parse(&signed.line()).unwrap();
        assert_eq!(read, signed);
        assert!(key.has_signed(&read));
    }

    #[test]
    fn a_changed_line_or_another_key_is_not_signed() {
        let head = Head {
            seq: 7,
            hash: START,
        };
        let signed = key("one").sign(&head, DateTime::UNIX_EPOCH);
        assert!(!key("two").has_signed(&signed));
        let moved = SignedHead {
            head: Head { seq: 8, ..head },
            ..signed.clone()
        };
        assert!(!key("one").has_signed(&moved));
        for broken in ["", HEAD_FORM, "x", &signed.line().replace("00", "zz")] {
            assert_eq!(SignedHead::parse(broken), None, "{broken}");
        }
        assert_eq!(SignedHead::parse(&format!("{} more", signed.line())), None);
    }
}
