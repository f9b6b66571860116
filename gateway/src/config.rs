//! Settings of the gateway.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use common::secret::Secret;
use service_kit::config::{BadSettings, Common, Env, Profile};

use crate::certificate::Source;
use crate::render::{Edge, Features, Hsts, Limits, Templates};
use crate::services::{Address, SERVICES};
use crate::worker_user;

/// Everything that can be set; see the README for all variables at a glance.
#[derive(Clone, Debug)]
pub struct Config {
    /// Settings of all services; `PORT` (or `GATEWAY_STATUS_PORT`), default 3010, is where the
    /// gateway itself answers, on loopback.
    pub common: Common,
    /// What nginx should do.
    pub edge: Edge,
    /// `TLS_CERT_FILE` and `TLS_KEY_FILE`; without them, a certificate of our own.
    pub certificate: Source,
    /// Name of this machine, for a certificate of our own.
    pub host_name: String,
    /// `GATEWAY_NAME`, default the name of this machine: which gateway this is among several.
    pub name: String,
    /// `GATEWAY_STATE_DIR`, default `.run/gateway`: certificate, configurations, logs.
    pub state_dir: PathBuf,
    /// `GATEWAY_TEMPLATE_DIR`: other templates than the ones the binary carries.
    pub templates: Templates,
    /// `NGINX_BIN`, default `/usr/sbin/nginx`.
    pub nginx: PathBuf,
    /// `GATEWAY_RECONCILE_SECONDS`, default 15: how often reality is compared with the settings.
    pub reconcile_period: Duration,
}

impl Config {
    /// Reads the environment of this process.
    ///
    /// # Errors
    /// All faults at once.
    pub fn from_env() -> Result<Self, BadSettings> {
        let mut env = Env::of_process();
        let config = Self::read(&mut env);
        env.finish()?;
        Ok(config)
    }

    /// Reads `env`, which collects the faults.
    pub fn read(env: &mut Env) -> Self {
        let status_port = env.or("GATEWAY_STATUS_PORT", 3010);
        let common = Common::read(env, status_port);
        let state_dir = folder(env, "GATEWAY_STATE_DIR", ".run/gateway");
        let certificate = certificate(env, &state_dir);
        let edge = edge(env, &common, &state_dir, &certificate);
        let templates = env.optional::<PathBuf>("GATEWAY_TEMPLATE_DIR");
        Self {
            certificate,
            name: env.or("GATEWAY_NAME", host_name()),
            host_name: host_name(),
            templates: templates.map_or(Templates::Embedded, Templates::Folder),
            nginx: env.or("NGINX_BIN", PathBuf::from("/usr/sbin/nginx")),
            reconcile_period: env.seconds("GATEWAY_RECONCILE_SECONDS", 15),
            common,
            edge,
            state_dir,
        }
    }
}

fn edge(env: &mut Env, common: &Common, state_dir: &Path, certificate: &Source) -> Edge {
    let listen = env
        .optional("GATEWAY_LISTEN")
        .unwrap_or_else(|| usual_listen(common.profile));
    let https_port: u16 = env.or("GATEWAY_HTTPS_PORT", 8443);
    let http_port: u16 = env.or("GATEWAY_HTTP_PORT", 8080);
    let at = |port| {
        listen
            .0
            .iter()
            .map(|address| SocketAddr::new(*address, port))
            .collect()
    };
    let ui_dir = folder(env, "GATEWAY_UI_DIR", "frontend/dist");
    let worker_user = choose_worker_user(env, common.profile, &[state_dir, &ui_dir]);
    let trusted =
        common.profile == Profile::Production && matches!(certificate, Source::Given { .. });
    Edge {
        https: at(https_port),
        http: at(http_port),
        admin_port: env.or("GATEWAY_ADMIN_PORT", 3011),
        admin_key: Secret::new(String::new()),
        port_map: state_dir.join("ports.map"),
        generations_dir: state_dir.join("nginx"),
        modules_dir: modules(env),
        status: Address::loopback(common.port),
        services: services(env),
        run_dir: state_dir.join("run"),
        access_log: access_log(env, state_dir),
        worker_processes: env.or("GATEWAY_WORKERS", 2),
        worker_shutdown_seconds: common.drain.as_secs().max(1),
        limits: limits(env, common.profile),
        hsts: if trusted { Hsts::Sent } else { Hsts::Omitted },
        features: Features::default(),
        ui_dir,
        worker_user,
    }
}

/// `AUTH_URL`, `USERS_URL` and so on, default `http://127.0.0.1:3001` and so on.
fn services(env: &mut Env) -> Vec<Address> {
    let mut address = |variable, port| env.or(variable, Address::loopback(port));
    SERVICES
        .iter()
        .map(|service| address(service.variable, service.default_port))
        .collect()
}

