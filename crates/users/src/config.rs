//! The settings of the service.

use std::path::PathBuf;
use std::sync::Arc;

use common::password;
use common::secret::Secret;
use service_kit::config::{BadSettings, Common, Env, Profile};

use crate::domain::chain::ChainKey;
use crate::domain::witness;

/// Port when `PORT` is not set.
const PORT: u16 = 3002;
/// Least bcrypt cost that is good enough outside of tests.
const MIN_COST: u32 = 10;
/// Above this a single sign-in takes seconds.
const MAX_COST: u32 = 16;
/// Least length of a file of key material, in bytes.
const MIN_SECRET_BYTES: usize = 16;

/// Settings of users.
#[derive(Clone, Debug)]
pub struct Config {
    /// What every service has.
    pub common: Common,
    /// `PASSWORD_PEPPER_FILE`, required: mixed into every password; not in the database.
    pub pepper: Secret<String>,
    /// `BCRYPT_COST`, default 12: 10..=16, from 4 in the test profile.
    pub bcrypt_cost: u32,
    /// `HASH_THREADS`, default 2: threads that hash passwords.
    pub hash_threads: usize,
    /// `AUDIT_KEY_FILE`, required: links and signs the audit log.
    pub audit_key: Arc<ChainKey>,
    /// `AUDIT_HEAD_FILE`, required: where signed ends of the audit log are kept.
    pub audit_head_file: PathBuf,
}

impl Config {
    /// Reads them.
    ///
    /// # Errors
    /// Everything that is wrong, at once.
    pub fn from_env(env: &mut Env) -> Result<Self, BadSettings> {
        let common = Common::read(env, PORT);
        let pepper = key_material(env, "PASSWORD_PEPPER_FILE");
        let bcrypt_cost = env.or("BCRYPT_COST", password::COST);
        let hash_threads = env.or("HASH_THREADS", 2);
        let audit_key = key_material(env, "AUDIT_KEY_FILE");
        let audit_head_file: PathBuf = env.required("AUDIT_HEAD_FILE");
        let least = match common.profile {
            Profile::Test => 4,
            Profile::Development | Profile::Production => MIN_COST,
        };
        if !(least..=MAX_COST).contains(&bcrypt_cost) {
            let range = format!("must be between {least} and {MAX_COST}");
            env.fault::<()>("BCRYPT_COST", range);
        }
        if !(1..=64).contains(&hash_threads) {
            env.fault::<()>("HASH_THREADS", "must be between 1 and 64");
        }
        if !audit_head_file.as_os_str().is_empty()
            && let Err(error) = witness::open(&audit_head_file)
        {
            let why = format!("cannot write {}: {error}", audit_head_file.display());
            env.fault::<()>("AUDIT_HEAD_FILE", why);
        }
        let audit_key = match ChainKey::derive(&audit_key) {
            Ok(key) => Arc::new(key),
            Err(error) => {
                env.fault::<()>("AUDIT_KEY_FILE", &error);
                env.finish()?;
                return Err(BadSettings(vec![format!("AUDIT_KEY_FILE: {error}")]));
            }
        };
        env.finish()?;
        Ok(Self {
            common,
            pepper,
            bcrypt_cost,
            hash_threads,
            audit_key,
            audit_head_file,
        })
    }
}

/// A secret that is long enough to be one.
fn key_material(env: &mut Env, name: &str) -> Secret<String> {
    let secret = env.required_secret_file(name);
    if (1..MIN_SECRET_BYTES).contains(&secret.expose().len()) {
        env.fault::<()>(name, format!("holds less than {MIN_SECRET_BYTES} bytes"));
    }
    secret
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(vars: &[(&str, &str)]) -> Vec<String> {
        let vars = vars
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Config::from_env(&mut Env::of(vars)).unwrap_err().0
    }

    #[test]
    fn every_bad_setting_is_named_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let short = folder.path().join("short");
        std::fs::write(&short, "too short").unwrap();
        let short = short.display().to_string();
        let found = faults(&[
            ("PASSWORD_PEPPER_FILE", &short),
            ("AUDIT_HEAD_FILE", "/proc/nowhere/head"),
            ("BCRYPT_COST", "9"),
            ("HASH_THREADS", "0"),
        ]);
        let names: Vec<_> = found
            .iter()
            .filter_map(|fault| fault.split(':').next())
            .collect();
        let all = [
            "PASSWORD_PEPPER_FILE",
            "AUDIT_KEY_FILE",
            "BCRYPT_COST",
            "HASH_THREADS",
            "AUDIT_HEAD_FILE",
        ];
        assert_eq!(names, all, "{found:?}");
        assert!(found.iter().all(|fault| !fault.contains("too short")));
    }

    #[test]
    fn a_cheap_hash_is_for_tests_only() {
        let cheap = ("BCRYPT_COST", "4");
        let is_named = |profile| {
            let found = faults(&[cheap, ("OPSC_PROFILE", profile)]);
            found.iter().any(|fault| fault.starts_with("BCRYPT_COST"))
        };
        assert!(is_named("development") && is_named("production") && !is_named("test"));
    }
}
