//! Writing what a claim prints: the first half of the cap is kept, the second half rolls.

use std::collections::VecDeque;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use crate::frame::HEADER;
use crate::{Frame, MAX_PAYLOAD, Source, run_folder, wide};

/// What each step may write although the others have used up the cap of the run.
const FLOOR: u64 = 256 * 1024;
/// Least and most bytes of a segment.
const SEGMENT: (u64, u64) = (16 * 1024, 1024 * 1024);
/// Segments that a full cap consists of.
const SEGMENTS: u64 = 16;
/// Frames are written together up to about so many bytes.
const CHUNK: usize = MAX_PAYLOAD + HEADER;

/// Most bytes on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caps {
    /// Of one claim of a step.
    pub step_bytes: u64,
    /// Of a run.
    pub run_bytes: u64,
}

/// What the claims of a run have on disk; looked up at the first write, then kept by the writers.
#[derive(Debug, Default)]
pub struct RunUse(OnceLock<AtomicU64>);

impl RunUse {
    fn counter(&self, folder: &Path) -> &AtomicU64 {
        self.0.get_or_init(|| AtomicU64::new(size_of(folder)))
    }
}

fn size_of(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .filter_map(|entry| Some(entry.metadata().ok()?.len()))
        .sum()
}

/// What became of frames that were to be written.
#[derive(Debug, Default)]
pub struct Written {
    /// Bytes of payload that could not be written.
    pub lost_bytes: u64,
    /// Why, if some could not.
    pub error: Option<io::Error>,
}

#[derive(Debug)]
struct Segment {
    path: PathBuf,
    bytes: u64,
}

/// The files of one claim.
#[derive(Debug)]
pub struct StepWriter {
    root: PathBuf,
    source: Source,
    caps: Caps,
    run: Arc<RunUse>,
    /// Bytes of this claim on disk.
    bytes: u64,
    open: Option<(File, Segment)>,
    /// Whole segments that may be removed, oldest first.
    tail: VecDeque<Segment>,
    is_rolling: bool,
}

/// Frames that are written by one call of the system.
#[derive(Default)]
struct Chunk {
    start: u64,
    payload: u64,
    encoded: Vec<u8>,
}

impl StepWriter {
    /// Makes no file yet.
    pub fn new(root: &Path, source: Source, caps: Caps, run: Arc<RunUse>) -> Self {
        Self {
            root: root.to_owned(),
            source,
            caps,
            run,
            bytes: 0,
            open: None,
            tail: VecDeque::new(),
            is_rolling: false,
        }
    }

    /// Writes frames in order; what cannot be written is counted and left out.
    pub fn append<'a>(&mut self, frames: impl IntoIterator<Item = Frame<'a>>) -> Written {
        let mut written = Written::default();
        let mut chunk = Chunk::default();
        for frame in frames {
            let size = HEADER + frame.bytes.len();
            if !chunk.encoded.is_empty() && chunk.encoded.len() + size > CHUNK {
                self.put(&mut chunk, &mut written);
            }
            if chunk.encoded.is_empty() {
                chunk.start = frame.start.bytes;
            }
            chunk.payload += wide(frame.bytes.len());
            frame.encode(&mut chunk.encoded);
        }
        if !chunk.encoded.is_empty() {
            self.put(&mut chunk, &mut written);
        }
        written
    }

    fn put(&mut self, chunk: &mut Chunk, written: &mut Written) {
        if let Err(error) = self.write(chunk) {
            written.lost_bytes += chunk.payload;
            written.error = Some(error);
        }
        chunk.encoded.clear();
        chunk.payload = 0;
    }

    fn write(&mut self, chunk: &Chunk) -> io::Result<()> {
        let size = wide(chunk.encoded.len());
        let allowed = self.allowed();
        self.make_room(size, allowed);
        let most = (allowed / SEGMENTS).clamp(SEGMENT.0, SEGMENT.1);
        if self
            .open
            .as_ref()
            .is_some_and(|(_, segment)| segment.bytes + size > most)
        {
            self.close();
        }
        let (file, segment) = match &mut self.open {
            Some(open) => open,
            None => self
                .open
                .insert(open(&self.root, self.source, chunk.start)?),
        };
        if let Err(error) = file.write_all(&chunk.encoded) {
            // Part of a frame would hide what follows it.
            if file.set_len(segment.bytes).is_err() {
                self.close();
            }
            return Err(error);
        }
        segment.bytes += size;
        self.bytes += size;
        self.used().fetch_add(size, Ordering::Relaxed);
        Ok(())
    }

    fn used(&self) -> &AtomicU64 {
        self.run.counter(&run_folder(&self.root, self.source.run))
    }

    /// What this claim may have on disk at this moment.
    fn allowed(&self) -> u64 {
        let others = self
            .used()
            .load(Ordering::Relaxed)
            .saturating_sub(self.bytes);
        let left = self.caps.run_bytes.saturating_sub(others);
        self.caps.step_bytes.min(left.max(FLOOR))
    }

    fn make_room(&mut self, size: u64, allowed: u64) {
        if !self.is_rolling && self.bytes + size > allowed / 2 {
            // Closed before it may roll, so that it stays.
            self.open = None;
            self.is_rolling = true;
        }
        while self.bytes + size > allowed {
            if self.tail.is_empty() {
                self.close();
            }
            let Some(oldest) = self.tail.pop_front() else {
                break;
            };
            self.remove(&oldest);
        }
    }

    fn remove(&mut self, segment: &Segment) {
        // One that cannot be removed stays and is found by whoever tidies up.
        let _gone = std::fs::remove_file(&segment.path);
        self.bytes = self.bytes.saturating_sub(segment.bytes);
        self.used().fetch_sub(segment.bytes, Ordering::Relaxed);
    }

    fn close(&mut self) {
        let Some((_, segment)) = self.open.take() else {
            return;
        };
        if self.is_rolling {
            self.tail.push_back(segment);
        }
    }
}

fn open(root: &Path, source: Source, start: u64) -> io::Result<(File, Segment)> {
    let path = source.segment(root, start);
    let make = || {
        let mut options = OpenOptions::new();
        options.append(true).create(true).mode(0o600).open(&path)
    };
    let file = match make() {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let folder = run_folder(root, source.run);
            DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(folder)?;
            make()
        }
        made => made,
    }?;
    let bytes = file.metadata()?.len();
    Ok((file, Segment { path, bytes }))
}

#[cfg(test)]
mod tests;
