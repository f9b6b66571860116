//! The HTTP server of a service: its routes, what every service answers, start and drain.

use std::cell::OnceCell;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use actix_web::middleware::from_fn;
use actix_web::web::{self, Data, PayloadConfig};
use actix_web::{App, HttpResponse, HttpServer, get};
use common::model::service::Health;
use serde::Serialize;
use tokio::signal::unix::{SignalKind, signal};
use tracing::{error, info};
use utoipa::ToSchema;
use utoipa::openapi::OpenApi;
use utoipa_actix_web::AppExt;
use utoipa_actix_web::service_config::ServiceConfig;
use utoipa_swagger_ui::{Config as DocsConfig, SwaggerUi};

use crate::access::AccessTable;
use crate::config::{BadSettings, EXIT_BAD_SETTINGS};
use crate::error::ApiError;
use crate::gate;
use crate::health::HealthChecks;
use crate::json::Json;
use crate::listeners::{self, Listeners, Mark, Serve};
use crate::reconcile::Hint;
use crate::service::{BuildError, Descriptor, Kit};
use crate::{metrics, openapi, port_map, restart};

/// Largest body that any route takes, in bytes.
const MAX_BODY_BYTES: usize = 1 << 20;

/// The page that shows the document, and its files.
const DOCS: &str = "/docs/{_:.*}";

/// Adds a service's routes.
pub type Routes = fn(&mut ServiceConfig<'_>);

/// A server that listens, ready to be run.
pub struct Server {
    kit: Kit,
    address: SocketAddr,
    listeners: Listeners,
    can_restart: bool,
}

impl Server {
    /// Binds the address, on the port of the port map if that knows the service, and starts the workers; `app` reaches the handlers as `Data<A>`.
    ///
    /// # Errors
    /// When an operation lacks an access rule, or the address is taken.
    pub async fn start<A: Send + Sync + 'static>(
        kit: Kit,
        app: Arc<A>,
        routes: Routes,
    ) -> Result<Self, BuildError> {
        let api = document(&kit.service, routes);
        let mut table = AccessTable::of(&api).map_err(BuildError::Access)?;
        table.open(DOCS);
        let table = Data::new(table);
        let gate = kit.gate();
        gate.keep_fresh(&kit.tasks, kit.revocations_hint());
        kit.bus.listen(&kit.tasks);
        let meta = Data::new(Meta::new(&kit, &api));
        let app = Data::from(app);
        let gate = Data::from(gate);
        let health = Data::new(kit.health.clone());
        let make = move |mark: Data<Mark>| {
            let (app, _document) = App::new()
                .wrap(from_fn(gate::pass))
                .wrap(from_fn(listeners::count))
                .app_data(mark)
                .app_data(app.clone())
                .app_data(gate.clone())
                .app_data(table.clone())
                .app_data(meta.clone())
                .app_data(health.clone())
                .app_data(PayloadConfig::new(MAX_BODY_BYTES))
                .into_utoipa_app()
                .configure(meta_routes)
                .configure(routes)
                .split_for_parts();
            app.service(docs()).default_service(web::to(no_such_path))
        };
        let (workers, drain) = (kit.config.worker_threads.max(1), kit.config.drain);
        let serve: Serve = Box::new(move |listener, mark| {
            let (make, mark): (_, Data<Mark>) = (make.clone(), Data::from(mark));
            let server = HttpServer::new(move || make(mark.clone()))
                .workers(workers)
                .shutdown_timeout(drain.as_secs())
                .disable_signals()
                .keep_alive(Duration::from_secs(75))
                .client_request_timeout(Duration::from_secs(15))
                .listen(listener)?;
            Ok(server.run())
        });
        let listeners = Listeners::new(&kit.config.host, drain, kit.tasks.clone(), serve);
        let address = port_map::open(&kit, &listeners).await?;
        Ok(Self {
            kit,
            address,
            listeners,
            can_restart: true,
        })
    }

    /// Does not start anew in its place: for a program that has more to hand over than a socket.
    #[must_use]
    pub fn without_restart(mut self) -> Self {
        self.can_restart = false;
        self
    }

    /// Where it listened first.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its parts.
    pub fn kit(&self) -> &Kit {
        &self.kit
    }

    /// Serves until SIGTERM or SIGINT, then drains; starts anew in its place where it is told to.
    ///
    /// # Errors
    /// When signals cannot be waited for, the server fails, or the program cannot be started again.
    pub async fn run(self) -> std::io::Result<()> {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let listeners = self.listeners.clone();
        let restart = if self.can_restart {
            listeners.offer_restart()
        } else {
            Hint::default()
        };
        let handed = OnceCell::new();
        self.run_until(async {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
                () = restart.wait() => {
                    info!("The program starts anew in its place");
                    let _first = handed.set(listeners.hand_over().await);
                }
            }
        })
        .await?;
        match handed.into_inner() {
            Some(listener) => Err(restart::exec(listener?)),
            None => Ok(()),
        }
    }

    /// Serves until `stop` ends, then drains: says that it is not ready, finishes what is open,
    /// ends the background work.
    ///
    /// # Errors
    /// When the server fails.
    pub async fn run_until(self, stop: impl Future<Output = ()>) -> std::io::Result<()> {
        let name = self.kit.service.public_name;
        info!(address = %self.address, "{name} listens on {}", self.address);
        tokio::select! {
            failure = self.listeners.failure() => return Err(failure),
            () = stop => {}
        }
        info!("{name} drains");
        self.kit.health.start_draining();
        let drain = self.kit.config.drain;
        let work = self.kit.tasks.drain();
        let drained = async { tokio::join!(self.listeners.stop(), work) };
        if tokio::time::timeout(drain, drained).await.is_err() {
            error!("{name} did not drain in time");
        }
        info!("{name} has stopped");
        Ok(())
    }
}

