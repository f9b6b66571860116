//! Loops that keep keys, identities and tables right.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use service_kit::bus::Topic;
use service_kit::reconcile::{self, Hint};
use service_kit::service::Kit;

use crate::app::App;
use crate::domain::{attempt, change, rotation, seen};
use crate::error::Error;
use crate::store;

/// Refresh tokens are kept so long after their session is over, then only their absence says so.
const TOKENS_KEPT: TimeDelta = TimeDelta::hours(1);
/// Sessions are kept so long after their end.
const SESSIONS_KEPT: TimeDelta = TimeDelta::days(30);

/// Starts all of them.
pub fn start(kit: &Kit, app: &Arc<App>) {
    let soon = Duration::from_millis(app.config.reconcile_ms);
    let keys_period = soon.saturating_mul(5);
    let expiry_period = Duration::from_millis(app.config.expiry_ms);
    let tasks = &kit.tasks;
    let hint = kit.bus.hint(Topic::Users);
    reconcile::every(tasks, "identity changes", soon, hint, {
        let app = Arc::clone(app);
        move || {
            let app = Arc::clone(&app);
            async move { change::follow(&app).await }
        }
    });
    reconcile::every(
        tasks,
        "signing key rotation",
        keys_period,
        Hint::default(),
        {
            let app = Arc::clone(app);
            move || {
                let app = Arc::clone(&app);
                async move { rotation::reconcile(&app).await }
            }
        },
    );
    reconcile::every(tasks, "seen tokens", soon, app.seen.hint(), {
        let app = Arc::clone(app);
        move || {
            let app = Arc::clone(&app);
            async move { seen::write(&app).await }
        }
    });
    reconcile::every(tasks, "expiry", expiry_period, Hint::default(), {
        let app = Arc::clone(app);
        move || {
            let app = Arc::clone(&app);
            async move { remove_expired(&app).await }
        }
    });
}

/// Removes what no rule looks at any more.
async fn remove_expired(app: &App) -> Result<(), Error> {
    let now = app.clock.now();
    let mut conn = app.db.acquire().await?;
    store::refresh_tokens::delete_old(&mut conn, now - TOKENS_KEPT).await?;
    store::sessions::delete_old(&mut conn, now - SESSIONS_KEPT).await?;
    store::revocations::delete_expired(&mut conn, now).await?;
    store::attempts::delete_old(&mut conn, now - attempt::MEMORY).await?;
    store::keys::delete_retired(&mut conn, now).await?;
    Ok(())
}
