//! What a claim has printed and what became of it: on its way to the files, written, told to the database.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use common::clock::Clock;
use runlog::{Frame, MAX_PAYLOAD, Mark, Source, Stream, line_ends};
use tokio::sync::Notify;

/// Bytes that may wait to be written.
const ROOM: usize = 256 * 1024;
/// What each waiting piece costs beside its bytes.
const PIECE_COST: usize = 128;
/// How long a step may be held up by a slow disk; then output is left out of the files.
const PATIENCE: Duration = Duration::from_secs(1);
/// Longest and shortest wait of output, in which more of it is collected.
const WAITS: (Duration, Duration) = (Duration::from_millis(250), Duration::from_millis(10));
/// How long the end of a step waits for the disk.
const LAST_WAIT: Duration = Duration::from_secs(5);

/// Output that is on its way to the files.
#[derive(Debug)]
struct Piece {
    start: Mark,
    at_ms: i64,
    stream: Stream,
    bytes: Vec<u8>,
}

/// Output that is taken to be written.
#[derive(Debug)]
pub(crate) struct Taken {
    pieces: Vec<Piece>,
    /// Where all that was taken ends, what was left out included.
    end: Mark,
}

impl Taken {
    pub(crate) fn frames(&self) -> impl Iterator<Item = Frame<'_>> {
        self.pieces.iter().map(|piece| Frame {
            start: piece.start,
            at_ms: piece.at_ms,
            stream: piece.stream,
            bytes: &piece.bytes,
        })
    }
}

/// How much a claim has printed in all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Size {
    /// Bytes and line ends.
    pub(crate) end: Mark,
    /// Bytes that could not be written.
    pub(crate) lost_bytes: u64,
}

#[derive(Debug, Default)]
struct State {
    pieces: Vec<Piece>,
    waiting: usize,
    /// When what waits has to be written.
    due: Option<Instant>,
    last_taken: Option<Instant>,
    end: Mark,
    written: Size,
    told_bytes: u64,
    skipped_bytes: u64,
    is_stuck: bool,
    /// Nothing more is told by the way: the claim ends, or is lost.
    is_closed: bool,
}

/// The output of one claim.
#[derive(Debug)]
pub(crate) struct Printed {
    pub(crate) source: Source,
    clock: Clock,
    state: Mutex<State>,
    /// Wakes who waits for room, or for the end of writing.
    moved: Notify,
    /// Wakes who writes, for all claims.
    bell: Arc<Notify>,
}

