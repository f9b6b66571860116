//! Settings from the environment; every bad one is reported at once.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use common::secret::Secret;

/// Exit code of a process whose settings are wrong (`EX_USAGE` of sysexits.h).
pub const EXIT_BAD_SETTINGS: u8 = 64;

/// All that is wrong with the settings.
#[derive(Debug, thiserror::Error)]
pub struct BadSettings(pub Vec<String>);

impl fmt::Display for BadSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "bad settings:")?;
        self.0.iter().try_for_each(|fault| write!(f, "\n  {fault}"))
    }
}

/// Reads settings and collects what is wrong with them.
#[derive(Debug, Default)]
pub struct Env {
    vars: BTreeMap<String, String>,
    faults: Vec<String>,
}

impl Env {
    /// The environment of this process; an empty variable counts as absent.
    pub fn of_process() -> Self {
        Self::of(std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        }))
    }

    /// The given variables.
    pub fn of(vars: impl IntoIterator<Item = (String, String)>) -> Self {
        let vars = vars
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .collect();
        Self {
            vars,
            faults: Vec::new(),
        }
    }

    /// A value, or `default` where the variable is absent.
    pub fn or<T: FromStr<Err: fmt::Display>>(&mut self, name: &str, default: T) -> T {
        self.optional(name).unwrap_or(default)
    }

    /// A value, if the variable is there.
    pub fn optional<T: FromStr<Err: fmt::Display>>(&mut self, name: &str) -> Option<T> {
        let text = self.vars.get(name)?;
        match text.parse() {
            Ok(value) => Some(value),
            Err(error) => {
                self.faults.push(format!("{name}: {error}"));
                None
            }
        }
    }

    /// A value that has to be there; `T::default()` stands in until [`Env::finish`] refuses.
    pub fn required<T: FromStr<Err: fmt::Display> + Default>(&mut self, name: &str) -> T {
        if !self.vars.contains_key(name) {
            self.faults.push(format!("{name}: is not set"));
        }
        self.optional(name).unwrap_or_default()
    }

    /// A number of seconds, or `default`.
    pub fn seconds(&mut self, name: &str, default: u64) -> Duration {
        Duration::from_secs(self.or(name, default))
    }

    /// The trimmed text of the file that the variable names, if the variable is there.
    pub fn secret_file(&mut self, name: &str) -> Option<Secret<String>> {
        let path: PathBuf = self.optional(name)?;
        match std::fs::read_to_string(&path) {
            Ok(text) if !text.trim().is_empty() => Some(Secret::new(text.trim().to_owned())),
            Ok(_) => self.fault(name, format!("{} is empty", path.display())),
            Err(error) => self.fault(name, format!("cannot read {}: {error}", path.display())),
        }
    }

    /// Like [`Env::secret_file`], but it has to be there.
    pub fn required_secret_file(&mut self, name: &str) -> Secret<String> {
        if !self.vars.contains_key(name) {
            self.faults.push(format!("{name}: is not set"));
        }
        self.secret_file(name)
            .unwrap_or_else(|| Secret::new(String::new()))
    }

    /// Notes that `name` is wrong.
    pub fn fault<T>(&mut self, name: &str, why: impl fmt::Display) -> Option<T> {
        self.faults.push(format!("{name}: {why}"));
        None
    }

    /// Refuses if anything was wrong.
    ///
    /// # Errors
    /// All faults found so far.
    pub fn finish(&mut self) -> Result<(), BadSettings> {
        if self.faults.is_empty() {
            return Ok(());
        }
        Err(BadSettings(std::mem::take(&mut self.faults)))
    }
}

/// How much is asked of secrets and settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// One machine, loopback, well-known users.
    Development,
    /// Refuses everything that is only good enough for development.
    Production,
    /// Cheap passwords, for automatic tests.
    Test,
}

impl FromStr for Profile {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "development" => Ok(Self::Development),
            "production" => Ok(Self::Production),
            "test" => Ok(Self::Test),
            _ => Err("must be development, production or test".to_owned()),
        }
    }
}

