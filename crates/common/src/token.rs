//! Access tokens: what they claim and how every service checks them by itself.
//!
//! A token is a JWT signed with Ed25519 (RFC 8037). People carry `at+jwt` tokens (RFC 9068), services
//! `svc+jwt` tokens that are good for one named service.

use std::collections::HashMap;
use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::permission::Role;

/// Issuer of every token.
pub const ISSUER: &str = "opsconductor";
/// Audience of people's tokens: every service of the platform.
pub const USER_AUDIENCE: &str = "opsc-api";
/// Header `typ` of people's tokens.
pub const USER_TYPE: &str = "at+jwt";
/// Header `typ` of services' tokens.
pub const SERVICE_TYPE: &str = "svc+jwt";
/// Clock difference that is forgiven, in seconds.
pub const LEEWAY_SECONDS: i64 = 30;
/// Longest token that is looked at, in bytes.
pub const MAX_TOKEN_BYTES: usize = 4096;

/// What a person's access token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserClaims {
    /// Always [`ISSUER`].
    pub iss: String,
    /// Always exactly [`USER_AUDIENCE`].
    pub aud: Vec<String>,
    /// The user's id, as text.
    pub sub: String,
    /// The session.
    pub sid: String,
    /// The role at the time of issue.
    pub role: Role,
    /// The user's token version at the time of issue.
    pub tv: i64,
    /// The user name at the time of issue.
    pub username: String,
    /// The mail address at the time of issue.
    pub email: String,
    /// When the password was given (OpenID Connect Core, section 2), Unix seconds.
    pub auth_time: i64,
    /// Issued at, Unix seconds.
    pub iat: i64,
    /// Not before, Unix seconds.
    pub nbf: i64,
    /// Expires, Unix seconds.
    pub exp: i64,
    /// Names this very token.
    pub jti: String,
}

/// What a service's token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceClaims {
    /// Always [`ISSUER`].
    pub iss: String,
    /// The one service that accepts it, by name.
    pub aud: Vec<String>,
    /// The calling service, by name.
    pub sub: String,
    /// Issued at, Unix seconds.
    pub iat: i64,
    /// Not before, Unix seconds.
    pub nbf: i64,
    /// Expires, Unix seconds.
    pub exp: i64,
    /// Names this very token.
    pub jti: String,
}

/// A token that has been checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    /// A person's.
    User(UserClaims),
    /// A service's.
    Service(ServiceClaims),
}

impl Token {
    /// When it expires, Unix seconds.
    pub fn expires_at(&self) -> i64 {
        match self {
            Self::User(claims) => claims.exp,
            Self::Service(claims) => claims.exp,
        }
    }
}

/// Why a token was refused. For logs: a caller learns only that it is not valid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Not three parts of base64url, too long, or with a header we do not take.
    #[error("token is malformed")]
    Malformed,
    /// Signed with a key that is not published; the keys may have rotated.
    #[error("token names the unknown key {0}")]
    UnknownKey(String),
    /// The signature or a claim does not hold.
    #[error("token is not valid: {0}")]
    Invalid(&'static str),
    /// Its time is over or has not come.
    #[error("token is outside its time")]
    OutOfTime,
}

/// A published key (RFC 7517, RFC 8037).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Jwk {
    /// Always `OKP`.
    pub kty: String,
    /// Always `Ed25519`.
    pub crv: String,
    /// The public key, base64url.
    pub x: String,
    /// Names the key.
    pub kid: String,
    /// Always `sig`.
    #[serde(rename = "use")]
    pub usage: String,
    /// Always `EdDSA`.
    pub alg: String,
}

impl Jwk {
    /// Publishes an Ed25519 public key of 32 bytes under `kid`.
    pub fn ed25519(kid: &str, public_key: &[u8]) -> Self {
        Self {
            kty: "OKP".to_owned(),
            crv: "Ed25519".to_owned(),
            x: URL_SAFE_NO_PAD.encode(public_key),
            kid: kid.to_owned(),
            usage: "sig".to_owned(),
            alg: "EdDSA".to_owned(),
        }
    }
}

/// The published keys of auth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Jwks {
    /// Current and still valid keys.
    pub keys: Vec<Jwk>,
}

/// The public keys that tokens are checked against.
#[derive(Clone, Default)]
pub struct KeySet(HashMap<String, DecodingKey>);

