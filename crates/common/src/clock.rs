//! The time of day, owned by tests when they need it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Duration, Utc};

/// Tells the time; a fake one stands still until it is moved.
#[derive(Clone, Debug, Default)]
pub struct Clock(Source);

#[derive(Clone, Debug, Default)]
enum Source {
    #[default]
    System,
    /// Microseconds since the Unix epoch.
    Fake(Arc<AtomicI64>),
}

impl Clock {
    /// The clock of the machine.
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands at `start`; clones share it.
    pub fn fake(start: DateTime<Utc>) -> Self {
        Self(Source::Fake(Arc::new(AtomicI64::new(
            start.timestamp_micros(),
        ))))
    }

    /// Now, with microseconds as PostgreSQL keeps them.
    pub fn now(&self) -> DateTime<Utc> {
        let micros = match &self.0 {
            #[expect(
                clippy::disallowed_methods,
                reason = "the one place that reads the machine"
            )]
            Source::System => Utc::now().timestamp_micros(),
            Source::Fake(micros) => micros.load(Ordering::SeqCst),
        };
        DateTime::from_timestamp_micros(micros).unwrap_or_default()
    }

    /// Moves a fake clock forward; a system clock is left alone.
    pub fn advance(&self, by: Duration) {
        if let Source::Fake(micros) = &self.0 {
            micros.fetch_add(by.num_microseconds().unwrap_or(i64::MAX), Ordering::SeqCst);
        }
    }
}
