//! What a token of the second issuer says, and whether that holds. Pure.

use std::time::Duration;

use chrono::DateTime;
use common::token::{LEEWAY_SECONDS, TokenError, check_times};
use jsonwebtoken::Algorithm;
use serde_json::Value;

use crate::caller::Guest;
use crate::issuer::{IssuerConfig, MAX_TOKEN_BYTES};
use crate::request;

/// Types of tokens that are taken (RFC 7519, RFC 9068); another kind of JWT is no access token.
const TYPES: [&str; 3] = ["jwt", "at+jwt", "application/at+jwt"];
/// Longest subject, in characters (OpenID Connect Core, section 2).
const MAX_SUBJECT: usize = 255;
/// Longest name that is taken over, in characters.
const MAX_NAME: usize = 200;

/// What the header says of the signature.
pub(super) struct Header {
    pub(super) kid: String,
    pub(super) algorithm: Algorithm,
}

/// Reads the header. Keys and addresses in it (`jwk`, `jku`, `x5u`) are never used, and an extension
/// that has to be understood (`crit`) is refused (RFC 8725, 3.10; RFC 7515, 4.1.11).
pub(super) fn read_header(token: &str) -> Result<Header, TokenError> {
    if token.len() > MAX_TOKEN_BYTES {
        return Err(TokenError::Malformed);
    }
    let header = jsonwebtoken::decode_header(token).map_err(|_malformed| TokenError::Malformed)?;
    let is_typed = header
        .typ
        .is_none_or(|typ| TYPES.iter().any(|known| typ.eq_ignore_ascii_case(known)));
    if header.crit.is_some() || !is_typed {
        return Err(TokenError::Invalid("header"));
    }
    Ok(Header {
        kid: header.kid.ok_or(TokenError::Malformed)?,
        algorithm: header.alg,
    })
}

/// What is taken of the claims of a token that holds.
pub(super) struct Subject {
    sub: String,
    signed_in_at: Option<i64>,
}

/// Checks the claims at the time `now` (Unix seconds).
pub(super) fn check(
    config: &IssuerConfig,
    claims: &Value,
    now: i64,
) -> Result<Subject, TokenError> {
    if claims.get("iss").and_then(Value::as_str) != Some(config.issuer.as_str()) {
        return Err(TokenError::Invalid("issuer"));
    }
    if !texts(claims.get("aud")).any(|audience| audience == config.audience) {
        return Err(TokenError::Invalid("audience"));
    }
    let exp = time(claims, "exp")?.ok_or(TokenError::Invalid("no exp"))?;
    let (iat, nbf) = (time(claims, "iat")?, time(claims, "nbf")?);
    let auth_time = time(claims, "auth_time")?;
    check_times(iat.unwrap_or(now), nbf.unwrap_or(now), exp, now)?;
    if auth_time.is_some_and(|at| at > now.saturating_add(LEEWAY_SECONDS)) {
        return Err(TokenError::OutOfTime);
    }
    let sub = claims.get("sub").and_then(Value::as_str);
    let sub = sub.filter(|sub| {
        !sub.is_empty() && sub.chars().count() <= MAX_SUBJECT && !sub.chars().any(char::is_control)
    });
    Ok(Subject {
        sub: sub.ok_or(TokenError::Invalid("subject"))?.to_owned(),
        signed_in_at: auth_time.or(iat),
    })
}

/// Who it is; none if no role there is one here.
pub(super) fn guest(config: &IssuerConfig, claims: &Value, subject: Subject) -> Option<Guest> {
    let role = config.roles.highest(roles(claims, &config.role_claim))?;
    let told = ["preferred_username", "email"].into_iter();
    let name = told
        .filter_map(|claim| printable(claims.get(claim)?.as_str()?))
        .next()
        .unwrap_or_else(|| subject.sub.clone());
    Some(Guest {
        id: format!("{}:{}", config.name, subject.sub),
        full_name: format!("{}:{name}", config.name),
        name,
        role,
        signed_in_at: subject
            .signed_in_at
            .and_then(|at| DateTime::from_timestamp(at, 0)),
        origin: request::current(),
    })
}

/// The roles in the claim of this name, or at the end of this path.
fn roles<'a>(claims: &'a Value, path: &str) -> impl Iterator<Item = &'a str> {
    let nested = || path.split('.').try_fold(claims, |at, step| at.get(step));
    texts(claims.get(path).or_else(nested))
}

/// A text, or the texts of a list.
fn texts(value: Option<&Value>) -> impl Iterator<Item = &str> {
    let list = value.and_then(Value::as_array).into_iter().flatten();
    value.into_iter().chain(list).filter_map(Value::as_str)
}

