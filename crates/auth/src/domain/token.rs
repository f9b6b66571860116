//! Tokens: what is put into them, and how refresh tokens are made and named.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use common::model::user::User;
use common::token::{ISSUER, SERVICE_TYPE, ServiceClaims, USER_AUDIENCE, USER_TYPE, UserClaims};
use service_kit::request::new_id;
use sha2::{Digest, Sha256};

use crate::domain::keyring::Keyring;
use crate::error::Error;

/// Life of a service's token, in seconds.
pub const SERVICE_TTL_SECONDS: i64 = 60;
/// Random bytes of a refresh token.
const REFRESH_BYTES: usize = 32;

/// SHA-256 of a refresh token: all that is kept of it.
pub type RefreshHash = [u8; 32];

/// A new access token.
#[derive(Clone)]
pub struct AccessToken {
    /// The JWT.
    pub text: String,
    /// Its name.
    pub jti: String,
    /// Its life, in seconds.
    pub expires_in: i64,
}

/// Whose token, and for how long at most.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    /// The person.
    pub user: &'a User,
    /// The session.
    pub session_id: &'a str,
    /// When the password was given.
    pub signed_in_at: DateTime<Utc>,
    /// When the session ends in any case.
    pub ends_at: DateTime<Utc>,
}

/// Signs an access token that lives for `ttl`, but no longer than its session.
///
/// # Errors
/// When there is no key.
pub fn sign_for_user(
    keys: &Keyring,
    subject: Subject<'_>,
    now: DateTime<Utc>,
    ttl: TimeDelta,
) -> Result<AccessToken, Error> {
    let issued = now.timestamp();
    let expires = (now + ttl).min(subject.ends_at).timestamp();
    let claims = UserClaims {
        iss: ISSUER.to_owned(),
        aud: vec![USER_AUDIENCE.to_owned()],
        sub: subject.user.id.to_string(),
        sid: subject.session_id.to_owned(),
        role: subject.user.role,
        tv: subject.user.token_version,
        username: subject.user.username.clone(),
        email: subject.user.email.clone(),
        auth_time: subject.signed_in_at.timestamp(),
        iat: issued,
        nbf: issued,
        exp: expires,
        jti: new_id(),
    };
    Ok(AccessToken {
        text: keys.sign(USER_TYPE, &claims, now)?,
        jti: claims.jti,
        expires_in: expires - issued,
    })
}

/// Signs a token with which `service` may call `audience`.
///
/// # Errors
/// When there is no key.
pub fn sign_for_service(
    keys: &Keyring,
    service: &str,
    audience: &str,
    now: DateTime<Utc>,
) -> Result<String, Error> {
    let issued = now.timestamp();
    let claims = ServiceClaims {
        iss: ISSUER.to_owned(),
        aud: vec![audience.to_owned()],
        sub: service.to_owned(),
        iat: issued,
        nbf: issued,
        exp: issued + SERVICE_TTL_SECONDS,
        jti: new_id(),
    };
    keys.sign(SERVICE_TYPE, &claims, now)
}

/// Characters of a refresh token that each exchange changes (15 of its bytes); the others stay for
/// the life of a session. A browser has the changing ones in a cookie, which all its tabs see at
/// once, and the others where its tabs may see a change late.
pub const CHANGING_CHARS: usize = 20;

/// Makes a refresh token, in the place of `parent` if there is one.
///
/// # Errors
/// When the machine gives no random numbers.
pub fn make_refresh(parent: Option<&str>) -> Result<(String, RefreshHash), Error> {
    let mut bytes = [0_u8; REFRESH_BYTES];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_unspecified| Error::NoRandomness)?;
    let mut text = URL_SAFE_NO_PAD.encode(bytes);
    if let Some(staying) = parent.and_then(|parent| parent.get(CHANGING_CHARS..)) {
        text.truncate(CHANGING_CHARS);
        text.push_str(staying);
    }
    let hash = Sha256::digest(text.as_bytes()).into();
    Ok((text, hash))
}

/// The name of a refresh token in the database; `None` if it has not the shape of one.
pub fn refresh_hash(text: &str) -> Option<RefreshHash> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    (bytes.len() == REFRESH_BYTES).then(|| Sha256::digest(text.as_bytes()).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_shape_of_a_refresh_token_has_a_name() {
        let (text, hash) = make_refresh(None).unwrap();
        assert_eq!(text.len(), 43);
        assert_eq!(refresh_hash(&text), Some(hash));
        for bad in [
            "",
            "a",
            "ä",
            text.get(1..).unwrap(),
            &format!("{text}A"),
            &format!("{text}="),
        ] {
            assert_eq!(refresh_hash(bad), None, "{bad}");
        }
    }
}
