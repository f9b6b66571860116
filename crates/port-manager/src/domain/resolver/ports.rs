//! Sets of ports.

use std::ops::RangeInclusive;

/// How many ports there are, 0 included.
pub(super) const PORTS: usize = 65_536;
const BITS: usize = 64;
const LOW_BITS: u16 = 63;

/// Where one service may be: spans in order, apart from each other, without port 0.
#[derive(Debug)]
pub(super) struct Allowed(Vec<(u16, u16)>);

impl Allowed {
    pub(super) fn new(ranges: &[RangeInclusive<u16>]) -> Self {
        let mut spans: Vec<(u16, u16)> = ranges
            .iter()
            .map(|range| ((*range.start()).max(1), *range.end()))
            .filter(|(low, high)| low <= high)
            .collect();
        spans.sort_unstable();
        spans.dedup_by(|next, last| {
            let joins = next.0 <= last.1.saturating_add(1);
            if joins {
                last.1 = last.1.max(next.1);
            }
            joins
        });
        Self(spans)
    }

    pub(super) fn spans(&self) -> &[(u16, u16)] {
        &self.0
    }

    pub(super) fn contains(&self, port: u16) -> bool {
        let after = self.0.partition_point(|(low, _)| *low <= port);
        self.0
            .get(..after)
            .and_then(<[_]>::last)
            .is_some_and(|(_, high)| port <= *high)
    }

    pub(super) fn count(&self) -> u32 {
        self.0
            .iter()
            .map(|(low, high)| u32::from(high - low) + 1)
            .sum()
    }
}

/// A set of ports that finds the next one in constant time.
/// `summary` has a bit for each word that is not zero.
#[derive(Clone, Debug)]
pub(super) struct PortSet {
    words: Vec<u64>,
    summary: Vec<u64>,
}

impl PortSet {
    pub(super) fn new() -> Self {
        Self {
            words: vec![0; PORTS / BITS],
            summary: vec![0; PORTS / BITS / BITS],
        }
    }

    /// Makes it the same as `other`, without a new allocation.
    pub(super) fn copy_from(&mut self, other: &Self) {
        self.words.clone_from(&other.words);
        self.summary.clone_from(&other.summary);
    }

    pub(super) fn contains(&self, port: u16) -> bool {
        bits(&self.words, port / 64) & mask(port) != 0
    }

    pub(super) fn insert(&mut self, port: u16) {
        set(&mut self.words, port);
        set(&mut self.summary, port / 64);
    }

    pub(super) fn remove(&mut self, port: u16) {
        if let Some(word) = self.words.get_mut(usize::from(port / 64)) {
            *word &= !mask(port);
            if *word == 0
                && let Some(summary) = self.summary.get_mut(usize::from(port / 64 / 64))
            {
                *summary &= !mask(port / 64);
            }
        }
    }

    /// The lowest port from `low` to `high`.
    pub(super) fn next(&self, low: u16, high: u16) -> Option<u16> {
        let port = next_bit(&self.words, low).or_else(|| {
            let later = low / 64 + 1;
            let word = next_bit(&self.summary, later).or_else(|| {
                first_bit(
                    self.summary
                        .iter()
                        .zip(0..)
                        .skip(usize::from(later / 64) + 1),
                )
            })?;
            first_bit(std::iter::once((&bits(&self.words, word), word)))
        })?;
        (port <= high).then_some(port)
    }

    /// The lowest allowed port from `start` upward.
    pub(super) fn next_up(&self, allowed: &Allowed, start: u16) -> Option<u16> {
        let spans = allowed.spans();
        let behind = spans.partition_point(|(_, high)| *high < start);
        let mut ahead = spans.iter().skip(behind);
        ahead.find_map(|(low, high)| self.next(start.max(*low), *high))
    }

    /// The first allowed port from `start` upward, then from the lowest.
    pub(super) fn next_around(&self, allowed: &Allowed, start: u16) -> Option<u16> {
        self.next_up(allowed, start)
            .or_else(|| self.next_up(allowed, 0))
    }
}

fn mask(port: u16) -> u64 {
    1 << (port & LOW_BITS)
}

fn bits(words: &[u64], word: u16) -> u64 {
    words.get(usize::from(word)).copied().unwrap_or(0)
}

fn set(words: &mut [u64], bit: u16) {
    if let Some(word) = words.get_mut(usize::from(bit / 64)) {
        *word |= mask(bit);
    }
}

/// The lowest bit from `from` on, in the same word.
fn next_bit(words: &[u64], from: u16) -> Option<u16> {
    let word = from / 64;
    let rest = bits(words, word) & (u64::MAX << (from & LOW_BITS));
    first_bit(std::iter::once((&rest, word)))
}

/// The lowest bit of the first word that has one.
fn first_bit<'a>(mut words: impl Iterator<Item = (&'a u64, u16)>) -> Option<u16> {
    let (bits, word) = words.find(|(bits, _)| **bits != 0)?;
    let bit = u16::try_from(bits.trailing_zeros()).ok()?;
    Some(word * 64 + bit)
}
