//! The settings of the service.

use std::path::PathBuf;

use common::password;
use common::secret::Secret;
use service_kit::config::{BadSettings, Common, Env, Profile};

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
    pub audit_key: Secret<String>,
    /// `AUDIT_HEAD_FILE`, required: where signed ends of the audit log are kept.
    pub audit_head_file: PathBuf,
}

impl Config {
    /// Reads them.
    ///
    /// # Errors
    /// Everything that is wrong, at once.
    pub fn from_env(env: &mut Env) -> Result<Self, BadSettings> {
        let config = Self {
            common: Common::read(env, PORT),
            pepper: env.required_secret_file("PASSWORD_PEPPER_FILE"),
            bcrypt_cost: env.or("BCRYPT_COST", password::COST),
            hash_threads: env.or("HASH_THREADS", 2),
            audit_key: env.required_secret_file("AUDIT_KEY_FILE"),
            audit_head_file: env.required("AUDIT_HEAD_FILE"),
        };
        config.check(env);
        env.finish()?;
        Ok(config)
    }

    fn check(&self, env: &mut Env) {
        let least = if self.common.profile == Profile::Test {
            4
        } else {
            MIN_COST
        };
        if !(least..=MAX_COST).contains(&self.bcrypt_cost) {
            let range = format!("must be between {least} and {MAX_COST}");
            env.fault::<()>("BCRYPT_COST", range);
        }
        if !(1..=64).contains(&self.hash_threads) {
            env.fault::<()>("HASH_THREADS", "must be between 1 and 64");
        }
        for (name, secret) in [
            ("PASSWORD_PEPPER_FILE", &self.pepper),
            ("AUDIT_KEY_FILE", &self.audit_key),
        ] {
            if (1..MIN_SECRET_BYTES).contains(&secret.expose().len()) {
                env.fault::<()>(name, format!("holds less than {MIN_SECRET_BYTES} bytes"));
            }
        }
    }
}