impl fmt::Debug for KeySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl KeySet {
    /// Takes the Ed25519 keys of a published set; others are ignored.
    pub fn new(jwks: &Jwks) -> Self {
        let keys = jwks
            .keys
            .iter()
            .filter(|key| key.kty == "OKP" && key.crv == "Ed25519");
        Self(
            keys.filter_map(|key| {
                Some((
                    key.kid.clone(),
                    DecodingKey::from_ed_components(&key.x).ok()?,
                ))
            })
            .collect(),
        )
    }

    /// Whether `kid` is among them.
    pub fn contains(&self, kid: &str) -> bool {
        self.0.contains_key(kid)
    }

    /// Checks a token at the time `now` (Unix seconds) for the service `service`.
    ///
    /// Accepts a person's token for the platform, or a service's token made for `service`.
    pub fn verify(&self, token: &str, service: &str, now: i64) -> Result<Token, TokenError> {
        let header = Header::read(token)?;
        let key = self
            .0
            .get(&header.kid)
            .ok_or_else(|| TokenError::UnknownKey(header.kid.clone()))?;
        let checked = match header.typ.as_str() {
            USER_TYPE => {
                let claims: UserClaims = decode(token, key)?;
                check_audience(&claims.aud, USER_AUDIENCE)?;
                check_times(claims.iat, claims.nbf, claims.exp, now)?;
                Token::User(claims)
            }
            SERVICE_TYPE => {
                let claims: ServiceClaims = decode(token, key)?;
                check_audience(&claims.aud, service)?;
                check_times(claims.iat, claims.nbf, claims.exp, now)?;
                Token::Service(claims)
            }
            _ => return Err(TokenError::Malformed),
        };
        Ok(checked)
    }
}

/// The header, of which nothing but these three fields is taken: a key in the token itself
/// (`jwk`, `jku`, `x5u`) or a critical extension (`crit`) is refused (RFC 8725, 3.5 and 3.10).
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    typ: String,
    kid: String,
}

impl Header {
    fn read(token: &str) -> Result<Self, TokenError> {
        if token.len() > MAX_TOKEN_BYTES || token.split('.').count() != 3 {
            return Err(TokenError::Malformed);
        }
        let encoded = token.split('.').next().ok_or(TokenError::Malformed)?;
        let text = URL_SAFE_NO_PAD
            .decode(encoded)
            .map_err(|_malformed| TokenError::Malformed)?;
        let header: Self =
            serde_json::from_slice(&text).map_err(|_malformed| TokenError::Malformed)?;
        if header.alg != "EdDSA" {
            return Err(TokenError::Invalid("algorithm"));
        }
        Ok(header)
    }
}

/// Checks signature and issuer; times are ours to check, since the clock is.
fn decode<C: DeserializeOwned + Issued>(token: &str, key: &DecodingKey) -> Result<C, TokenError> {
    let mut rules = Validation::new(Algorithm::EdDSA);
    rules.validate_exp = false;
    rules.validate_nbf = false;
    rules.validate_aud = false;
    rules.required_spec_claims.clear();
    let claims: C = jsonwebtoken::decode(token, key, &rules)
        .map_err(|_refused| TokenError::Invalid("signature or claims"))?
        .claims;
    if claims.issuer() != ISSUER {
        return Err(TokenError::Invalid("issuer"));
    }
    Ok(claims)
}

trait Issued: Clone {
    fn issuer(&self) -> &str;
}

impl Issued for UserClaims {
    fn issuer(&self) -> &str {
        &self.iss
    }
}

impl Issued for ServiceClaims {
    fn issuer(&self) -> &str {
        &self.iss
    }
}

fn check_audience(given: &[String], wanted: &str) -> Result<(), TokenError> {
    match given {
        [one] if one == wanted => Ok(()),
        _ => Err(TokenError::Invalid("audience")),
    }
}

/// Refuses a token whose time is over or has not come; all in Unix seconds.
///
/// # Errors
/// [`TokenError::OutOfTime`].
pub fn check_times(iat: i64, nbf: i64, exp: i64, now: i64) -> Result<(), TokenError> {
    let early = now.saturating_add(LEEWAY_SECONDS);
    if exp.saturating_add(LEEWAY_SECONDS) <= now || nbf > early || iat > early {
        return Err(TokenError::OutOfTime);
    }
    Ok(())
}
