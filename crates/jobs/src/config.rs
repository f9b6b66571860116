//! Settings of the jobs service.

use service_kit::config::{BadSettings, Common, Env};

/// The settings.
#[derive(Clone, Debug)]
pub struct Config {
    /// What every service has; `PORT` defaults to 3006.
    pub common: Common,
    /// `TARGETS_URL`, default `http://127.0.0.1:3005`.
    pub targets_url: String,
}

impl Config {
    /// Reads them.
    ///
    /// # Errors
    /// All settings that cannot be used.
    pub fn from_env(env: &mut Env) -> Result<Self, BadSettings> {
        let config = Self {
            common: Common::read(env, 3006),
            targets_url: env.or("TARGETS_URL", "http://127.0.0.1:3005".to_owned()),
        };
        env.finish()?;
        Ok(config)
    }
}
