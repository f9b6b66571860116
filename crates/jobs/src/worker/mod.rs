//! Background work of the jobs service.

pub mod live;
mod retention;

use std::sync::Arc;
use std::time::Duration;

use service_kit::reconcile::{self, Hint};
use service_kit::service::Kit;

use crate::app::App;
use crate::config::Config;
use crate::domain::run::KEY_LIFE;
use crate::store;

/// Runs that one round ends, of those whose time is over.
const MOST_EXPIRED: i32 = 100;

/// Starts the loops.
pub fn spawn(kit: &Kit, app: &Arc<App>, config: &Config) {
    live::start(kit, &app.live);
    retention::start(kit, app, &config.output);
    forget_keys(kit, app);
    expire_runs(kit, app);
}

fn expire_runs(kit: &Kit, app: &Arc<App>) {
    let app = Arc::clone(app);
    let period = Duration::from_secs(2);
    reconcile::every(&kit.tasks, "run time", period, Hint::default(), move || {
        let app = Arc::clone(&app);
        async move {
            let mut conn = app.db.acquire().await?;
            store::runs::expire(&mut conn, MOST_EXPIRED).await?;
            store::children::cancel_orphans(&mut conn, MOST_EXPIRED).await?;
            store::steps::expire_approvals(&mut conn, MOST_EXPIRED)
                .await
                .map(|_count| ())
        }
    });
}

fn forget_keys(kit: &Kit, app: &Arc<App>) {
    let app = Arc::clone(app);
    let period = Duration::from_secs(3600);
    reconcile::every(
        &kit.tasks,
        "idempotency keys",
        period,
        Hint::default(),
        move || {
            let app = Arc::clone(&app);
            async move {
                let mut conn = app.db.acquire().await?;
                let before = app.clock.now() - KEY_LIFE;
                store::idempotency::delete_all_expired(&mut conn, before)
                    .await
                    .map(|_count| ())
            }
        },
    );
}
