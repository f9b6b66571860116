//! Takes back the steps of executors that are gone.

use std::sync::Arc;

use service_kit::reconcile::{Hint, every};
use service_kit::service::Kit;
use tracing::warn;

use super::{Worker, limited};
use crate::store;

/// Most steps that one round takes back.
const LIMIT: i32 = 200;

/// Looks every few seconds, in every executor.
pub(super) fn start(kit: &Kit, worker: &Arc<Worker>) {
    let worker = Arc::clone(worker);
    let period = worker.settings.recovery;
    every(&kit.tasks, "recovery", period, Hint::default(), move || {
        recover(Arc::clone(&worker))
    });
}

async fn recover(worker: Arc<Worker>) -> sqlx::Result<()> {
    if worker.slots.has_overdue(worker.settings.fence()) {
        // The database was away: own claims are renewed before any is taken for lost.
        return Ok(());
    }
    let recovered = limited(async {
        let mut conn = worker.db.acquire().await?;
        store::workers::delete_old(&mut conn).await?;
        store::claims::recover(&mut conn, LIMIT).await
    })
    .await?;
    if !recovered.is_empty() {
        worker.printing.announce();
    }
    for step in recovered {
        warn!(
            run.id = step.run_id,
            step.id = step.step_id,
            worker = step.worker,
            "Step {} was lost with its executor: {}",
            step.step_id,
            step.outcome
        );
    }
    Ok(())
}
