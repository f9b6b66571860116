//! Settings of the auth service.

use std::path::PathBuf;

use chrono::TimeDelta;
use common::secret::Secret;
use service_kit::config::{BadSettings, Common, Env, Profile};

/// Port unless `PORT` says otherwise.
const PORT: u16 = 3001;
/// Fewest characters of `AUTH_KEY_FILE`; 32 random hex digits are 128 bits.
const MIN_KEY_CHARS: usize = 32;

/// All settings.
#[derive(Clone, Debug)]
pub struct Config {
    /// What every service has.
    pub common: Common,
    /// `AUTH_KEY_FILE`: text of 32 characters or more that wraps the signing keys.
    pub auth_key: Secret<String>,
    /// `SERVICE_SECRETS_DIR`: holds a file `service_<name>` for every service.
    pub service_secrets_dir: PathBuf,
    /// `USERS_URL`, default `http://127.0.0.1:3002`.
    pub users_url: String,
    /// `ACCESS_TOKEN_TTL_SECONDS`, 30 to 3600; default 900, in production 300.
    pub access_ttl: TimeDelta,
    /// `SESSION_IDLE_SECONDS`, default 3600: a session ends when it is not refreshed for so long.
    pub session_idle: TimeDelta,
    /// `SESSION_ABSOLUTE_SECONDS`, at most 86400, default 43200: a session ends after so long.
    pub session_absolute: TimeDelta,
    /// `SESSIONS_PER_USER`, default 10: one more sign-in ends the oldest.
    pub sessions_per_user: i64,
    /// `KEY_ROTATION_DAYS`, 1 to 365, default 30: days that one key signs.
    pub key_rotation: TimeDelta,
    /// `RECONCILE_MS`, default 1000: milliseconds between two looks at what others changed.
    pub reconcile_ms: u64,
    /// `EXPIRY_SECONDS`, default 60: seconds between two removals of what has expired.
    pub expiry_ms: u64,
}

impl Config {
    /// Reads them.
    ///
    /// # Errors
    /// Everything that is wrong, at once.
    pub fn from_env(env: &mut Env) -> Result<Self, BadSettings> {
        let common = Common::read(env, PORT);
        let auth_key = env.required_secret_file("AUTH_KEY_FILE");
        if (1..MIN_KEY_CHARS).contains(&auth_key.expose().len()) {
            env.fault::<()>("AUTH_KEY_FILE", "must hold 32 characters or more");
        }
        let ttl = if common.profile == Profile::Production {
            300
        } else {
            900
        };
        let config = Self {
            auth_key,
            service_secrets_dir: env.required("SERVICE_SECRETS_DIR"),
            users_url: env.or("USERS_URL", "http://127.0.0.1:3002".to_owned()),
            access_ttl: seconds(env, "ACCESS_TOKEN_TTL_SECONDS", ttl, 30..=3600),
            session_idle: seconds(env, "SESSION_IDLE_SECONDS", 3600, 60..=86_400),
            session_absolute: seconds(env, "SESSION_ABSOLUTE_SECONDS", 43_200, 60..=86_400),
            sessions_per_user: number(env, "SESSIONS_PER_USER", 10, 1..=1000),
            key_rotation: TimeDelta::days(number(env, "KEY_ROTATION_DAYS", 30, 1..=365)),
            reconcile_ms: env.or("RECONCILE_MS", 1000_u64).max(10),
            expiry_ms: env.or("EXPIRY_SECONDS", 60_u64).max(1).saturating_mul(1000),
            common,
        };
        env.finish()?;
        Ok(config)
    }

    /// Settings for automatic tests, with loops that turn quickly.
    pub fn for_test(common: Common, users_url: &str, service_secrets_dir: PathBuf) -> Self {
        Self {
            common,
            auth_key: Secret::new("a test key that wraps signing keys".to_owned()),
            service_secrets_dir,
            users_url: users_url.to_owned(),
            access_ttl: TimeDelta::seconds(900),
            session_idle: TimeDelta::hours(1),
            session_absolute: TimeDelta::hours(12),
            sessions_per_user: 10,
            key_rotation: TimeDelta::days(30),
            reconcile_ms: 50,
            expiry_ms: 100,
        }
    }
}

fn seconds(
    env: &mut Env,
    name: &str,
    default: i64,
    range: std::ops::RangeInclusive<i64>,
) -> TimeDelta {
    TimeDelta::seconds(number(env, name, default, range))
}

fn number(env: &mut Env, name: &str, default: i64, range: std::ops::RangeInclusive<i64>) -> i64 {
    let value = env.or(name, default);
    if !range.contains(&value) {
        let (least, most) = (range.start(), range.end());
        env.fault::<()>(name, format!("must be between {least} and {most}"));
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(vars: &[(&str, &str)]) -> Result<Config, BadSettings> {
        let vars = vars
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Config::from_env(&mut Env::of(vars))
    }

    #[test]
    fn every_fault_is_reported_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("key");
        std::fs::write(&key, "short").unwrap();
        let faults = read(&[
            ("AUTH_KEY_FILE", key.to_str().unwrap()),
            ("ACCESS_TOKEN_TTL_SECONDS", "10"),
            ("SESSION_ABSOLUTE_SECONDS", "86401"),
            ("KEY_ROTATION_DAYS", "x"),
        ]);
        let faults = faults.unwrap_err().0.join("\n");
        for name in [
            "AUTH_KEY_FILE",
            "SERVICE_SECRETS_DIR",
            "ACCESS_TOKEN_TTL_SECONDS",
            "SESSION_ABSOLUTE_SECONDS",
            "KEY_ROTATION_DAYS",
        ] {
            assert!(faults.contains(name), "{name} is not among:\n{faults}");
        }
        assert!(!faults.contains("short"), "{faults}");
    }

    #[test]
    fn access_tokens_live_shorter_in_production() {
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("key");
        std::fs::write(&key, "0123456789abcdef0123456789abcdef\n").unwrap();
        for (profile, seconds) in [("production", 300), ("development", 900)] {
            let config = read(&[
                ("OPSC_PROFILE", profile),
                ("AUTH_KEY_FILE", key.to_str().unwrap()),
                ("SERVICE_SECRETS_DIR", "secrets"),
            ])
            .unwrap();
            assert_eq!(config.access_ttl, TimeDelta::seconds(seconds));
        }
    }
}
