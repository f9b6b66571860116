//! Loops that make reality match the truth: run on a timer, and at once when hinted.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tracing::warn;

use crate::tasks::Tasks;

/// Wakes a loop; carries no facts, and many hints count as one.
#[derive(Clone, Debug, Default)]
pub struct Hint(Arc<Notify>);

impl Hint {
    /// Wakes the loop, or lets it run once more right after its present round.
    pub fn give(&self) {
        self.0.notify_one();
    }

    /// Waits for the next hint.
    pub async fn wait(&self) {
        self.0.notified().await;
    }
}

/// Runs `round` every `period` and whenever `hint` is given, until the process stops.
///
/// A round must be safe to repeat. A failed one is logged, and tried again at the next turn.
pub fn every<F, R, E>(tasks: &Tasks, name: &'static str, period: Duration, hint: Hint, mut round: F)
where
    F: FnMut() -> R + Send + 'static,
    R: Future<Output = Result<(), E>> + Send,
    E: std::fmt::Display + Send,
{
    let stop = tasks.stopping();
    tasks.spawn(name, async move {
        let mut failing = false;
        while !stop.is_cancelled() {
            match round().await {
                Ok(()) => failing = false,
                Err(error) if !failing => {
                    failing = true;
                    warn!(
                        task = name,
                        "{name} failed and will be tried again: {error}"
                    );
                }
                Err(_still) => {}
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = hint.wait() => {}
                () = tokio::time::sleep(period) => {}
            }
        }
    });
}
