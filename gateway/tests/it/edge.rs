//! A whole edge for one test.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use common::clock::Clock;
use gateway::App;
use gateway::config::Config;
use gateway::services::SERVICES;
use gateway::state::Snapshot;
use reqwest::{Method, RequestBuilder, Response};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use service_kit::config::Env;
use service_kit::service::Kit;
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::upstream;

/// Longest wait for something that happens by itself.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// Settings of an edge that is not started yet.
pub(crate) struct Plan {
    pub(crate) vars: BTreeMap<String, String>,
    _leftovers: Leftovers,
    pub(crate) dir: TempDir,
    pub(crate) clock: Clock,
    pub(crate) ports: Ports,
}

/// Ports that nobody uses, outside of the range from which the kernel picks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ports {
    pub(crate) https: u16,
    pub(crate) http: u16,
    pub(crate) admin: u16,
    pub(crate) status: u16,
}

impl Ports {
    fn free() -> Self {
        let block = |number: u32| u16::try_from(12_000 + (number % 2_000) * 8).unwrap();
        let start = std::process::id();
        let is_free = |port: u16| TcpListener::bind(("127.0.0.1", port)).is_ok();
        let first = (start..start + 2_000)
            .map(block)
            .find(|first| (*first..first + 4).all(is_free))
            .expect("four free ports");
        Self {
            https: first,
            http: first + 1,
            admin: first + 2,
            status: first + 3,
        }
    }
}

impl Plan {
    /// Every service answers; the web UI is a small one.
    pub(crate) fn new() -> Self {
        let plan = Self::without_services();
        let services = SERVICES.map(|service| (service.variable, upstream::start(service.name)));
        services
            .into_iter()
            .fold(plan, |plan, (name, address)| plan.set(name, &address.url()))
    }

    /// No service answers.
    pub(crate) fn without_services() -> Self {
        let dir = tempfile::Builder::new().prefix("edge").tempdir().unwrap();
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(dir.path(), open).unwrap();
        let ui = dir.path().join("ui");
        std::fs::create_dir_all(ui.join("assets")).unwrap();
        std::fs::write(ui.join("index.html"), "<!doctype html><title>page</title>").unwrap();
        std::fs::write(
            ui.join("assets/app-1a2b.js"),
            "console.log('hello');\n".repeat(100),
        )
        .unwrap();
        let ports = Ports::free();
        let plan = Self {
            vars: BTreeMap::new(),
            _leftovers: Leftovers(dir.path().join("state")),
            dir,
            clock: Clock::system(),
            ports,
        };
        let state = plan.state_dir().display().to_string();
        let nobody = format!("http://127.0.0.1:{}", ports.status + 1);
        SERVICES
            .iter()
            .fold(plan, |plan, service| plan.set(service.variable, &nobody))
            .set("OPSC_PROFILE", "test")
            .set("DRAIN_SECONDS", "6")
            .set("GATEWAY_STATE_DIR", &state)
            .set("GATEWAY_UI_DIR", &ui.display().to_string())
            .set("GATEWAY_LISTEN", "127.0.0.1")
            .set("GATEWAY_HTTPS_PORT", &ports.https.to_string())
            .set("GATEWAY_HTTP_PORT", &ports.http.to_string())
            .set("GATEWAY_ADMIN_PORT", &ports.admin.to_string())
            .set("GATEWAY_STATUS_PORT", &ports.status.to_string())
            .set("GATEWAY_RECONCILE_SECONDS", "3600")
    }

