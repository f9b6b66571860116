//! Replaces secrets in a stream of bytes, whatever the chunks it comes in.

mod forms;

use std::fmt;
use std::sync::{Arc, Weak};

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use zeroize::Zeroizing;

use forms::Pattern;

/// What stands in the output in place of a secret.
pub const REPLACEMENT: &[u8] = b"***";

/// The secrets are too many or too long to be looked for.
#[derive(Debug, thiserror::Error)]
#[error("the secrets are too many or too long to be looked for in output")]
pub struct RedactError;

/// Finds every secret of 4 bytes or more in its plain, base64, URL, JSON, hex and quoted forms.
///
/// Multi-line secrets are also found line by line. Cheap to clone.
#[derive(Clone)]
pub struct Redactor(Option<Arc<Patterns>>);

struct Patterns {
    /// Sorted, so that a prefix can be looked up.
    sorted: Vec<Pattern>,
    automaton: AhoCorasick,
    longest: usize,
}

/// Finds a [`Redactor`] that has secrets and is in use still, and keeps no secret in memory itself.
#[derive(Clone)]
pub struct WeakRedactor(Weak<Patterns>);

impl fmt::Debug for WeakRedactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WeakRedactor(***)")
    }
}

impl WeakRedactor {
    /// The redactor, if somebody uses it.
    pub fn upgrade(&self) -> Option<Redactor> {
        self.0.upgrade().map(|patterns| Redactor(Some(patterns)))
    }
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Redactor(***)")
    }
}

impl Redactor {
    /// Prepares to look for `secrets`.
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a [u8]>) -> Result<Self, RedactError> {
        let mut sorted: Vec<Pattern> = Vec::new();
        for secret in secrets {
            forms::forms(secret, &mut sorted);
        }
        sorted.sort_unstable_by(|a, b| a.as_slice().cmp(b.as_slice()));
        sorted.dedup();
        let Some(longest) = sorted.iter().map(|pattern| pattern.len()).max() else {
            return Ok(Self(None));
        };
        // The faster kind that is the default for few patterns takes hundreds of times the memory.
        let automaton = AhoCorasick::builder()
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(sorted.iter().map(|pattern| pattern.as_slice()))
            .map_err(|_too_large| RedactError)?;
        Ok(Self(Some(Arc::new(Patterns {
            sorted,
            automaton,
            longest,
        }))))
    }

    /// A way to this one as long as somebody keeps it.
    pub fn downgrade(&self) -> WeakRedactor {
        WeakRedactor(self.0.as_ref().map(Arc::downgrade).unwrap_or_default())
    }

    /// Starts a stream; each output stream needs one of its own.
    pub fn stream(&self) -> RedactStream {
        RedactStream {
            patterns: self.clone(),
            held: Zeroizing::default(),
            covered: 0,
            replaced: 0,
        }
    }

    /// Replaces the secrets in a text that is complete.
    pub fn text(&self, text: &str) -> String {
        let mut stream = self.stream();
        let mut bytes = stream.push(text.as_bytes());
        bytes.extend(stream.finish());
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl Patterns {
    /// Where the bytes begin that may be the start of a secret whose rest is yet to come.
    fn open_end(&self, bytes: &[u8]) -> usize {
        let from = bytes.len().saturating_sub(self.longest - 1);
        (from..bytes.len())
            .find(|at| bytes.get(*at..).is_some_and(|tail| self.starts_some(tail)))
            .unwrap_or(bytes.len())
    }

    /// Whether some longer pattern starts with `tail`.
    fn starts_some(&self, tail: &[u8]) -> bool {
        let next = self
            .sorted
            .partition_point(|pattern| pattern.as_slice() <= tail);
        self.sorted
            .get(next)
            .is_some_and(|pattern| pattern.starts_with(tail))
    }

    /// The parts of `bytes` that are a secret: sorted, apart from each other.
    fn secret_ranges(&self, bytes: &[u8]) -> Vec<(usize, usize)> {
        let mut ranges: Vec<(usize, usize)> = self
            .automaton
            .find_overlapping_iter(bytes)
            .map(|found| (found.start(), found.end()))
            .collect();
        ranges.sort_unstable();
        ranges.dedup_by(|next, kept| {
            let joined = next.0 < kept.1;
            if joined {
                kept.1 = kept.1.max(next.1);
            }
            joined
        });
        ranges
    }
}

/// One stream of output on its way through a [`Redactor`].
///
/// Holds back only bytes that may be the start of a secret: less than the longest one.
pub struct RedactStream {
    patterns: Redactor,
    held: Zeroizing<Vec<u8>>,
    /// Bytes at the start of `held` that were replaced already.
    covered: usize,
    replaced: u64,
}

impl fmt::Debug for RedactStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RedactStream(***)")
    }
}

impl RedactStream {
    /// How many times a secret was replaced so far.
    pub fn replaced(&self) -> u64 {
        self.replaced
    }

    /// Takes the next chunk; gives what can be shown.
    pub fn push(&mut self, chunk: &[u8]) -> Vec<u8> {
        let Some(patterns) = self.patterns.0.clone() else {
            return chunk.to_vec();
        };
        self.held.extend_from_slice(chunk);
        let end = patterns.open_end(&self.held);
        self.release(&patterns, end)
    }

    /// Ends the stream; gives what was held back.
    pub fn finish(&mut self) -> Vec<u8> {
        let Some(patterns) = self.patterns.0.clone() else {
            return Vec::new();
        };
        let end = self.held.len();
        self.release(&patterns, end)
    }

    /// Gives the bytes before `end`, with secrets replaced.
    fn release(&mut self, patterns: &Patterns, end: usize) -> Vec<u8> {
        let mut shown = Vec::with_capacity(end);
        let mut at = self.covered;
        for (start, stop) in patterns.secret_ranges(&self.held) {
            if start >= end {
                break;
            }
            if stop <= at {
                continue;
            }
            if start < at {
                // It goes on where the last replacement ended: no second mark.
                at = stop;
                continue;
            }
            shown.extend_from_slice(self.held.get(at..start).unwrap_or_default());
            shown.extend_from_slice(REPLACEMENT);
            self.replaced += 1;
            at = stop;
        }
        shown.extend_from_slice(self.held.get(at..end).unwrap_or_default());
        self.covered = at.saturating_sub(end);
        self.held = Zeroizing::new(self.held.get(end..).unwrap_or_default().to_vec());
        shown
    }
}

#[cfg(test)]
mod tests;
