//! What PostgreSQL keeps of a password (RFC 5803, SCRAM-SHA-256).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use common::secret::Secret;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

const ROUNDS: u32 = 4096;

/// Derives the verifier of an ASCII password; other text would first need SASLprep.
pub(crate) fn verifier(password: &Secret, salt: &[u8; 16]) -> String {
    let mut salted = Zeroizing::new([0_u8; 32]);
    pbkdf2::pbkdf2_hmac::<Sha256>(password.expose().as_bytes(), salt, ROUNDS, &mut *salted);
    let stored_key = Sha256::digest(hmac(&salted, b"Client Key"));
    let server_key = hmac(&salted, b"Server Key");
    format!(
        "SCRAM-SHA-256${ROUNDS}:{}${}:{}",
        STANDARD.encode(salt),
        STANDARD.encode(stored_key),
        STANDARD.encode(server_key)
    )
}

fn hmac(key: &[u8; 32], message: &[u8]) -> [u8; 32] {
    // A key shorter than the block of the hash is padded with zeros.
    let mut block = Zeroizing::new([0_u8; 64]);
    block.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
    let mut mac = Hmac::<Sha256>::new((&*block).into());
    mac.update(message);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_verifier_is_the_one_of_the_standard() {
        // The exchange in RFC 7677, section 3, rests on these keys.
        let salt = STANDARD.decode("W22ZaJ0SNY7soEsUEjb6gQ==").unwrap();
        let verifier = verifier(&Secret::new("pencil".to_owned()), &salt.try_into().unwrap());
        assert_eq!(
            verifier,
            "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
        );
    }
}
