//! Delivers what partners have to be told: in order, and as long as it takes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use service_kit::reconcile::{Hint, every};
use service_kit::service::Kit;
use tokio::sync::Mutex;
use tracing::{info, warn};

use crate::app::{App, Shared};
use crate::error::Error;
use crate::partner::Partner;
use crate::store;
use crate::worker::has;

/// Name of its lease.
pub(super) const WORK: &str = "outbox";
/// How often it is looked for calls to be made.
const PERIOD: Duration = Duration::from_secs(1);
/// Calls that are read at a time.
const BATCH: i64 = 100;
/// First and longest pause after a call that failed.
const PAUSES: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));

/// Keeps calls from a partner that does not answer.
#[derive(Debug)]
pub(super) struct Breaker {
    pause: Duration,
    closed_from: Option<Instant>,
}

impl Default for Breaker {
    fn default() -> Self {
        Self {
            pause: PAUSES.0,
            closed_from: None,
        }
    }
}

impl Breaker {
    /// Whether a call may be tried now.
    pub(super) fn is_closed(&self) -> bool {
        self.closed_from.is_none_or(|at| at <= Instant::now())
    }

    /// Takes in how a call went; tells whether that is news.
    pub(super) fn learn(&mut self, is_good: bool) -> bool {
        let was_good = self.closed_from.is_none();
        if is_good {
            *self = Self::default();
        } else {
            self.closed_from = Some(Instant::now() + self.pause);
            self.pause = (self.pause * 2).min(PAUSES.1);
        }
        was_good != is_good
    }
}

/// Delivers until the process stops.
pub(super) fn start(kit: &Kit, app: &Shared) {
    for partner in Partner::ALL {
        if !partner.config(&app.config).enabled {
            continue;
        }
        let app = Arc::clone(app);
        let breaker = Arc::new(Mutex::new(Breaker::default()));
        every(
            &kit.tasks,
            partner.as_str(),
            PERIOD,
            Hint::default(),
            move || {
                let (app, breaker) = (Arc::clone(&app), Arc::clone(&breaker));
                async move {
                    let mut breaker = breaker.lock().await;
                    if breaker.is_closed() && has(&app, WORK).await? {
                        deliver(&app, partner, &mut breaker).await?;
                    }
                    Ok::<_, Error>(())
                }
            },
        );
    }
}

async fn deliver(app: &App, partner: Partner, breaker: &mut Breaker) -> Result<(), Error> {
    loop {
        let pending = {
            let mut conn = app.store.acquire().await?;
            store::outbox::list(&mut conn, partner.as_str(), BATCH).await?
        };
        if pending.is_empty() {
            return Ok(());
        }
        for call in pending {
            let told = app
                .probe
                .tell(&partner.config(&app.config).url, &call.path, &call.body)
                .await;
            if breaker.learn(told.is_ok()) {
                match &told {
                    Ok(()) => info!("The {} can be told again", partner.as_str()),
                    Err(why) => warn!("The {} cannot be told, that waits: {why}", partner.as_str()),
                }
            }
            if told.is_err() {
                return Ok(());
            }
            let mut conn = app.store.acquire().await?;
            store::outbox::delete(&mut conn, call.id).await?;
        }
    }
}