/// Settings that every service has.
#[derive(Clone, Debug)]
pub struct Common {
    /// `OPSC_PROFILE`, default `production`.
    pub profile: Profile,
    /// `HOST`, default `127.0.0.1`: the address to listen on.
    pub host: String,
    /// `PORT`: the port to listen on; 0 takes a free one.
    pub port: u16,
    /// `DATABASE_URL`, without a password.
    pub database_url: String,
    /// `DATABASE_PASSWORD_FILE`.
    pub database_password: Option<Secret<String>>,
    /// `DATABASE_POOL_SIZE`, default 8 connections.
    pub database_pool_size: u32,
    /// `REDIS_URL`; without it, loops run on their timers only.
    pub redis_url: Option<String>,
    /// `REDIS_USERNAME`.
    pub redis_username: Option<String>,
    /// `REDIS_PASSWORD_FILE`.
    pub redis_password: Option<Secret<String>>,
    /// `AUTH_URL`, default `http://127.0.0.1:3001`.
    pub auth_url: String,
    /// `SERVICE_SECRET_FILE`: what this service proves itself to auth with.
    pub service_secret: Option<Secret<String>>,
    /// `LOG_LEVEL`, default `info`: a filter of tracing-subscriber.
    pub log_level: String,
    /// `LOG_FORMAT`, `json` (default) or `text`.
    pub log_format: LogFormat,
    /// `DRAIN_SECONDS`, default 30: longest wait for open requests and tasks at the end.
    pub drain: Duration,
    /// `WORKER_THREADS`, default 2: threads that serve HTTP.
    pub worker_threads: usize,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For people.
    Text,
}

impl FromStr for LogFormat {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "json" => Ok(Self::Json),
            "text" => Ok(Self::Text),
            _ => Err("must be json or text".to_owned()),
        }
    }
}

impl Common {
    /// Reads them; `port` is the service's usual one.
    pub fn read(env: &mut Env, port: u16) -> Self {
        Self {
            profile: env.or("OPSC_PROFILE", Profile::Production),
            host: env.or("HOST", "127.0.0.1".to_owned()),
            port: env.or("PORT", port),
            database_url: env.or("DATABASE_URL", String::new()),
            database_password: env.secret_file("DATABASE_PASSWORD_FILE"),
            database_pool_size: env.or("DATABASE_POOL_SIZE", 8),
            redis_url: env.optional("REDIS_URL"),
            redis_username: env.optional("REDIS_USERNAME"),
            redis_password: env.secret_file("REDIS_PASSWORD_FILE"),
            auth_url: env.or("AUTH_URL", "http://127.0.0.1:3001".to_owned()),
            service_secret: env.secret_file("SERVICE_SECRET_FILE"),
            log_level: env.or("LOG_LEVEL", "info".to_owned()),
            log_format: env.or("LOG_FORMAT", LogFormat::Json),
            drain: env.seconds("DRAIN_SECONDS", 30),
            worker_threads: env.or("WORKER_THREADS", 2),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(vars: &[(&str, &str)]) -> Env {
        Env::of(
            vars.iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        )
    }

    #[test]
    fn every_fault_is_reported_at_once() {
        let mut env = env(&[("PORT", "80a"), ("OPSC_PROFILE", "prod")]);
        Common::read(&mut env, 1);
        env.required::<String>("KEK_FILE");
        let faults = env.finish().unwrap_err().0;
        assert_eq!(faults.len(), 3, "{faults:?}");
        assert!(faults.iter().any(|fault| fault.starts_with("PORT:")));
    }

    #[test]
    fn defaults_hold_where_nothing_is_set() {
        let mut env = env(&[("HOST", "")]);
        let common = Common::read(&mut env, 3005);
        env.finish().unwrap();
        assert_eq!((common.host.as_str(), common.port), ("127.0.0.1", 3005));
        assert_eq!(common.profile, Profile::Production);
    }
}
