//! Turns what the edge should be into the files nginx reads. Pure, apart from reading templates.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use common::secret::Secret;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde::Serialize;

use crate::error::Error;
use crate::services::{Address, SERVICES};

/// The files of one configuration: path below its folder, and text.
pub type Files = BTreeMap<String, String>;

/// Steps that one template may take; far above what ours need.
const FUEL: u64 = 100_000;

/// Largest body that is held in memory instead of a file, in KiB.
const MAX_BUFFER_KIB: u32 = 256;

macro_rules! embedded {
    ($($path:literal),* $(,)?) => {
        [$(($path, include_str!(concat!("../../nginx/", $path)))),*]
    };
}

/// The templates, snippets and programs that the binary carries.
const EMBEDDED: [(&str, &str); 17] = embedded![
    "templates/nginx.conf.tmpl",
    "templates/upstream.conf.tmpl",
    "templates/server.conf.tmpl",
    "templates/location.conf.tmpl",
    "lua/port_map.lua",
    "snippets/headers.conf",
    "snippets/maps.conf",
    "snippets/problems.conf",
    "snippets/proxy.conf",
    "snippets/security-common.conf",
    "snippets/security-docs.conf",
    "snippets/security-page.conf",
    "snippets/security.conf",
    "snippets/stream.conf",
    "snippets/tls.conf",
    "snippets/types.conf",
    "snippets/websocket.conf",
];

/// What the edge should be, apart from the certificate and the generation.
#[derive(Clone, Debug)]
pub struct Edge {
    /// Addresses of the HTTPS listeners; their port is the public one.
    pub https: Vec<SocketAddr>,
    /// Addresses of the listeners that redirect to HTTPS.
    pub http: Vec<SocketAddr>,
    /// Loopback port on which nginx tells its generation and takes the port map.
    pub admin_port: u16,
    /// What the gateway shows there, so that nobody else brings a port map.
    pub admin_key: Secret<String>,
    /// File with the port map that nginx starts with.
    pub port_map: PathBuf,
    /// Folder of the configurations, each in a folder named by its number.
    pub generations_dir: PathBuf,
    /// Folder of nginx's modules; none where it has Lua built in.
    pub modules_dir: Option<PathBuf>,
    /// Where the gateway's own answers come from.
    pub status: Address,
    /// Address of each service by the settings, in the order of [`SERVICES`].
    pub services: Vec<Address>,
    /// Static files of the web UI.
    pub ui_dir: PathBuf,
    /// Where nginx keeps its pid and temporary files.
    pub run_dir: PathBuf,
    /// File of the access log; none keeps no log.
    pub access_log: Option<PathBuf>,
    /// User of the workers, when the gateway runs as root.
    pub worker_user: Option<String>,
    /// Processes that serve.
    pub worker_processes: u16,
    /// Longest life of a worker after a reload, in seconds.
    pub worker_shutdown_seconds: u64,
    /// Limits for each client address.
    pub limits: Limits,
    /// Whether browsers are told to use HTTPS only, for two years.
    pub hsts: Hsts,
    /// What the nginx at hand can do.
    pub features: Features,
}

/// Requests that one client address may make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Sign-ins a second.
    pub login_rate: u32,
    /// Sign-ins above the rate that are let through at once.
    pub login_burst: u32,
    /// Other requests a second.
    pub api_rate: u32,
    /// Other requests above the rate that are let through at once.
    pub api_burst: u32,
}

/// Whether `Strict-Transport-Security` is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hsts {
    /// The certificate is one that browsers trust.
    Sent,
    /// The certificate is self-signed.
    Omitted,
}

/// What depends on the version of nginx.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Features {
    /// 1.27.4 and later keep idle connections open for a while when a worker ends.
    pub lossless_reload: bool,
    /// 1.25.1 and later want `http2 on` instead of a word after `listen`.
    pub http2_directive: bool,
}

/// Where the templates come from.
#[derive(Clone, Debug)]
pub enum Templates {
    /// The ones that the binary carries.
    Embedded,
    /// A folder with `templates` and `snippets`, read each time.
    Folder(PathBuf),
}