    pub(crate) fn set(mut self, name: &str, value: &str) -> Self {
        self.vars.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Copies the templates into a folder of the test's own, which it may change.
    pub(crate) fn with_own_templates(self) -> Self {
        let own = self.dir.path().join("own");
        let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("../nginx");
        for folder in ["templates", "snippets", "lua"] {
            std::fs::create_dir_all(own.join(folder)).unwrap();
            for entry in std::fs::read_dir(ours.join(folder))
                .unwrap()
                .map(Result::unwrap)
            {
                std::fs::copy(entry.path(), own.join(folder).join(entry.file_name())).unwrap();
            }
        }
        self.set("GATEWAY_TEMPLATE_DIR", &own.display().to_string())
    }

    pub(crate) fn state_dir(&self) -> PathBuf {
        self.dir.path().join("state")
    }

    pub(crate) fn config(&self) -> Config {
        let mut env = Env::of(self.vars.clone());
        let config = Config::read(&mut env);
        env.finish().unwrap();
        config
    }

    /// Starts it and waits until it serves.
    pub(crate) async fn start(self) -> Edge {
        let edge = self.launch().await;
        edge.wait(|state| state.served.is_some()).await;
        edge
    }

    /// Starts it without waiting.
    pub(crate) async fn launch(self) -> Edge {
        let config = self.config();
        let common = config.common.clone();
        let kit = Kit::new(gateway::DESCRIPTOR, common, self.clock.clone()).unwrap();
        let (server, app) = Box::pin(gateway::start(kit, config)).await.unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        #[expect(clippy::disallowed_methods, reason = "ended by Edge::stop")]
        let running = tokio::spawn(async move {
            let until = async move {
                let _told = stopped.await;
            };
            server.run_until(until).await.unwrap();
        });
        Edge {
            plan: self,
            app,
            stop,
            running,
        }
    }
}

/// An edge that runs.
pub(crate) struct Edge {
    pub(crate) plan: Plan,
    pub(crate) app: Arc<App>,
    stop: oneshot::Sender<()>,
    running: JoinHandle<()>,
}

impl Edge {
    pub(crate) fn certificate(&self) -> Vec<u8> {
        std::fs::read(self.plan.state_dir().join("tls/cert.pem")).unwrap()
    }

    /// A client that trusts the certificate and follows no redirect.
    pub(crate) fn client(&self) -> reqwest::Client {
        client_trusting(&self.certificate())
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("https://localhost:{}{path}", self.plan.ports.https)
    }

    pub(crate) fn ask(&self, method: Method, path: &str) -> RequestBuilder {
        self.client().request(method, self.url(path))
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.ask(Method::GET, path).send().await.unwrap()
    }

    /// Waits until the edge's state is as `wanted`.
    pub(crate) async fn wait(&self, wanted: impl Fn(&Snapshot) -> bool) -> Snapshot {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let state = self.app.edge.snapshot();
            if wanted(&state) {
                return state;
            }
            assert!(Instant::now() < deadline, "the edge stays {state:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Compares with the settings at once, and waits until the state is as `wanted`.
    pub(crate) async fn reconcile(&self, wanted: impl Fn(&Snapshot) -> bool) -> Snapshot {
        self.app.hint.give();
        self.wait(wanted).await
    }

    pub(crate) fn nginx_pid(&self) -> i32 {
        nginx_pid(&self.plan.state_dir()).expect("nginx has a pid")
    }

    /// Stops it and gives back its settings, for another start.
    pub(crate) async fn stop(self) -> Plan {
        self.stop.send(()).unwrap();
        self.running.await.unwrap();
        self.plan
    }
}

/// Ends the nginx of a test that failed.
pub(crate) struct Leftovers(PathBuf);

impl Drop for Leftovers {
    fn drop(&mut self) {
        if let Some(pid) = nginx_pid(&self.0).and_then(Pid::from_raw) {
            let _gone = kill_process(pid, Signal::TERM);
        }
    }
}

pub(crate) fn client_trusting(certificate: &[u8]) -> reqwest::Client {
    let certificate = reqwest::Certificate::from_pem(certificate).unwrap();
    reqwest::Client::builder()
        .tls_certs_only([certificate])
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .timeout(PATIENCE)
        .build()
        .unwrap()
}

pub(crate) fn nginx_pid(state_dir: &Path) -> Option<i32> {
    std::fs::read_to_string(state_dir.join("run/nginx.pid"))
        .ok()?
        .trim()
        .parse()
        .ok()
}

/// The body, checked to be a problem with `status` and `code` that names its request.
pub(crate) async fn problem(answer: Response, status: u16, code: &str) -> Value {
    let id = header(&answer, "x-request-id").expect("a request id");
    assert_eq!(answer.status().as_u16(), status);
    assert_eq!(
        header(&answer, "content-type").as_deref(),
        Some("application/problem+json")
    );
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body["code"], code);
    assert_eq!(body["status"], status);
    assert_eq!(body["type"], "about:blank");
    assert_eq!(body["request_id"], Value::String(id));
    assert!(body["title"].is_string() && body["detail"].is_string());
    body
}

pub(crate) fn header(answer: &Response, name: &str) -> Option<String> {
    let mut values = answer.headers().get_all(name).iter();
    let value = values.next()?.to_str().unwrap().to_owned();
    assert_eq!(values.next(), None, "{name} is there twice");
    Some(value)
}
