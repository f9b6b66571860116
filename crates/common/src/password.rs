//! How a password is kept: bcrypt over its peppered digest. Slow on purpose: call it off the async threads.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha384;
use zeroize::Zeroizing;

use crate::secret::Secret;

/// bcrypt cost of new hashes, 2^12 rounds.
pub const COST: u32 = 12;

/// Why a password could not be hashed or compared.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// The pepper is missing, so hashes would be worth less than promised.
    #[error("the pepper is empty")]
    EmptyPepper,
    /// The stored hash is damaged, or the cost is not 4..=31.
    #[error("not a bcrypt hash or cost")]
    Bcrypt(#[source] bcrypt::BcryptError),
}

/// Hashes a password with a new random salt, at 2^`cost` rounds.
///
/// # Errors
/// The pepper is empty, or the cost is not 4..=31.
pub fn hash(password: &Secret, pepper: &[u8], cost: u32) -> Result<String, PasswordError> {
    bcrypt::hash(digest(password, pepper)?.as_bytes(), cost).map_err(PasswordError::Bcrypt)
}

/// Whether the password belongs to the stored hash.
///
/// # Errors
/// The pepper is empty, or the stored hash is damaged.
pub fn verify(password: &Secret, pepper: &[u8], stored: &str) -> Result<bool, PasswordError> {
    bcrypt::verify(digest(password, pepper)?.as_bytes(), stored).map_err(PasswordError::Bcrypt)
}

/// Whether the stored hash was made in another way than `hash` would do it at this cost.
pub fn needs_rehash(stored: &str, cost: u32) -> bool {
    stored
        .parse::<bcrypt::HashParts>()
        .map_or(true, |parts| parts.get_cost() != cost)
}

/// Names the way of hashing at this cost, like `bcrypt$12`; kept beside the hash.
pub fn params(cost: u32) -> String {
    format!("bcrypt${cost}")
}

/// Brings a password of any length to 64 characters, below the 72 bytes that bcrypt reads.
fn digest(password: &Secret, pepper: &[u8]) -> Result<Zeroizing<String>, PasswordError> {
    if pepper.is_empty() {
        return Err(PasswordError::EmptyPepper);
    }
    let mut mac =
        Hmac::<Sha384>::new_from_slice(pepper).map_err(|_length| PasswordError::EmptyPepper)?;
    mac.update(password.expose().as_bytes());
    let digest = Zeroizing::new(mac.finalize().into_bytes().to_vec());
    Ok(Zeroizing::new(STANDARD.encode(&*digest)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PEPPER: &[u8] = b"pepper";

    fn secret(text: &str) -> Secret {
        Secret::new(text.to_owned())
    }

    #[test]
    fn only_the_right_password_with_the_right_pepper_is_accepted() {
        let stored = hash(&secret("correct horse"), PEPPER, 4).unwrap();
        for (password, pepper, right) in [
            ("correct horse", PEPPER, true),
            ("correct horse ", PEPPER, false),
            ("", PEPPER, false),
            ("correct horse", b"other".as_slice(), false),
        ] {
            assert_eq!(
                verify(&secret(password), pepper, &stored).unwrap(),
                right,
                "{password}"
            );
        }
    }

    #[test]
    fn what_differs_only_after_72_bytes_is_another_password() {
        let long = "x".repeat(100);
        let stored = hash(&secret(&format!("{long}a")), PEPPER, 4).unwrap();
        assert!(verify(&secret(&format!("{long}a")), PEPPER, &stored).unwrap());
        assert!(!verify(&secret(&format!("{long}b")), PEPPER, &stored).unwrap());
    }

    #[test]
    fn the_digest_is_the_documented_one() {
        // printf %s admin123 | openssl dgst -sha384 -hmac pepper -binary | base64 -w0
        let stored = bcrypt::hash(EXPECTED_DIGEST, 4).unwrap();
        assert!(verify(&secret("admin123"), PEPPER, &stored).unwrap());
    }

    const EXPECTED_DIGEST: &str =
        "NuDHC/eiVuZWSV3qwkCCmUYpuLXyUfpAREeJIXeltT5gYsTZo3HnxGjG01zi5TJA";

    #[test]
    fn another_cost_or_a_damaged_hash_asks_for_a_new_hash() {
        let stored = hash(&secret("a"), PEPPER, 4).unwrap();
        assert!(!needs_rehash(&stored, 4));
        assert!(needs_rehash(&stored, 5));
        assert!(needs_rehash("damaged", 4));
        assert!(verify(&secret("a"), PEPPER, "damaged").is_err());
    }

    #[test]
    fn an_empty_pepper_is_refused() {
        assert!(matches!(
            hash(&secret("a"), b"", 4),
            Err(PasswordError::EmptyPepper)
        ));
    }
}
