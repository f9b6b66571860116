//! How many streams each user may have open, so that nobody takes the connections of all.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use common::id::UserId;
use tokio::sync::watch;

use crate::error::Error;

/// How often it is looked for streams whose readers are gone, before one more is refused.
const PROBES: usize = 5;
/// How long each time.
const PROBE: Duration = Duration::from_millis(200);

/// The open streams of this process.
#[derive(Debug)]
pub struct Streams {
    most: usize,
    open: Mutex<BTreeMap<UserId, usize>>,
    /// A stream that sees a change says something: only so it is noticed that nobody hears it.
    probe: watch::Sender<()>,
}

/// An open stream; it is closed when this is dropped.
#[derive(Debug)]
pub struct OpenStream {
    streams: Arc<Streams>,
    user: UserId,
}

impl Streams {
    /// At most so many for each user.
    pub fn new(most: usize) -> Arc<Self> {
        Arc::new(Self {
            most,
            open: Mutex::default(),
            probe: watch::Sender::default(),
        })
    }

    /// Opens one.
    ///
    /// # Errors
    /// [`Error::TooManyStreams`] for who has all that they may have, and hears them.
    pub async fn open(self: &Arc<Self>, user: UserId) -> Result<OpenStream, Error> {
        for _probe in 0..PROBES {
            if let Some(open) = self.try_open(user) {
                return Ok(open);
            }
            self.probe.send_replace(());
            tokio::time::sleep(PROBE).await;
        }
        self.try_open(user).ok_or(Error::TooManyStreams(self.most))
    }

    /// Changes when every stream is to say something.
    pub fn probe(&self) -> watch::Receiver<()> {
        self.probe.subscribe()
    }

    fn try_open(self: &Arc<Self>, user: UserId) -> Option<OpenStream> {
        let mut counts = self.counts();
        let count = counts.entry(user).or_default();
        (*count < self.most).then(|| {
            *count += 1;
            OpenStream {
                streams: Arc::clone(self),
                user,
            }
        })
    }

    fn counts(&self) -> MutexGuard<'_, BTreeMap<UserId, usize>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        let mut counts = self.streams.counts();
        if let Some(count) = counts.get_mut(&self.user) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.user);
            }
        }
    }
}
