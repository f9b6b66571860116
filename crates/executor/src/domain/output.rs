//! What is kept of a step's output: secrets out, head and tail in bounded memory.

use std::sync::Arc;

use remote::{RedactStream, Redactor};
use runlog::Stream;

use crate::domain::printed::Printed;

/// Most bytes that are kept of each stream.
pub const KEPT_BYTES: usize = 256 * 1024;

/// A stream of output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

/// Both streams of a step, each behind the redactor of the step's secrets.
#[derive(Debug)]
pub struct StepOutput {
    stdout: Redacted,
    stderr: Redacted,
    redactor: Redactor,
    received: u64,
    /// All that is printed, on its way to the files.
    printed: Arc<Printed>,
}

#[derive(Debug)]
struct Redacted {
    stream: RedactStream,
    kept: HeadTail,
}

impl Redacted {
    fn new(redactor: &Redactor) -> Self {
        Self {
            stream: redactor.stream(),
            kept: HeadTail::up_to(KEPT_BYTES),
        }
    }

    fn push(&mut self, bytes: &[u8]) -> Vec<u8> {
        let bytes = self.stream.push(bytes);
        self.kept.push(&bytes);
        bytes
    }

    fn close(&mut self) -> Vec<u8> {
        let bytes = self.stream.finish();
        self.kept.push(&bytes);
        bytes
    }
}

/// The output of a step that has ended, as it is stored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts {
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl StepOutput {
    /// Nothing yet.
    pub(crate) fn new(redactor: &Redactor, printed: Arc<Printed>) -> Self {
        Self {
            stdout: Redacted::new(redactor),
            stderr: Redacted::new(redactor),
            redactor: redactor.clone(),
            received: 0,
            printed,
        }
    }

    /// Takes the next bytes of a stream.
    pub async fn push(&mut self, side: Side, bytes: &[u8]) {
        self.received = self
            .received
            .saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        let (stream, bytes) = match side {
            Side::Stdout => (Stream::Stdout, self.stdout.push(bytes)),
            Side::Stderr => (Stream::Stderr, self.stderr.push(bytes)),
        };
        self.printed.print(stream, &bytes).await;
    }

    /// Lets go of what was held back because it might have become a secret.
    pub fn close(&mut self) {
        let rest = self.stdout.close();
        self.printed.push(Stream::Stdout, &rest);
        let rest = self.stderr.close();
        self.printed.push(Stream::Stderr, &rest);
    }

    /// Bytes of both streams so far.
    pub fn received(&self) -> u64 {
        self.received
    }

    /// How often a secret was replaced so far.
    pub fn redactions(&self) -> u64 {
        self.stdout.stream.replaced() + self.stderr.stream.replaced()
    }

    /// Ends both streams; `notes` of the executor go to the end of standard error.
    pub fn finish(mut self, notes: &[String]) -> Texts {
        self.close();
        let mut stderr = self.stderr.kept.text();
        for note in notes {
            let note = format!("{}\n", self.redactor.text(note));
            if !stderr.is_empty() && !stderr.ends_with('\n') {
                stderr.push('\n');
            }
            stderr.push_str(&storable(&note));
            self.printed.push(Stream::System, note.as_bytes());
        }
        Texts {
            stdout: self.stdout.kept.text(),
            stderr,
        }
    }
}

/// The first and the last bytes of a stream.
#[derive(Debug)]
struct HeadTail {
    half: usize,
    head: Vec<u8>,
    /// A ring: the oldest byte is at `at` once it is full.
    tail: Vec<u8>,
    at: usize,
    bytes: u64,
    lines: u64,
}

impl HeadTail {
    fn up_to(limit: usize) -> Self {
        Self {
            half: limit / 2,
            head: Vec::new(),
            tail: Vec::new(),
            at: 0,
            bytes: 0,
            lines: 0,
        }
    }

    fn push(&mut self, bytes: &[u8]) {
        self.bytes += length(bytes);
        self.lines += lines(bytes);
        let room = (self.half - self.head.len()).min(bytes.len());
        let (first, rest) = bytes.split_at(room);
        self.head.extend_from_slice(first);
        let skip = rest.len().saturating_sub(self.half);
        self.roll(rest.get(skip..).unwrap_or_default());
    }

    fn roll(&mut self, mut bytes: &[u8]) {
        let room = (self.half - self.tail.len()).min(bytes.len());
        self.tail
            .extend_from_slice(bytes.get(..room).unwrap_or_default());
        bytes = bytes.get(room..).unwrap_or_default();
        while !bytes.is_empty() {
            let upto_end = (self.tail.len() - self.at).min(bytes.len());
            let (now, later) = bytes.split_at(upto_end);
            if let Some(place) = self.tail.get_mut(self.at..self.at + upto_end) {
                place.copy_from_slice(now);
            }
            self.at = (self.at + upto_end) % self.tail.len();
            bytes = later;
        }
    }

