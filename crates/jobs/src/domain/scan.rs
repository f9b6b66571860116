//! Lines of output, out of frames in which both streams are mixed and lines are cut.
//!
//! A line has the number of the line end that ends it, whatever its stream. So numbers do not
//! depend on what a reader leaves out.

use std::ops::ControlFlow;

use chrono::{DateTime, Utc};
use common::problem::FieldError;
use regex::bytes::{Regex, RegexBuilder};
use runlog::{Frame, Mark, Piece, Stream};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::feed::Dropped;
use crate::domain::output::Wish;

/// A longer line is cut, in bytes.
const LONGEST_LINE: usize = 16 * 1024;
/// Bytes after which an answer is full.
const MOST_BYTES: usize = 4 << 20;

/// A line of output.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Line {
    /// From 1, over all streams.
    pub number: u64,
    /// `stdout`, `stderr` or `system` (notes of the executor).
    pub stream: &'static str,
    /// When its end came.
    pub at: DateTime<Utc>,
    /// Without its end; bytes that are no UTF-8 are replaced.
    pub text: String,
    /// Whether some of it is missing.
    pub cut: bool,
    /// Whether its end has not come.
    pub open: bool,
}

/// What was found.
#[derive(Debug, Default)]
pub struct Found {
    /// In order.
    pub lines: Vec<Line>,
    /// Where to go on, if there is more.
    pub next_line: Option<u64>,
    /// All that is missing.
    pub dropped: Vec<Dropped>,
}

/// The beginning of a line whose end is yet to come.
#[derive(Clone, Debug, Default)]
struct Carry {
    bytes: Vec<u8>,
    at_ms: i64,
    is_cut: bool,
}

/// Looks for lines.
#[derive(Debug)]
pub struct Scan {
    from: u64,
    limit: usize,
    stream: Option<Stream>,
    query: Option<Regex>,
    end: Mark,
    carries: [(Stream, Carry); 3],
    found: Found,
    bytes: usize,
}

impl Scan {
    /// Begins; `end` is where the output ends.
    pub fn new(wish: &Wish, end: Mark) -> Result<Self, Vec<FieldError>> {
        let query = wish.query.as_ref().map(|query| {
            RegexBuilder::new(&regex::escape(query))
                .case_insensitive(true)
                .build()
                .map_err(|_too_large| vec![FieldError::new("q", "invalid", "cannot be looked for")])
        });
        let from = match u64::try_from(wish.from_line) {
            Ok(from) => from,
            Err(_negative) => (end.lines + 1).saturating_sub(wish.from_line.unsigned_abs()),
        };
        Ok(Self {
            from: from.max(1),
            limit: wish.lines,
            stream: wish.stream,
            query: query.transpose()?,
            end,
            carries: Stream::ALL.map(|stream| (stream, Carry::default())),
            found: Found::default(),
            bytes: 0,
        })
    }

    /// Takes the next piece. Goes on to the end, since all gaps are told.
    pub fn take(&mut self, piece: Piece<'_>) -> ControlFlow<()> {
        match piece {
            Piece::Gap(gap) => {
                self.break_lines(gap.start.lines + 1);
                self.found.dropped.push(gap.into());
            }
            Piece::Frame(frame) => {
                let is_wanted = self.stream.is_none_or(|stream| stream == frame.stream);
                if is_wanted && self.found.next_line.is_none() {
                    self.take_frame(&frame);
                }
            }
        }
        ControlFlow::Continue(())
    }

    /// Lines that have no end yet come last.
    pub fn finish(mut self) -> Found {
        for (stream, carry) in self.carries_taken() {
            if !carry.bytes.is_empty() && self.found.next_line.is_none() {
                let number = self.end.lines + 1;
                self.add(number, stream, &carry, true);
            }
        }
        self.found
    }

    fn carries_taken(&mut self) -> Vec<(Stream, Carry)> {
        let carries = self.carries.iter_mut();
        carries
            .map(|(stream, carry)| (*stream, std::mem::take(carry)))
            .collect()
    }

