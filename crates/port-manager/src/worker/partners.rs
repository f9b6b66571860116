//! Registers this program at its partners, and tells the Hub how it is.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;
use service_kit::reconcile::{Hint, every};
use service_kit::service::Kit;
use tokio::sync::Mutex;

use crate::app::{App, Shared};
use crate::domain::record::OWN_NAME;
use crate::domain::statistics;
use crate::error::Error;
use crate::partner::{self, Partner};
use crate::worker::has;
use crate::worker::outbox::Breaker;

/// Name of its lease.
pub(super) const WORK: &str = "partners";
/// How often it is looked what is due.
const PERIOD: Duration = Duration::from_secs(1);
/// How often the Hub hears of the health.
const HEALTH_EVERY: Duration = Duration::from_secs(30);
/// How often the Hub is asked which services there are.
const DISCOVERY_EVERY: Duration = Duration::from_secs(30);
/// How often it hears of the numbers.
const METRICS_EVERY: Duration = Duration::from_secs(60);

/// What a partner knows already.
#[derive(Default)]
struct Standing {
    is_registered: bool,
    health_at: Option<Instant>,
    metrics_at: Option<Instant>,
    breaker: Breaker,
}

/// Keeps partners informed until the process stops.
pub(super) fn start(kit: &Kit, app: &Shared) {
    start_discovery(kit, app);
    for partner in Partner::WATCHING {
        if !partner.config(&app.config).enabled {
            continue;
        }
        let app = Arc::clone(app);
        let standing = Arc::new(Mutex::new(Standing::default()));
        every(
            &kit.tasks,
            "registration",
            PERIOD,
            Hint::default(),
            move || {
                let (app, standing) = (Arc::clone(&app), Arc::clone(&standing));
                async move {
                    let mut standing = standing.lock().await;
                    if standing.breaker.is_closed() && has(&app, WORK).await? {
                        round(&app, partner, &mut standing).await?;
                    }
                    Ok::<_, Error>(())
                }
            },
        );
    }
}

/// Learns from the Hub which services there are; what it said last is kept while it is away.
fn start_discovery(kit: &Kit, app: &Shared) {
    if !app.config.hub.enabled {
        return;
    }
    let app = Arc::clone(app);
    every(
        &kit.tasks,
        "discovery",
        DISCOVERY_EVERY,
        Hint::default(),
        move || {
            let app = Arc::clone(&app);
            async move {
                match app.probe.discover(&app.config.hub.url).await {
                    Ok(services) => app.discovered.set(services),
                    Err(why) => tracing::debug!("The hub did not list its services: {why}"),
                }
                Ok::<_, Error>(())
            }
        },
    );
}

async fn round(app: &App, partner: Partner, standing: &mut Standing) -> Result<(), Error> {
    let is_due = |at: Option<Instant>, every| at.is_none_or(|at: Instant| at.elapsed() >= every);
    if !standing.is_registered {
        let common = &app.config.common;
        let about = || partner::registration(&common.host, common.port, env!("CARGO_PKG_VERSION"));
        let (path, body) = if partner == Partner::Hub {
            (partner::REGISTER, about())
        } else {
            (partner::MONITORING, partner::monitoring())
        };
        standing.is_registered = call(app, partner, standing, (path, body)).await;
    }
    if partner != Partner::Hub || !standing.is_registered {
        return Ok(());
    }
    if is_due(standing.health_at, HEALTH_EVERY) {
        let body = health(app).await;
        if call(app, partner, standing, (partner::HEALTH, body)).await {
            standing.health_at = Some(Instant::now());
        }
    }
    if is_due(standing.metrics_at, METRICS_EVERY) {
        let body = numbers(app).await?;
        if call(app, partner, standing, (partner::METRICS, body)).await {
            standing.metrics_at = Some(Instant::now());
        }
    }
    Ok(())
}

async fn call(
    app: &App,
    partner: Partner,
    standing: &mut Standing,
    (path, body): (&str, serde_json::Value),
) -> bool {
    let told = app
        .probe
        .tell(&partner.config(&app.config).url, path, &body)
        .await;
    standing.breaker.learn(told.is_ok());
    if let Err(why) = &told {
        tracing::debug!("The {} did not take {path}: {why}", partner.as_str());
    }
    told.is_ok()
}

async fn health(app: &App) -> serde_json::Value {
    let database = app.store.acquire().await.is_ok();
    let issues = if database {
        json!([])
    } else {
        json!(["the database cannot be reached"])
    };
    json!({
        "service_id": OWN_NAME, "status": if database { "healthy" } else { "unhealthy" },
        "timestamp": app.clock.now().timestamp(), "issues": issues,
        "metrics": {"uptime": app.started.elapsed().as_secs()},
    })
}

async fn numbers(app: &App) -> Result<serde_json::Value, Error> {
    let numbers = statistics::count(app, None).await?;
    let own = crate::usage::measure(app.started.elapsed());
    let requests = service_kit::metrics::request_totals();
    Ok(json!({
        "service_id": OWN_NAME, "timestamp": app.clock.now().timestamp(),
        "cpu_usage": own.cpu_percent, "memory_usage": own.memory_mb,
        "active_connections": app.live.watchers(), "request_count": requests.count,
        "error_count": requests.errors, "avg_response_time": requests.average_ms,
        "custom_metrics": {
            "managed_services": numbers.total_services, "port_assignments": numbers.used_ports,
            "conflicts_detected": numbers.conflicts, "ports_reassigned": moves(app).await?,
        },
    }))
}

async fn moves(app: &App) -> Result<i64, Error> {
    let mut conn = app.store.acquire().await?;
    Ok(crate::store::history::count_moves(&mut conn).await?)
}
