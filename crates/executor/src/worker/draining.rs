//! The end of a process: hand back what was not sent, finish what was.

use std::sync::Arc;
use std::time::Duration;

use tracing::{info, warn};

use super::Worker;

/// Waits for the process to stop; leaves what still runs after most of `drain` to itself.
pub(super) async fn wait(worker: Arc<Worker>, drain: Duration) {
    worker.tasks.stopping().cancelled().await;
    worker.slots.hand_back();
    let open = worker.slots.all().len();
    if open > 0 {
        info!("{open} steps are finished or handed back before the end");
    }
    let finished = async {
        while !worker.slots.is_empty() {
            let freed = worker.slots.wait_freed();
            if worker.slots.is_empty() {
                break;
            }
            tokio::select! {
                () = freed => {}
                () = tokio::time::sleep(Duration::from_millis(100)) => {}
            }
        }
    };
    if tokio::time::timeout(drain.mul_f64(0.8), finished)
        .await
        .is_err()
    {
        warn!("Steps that still run are left to themselves");
        worker.slots.abandon();
    }
}
