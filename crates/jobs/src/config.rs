//! Settings of the jobs service.

use std::path::PathBuf;
use std::time::Duration;

use service_kit::config::{BadSettings, Common, Env};

/// Where output is, and how long.
#[derive(Clone, Debug)]
pub struct OutputSettings {
    /// `OUTPUT_DIR`, default `/var/lib/opsconductor/output`: the folder that executors write to.
    pub dir: PathBuf,
    /// `OUTPUT_KEEP_DAYS`, default 30: output of runs that ended before is removed.
    pub keep: chrono::TimeDelta,
    /// `OUTPUT_TOTAL_BYTES`, default 10 GiB: beyond it, that of the runs that ended first is removed.
    pub most_bytes: u64,
    /// `OUTPUT_CLEAN_SECONDS`, default 600: how often it is looked for.
    pub clean_every: Duration,
}

/// The settings.
#[derive(Clone, Debug)]
pub struct Config {
    /// What every service has; `PORT` defaults to 3006.
    pub common: Common,
    /// `TARGETS_URL`, default `http://127.0.0.1:3005`.
    pub targets_url: String,
    /// `CREDENTIALS_URL`, default `http://127.0.0.1:3004`.
    pub credentials_url: String,
    /// `STREAMS_PER_USER`, default 20: how many runs a user may watch at a time.
    pub streams_per_user: usize,
    /// About output.
    pub output: OutputSettings,
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
            credentials_url: env.or("CREDENTIALS_URL", "http://127.0.0.1:3004".to_owned()),
            streams_per_user: env.or("STREAMS_PER_USER", 20),
            output: OutputSettings::read(env),
        };
        env.finish()?;
        Ok(config)
    }
}

impl OutputSettings {
    fn read(env: &mut Env) -> Self {
        let days: i64 = env.or("OUTPUT_KEEP_DAYS", 30);
        if !(1..=36_500).contains(&days) {
            env.fault::<()>("OUTPUT_KEEP_DAYS", "must be 1 to 36500");
        }
        let clean_every = env.seconds("OUTPUT_CLEAN_SECONDS", 600);
        if clean_every.is_zero() {
            env.fault::<()>("OUTPUT_CLEAN_SECONDS", "must be at least 1");
        }
        Self {
            dir: env.or("OUTPUT_DIR", PathBuf::from("/var/lib/opsconductor/output")),
            keep: chrono::TimeDelta::days(days.clamp(1, 36_500)),
            most_bytes: env.or("OUTPUT_TOTAL_BYTES", 10 << 30),
            clean_every,
        }
    }
}