    /// What was begun before a gap has no end, and what comes after it no beginning.
    fn break_lines(&mut self, number: u64) {
        for (stream, mut carry) in self.carries_taken() {
            if !carry.bytes.is_empty() && self.found.next_line.is_none() {
                carry.is_cut = true;
                self.add(number, stream, &carry, false);
            }
        }
        for (_stream, carry) in &mut self.carries {
            carry.is_cut = true;
        }
    }

    fn take_frame(&mut self, frame: &Frame<'_>) {
        let number = frame.start.lines + 1;
        let Some(first_end) = memchr::memchr(b'\n', frame.bytes) else {
            self.carry(frame, frame.bytes);
            return;
        };
        let (first, rest) = frame.bytes.split_at(first_end);
        self.carry(frame, first);
        let carry = self.take_carry(frame.stream);
        self.add(number, frame.stream, &carry, false);
        let rest = rest.get(1..).unwrap_or_default();
        let block = memchr::memrchr(b'\n', rest).map_or(0, |last| last + 1);
        let (block, open) = rest.split_at(block);
        self.take_block(frame, block, number + 1);
        self.carry(frame, open);
    }

    /// Takes whole lines, of which the first has this number.
    fn take_block(&mut self, frame: &Frame<'_>, block: &[u8], number: u64) {
        if number + runlog::line_ends(block) <= self.from {
            return;
        }
        let mut at = 0;
        let mut number = number;
        while at < block.len() && self.found.next_line.is_none() {
            if let Some(query) = &self.query {
                let Some(hit) = query.find_at(block, at) else {
                    return;
                };
                let passed = block.get(at..hit.start()).unwrap_or_default();
                number += runlog::line_ends(passed);
                at += memchr::memrchr(b'\n', passed).map_or(0, |last| last + 1);
            }
            let rest = block.get(at..).unwrap_or_default();
            let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            if number >= self.from {
                let bytes = rest.get(..length).unwrap_or_default();
                let carry = Carry {
                    bytes: bytes.get(..LONGEST_LINE).unwrap_or(bytes).to_vec(),
                    at_ms: frame.at_ms,
                    is_cut: length > LONGEST_LINE,
                };
                self.keep(number, frame.stream, &carry, false);
            }
            at += length + 1;
            number += 1;
        }
    }

    fn carry(&mut self, frame: &Frame<'_>, bytes: &[u8]) {
        let known = self
            .carries
            .iter_mut()
            .find(|(known, _)| *known == frame.stream);
        if let Some((_, carry)) = known {
            let room = LONGEST_LINE.saturating_sub(carry.bytes.len());
            carry.at_ms = frame.at_ms;
            carry.is_cut |= bytes.len() > room;
            carry
                .bytes
                .extend_from_slice(bytes.get(..room).unwrap_or(bytes));
        }
    }

    fn take_carry(&mut self, stream: Stream) -> Carry {
        let mut carries = self.carries.iter_mut();
        let known = carries.find(|(known, _)| *known == stream);
        known
            .map(|(_, carry)| std::mem::take(carry))
            .unwrap_or_default()
    }

    /// Keeps a line if it is wanted.
    fn add(&mut self, number: u64, stream: Stream, carry: &Carry, is_open: bool) {
        let is_hit = self
            .query
            .as_ref()
            .is_none_or(|query| query.is_match(&carry.bytes));
        if number >= self.from && is_hit {
            self.keep(number, stream, carry, is_open);
        }
    }

    fn keep(&mut self, number: u64, stream: Stream, carry: &Carry, is_open: bool) {
        if self.found.lines.len() >= self.limit || self.bytes >= MOST_BYTES {
            self.found.next_line = Some(number);
            return;
        }
        self.bytes += carry.bytes.len();
        self.found.lines.push(Line {
            number,
            stream: stream.as_str(),
            at: DateTime::from_timestamp_millis(carry.at_ms).unwrap_or_default(),
            text: String::from_utf8_lossy(&carry.bytes).into_owned(),
            cut: carry.is_cut,
            open: is_open,
        });
    }
}

#[cfg(test)]
mod tests;
