//! Background work of a process: named, drained at the end, loud when it panics.

use std::future::Future;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::error;

/// Starts and ends background work; clones share it.
#[derive(Clone, Debug, Default)]
pub struct Tasks {
    tracker: TaskTracker,
    stop: CancellationToken,
}

impl Tasks {
    /// Runs `work` until it ends.
    pub fn spawn(&self, name: &'static str, work: impl Future<Output = ()> + Send + 'static) {
        #[expect(clippy::disallowed_methods, reason = "the one place that spawns")]
        let task = tokio::spawn(self.tracker.track_future(work));
        let watch = async move {
            if let Err(failure) = task.await
                && failure.is_panic()
            {
                error!(task = name, "Task {name} panicked");
            }
        };
        #[expect(clippy::disallowed_methods, reason = "the one place that spawns")]
        tokio::spawn(watch);
    }

    /// Ends when the process wants to stop; loops wait for it beside their work.
    pub fn stopping(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Asks all work to end and waits for it.
    pub async fn drain(&self) {
        self.stop.cancel();
        self.tracker.close();
        self.tracker.wait().await;
    }
}
