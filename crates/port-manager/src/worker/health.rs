//! Checks services, each at its own time, and tells when one changes.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use futures_util::StreamExt as _;
use serde_json::{Value, json};
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
/// How long results are gathered before they are written together; a service that hangs keeps nobody
/// waiting longer.
const GATHER: Duration = Duration::from_millis(250);
/// First checks of a suite come this far apart at least, as far as the usual interval allows.
const APART: Duration = Duration::from_millis(10);
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

/// A service that is to be checked, and what was known of it.
type Job = (Suite, Service, Option<Record>);

/// The services whose time has come.
async fn list_due(app: &App, due: &mut Due) -> Result<Vec<Job>, Error> {
    let now = Instant::now();
    let mut jobs = Vec::new();
    let mut conn = app.store.acquire().await?;
    for suite in store::suites::list(&mut conn).await? {
        let known = store::health::list(&mut conn, suite.id).await?;
        let mut known: HashMap<i64, Record> = known
            .into_iter()
            .map(|record| (record.service_id, record))
            .collect();
        let services = store::services::list(&mut conn, suite.id).await?;
        let spread = spread(app, services.len());
        for service in services {
            let record = known.remove(&service.id);
            let first = || now + spread.mul_f64(rand::random::<f64>());
            let at = *due.entry(service.id).or_insert_with(first);
            if at <= now {
                jobs.push((suite.clone(), service, record));
            }
        }
    }
    Ok(jobs)
}

async fn round(app: &App, due: &mut Due) -> Result<(), Error> {
    let jobs = list_due(app, due).await?;
    let checks = futures_util::stream::iter(jobs)
        .map(|(suite, service, record)| check(app, suite, service, record))
        .buffer_unordered(AT_A_TIME);
    let mut checks = std::pin::pin!(checks);
    let mut gathered: Vec<Checked> = Vec::new();
    let mut flush = tokio::time::interval(GATHER);
    loop {
        let is_over = tokio::select! {
            checked = checks.next() => match checked {
                Some(checked) => {
                    gathered.push(checked);
                    continue;
                }
                None => true,
            },
            _ = flush.tick() => false,
        };
        write(app, &gathered).await?;
        for one in gathered.drain(..) {
            let pause =
                pause(app, &one.record.condition).mul_f64(0.9 + 0.2 * rand::random::<f64>());
            due.insert(one.service.id, Instant::now() + pause);
        }
        if is_over {
            return Ok(());
        }
    }
}

/// Over how long the first checks of so many services are spread, so that a large suite is not checked
/// in one burst.
fn spread(app: &App, services: usize) -> Duration {
    let services = u32::try_from(services).unwrap_or(u32::MAX);
    let apart = APART.saturating_mul(services);
    apart.max(app.config.unhealthy_interval).min(
        app.config
            .healthy_interval
            .max(app.config.unhealthy_interval),
    )
}

/// How long a service is left alone after a check; one that was not well lately, such as one that was
/// never started, is not looked at as often as one that just fell.
fn pause(app: &App, condition: &Condition) -> Duration {
    match condition.status {
        Status::Healthy | Status::Maintenance => app.config.healthy_interval,
        Status::Unhealthy if condition.recent == 0 => app.config.healthy_interval,
        Status::Unknown | Status::Degraded | Status::Unhealthy | Status::Flapping => {
            app.config.unhealthy_interval
        }
    }
}

/// A service after its check.
struct Checked {
    suite: Suite,
    service: Service,
    was: Status,
    record: Record,
}

impl Checked {
    fn event(&self) -> NewEvent<'_> {
        let condition = &self.record.condition;
        NewEvent {
            suite: &self.suite.name,
            kind: "service_status",
            service: Some(&self.service.name),
            old_port: None,
            new_port: self.service.port,
            data: json!({"status": condition.status, "before": self.was, "detail": condition.detail,
                "port": self.record.port}),
        }
    }

    /// What Ninja is told of a service that fell.
    fn report(&self, at: DateTime<Utc>) -> Option<Value> {
        let condition = &self.record.condition;
        let has_fallen = condition.status == Status::Unhealthy && self.was != Status::Unknown;
        let name = &self.service.name;
        has_fallen.then(|| partner::error_report(name, "service_unhealthy", &condition.detail, at))
    }
}

/// Checks one service.
async fn check(app: &App, suite: Suite, service: Service, record: Option<Record>) -> Checked {
    let now = app.clock.now();
    // What was seen on another port says nothing of this one.
    let record = record.filter(|record| record.port == service.port);
    let before = record.map_or_else(|| Condition::new(now), |record| record.condition);
    let was = before.status;
    let condition = match service.port {
        Some(_) if service.maintenance => before.in_maintenance(now),
        Some(port) if service.has_claim => {
            let place = place_of(app, &suite, &service, port);
            before.after(app.probe.health(&place).await, now)
        }
        Some(_) | None => before,
    };
    Checked {
        was,
        record: Record {
            service_id: service.id,
            port: service.port,
            condition,
        },
        suite,
        service,
    }
}

/// Writes down what was found, and tells of what has changed.
async fn write(app: &App, checked: &[Checked]) -> Result<(), Error> {
    if checked.is_empty() {
        return Ok(());
    }
    let (changed, same): (Vec<&Checked>, Vec<&Checked>) = checked
        .iter()
        .partition(|one| one.record.condition.status != one.was);
    // One that has no port of its own is not checked.
    let same = same.into_iter().map(|one| &one.record);
    let same: Vec<&Record> = same.filter(|record| record.condition.checks > 0).collect();
    let mut conn = app.store.acquire().await?;
    store::health::upsert(&mut conn, &same).await?;
    drop(conn);
    if changed.is_empty() {
        return Ok(());
    }
    let mut ledger = Ledger::begin(app, Actor::System("health")).await?;
    let records: Vec<&Record> = changed.iter().map(|one| &one.record).collect();
    store::health::upsert(ledger.conn(), &records).await?;
    let events: Vec<NewEvent<'_>> = changed.iter().map(|one| one.event()).collect();
    ledger.tell(&events).await?;
    let at = ledger.at;
    let reports: Vec<Value> = changed.iter().filter_map(|one| one.report(at)).collect();
    ledger
        .send(Partner::Ninja, partner::ERROR_REPORT, reports)
        .await?;
    ledger.commit().await?;
    Ok(())
}