impl Templates {
    /// Renders all files of configuration number `generation`.
    ///
    /// # Errors
    /// When a template is missing or does not render.
    pub fn render(&self, edge: &Edge, generation: u64) -> Result<Files, Error> {
        let view = View::of(edge, generation);
        let mut files = Files::new();
        for (path, embedded) in EMBEDDED {
            let text = self.text(path, embedded)?;
            let template = path
                .strip_prefix("templates/")
                .and_then(|p| p.strip_suffix(".tmpl"));
            match template {
                Some(name) => files.insert(name.to_owned(), fill(name, &text, &view)?),
                None => files.insert(path.to_owned(), text),
            };
        }
        Ok(files)
    }

    fn text(&self, path: &str, embedded: &str) -> Result<String, Error> {
        match self {
            Self::Embedded => Ok(embedded.to_owned()),
            Self::Folder(folder) => {
                let path = folder.join(path);
                std::fs::read_to_string(&path).map_err(Error::file("read", path))
            }
        }
    }
}

fn fill(name: &str, text: &str, view: &View<'_>) -> Result<String, Error> {
    let fill = || {
        let mut environment = Environment::new();
        environment.set_syntax(
            SyntaxConfig::builder()
                .keep_trailing_newline(true)
                .build()?,
        );
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_fuel(Some(FUEL));
        environment.set_auto_escape_callback(|_name| AutoEscape::None);
        environment.render_named_str(name, text, Serde(view))
    };
    fill().map_err(|error| Error::Template {
        name: name.to_owned(),
        reason: error.to_string(),
    })
}

/// What the templates see.
#[derive(Serialize)]
struct View<'a> {
    generation: u64,
    https: Vec<String>,
    http: Vec<String>,
    https_suffix: String,
    admin_port: u16,
    admin_key: &'a str,
    port_map: &'a Path,
    generations_dir: &'a Path,
    modules_dir: Option<&'a Path>,
    status: String,
    services: Vec<ServiceView>,
    ui_dir: &'a Path,
    run_dir: &'a Path,
    access_log: Option<&'a Path>,
    worker_user: Option<&'a str>,
    worker_processes: u16,
    worker_shutdown_seconds: u64,
    login_rate: u32,
    login_burst: u32,
    api_rate: u32,
    api_burst: u32,
    hsts: bool,
    lossless_reload: bool,
    http2_directive: bool,
}

#[derive(Serialize)]
struct ServiceView {
    name: &'static str,
    collections: &'static [&'static str],
    body_kib: u32,
    buffer_kib: u32,
}

impl<'a> View<'a> {
    fn of(edge: &'a Edge, generation: u64) -> Self {
        let port = edge.https.first().map_or(443, SocketAddr::port);
        Self {
            generation,
            https: edge.https.iter().map(ToString::to_string).collect(),
            http: edge.http.iter().map(ToString::to_string).collect(),
            https_suffix: if port == 443 {
                String::new()
            } else {
                format!(":{port}")
            },
            admin_port: edge.admin_port,
            admin_key: edge.admin_key.expose(),
            port_map: &edge.port_map,
            generations_dir: &edge.generations_dir,
            modules_dir: edge.modules_dir.as_deref(),
            status: edge.status.to_string(),
            services: SERVICES.iter().map(ServiceView::of).collect(),
            ui_dir: &edge.ui_dir,
            run_dir: &edge.run_dir,
            access_log: edge.access_log.as_deref(),
            worker_user: edge.worker_user.as_deref(),
            worker_processes: edge.worker_processes,
            worker_shutdown_seconds: edge.worker_shutdown_seconds,
            login_rate: edge.limits.login_rate,
            login_burst: edge.limits.login_burst,
            api_rate: edge.limits.api_rate,
            api_burst: edge.limits.api_burst,
            hsts: edge.hsts == Hsts::Sent,
            lossless_reload: edge.features.lossless_reload,
            http2_directive: edge.features.http2_directive,
        }
    }
}

impl ServiceView {
    fn of(service: &crate::services::Service) -> Self {
        Self {
            name: service.name,
            collections: service.collections,
            body_kib: service.body_kib,
            buffer_kib: service.body_kib.min(MAX_BUFFER_KIB),
        }
    }
}
