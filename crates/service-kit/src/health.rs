//! Whether the service can do its work.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use common::model::service::Health;
use futures_util::future::BoxFuture;
use sqlx::PgPool;

/// How long an answer is good for.
const FRESH: Duration = Duration::from_millis(500);
/// Longest wait for one check.
const CHECK_TIMEOUT: Duration = Duration::from_secs(2);

/// Looks at one thing the service depends on: `Err` says what is wrong.
pub type Check = Arc<dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync>;

/// Version and names of parts.
type Components = (&'static str, &'static [&'static str]);

/// The health of this process; clones share it.
#[derive(Clone)]
pub struct HealthChecks {
    service: &'static str,
    checks: Arc<Mutex<Vec<(&'static str, Check)>>>,
    last: Arc<Mutex<Option<(Instant, Health)>>>,
    draining: Arc<AtomicBool>,
    components: Arc<Mutex<Option<Components>>>,
}

impl HealthChecks {
    /// Health of the service with this public name, such as `auth-service`.
    pub fn new(service: &'static str) -> Self {
        Self {
            service,
            checks: Arc::default(),
            last: Arc::default(),
            draining: Arc::default(),
            components: Arc::default(),
        }
    }

    /// Has the answer tell the version and these parts, which are as healthy as the whole.
    pub fn tell_components(&self, version: &'static str, names: &'static [&'static str]) {
        *self
            .components
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some((version, names));
    }

    /// Adds a check.
    pub fn add(&self, name: &'static str, check: Check) {
        self.checks
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push((name, check));
    }

    /// Adds the check that the database answers.
    pub fn add_database(&self, pool: &PgPool) {
        let pool = pool.clone();
        self.add(
            "database",
            Arc::new(move || {
                let pool = pool.clone();
                Box::pin(async move {
                    sqlx::query_scalar!("SELECT 1 AS one")
                        .fetch_one(&pool)
                        .await
                        .map(|_one| ())
                        .map_err(|_cause| "cannot be reached".to_owned())
                })
            }),
        );
    }

    /// Says that the process is about to end.
    pub fn start_draining(&self) {
        self.draining.store(true, Ordering::SeqCst);
    }

    /// Whether the process is about to end.
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::SeqCst)
    }

    /// Asks every check, or answers from memory if that is recent.
    pub async fn report(&self) -> Health {
        if let Some((at, health)) = &*self.last.lock().unwrap_or_else(PoisonError::into_inner)
            && at.elapsed() < FRESH
        {
            return health.clone();
        }
        let checks = self
            .checks
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let mut found = BTreeMap::new();
        for (name, check) in checks {
            let result = match tokio::time::timeout(CHECK_TIMEOUT, check()).await {
                Ok(Ok(())) => "ok".to_owned(),
                Ok(Err(why)) => why,
                Err(_elapsed) => "does not answer".to_owned(),
            };
            found.insert(name.to_owned(), result);
        }
        let healthy = found.values().all(|result| result == "ok");
        let status = if healthy { "healthy" } else { "unhealthy" }.to_owned();
        let told = *self
            .components
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let components = told.map(|(_version, names)| names).unwrap_or_default();
        let health = Health {
            service: self.service.to_owned(),
            checks: found,
            version: told.map(|(version, _names)| version.to_owned()),
            components: components
                .iter()
                .map(|name| ((*name).to_owned(), status.clone()))
                .collect(),
            status,
        };
        let entry = Some((Instant::now(), health.clone()));
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = entry;
        health
    }
}
