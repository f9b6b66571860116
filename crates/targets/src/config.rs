//! The settings of the service.

use std::time::Duration;

use service_kit::config::{BadSettings, Common, Env, Profile};

/// Port when `PORT` is not set.
const PORT: u16 = 3005;

/// How tests of WinRM targets are answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Winrm {
    /// With a made-up answer that says so.
    Mock,
    /// Not at all.
    NotAvailable,
}

/// Settings of targets.
#[derive(Clone, Debug)]
pub struct Config {
    /// What every service has.
    pub common: Common,
    /// `CREDENTIALS_URL`, default `http://127.0.0.1:3004`.
    pub credentials_url: String,
    /// `TARGETS_MOCK_WINRM`, default `false`; `true` is refused in production.
    pub winrm: Winrm,
    /// `TARGETS_MAX_TESTS`, default 16: connection tests at the same time.
    pub max_tests: usize,
    /// `TARGETS_TEST_SECONDS`, default 30: longest time of a connection test.
    pub test_limit: Duration,
}

impl Config {
    /// Reads them.
    ///
    /// # Errors
    /// Everything that is wrong, at once.
    pub fn from_env(env: &mut Env) -> Result<Self, BadSettings> {
        let common = Common::read(env, PORT);
        let mock = env.or("TARGETS_MOCK_WINRM", false);
        if mock && common.profile == Profile::Production {
            env.fault::<()>("TARGETS_MOCK_WINRM", "has no place in production");
        }
        let config = Self {
            common,
            credentials_url: env.or("CREDENTIALS_URL", "http://127.0.0.1:3004".to_owned()),
            winrm: if mock {
                Winrm::Mock
            } else {
                Winrm::NotAvailable
            },
            max_tests: env.or("TARGETS_MAX_TESTS", 16),
            test_limit: env.seconds("TARGETS_TEST_SECONDS", 30),
        };
        if !(1..=1000).contains(&config.max_tests) {
            env.fault::<()>("TARGETS_MAX_TESTS", "must be between 1 and 1000");
        }
        if !(1..=300).contains(&config.test_limit.as_secs()) {
            env.fault::<()>("TARGETS_TEST_SECONDS", "must be between 1 and 300");
        }
        env.finish()?;
        Ok(config)
    }
}