/// `GATEWAY_LOGIN_RATE` (5), `GATEWAY_LOGIN_BURST` (10), `GATEWAY_API_RATE` (50, or 2000 outside
/// of production) and `GATEWAY_API_BURST` (twice the rate); a second and client address.
fn limits(env: &mut Env, profile: Profile) -> Limits {
    let usual_rate = match profile {
        Profile::Production => 50,
        Profile::Development | Profile::Test => 2000,
    };
    let mut count = |name, usual: u32| match env.or(name, usual) {
        0 => env.fault(name, "must be at least 1").unwrap_or(usual),
        count => count,
    };
    let api_rate = count("GATEWAY_API_RATE", usual_rate);
    Limits {
        login_rate: count("GATEWAY_LOGIN_RATE", 5),
        login_burst: count("GATEWAY_LOGIN_BURST", 10),
        api_rate,
        api_burst: count("GATEWAY_API_BURST", api_rate.saturating_mul(2)),
    }
}

/// `NGINX_MODULES_DIR`, default `/usr/lib/nginx/modules`: where nginx's Lua modules are; `none` where it
/// has Lua built in.
fn modules(env: &mut Env) -> Option<PathBuf> {
    let folder = env.or("NGINX_MODULES_DIR", "/usr/lib/nginx/modules".to_owned());
    (folder != "none").then(|| plain(env, "NGINX_MODULES_DIR", Path::new(&folder)))
}

fn certificate(env: &mut Env, state_dir: &Path) -> Source {
    let certificate = env.optional::<PathBuf>("TLS_CERT_FILE");
    let key = env.optional::<PathBuf>("TLS_KEY_FILE");
    match (certificate, key) {
        (Some(certificate), Some(key)) => Source::Given { certificate, key },
        (None, None) => Source::Own(state_dir.join("tls")),
        (Some(_), None) | (None, Some(_)) => env
            .fault(
                "TLS_KEY_FILE",
                "TLS_CERT_FILE and TLS_KEY_FILE belong together",
            )
            .unwrap_or_else(|| Source::Own(state_dir.join("tls"))),
    }
}

/// `GATEWAY_ACCESS_LOG`: a file, or `off`; default `logs/access.log` in the state folder.
fn access_log(env: &mut Env, state_dir: &Path) -> Option<PathBuf> {
    let usual = state_dir.join("logs/access.log");
    match env.optional::<String>("GATEWAY_ACCESS_LOG") {
        None => Some(usual),
        Some(word) if word == "off" => None,
        Some(path) => Some(plain(env, "GATEWAY_ACCESS_LOG", Path::new(&path))),
    }
}

/// A folder as an absolute path that can stand between quotes in nginx's files.
fn folder(env: &mut Env, name: &str, usual: &str) -> PathBuf {
    let path = env.or(name, PathBuf::from(usual));
    plain(env, name, &path)
}

fn plain(env: &mut Env, name: &str, path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_empty| path.to_owned());
    let is_plain = absolute.to_str().is_some_and(|text| {
        text.chars()
            .all(|c| !c.is_control() && !matches!(c, '"' | '\\' | '$'))
    });
    if !is_plain {
        env.fault::<()>(
            name,
            "must not contain quotes, backslashes, $ or control characters",
        );
    }
    absolute
}

/// `GATEWAY_LISTEN`: addresses with commas between them.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Listen(Vec<IpAddr>);

impl FromStr for Listen {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let addresses = text.split(',').map(|word| word.trim().parse());
        addresses
            .collect::<Result<_, _>>()
            .map(Self)
            .map_err(|_no_address| "must be IP addresses with commas between them".to_owned())
    }
}

/// Every address in production; else loopback, in both families where the machine has them.
fn usual_listen(profile: Profile) -> Listen {
    let has_v6 = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_ok();
    let v6 = |address: Ipv6Addr| has_v6.then_some(IpAddr::V6(address));
    let (v4, v6) = match profile {
        Profile::Production => (Ipv4Addr::UNSPECIFIED, v6(Ipv6Addr::UNSPECIFIED)),
        Profile::Development | Profile::Test => (Ipv4Addr::LOCALHOST, v6(Ipv6Addr::LOCALHOST)),
    };
    Listen(std::iter::once(IpAddr::V4(v4)).chain(v6).collect())
}

fn host_name() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    name.trim().to_owned()
}

/// User of the workers when the gateway is root: `GATEWAY_WORKER_USER`, default `www-data`.
///
/// Where that user cannot reach the files, production refuses, and development keeps root.
fn choose_worker_user(env: &mut Env, profile: Profile, folders: &[&Path]) -> Option<String> {
    let user = env.or("GATEWAY_WORKER_USER", "www-data".to_owned());
    if !user
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    {
        return env.fault("GATEWAY_WORKER_USER", "is no user name");
    }
    if !rustix::process::getuid().is_root() {
        return None;
    }
    match (worker_user::blocked_at(folders), profile) {
        (None, _) => Some(user),
        (Some(folder), Profile::Production) => env.fault(
            "GATEWAY_WORKER_USER",
            format!(
                "{user} cannot enter {}; move the files or run as another user",
                folder.display()
            ),
        ),
        (Some(_), Profile::Development | Profile::Test) => Some("root".to_owned()),
    }
}