/// Runs a service's process: settings, build, serve; the exit code says how it went.
pub async fn main<C, B>(settings: Result<C, BadSettings>, build: impl FnOnce(C) -> B) -> ExitCode
where
    B: Future<Output = anyhow::Result<Server>>,
{
    let config = match settings {
        Ok(config) => config,
        Err(faults) => {
            report(&faults.to_string());
            return ExitCode::from(EXIT_BAD_SETTINGS);
        }
    };
    let ended = match build(config).await {
        Ok(server) => server.run().await.map_err(anyhow::Error::from),
        Err(error) => Err(error),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// Says why the process ends; logging may not have started.
fn report(text: &str) {
    use std::io::Write;
    // Nobody is left to tell if standard error is closed.
    let _written = writeln!(std::io::stderr(), "{text}");
}

/// The completed document of a service.
pub fn document(service: &Descriptor, routes: Routes) -> OpenApi {
    let (_app, api) = App::new()
        .into_utoipa_app()
        .configure(meta_routes)
        .configure(routes)
        .split_for_parts();
    openapi::complete(api, service)
}

fn docs() -> SwaggerUi {
    // Relative, so that the page works under the gateway's prefix as well.
    SwaggerUi::new(DOCS).config(DocsConfig::new(["./openapi.json"]))
}

fn meta_routes(config: &mut ServiceConfig<'_>) {
    config
        .service(get_health)
        .service(get_readiness)
        .service(get_info)
        .service(get_metrics)
        .service(get_document)
        .service(get_docs_document)
        .service(listeners::routes::get_listeners)
        .service(listeners::routes::prepare_port)
        .service(listeners::routes::commit_port)
        .service(listeners::routes::abort_port)
        .service(listeners::routes::restart_program)
        .service(listeners::routes::update_port);
}

async fn no_such_path() -> Result<HttpResponse, ApiError> {
    Err(ApiError::not_found(
        "request.no_such_path",
        "there is no such path",
    ))
}

/// What `/info` and `/openapi.json` answer.
struct Meta {
    info: Info,
    document: web::Bytes,
}

impl Meta {
    fn new(kit: &Kit, api: &OpenApi) -> Self {
        let endpoints = api
            .paths
            .paths
            .keys()
            .filter(|path| !path.starts_with("/internal"));
        let supported = kit.service.supported;
        let list = |wanted: &str| {
            supported
                .filter(|(name, _)| *name == wanted)
                .map(|(_, words)| words.iter().map(|word| (*word).to_owned()).collect())
        };
        Self {
            info: Info {
                service: kit.service.public_name.to_owned(),
                description: kit.service.description.to_owned(),
                version: kit.service.version.to_owned(),
                endpoints: endpoints.cloned().collect(),
                supported_types: list("supportedTypes"),
                supported_protocols: list("supportedProtocols"),
            },
            document: serde_json::to_vec(api).unwrap_or_default().into(),
        }
    }
}

/// What the service is.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Info {
    /// Name.
    service: String,
    /// One sentence.
    description: String,
    /// Version.
    version: String,
    /// Paths that it serves.
    endpoints: Vec<String>,
    /// Types of objects that it knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    supported_types: Option<Vec<String>>,
    /// Protocols that it knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    supported_protocols: Option<Vec<String>>,
}

/// Whether the service can do its work.
#[utoipa::path(tag = "service", security(()), responses((status = 200, body = Health)))]
#[get("/health")]
async fn get_health(health: Data<HealthChecks>) -> HttpResponse {
    answer(&health.report().await, false)
}

/// Whether the service takes requests: healthy and not about to end.
#[utoipa::path(tag = "service", security(()), responses((status = 200, body = Health)))]
#[get("/health/ready")]
async fn get_readiness(health: Data<HealthChecks>) -> HttpResponse {
    answer(&health.report().await, health.is_draining())
}

fn answer(health: &Health, draining: bool) -> HttpResponse {
    if health.status == "healthy" && !draining {
        return HttpResponse::Ok().json(Health {
            checks: Default::default(),
            ..health.clone()
        });
    }
    HttpResponse::ServiceUnavailable().json(health)
}

/// What the service is and which paths it serves.
#[utoipa::path(tag = "service", security(()), responses((status = 200, body = Info)))]
#[get("/info")]
async fn get_info(meta: Data<Meta>) -> Json<Info> {
    Json(meta.info.clone())
}

/// Numbers for Prometheus.
#[utoipa::path(tag = "service", security(()), responses((status = 200, body = String)))]
#[get("/metrics")]
async fn get_metrics() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4")
        .body(metrics::render())
}

/// This document.
#[utoipa::path(tag = "service", security(()), responses((status = 200, body = Object)))]
#[get("/openapi.json")]
async fn get_document(meta: Data<Meta>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .body(meta.document.clone())
}

/// This document, beside the page that shows it.
#[utoipa::path(tag = "service", security(()), responses((status = 200, body = Object)))]
#[get("/docs/openapi.json")]
async fn get_docs_document(meta: Data<Meta>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .body(meta.document.clone())
}
