//! Reading what a claim has printed, with what is missing told exactly.

use std::io::{self, ErrorKind};
use std::ops::{ControlFlow, Range};
use std::path::{Path, PathBuf};

use crate::{Frame, Mark, Source, run_folder};

/// What is missing between two places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Where it begins.
    pub start: Mark,
    /// Bytes that are missing.
    pub bytes: u64,
    /// Line ends among them.
    pub lines: u64,
}

impl Gap {
    fn between(start: Mark, end: Mark) -> Self {
        Self {
            start,
            bytes: end.bytes - start.bytes,
            lines: end.lines.saturating_sub(start.lines),
        }
    }

    /// One line for a person, in place of what is missing.
    pub fn marker(&self) -> String {
        format!(
            "... {} bytes ({} lines) left out ...",
            self.bytes, self.lines
        )
    }
}

/// The next piece of output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Some of it.
    Frame(Frame<'a>),
    /// Something that is missing.
    Gap(Gap),
}

/// The segments of one claim, as they are at this moment.
#[derive(Clone, Debug)]
pub struct StepLog {
    /// Offset and path of each, in order.
    segments: Vec<(u64, PathBuf)>,
}

impl StepLog {
    /// Looks which segments there are.
    ///
    /// # Errors
    /// When the folder is there and cannot be read.
    pub fn open(root: &Path, source: Source) -> io::Result<Self> {
        let folder = match std::fs::read_dir(run_folder(root, source.run)) {
            Ok(folder) => folder,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let segments = Vec::new();
                return Ok(Self { segments });
            }
            Err(error) => return Err(error),
        };
        let mut segments = Vec::new();
        for entry in folder {
            let entry = entry?;
            let start = entry
                .file_name()
                .to_str()
                .and_then(|name| source.start_of(name));
            if let Some(start) = start {
                segments.push((start, entry.path()));
            }
        }
        segments.sort_unstable();
        Ok(Self { segments })
    }

    /// Shows what lies in `range`, in order and without overlap, until `show` breaks.
    ///
    /// Both ends have to be places where a frame starts or ends.
    ///
    /// # Errors
    /// When a segment is there and cannot be read.
    pub fn visit(
        &self,
        range: Range<Mark>,
        mut show: impl FnMut(Piece<'_>) -> ControlFlow<()>,
    ) -> io::Result<()> {
        let mut place = range.start;
        let first = self
            .segments
            .partition_point(|(start, _)| *start <= place.bytes)
            .saturating_sub(1);
        for (start, path) in self.segments.get(first..).unwrap_or_default() {
            if *start >= range.end.bytes {
                break;
            }
            let file = match std::fs::read(path) {
                Ok(file) => file,
                // It has rolled away meanwhile.
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                Err(error) => return Err(error),
            };
            if show_segment(&file, &mut place, range.end, &mut show).is_break() {
                return Ok(());
            }
        }
        if place.bytes < range.end.bytes {
            let _end = show(Piece::Gap(Gap::between(place, range.end)));
        }
        Ok(())
    }
}

fn show_segment(
    mut rest: &[u8],
    place: &mut Mark,
    end: Mark,
    show: &mut impl FnMut(Piece<'_>) -> ControlFlow<()>,
) -> ControlFlow<()> {
    while let Some(after) = Frame::skip_before(rest, place.bytes) {
        rest = after;
    }
    while let Some((frame, after)) = Frame::decode(rest) {
        rest = after;
        if frame.start.bytes >= end.bytes {
            break;
        }
        if frame.start.bytes < place.bytes {
            continue;
        }
        if frame.start.bytes > place.bytes {
            show(Piece::Gap(Gap::between(*place, frame.start)))?;
        }
        *place = frame.end();
        show(Piece::Frame(frame))?;
    }
    ControlFlow::Continue(())
}