    /// Head, a line that says exactly what is left out, and tail.
    fn text(&mut self) -> String {
        let tail_start = self.at.min(self.tail.len());
        self.tail.rotate_left(tail_start);
        self.at = 0;
        if self.bytes == length(&self.head) + length(&self.tail) {
            self.head.append(&mut self.tail);
            return storable(&String::from_utf8_lossy(&self.head));
        }
        let head = self.head.get(..whole_end(&self.head)).unwrap_or_default();
        let tail = self.tail.get(whole_start(&self.tail)..).unwrap_or_default();
        let bytes = self.bytes - length(head) - length(tail);
        let lines = self.lines - lines(head) - lines(tail);
        let break_before = if head.ends_with(b"\n") { "" } else { "\n" };
        let marker = format!("{break_before}... {bytes} bytes ({lines} lines) left out ...\n");
        let mut text = storable(&String::from_utf8_lossy(head));
        text.push_str(&marker);
        text.push_str(&storable(&String::from_utf8_lossy(tail)));
        text
    }
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

fn lines(bytes: &[u8]) -> u64 {
    length_of(bytes.iter().filter(|byte| **byte == b'\n').count())
}

fn length_of(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// PostgreSQL's text takes no zero byte.
fn storable(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// Where the last whole character of `bytes` ends.
fn whole_end(bytes: &[u8]) -> usize {
    for back in 1..=bytes.len().min(3) {
        let at = bytes.len() - back;
        let Some(byte) = bytes.get(at) else { break };
        if byte & 0b1100_0000 != 0b1000_0000 {
            let wanted = match byte {
                0xc0..=0xdf => 2,
                0xe0..=0xef => 3,
                0xf0..=0xff => 4,
                _ => 1,
            };
            return if wanted > back { at } else { bytes.len() };
        }
    }
    bytes.len()
}

/// Where the first whole character of `bytes` starts.
fn whole_start(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .take(3)
        .take_while(|byte| **byte & 0b1100_0000 == 0b1000_0000)
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(limit: usize, chunks: &[&[u8]]) -> String {
        let mut kept = HeadTail::up_to(limit);
        chunks.iter().for_each(|chunk| kept.push(chunk));
        kept.text()
    }

    #[test]
    fn what_fits_is_kept_as_it_is() {
        assert_eq!(kept(8, &[b"abc", b"", b"defgh"]), "abcdefgh");
        assert_eq!(kept(8, &[]), "");
    }

    #[test]
    fn the_middle_is_left_out_and_counted() {
        let text = kept(8, &[b"ab\nd", b"e\nf\ngh", b"i\nkl"]);
        assert_eq!(text, "ab\nd\n... 6 bytes (2 lines) left out ...\ni\nkl");
        for size in 1..10 {
            let all: Vec<u8> = (0..1000_u32)
                .flat_map(|n| format!("{n}\n").into_bytes())
                .collect();
            let chunks: Vec<&[u8]> = all.chunks(size).collect();
            assert_eq!(kept(20, &chunks), kept(20, &[&all]), "{size}");
        }
    }

    #[test]
    fn characters_are_not_cut_in_halves() {
        let text = kept(8, &["aaa€bbbbbbbb€aaa".as_bytes()]);
        assert_eq!(text, "aaa\n... 14 bytes (0 lines) left out ...\naaa");
    }

    #[test]
    fn bytes_that_are_no_text_become_replacement_characters() {
        assert_eq!(kept(80, &[b"a\0b\xff\xfec"]), "a\u{fffd}b\u{fffd}\u{fffd}c");
    }

    #[tokio::test]
    async fn a_secret_is_masked_in_output_and_notes() {
        let redactor = Redactor::new([b"hunter2".as_slice()]).unwrap();
        let source = runlog::Source {
            run: 1,
            step: 1,
            epoch: 1,
        };
        let clock = common::clock::Clock::system();
        let printed = Arc::new(Printed::new(source, clock, Arc::default()));
        let mut output = StepOutput::new(&redactor, Arc::clone(&printed));
        output.push(Side::Stdout, b"pass hun").await;
        output.push(Side::Stderr, b"no end").await;
        output.push(Side::Stdout, b"ter2 end").await;
        assert_eq!(output.received(), 22);
        let texts = output.finish(&["the target said hunter2".to_owned()]);
        assert_eq!(texts.stdout, "pass *** end");
        assert_eq!(texts.stderr, "no end\nthe target said ***\n");
        let taken = printed.take();
        let all: Vec<u8> = taken
            .frames()
            .flat_map(|frame| frame.bytes.to_vec())
            .collect();
        let all = String::from_utf8(all).unwrap();
        assert_eq!(all, "pass no end*** endthe target said ***\n");
    }
}
