//! Settings of the executor.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clients::outside::Loopback;
use runlog::Caps;
use service_kit::config::{BadSettings, Common, Env, Profile};

/// Port that it usually listens on.
const PORT: u16 = 3007;
/// Steps at a time unless told otherwise.
const MAX_STEPS: usize = 200;
/// Output that is kept unless told otherwise.
const CAPS: Caps = Caps {
    step_bytes: 16 << 20,
    run_bytes: 64 << 20,
};
/// Least output that a cap leaves.
const LEAST_CAP: u64 = 256 << 10;

/// All settings.
#[derive(Clone, Debug)]
pub struct Config {
    /// What every service has.
    pub common: Common,
    /// `CREDENTIALS_URL`, default `http://127.0.0.1:3004`.
    pub credentials_url: String,
    /// `JOBS_URL`, default `http://127.0.0.1:3006`.
    pub jobs_url: String,
    /// `EXECUTOR_ENABLED`, default `true`; `false` answers requests but claims nothing.
    pub worker_enabled: bool,
    /// `EXECUTOR_POLL_INTERVAL_SECONDS`, default 1: longest wait before looking for work.
    pub poll_interval: Duration,
    /// `EXECUTOR_MAX_STEPS`, default 200: steps at a time; those whose targets hang come on top.
    pub max_steps: usize,
    /// `EXECUTOR_LEASE_SECONDS`, default 15: a claim that is not renewed so long is lost.
    pub lease: Duration,
    /// `EXECUTOR_HEARTBEAT_SECONDS`, default 5: how often claims are renewed.
    pub heartbeat: Duration,
    /// `EXECUTOR_RECOVERY_SECONDS`, default 2: how often lost claims are looked for.
    pub recovery: Duration,
    /// `EXECUTOR_CONNECT_TIMEOUT_SECONDS`, default 10: up to the host key.
    pub connect_timeout: Duration,
    /// `EXECUTOR_AUTH_TIMEOUT_SECONDS`, default 15: logging in.
    pub auth_timeout: Duration,
    /// `OUTPUT_DIR`, default `/var/lib/opsconductor/output`: where output is kept; jobs reads it there.
    pub output_dir: PathBuf,
    /// `OUTPUT_STEP_BYTES` (16 MiB) and `OUTPUT_RUN_BYTES` (64 MiB): most output that is kept.
    pub output_caps: Caps,
    /// `EXECUTOR_ALLOW_LOOPBACK`, default `false` in production: whether steps may reach this machine.
    pub loopback: Loopback,
}

impl Config {
    /// Reads them.
    ///
    /// # Errors
    /// All that is wrong, at once.
    pub fn from_env(env: &mut Env) -> Result<Self, BadSettings> {
        let common = Common::read(env, PORT);
        let is_open = env.or(
            "EXECUTOR_ALLOW_LOOPBACK",
            common.profile != Profile::Production,
        );
        let config = Self {
            common,
            credentials_url: env.or("CREDENTIALS_URL", "http://127.0.0.1:3004".to_owned()),
            jobs_url: env.or("JOBS_URL", "http://127.0.0.1:3006".to_owned()),
            worker_enabled: env.or("EXECUTOR_ENABLED", true),
            poll_interval: env.seconds("EXECUTOR_POLL_INTERVAL_SECONDS", 1),
            max_steps: env.or("EXECUTOR_MAX_STEPS", MAX_STEPS),
            lease: env.seconds("EXECUTOR_LEASE_SECONDS", 15),
            heartbeat: env.seconds("EXECUTOR_HEARTBEAT_SECONDS", 5),
            recovery: env.seconds("EXECUTOR_RECOVERY_SECONDS", 2),
            connect_timeout: env.seconds("EXECUTOR_CONNECT_TIMEOUT_SECONDS", 10),
            auth_timeout: env.seconds("EXECUTOR_AUTH_TIMEOUT_SECONDS", 15),
            output_dir: env.or("OUTPUT_DIR", PathBuf::from("/var/lib/opsconductor/output")),
            output_caps: Caps {
                step_bytes: env.or("OUTPUT_STEP_BYTES", CAPS.step_bytes),
                run_bytes: env.or("OUTPUT_RUN_BYTES", CAPS.run_bytes),
            },
            loopback: if is_open {
                Loopback::Allowed
            } else {
                Loopback::Denied
            },
        };
        config.check(env);
        env.finish()?;
        Ok(config)
    }

    /// Settings of a test: the usual ones, with credentials at `credentials_url`.
    pub fn for_test(common: Common, credentials_url: &str, output_dir: &Path) -> Self {
        Self {
            common,
            credentials_url: credentials_url.to_owned(),
            jobs_url: "http://127.0.0.1:1".to_owned(),
            worker_enabled: true,
            poll_interval: Duration::from_secs(1),
            max_steps: MAX_STEPS,
            lease: Duration::from_secs(15),
            heartbeat: Duration::from_secs(5),
            recovery: Duration::from_secs(2),
            connect_timeout: Duration::from_secs(10),
            auth_timeout: Duration::from_secs(15),
            output_dir: output_dir.to_owned(),
            output_caps: CAPS,
            loopback: Loopback::Allowed,
        }
    }

    fn check(&self, env: &mut Env) {
        let short = [
            ("EXECUTOR_POLL_INTERVAL_SECONDS", self.poll_interval),
            ("EXECUTOR_RECOVERY_SECONDS", self.recovery),
            ("EXECUTOR_CONNECT_TIMEOUT_SECONDS", self.connect_timeout),
            ("EXECUTOR_AUTH_TIMEOUT_SECONDS", self.auth_timeout),
        ];
        for (name, value) in short {
            if !(1..=300).contains(&value.as_secs()) {
                env.fault::<()>(name, "must be 1 to 300");
            }
        }
        if !(1..=1000).contains(&self.max_steps) {
            env.fault::<()>("EXECUTOR_MAX_STEPS", "must be 1 to 1000");
        }
        for (name, bytes) in [
            ("OUTPUT_STEP_BYTES", self.output_caps.step_bytes),
            ("OUTPUT_RUN_BYTES", self.output_caps.run_bytes),
        ] {
            if bytes < LEAST_CAP {
                env.fault::<()>(name, "must be at least 262144");
            }
        }
        if !(3..=3600).contains(&self.lease.as_secs()) {
            env.fault::<()>("EXECUTOR_LEASE_SECONDS", "must be 3 to 3600");
        }
        if self.heartbeat.is_zero() || self.heartbeat * 2 > self.lease {
            env.fault::<()>(
                "EXECUTOR_HEARTBEAT_SECONDS",
                "must be at least 1 and at most half of EXECUTOR_LEASE_SECONDS",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(vars: &[(&str, &str)]) -> Vec<String> {
        let vars = vars
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Config::from_env(&mut Env::of(vars))
            .err()
            .map(|bad| bad.0)
            .unwrap_or_default()
    }

    #[test]
    fn the_defaults_are_good() {
        assert_eq!(faults(&[]), Vec::<String>::new());
    }

    #[test]
    fn a_heartbeat_must_fit_into_its_lease_twice() {
        let found = faults(&[("EXECUTOR_LEASE_SECONDS", "8"), ("EXECUTOR_MAX_STEPS", "0")]);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(
            found
                .iter()
                .any(|fault| fault.starts_with("EXECUTOR_HEARTBEAT_SECONDS"))
        );
    }
}
