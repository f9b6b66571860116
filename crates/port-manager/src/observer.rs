//! Looks at the sockets of this machine off the async threads, and shares recent looks.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use crate::error::Error;
use crate::observe::{Listener, Proc, Snapshot};

/// Looks at sockets; one look at a time.
#[derive(Default)]
pub struct Observer(Mutex<Option<(Instant, Arc<Snapshot>)>>);

impl Observer {
    /// A look that is at most `max_age` old; a new one if there is none.
    ///
    /// # Errors
    /// When `/proc` cannot be read.
    pub async fn look(&self, max_age: Duration) -> Result<Arc<Snapshot>, Error> {
        let asked = Instant::now();
        let mut last = self.0.lock().await;
        if let Some((at, snapshot)) = &*last
            && (asked.saturating_duration_since(*at) < max_age || *at >= asked)
        {
            return Ok(Arc::clone(snapshot));
        }
        let at = Instant::now();
        let scanned = tokio::task::spawn_blocking(|| Proc::system().scan()).await;
        let snapshot = Arc::new(scanned.map_err(|_panicked| Error::Interrupted)??);
        *last = Some((at, Arc::clone(&snapshot)));
        Ok(snapshot)
    }
}

/// Says which process a socket belongs to, such as `pid 4242 node, since 12:03:07 UTC`.
pub fn describe(listener: &Listener) -> String {
    match &listener.owner {
        Some(owner) => {
            let since = owner.started_at.format("%Y-%m-%d %H:%M:%S UTC");
            format!("pid {} {}, since {since}", owner.pid, owner.program)
        }
        None => format!("a process of user id {} that may not be seen", listener.uid),
    }
}
