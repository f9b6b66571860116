//! A second issuer whose tokens are taken beside our own: an identity provider that publishes its keys.
//!
//! Its people are guests (`caller::Guest`): their role comes from a claim, nothing here knows their
//! sessions, and they are never let in where only a service may call.

mod claims;
mod keys;

use std::collections::BTreeMap;
use std::str::FromStr;

use common::clock::Clock;
use common::permission::Role;
use common::token::TokenError;
use serde::Deserialize;
use tracing::debug;

use crate::caller::Guest;
use crate::error::ApiError;
use crate::issuer::keys::KeyStore;
use crate::tasks::Tasks;

/// Longest token that is looked at, in bytes; such tokens can hold long lists of roles.
const MAX_TOKEN_BYTES: usize = 8192;

/// Which issuer is trusted, and with what.
#[derive(Clone, Debug)]
pub struct IssuerConfig {
    /// Word in front of the ids of its people, such as `passport`.
    pub name: &'static str,
    /// Its name for people, such as `PassPort`.
    pub title: &'static str,
    /// What `iss` has to be.
    pub issuer: String,
    /// What `aud` has to be or hold.
    pub audience: String,
    /// Where its keys are.
    pub jwks_url: reqwest::Url,
    /// Name of the claim with the roles; dots lead into objects.
    pub role_claim: String,
    /// What its roles are here.
    pub roles: RoleMap,
}

/// Roles here by names of roles there, written as `ports-admin=admin,staff=viewer`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoleMap(BTreeMap<String, Role>);

impl RoleMap {
    /// The highest role that one of `names` stands for.
    pub fn highest<'a>(&self, names: impl Iterator<Item = &'a str>) -> Option<Role> {
        names.filter_map(|name| self.0.get(name).copied()).max()
    }
}

impl FromStr for RoleMap {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut roles = BTreeMap::new();
        for pair in text.split(',') {
            let (name, role) = pair
                .rsplit_once('=')
                .map(|(name, role)| (name.trim(), role.trim()))
                .filter(|(name, _)| !name.is_empty())
                .ok_or_else(|| format!("{pair:?} must be such as staff=viewer"))?;
            let role = role.parse().map_err(|_unknown| {
                format!("{role:?} is no role; admin, operator and viewer are")
            })?;
            if roles.insert(name.to_owned(), role).is_some() {
                return Err(format!("{name:?} is there twice"));
            }
        }
        Ok(Self(roles))
    }
}

/// The issuer, with its keys.
pub struct Issuer {
    config: IssuerConfig,
    clock: Clock,
    keys: KeyStore,
}

/// The only thing that is read of a token before it is checked.
#[derive(Deserialize)]
struct Origin {
    iss: String,
}

impl Issuer {
    /// Trusts an issuer whose keys are fetched with `http`.
    pub fn new(config: IssuerConfig, http: reqwest::Client, clock: Clock, tasks: Tasks) -> Self {
        let place = (config.title, config.jwks_url.clone());
        Self {
            keys: KeyStore::new(place, http, clock.clone(), tasks),
            clock,
            config,
        }
    }

    /// Keeps its keys fresh until the process stops.
    pub fn keep_fresh(&self) {
        self.keys.keep_fresh();
    }

    /// Whether a token says that it is of this issuer. That is not checked yet.
    pub fn is_named_in(&self, token: &str) -> bool {
        token.len() <= MAX_TOKEN_BYTES
            && jsonwebtoken::dangerous::insecure_decode_claims::<Origin>(token)
                .is_ok_and(|origin| origin.iss == self.config.issuer)
    }

    /// Checks a token of this issuer.
    ///
    /// # Errors
    /// 401, 403 when none of its roles is one here, or 503 when the keys are not known.
    pub async fn check(&self, token: &str) -> Result<Guest, ApiError> {
        let header = claims::read_header(token).map_err(|why| self.refuse(&why))?;
        if !self.keys.has(&header.kid) {
            self.keys.read_early().await;
        }
        let now = self.clock.now().timestamp();
        let checked = self.keys.verify(token, &header);
        let checked = checked.and_then(|claims| {
            let subject = claims::check(&self.config, &claims, now)?;
            Ok((claims, subject))
        });
        let (claims, subject) = checked.map_err(|why| self.refuse(&why))?;
        claims::guest(&self.config, &claims, subject).ok_or_else(|| {
            ApiError::forbidden(
                "auth.no_role",
                format!(
                    "no role of yours at {} is one of this service; ask for one there",
                    self.config.title
                ),
            )
        })
    }

    fn refuse(&self, why: &TokenError) -> ApiError {
        let title = self.config.title;
        if matches!(why, TokenError::UnknownKey(_)) && self.keys.is_away() {
            return ApiError::unavailable(
                "unavailable.identity_provider",
                format!(
                    "the identity provider {title} cannot be reached at the moment; try again shortly"
                ),
            );
        }
        debug!("Token of {title} refused: {why}");
        ApiError::unauthorized()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_role_counts() {
        let map: RoleMap = "ports-admin=admin, staff = viewer,cn=ops=operator"
            .parse()
            .unwrap();
        let highest = |names: &[&str]| map.highest(names.iter().copied());
        assert_eq!(highest(&["staff", "ports-admin"]), Some(Role::Admin));
        assert_eq!(highest(&["cn=ops", "staff", "other"]), Some(Role::Operator));
        assert_eq!(highest(&["Staff", "admin"]), None);
    }

    #[test]
    fn a_map_with_a_fault_is_refused() {
        for text in [
            "staff",
            "=viewer",
            "staff=root",
            "a=viewer,",
            "a=viewer,a=admin",
        ] {
            assert!(text.parse::<RoleMap>().is_err(), "{text}");
        }
    }
}