/// A time in whole seconds, if the claim is there (RFC 7519 allows fractions).
fn time(claims: &Value, name: &str) -> Result<Option<i64>, TokenError> {
    let Some(value) = claims.get(name) else {
        return Ok(None);
    };
    let fraction = || {
        let seconds = Duration::try_from_secs_f64(value.as_f64()?).ok()?.as_secs();
        i64::try_from(seconds).ok()
    };
    let seconds = value.as_i64().or_else(fraction);
    seconds.map(Some).ok_or(TokenError::Invalid("time"))
}

fn printable(text: &str) -> Option<String> {
    let kept = text.chars().filter(|c| !c.is_control()).take(MAX_NAME);
    Some(kept.collect::<String>().trim().to_owned()).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta, Utc};
    use serde_json::json;

    use super::*;
    use crate::caller::Person;

    const NOW: i64 = 1_800_000_000;

    fn config() -> IssuerConfig {
        IssuerConfig {
            name: "idp",
            title: "IdP",
            issuer: "https://idp.example".to_owned(),
            audience: "ports".to_owned(),
            jwks_url: "https://idp.example/keys".parse().unwrap(),
            role_claim: "realm_access.roles".to_owned(),
            roles: "boss=admin,staff=viewer".parse().unwrap(),
        }
    }

    fn claims(change: Value) -> Value {
        let mut claims = json!({
            "iss": "https://idp.example", "aud": "ports", "sub": "4711", "exp": NOW + 60,
            "realm_access": {"roles": ["staff"]},
        });
        for (name, value) in change.as_object().unwrap() {
            claims[name] = value.clone();
        }
        claims
    }

    fn known(change: Value) -> Option<Guest> {
        let claims = claims(change);
        guest(&config(), &claims, check(&config(), &claims, NOW).ok()?)
    }

    #[test]
    fn roles_come_from_a_text_a_list_or_a_name_with_dots() {
        let role = |change| known(change).map(|guest| guest.role.as_str());
        assert_eq!(role(json!({})), Some("viewer"));
        assert_eq!(
            role(json!({"realm_access": {"roles": "boss"}})),
            Some("admin")
        );
        assert_eq!(role(json!({"realm_access.roles": ["boss"]})), Some("admin"));
        assert_eq!(
            role(json!({"realm_access": {"roles": [7, {"boss": 1}]}})),
            None
        );
        assert_eq!(role(json!({"realm_access": "boss"})), None);
    }

    #[test]
    fn a_guest_is_named_by_the_first_name_there_is() {
        let name = |change| known(change).unwrap().name;
        assert_eq!(
            name(json!({"preferred_username": "ann", "email": "a@b.c"})),
            "ann"
        );
        assert_eq!(
            name(json!({"preferred_username": " \n", "email": "a@b.c"})),
            "a@b.c"
        );
        assert_eq!(name(json!({"preferred_username": 7})), "4711");
        let guest = known(json!({"email": "a@b.c"})).unwrap();
        assert_eq!(
            (guest.id.as_str(), guest.full_name.as_str()),
            ("idp:4711", "idp:a@b.c")
        );
    }

    #[test]
    fn a_sign_in_is_recent_by_auth_time_or_else_by_issue() {
        let now: DateTime<Utc> = DateTime::from_timestamp(NOW, 0).unwrap();
        let recent = |change, later| {
            let person = Person::Guest(known(change).unwrap());
            person
                .require_recent_sign_in(now + TimeDelta::seconds(later))
                .is_ok()
        };
        assert!(recent(json!({"auth_time": NOW - 600, "iat": NOW}), 0));
        assert!(!recent(json!({"auth_time": NOW - 600, "iat": NOW}), 1));
        assert!(recent(json!({"iat": NOW}), 600));
        assert!(!recent(json!({"iat": NOW}), 601));
        assert!(!recent(json!({}), 0), "nothing tells when");
    }

    #[test]
    fn claims_that_do_not_hold_are_refused() {
        for change in [
            json!({"iss": "https://idp.example/"}),
            json!({"aud": "ports2"}),
            json!({"aud": ["other"]}),
            json!({"aud": null}),
            json!({"exp": null}),
            json!({"exp": (NOW + 60).to_string()}),
            json!({"exp": NOW - 30}),
            json!({"exp": -1.5}),
            json!({"nbf": NOW + 31}),
            json!({"iat": NOW + 31}),
            json!({"auth_time": NOW + 31}),
            json!({"sub": ""}),
            json!({"sub": 4711}),
            json!({"sub": "a\nb"}),
            json!({"sub": "a".repeat(256)}),
        ] {
            assert!(known(change.clone()).is_none(), "{change}");
        }
        for change in [
            json!({"aud": ["other", "ports"]}),
            json!({"exp": NOW - 29}),
            json!({"exp": 1_800_000_060.5}),
            json!({"nbf": NOW + 30, "iat": NOW + 30, "auth_time": NOW + 30}),
        ] {
            assert!(known(change.clone()).is_some(), "{change}");
        }
    }
}