impl Printed {
    pub(crate) fn new(source: Source, clock: Clock, bell: Arc<Notify>) -> Self {
        Self {
            source,
            clock,
            state: Mutex::default(),
            moved: Notify::new(),
            bell,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes output; waits for a slow disk, but not for long.
    pub(crate) async fn print(&self, stream: Stream, bytes: &[u8]) {
        for part in bytes.chunks(MAX_PAYLOAD) {
            if !self.has_room() && !self.state().is_stuck {
                let in_time = tokio::time::timeout(PATIENCE, self.wait_room()).await;
                self.state().is_stuck = in_time.is_err();
            }
            self.push(stream, part);
        }
    }

    fn has_room(&self) -> bool {
        self.state().waiting < ROOM
    }

    async fn wait_room(&self) {
        loop {
            // Made first, so that no wake-up is missed.
            let moved = self.moved.notified();
            if self.has_room() {
                return;
            }
            moved.await;
        }
    }

    /// Takes output at once; what finds no room is left out and counted.
    pub(crate) fn push(&self, stream: Stream, bytes: &[u8]) {
        let mut state = self.state();
        for part in bytes.chunks(MAX_PAYLOAD) {
            let at_ms = self.clock.now().timestamp_millis();
            state.push(stream, part, at_ms);
        }
        drop(state);
        self.bell.notify_one();
    }

    /// Whether nothing was printed.
    pub(crate) fn is_empty(&self) -> bool {
        self.state().end.bytes == 0
    }

    /// When what waits has to be written, if something waits.
    pub(crate) fn due(&self) -> Option<Instant> {
        self.state().due
    }

    /// Takes what waits.
    pub(crate) fn take(&self) -> Taken {
        let mut state = self.state();
        state.due = None;
        state.waiting = 0;
        state.is_stuck = false;
        state.last_taken = Some(Instant::now());
        let taken = Taken {
            pieces: std::mem::take(&mut state.pieces),
            end: state.end,
        };
        drop(state);
        self.moved.notify_waiters();
        taken
    }

    /// Notes that what was taken is in the files, but for some bytes.
    pub(crate) fn note_written(&self, taken: &Taken, lost_bytes: u64) {
        let mut state = self.state();
        state.written.end = taken.end;
        state.written.lost_bytes += lost_bytes + std::mem::take(&mut state.skipped_bytes);
        drop(state);
        self.moved.notify_waiters();
    }

    /// What is written and not told to the database yet: all of it, and how many bytes of it are news.
    pub(crate) fn untold(&self) -> Option<(Size, u64)> {
        let state = self.state();
        let news = state.written.end.bytes.saturating_sub(state.told_bytes);
        (news > 0 && !state.is_closed).then_some((state.written, news))
    }

    /// Whether the database knows nothing of it yet.
    pub(crate) fn is_news(&self) -> bool {
        self.state().told_bytes == 0
    }

    /// Notes that the database knows so much.
    pub(crate) fn note_told(&self, size: Size) {
        let mut state = self.state();
        state.told_bytes = state.told_bytes.max(size.end.bytes);
    }

    /// Notes that the claim is lost, so that nothing more can be told.
    pub(crate) fn refuse(&self) {
        self.state().is_closed = true;
    }

    /// Waits until all is written, or the disk has had its time; tells how much it is.
    /// The end of the claim tells it to the database.
    pub(crate) async fn finish(&self) -> Size {
        self.state().is_closed = true;
        let written = async {
            loop {
                let moved = self.moved.notified();
                {
                    let mut state = self.state();
                    if state.written.end == state.end {
                        break;
                    }
                    if state.due.is_some() {
                        state.due = Some(Instant::now());
                    }
                }
                self.bell.notify_one();
                moved.await;
            }
        };
        let is_late = tokio::time::timeout(LAST_WAIT, written).await.is_err();
        let state = self.state();
        let mut size = state.written;
        if is_late {
            size.lost_bytes += state.end.bytes - size.end.bytes;
            size.end = state.end;
        }
        size
    }
}

impl State {
    fn push(&mut self, stream: Stream, bytes: &[u8], at_ms: i64) {
        let start = self.end;
        self.end.bytes += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.end.lines += line_ends(bytes);
        let now = Instant::now();
        if self.due.is_none() {
            let earliest = self.last_taken.map(|taken| taken + WAITS.0);
            let soon = now + WAITS.1;
            self.due = Some(earliest.map_or(soon, |earliest| earliest.max(soon)));
        }
        if self.waiting >= ROOM {
            self.skipped_bytes += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
            return;
        }
        self.waiting += bytes.len();
        let last = self.pieces.last_mut().filter(|last| {
            let length = u64::try_from(last.bytes.len()).unwrap_or(u64::MAX);
            last.stream == stream
                && last.start.bytes + length == start.bytes
                && last.bytes.len() + bytes.len() <= MAX_PAYLOAD
        });
        if let Some(last) = last {
            last.bytes.extend_from_slice(bytes);
        } else {
            self.waiting += PIECE_COST;
            let bytes = bytes.to_vec();
            self.pieces.push(Piece {
                start,
                at_ms,
                stream,
                bytes,
            });
        }
        if self.waiting >= MAX_PAYLOAD {
            self.due = Some(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed() -> Printed {
        let source = Source {
            run: 1,
            step: 2,
            epoch: 3,
        };
        Printed::new(source, Clock::system(), Arc::default())
    }

    #[test]
    fn output_of_one_stream_is_collected_into_frames() {
        let printed = printed();
        printed.push(Stream::Stdout, b"a\n");
        printed.push(Stream::Stdout, b"b\n");
        printed.push(Stream::Stderr, b"c");
        printed.push(Stream::Stdout, &[b'x'; MAX_PAYLOAD + 1]);
        let taken = printed.take();
        let frames: Vec<_> = taken.frames().collect();
        let starts: Vec<_> = frames.iter().map(|frame| frame.start.bytes).collect();
        assert_eq!(frames[0].bytes, b"a\nb\n");
        assert_eq!(starts, [0, 4, 5, 65541]);
        assert_eq!((taken.end.bytes, taken.end.lines), (65542, 2));
    }

    #[test]
    fn what_finds_no_room_is_counted() {
        let printed = printed();
        for _ in 0..6 {
            printed.push(Stream::Stdout, &[b'x'; MAX_PAYLOAD]);
        }
        let taken = printed.take();
        assert_eq!(taken.frames().count(), 4);
        printed.note_written(&taken, 10);
        let (size, news) = printed.untold().unwrap();
        assert_eq!(size.lost_bytes, 2 * 65536 + 10);
        assert_eq!((size.end.bytes, news), (6 * 65536, 6 * 65536));
        printed.note_told(size);
        assert!(printed.untold().is_none());
    }

    #[tokio::test]
    async fn a_disk_that_hangs_holds_a_step_up_for_a_moment_only() {
        let printed = printed();
        let begun = Instant::now();
        for _ in 0..50 {
            printed.print(Stream::Stdout, &[b'x'; MAX_PAYLOAD]).await;
        }
        assert!((PATIENCE..PATIENCE * 2).contains(&begun.elapsed()));
        let taken = printed.take();
        printed.note_written(&taken, 0);
        assert_eq!(printed.finish().await.lost_bytes, 46 * 65536);
    }
}
