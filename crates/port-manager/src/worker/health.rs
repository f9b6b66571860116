//! Checks services, each at its own time, and tells when one changes.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use serde_json::json;
use service_kit::reconcile::{Hint, every};
use service_kit::service::Kit;
use tokio::sync::Mutex;

use crate::app::{App, Shared};
use crate::domain::health::{Condition, Status};
use crate::domain::ledger::{Actor, Ledger};
use crate::domain::record::{Service, Suite};
use crate::domain::relocation::place_of;
use crate::error::Error;
use crate::partner::{self, Partner};
use crate::store;
use crate::store::events::NewEvent;
use crate::store::health::Record;
use crate::worker::has;

/// Name of its lease.
pub(super) const WORK: &str = "health";
/// How often it is looked which service is due.
const TICK: Duration = Duration::from_millis(500);
/// Checks on the way at a time.
const AT_A_TIME: usize = 64;

/// When each service is due, by its row.
type Due = HashMap<i64, Instant>;

/// Checks until the process stops.
pub(super) fn start(kit: &Kit, app: &Shared) {
    let app = Arc::clone(app);
    let due = Arc::new(Mutex::new(Due::new()));
    every(
        &kit.tasks,
        "health checks",
        TICK,
        Hint::default(),
        move || {
            let (app, due) = (Arc::clone(&app), Arc::clone(&due));
            async move {
                if has(&app, WORK).await? {
                    round(&app, &mut *due.lock().await).await?;
                }
                Ok::<_, Error>(())
            }
        },
    );
}

async fn round(app: &App, due: &mut Due) -> Result<(), Error> {
    let now = Instant::now();
    let mut jobs = Vec::new();
    {
        let mut conn = app.store.acquire().await?;
        for suite in store::suites::list(&mut conn).await? {
            let known = store::health::list(&mut conn, suite.id).await?;
            let mut known: HashMap<i64, Record> = known
                .into_iter()
                .map(|record| (record.service_id, record))
                .collect();
            for service in store::services::list(&mut conn, suite.id).await? {
                let record = known.remove(&service.id);
                // Starts are spread, so that a large suite is not checked in one burst.
                let first = || now + app.config.unhealthy_interval.mul_f64(rand::random::<f64>());
                let at = *due.entry(service.id).or_insert_with(first);
                if at <= now {
                    jobs.push((suite.clone(), service, record));
                }
            }
        }
    }
    let mut done = futures_util::stream::iter(jobs)
        .map(|(suite, service, record)| async move {
            let id = service.id;
            (id, check(app, &suite, &service, record).await)
        })
        .buffer_unordered(AT_A_TIME);
    while let Some((id, status)) = done.next().await {
        let pause = match status? {
            Status::Healthy | Status::Maintenance => app.config.healthy_interval,
            Status::Unknown | Status::Degraded | Status::Unhealthy | Status::Flapping => {
                app.config.unhealthy_interval
            }
        };
        due.insert(
            id,
            Instant::now() + pause.mul_f64(0.9 + 0.2 * rand::random::<f64>()),
        );
    }
    Ok(())
}

/// Checks one service and writes down what was found.
async fn check(
    app: &App,
    suite: &Suite,
    service: &Service,
    record: Option<Record>,
) -> Result<Status, Error> {
    let now = app.clock.now();
    // What was seen on another port says nothing of this one.
    let record = record.filter(|record| record.port == service.port);
    let before = record.map_or_else(|| Condition::new(now), |record| record.condition);
    let was = before.status;
    let Some(port) = service.port else {
        return Ok(was);
    };
    let after = if service.maintenance {
        before.in_maintenance(now)
    } else if service.has_claim {
        before.after(
            app.probe.health(&place_of(app, suite, service, port)).await,
            now,
        )
    } else {
        return Ok(was);
    };
    let status = after.status;
    let record = Record {
        service_id: service.id,
        port: Some(port),
        condition: after,
    };
    if status == was {
        let mut conn = app.store.acquire().await?;
        store::health::upsert(&mut conn, &record).await?;
        return Ok(status);
    }
    tell(app, (suite, service), &record, was).await?;
    Ok(status)
}

async fn tell(
    app: &App,
    (suite, service): (&Suite, &Service),
    record: &Record,
    was: Status,
) -> Result<(), Error> {
    let condition = &record.condition;
    let mut ledger = Ledger::begin(app, Actor::System("health")).await?;
    store::health::upsert(ledger.conn(), record).await?;
    let event = NewEvent {
        suite: &suite.name,
        kind: "service_status",
        service: Some(&service.name),
        old_port: None,
        new_port: service.port,
        data: json!({"status": condition.status, "before": was, "detail": condition.detail, "port": record.port}),
    };
    ledger.tell(event).await?;
    if condition.status == Status::Unhealthy && was != Status::Unknown {
        let report = partner::error_report(
            &service.name,
            "service_unhealthy",
            &condition.detail,
            ledger.at,
        );
        ledger
            .send(Partner::Ninja, partner::ERROR_REPORT, vec![report])
            .await?;
    }
    ledger.commit().await?;
    Ok(())
}
