//! Loops that look at the world and tell of it; one port manager at a time does each.

pub mod health;
pub mod live;
pub mod metrics;
pub mod moves;
pub mod outbox;
pub mod partners;
pub mod scan;
pub mod watch;

use std::sync::Arc;

use service_kit::service::Kit;

use crate::app::{App, Shared};
use crate::store;

/// How long work is taken for, in seconds; more than any pause between two rounds.
const LEASE_SECONDS: f64 = 15.0;

/// Starts all loops.
pub fn start(kit: &Kit, app: &Shared) {
    live::start(kit, app);
    scan::start(kit, app);
    health::start(kit, app);
    moves::start(kit, app);
    outbox::start(kit, app);
    partners::start(kit, app);
    let leaving = Arc::clone(app);
    let stop = kit.tasks.stopping();
    kit.tasks.spawn("leases", async move {
        stop.cancelled().await;
        give_back(&leaving).await;
    });
}

/// Whether this process does some work now.
///
/// # Errors
/// When the database cannot be asked.
async fn has(app: &App, work: &str) -> sqlx::Result<bool> {
    let mut conn = app.store.acquire().await?;
    store::leases::claim(&mut conn, work, &app.id, LEASE_SECONDS).await
}

/// Lets others take over at once.
async fn give_back(app: &App) {
    for work in [scan::WORK, health::WORK, outbox::WORK, partners::WORK] {
        let released = async {
            let mut conn = app.store.acquire().await?;
            store::leases::release(&mut conn, work, &app.id).await
        };
        if let Err(error) = released.await {
            // It runs out by itself.
            tracing::debug!("The lease of {work} was not given back: {error}");
        }
    }
}
