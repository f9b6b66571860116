//! One listener, as its requests see it.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

use super::{Inner, Listeners};
use crate::error::ApiError;

/// What the requests of one listener share.
pub struct Mark {
    /// The port.
    pub port: u16,
    /// Number of the listener within the process, from 1.
    pub generation: u64,
    owner: Weak<Inner>,
    pub(super) in_flight: AtomicUsize,
    pub(super) served: AtomicU64,
    pub(super) begun: Instant,
    /// Milliseconds from `begun` to the last request.
    pub(super) last_ms: AtomicU64,
    pub(super) is_lame: AtomicBool,
    /// That of the process.
    pub(super) runtime: Handle,
    closing: CancellationToken,
}

impl Mark {
    pub(super) fn new(owner: &Arc<Inner>, port: u16, generation: u64) -> Arc<Self> {
        Arc::new(Self {
            port,
            generation,
            owner: Arc::downgrade(owner),
            in_flight: AtomicUsize::new(0),
            served: AtomicU64::new(0),
            begun: Instant::now(),
            last_ms: AtomicU64::new(0),
            is_lame: AtomicBool::new(false),
            runtime: owner.runtime.clone(),
            closing: CancellationToken::new(),
        })
    }

    /// Ends when streams of this listener are to end, so that their clients come again elsewhere.
    pub fn closing(&self) -> CancellationToken {
        self.closing.clone()
    }

    /// Does work as a part of the process's runtime: connections that are opened meanwhile outlive this
    /// listener, whose own runtime ends with it. Inside, nothing can be spawned on the listener's own thread.
    pub async fn in_process<W: Future>(&self, work: W) -> W::Output {
        let mut work = pin!(work);
        let polled = poll_fn(|context| {
            let _entered = self.runtime.enter();
            work.as_mut().poll(context)
        });
        polled.await
    }

    /// All listeners of the process; none when it ends.
    pub(super) fn listeners(&self) -> Result<Listeners, ApiError> {
        let inner = self.owner.upgrade().map(Listeners);
        inner.ok_or_else(|| ApiError::unavailable("service.stopping", "the service ends"))
    }

    pub(super) fn in_flight(&self) -> usize {
        self.in_flight.load(Ordering::SeqCst)
    }

    /// How long nobody has asked.
    pub(super) fn quiet_for(&self) -> Duration {
        let last = Duration::from_millis(self.last_ms.load(Ordering::SeqCst));
        self.begun.elapsed().saturating_sub(last)
    }

    pub(super) fn retire(&self) {
        self.is_lame.store(true, Ordering::SeqCst);
        self.closing.cancel();
    }
}
