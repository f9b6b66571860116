//! Where the output of a command goes.

use std::future::{Future, ready};

use bytes::Bytes;
use tokio::sync::mpsc;

/// Which stream a piece of output came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

/// Takes output as it arrives.
///
/// While a write waits, the server is held back, and everything else on the same connection
/// with it: write fast, or drop.
pub trait OutputSink: Send {
    /// Takes the next bytes of one stream.
    fn write(&mut self, stream: Stream, bytes: &[u8]) -> impl Future<Output = ()> + Send;
}

/// A piece of output on its way through a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// Which stream it came from.
    pub stream: Stream,
    /// The bytes.
    pub bytes: Bytes,
}

/// Once the receiver is gone, output is dropped.
impl OutputSink for mpsc::Sender<Chunk> {
    async fn write(&mut self, stream: Stream, bytes: &[u8]) {
        // A receiver that has gone wants no more.
        let _gone = self
            .send(Chunk {
                stream,
                bytes: Bytes::copy_from_slice(bytes),
            })
            .await;
    }
}

/// Keeps the first bytes of each stream in memory.
#[derive(Clone, Debug, Default)]
pub struct Collected {
    /// First bytes of standard output.
    pub stdout: Vec<u8>,
    /// First bytes of standard error.
    pub stderr: Vec<u8>,
    /// Bytes that found no room.
    pub dropped: u64,
    limit: usize,
}

impl Collected {
    /// Keeps up to `limit` bytes of each stream.
    pub fn up_to(limit: usize) -> Self {
        Self {
            limit,
            ..Self::default()
        }
    }

    /// Standard output as text.
    pub fn stdout_text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    /// Standard error as text.
    pub fn stderr_text(&self) -> String {
        String::from_utf8_lossy(&self.stderr).into_owned()
    }

    fn keep(&mut self, stream: Stream, bytes: &[u8]) {
        let kept = match stream {
            Stream::Stdout => &mut self.stdout,
            Stream::Stderr => &mut self.stderr,
        };
        let room = self.limit.saturating_sub(kept.len()).min(bytes.len());
        kept.extend_from_slice(bytes.get(..room).unwrap_or_default());
        let lost = u64::try_from(bytes.len() - room).unwrap_or(u64::MAX);
        self.dropped = self.dropped.saturating_add(lost);
    }
}

impl OutputSink for Collected {
    fn write(&mut self, stream: Stream, bytes: &[u8]) -> impl Future<Output = ()> + Send {
        self.keep(stream, bytes);
        ready(())
    }
}
