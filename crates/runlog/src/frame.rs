//! Frames: pieces of output that know their place, and whether they are whole.

use crate::{Mark, Stream, line_ends, wide};

/// Most bytes of one frame.
pub const MAX_PAYLOAD: usize = 64 * 1024;

/// Length and CRC.
const PREFIX: usize = 8;
/// Offset, line ends, time and stream.
const META: usize = 25;
/// Bytes of a frame beside its payload.
pub(crate) const HEADER: usize = PREFIX + META;

/// A piece of one stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// What came before it.
    pub start: Mark,
    /// When it came, in milliseconds since 1970.
    pub at_ms: i64,
    /// Where it comes from.
    pub stream: Stream,
    /// At most [`MAX_PAYLOAD`] bytes.
    pub bytes: &'a [u8],
}

impl<'a> Frame<'a> {
    /// The place right after it.
    pub fn end(&self) -> Mark {
        Mark {
            bytes: self.start.bytes + wide(self.bytes.len()),
            lines: self.start.lines + line_ends(self.bytes),
        }
    }

    /// Appends it to `out`.
    pub fn encode(&self, out: &mut Vec<u8>) {
        let length = u32::try_from(self.bytes.len()).unwrap_or(u32::MAX);
        let code = match self.stream {
            Stream::Stdout => 0_u8,
            Stream::Stderr => 1,
            Stream::System => 2,
        };
        let mut meta = Vec::with_capacity(META);
        meta.extend_from_slice(&self.start.bytes.to_le_bytes());
        meta.extend_from_slice(&self.start.lines.to_le_bytes());
        meta.extend_from_slice(&self.at_ms.to_le_bytes());
        meta.push(code);
        let mut crc = crc32fast::Hasher::new();
        crc.update(&meta);
        crc.update(self.bytes);
        out.extend_from_slice(&length.to_le_bytes());
        out.extend_from_slice(&crc.finalize().to_le_bytes());
        out.extend_from_slice(&meta);
        out.extend_from_slice(self.bytes);
    }

    /// Reads the first frame of `bytes` and tells what follows it; none if it is not whole.
    pub fn decode(bytes: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (prefix, rest) = bytes.split_first_chunk::<PREFIX>()?;
        let (length, crc) = prefix.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
        if length > MAX_PAYLOAD {
            return None;
        }
        let (checked, after) = rest.split_at_checked(META + length)?;
        if crc32fast::hash(checked).to_le_bytes() != *crc {
            return None;
        }
        let (bytes_before, rest) = checked.split_first_chunk::<8>()?;
        let (lines_before, rest) = rest.split_first_chunk::<8>()?;
        let (at_ms, rest) = rest.split_first_chunk::<8>()?;
        let (code, payload) = rest.split_first()?;
        let stream = match code {
            0 => Stream::Stdout,
            1 => Stream::Stderr,
            2 => Stream::System,
            _ => return None,
        };
        let frame = Self {
            start: Mark {
                bytes: u64::from_le_bytes(*bytes_before),
                lines: u64::from_le_bytes(*lines_before),
            },
            at_ms: i64::from_le_bytes(*at_ms),
            stream,
            bytes: payload,
        };
        Some((frame, after))
    }

    /// What follows a frame that ends before `place`, without a look at its payload.
    pub(crate) fn skip_before(bytes: &'a [u8], place: u64) -> Option<&'a [u8]> {
        let (length, rest) = bytes.split_first_chunk::<4>()?;
        let (offset, _) = rest.get(4..)?.split_first_chunk::<8>()?;
        let length = u32::from_le_bytes(*length);
        if u64::from_le_bytes(*offset).checked_add(u64::from(length))? > place {
            return None;
        }
        bytes.get(HEADER + usize::try_from(length).ok()?..)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_written_is_read(
            bytes in prop::collection::vec(any::<u8>(), 0..3000), place: u64, lines: u64, at_ms: i64,
            stream in 0_usize..3, more in prop::collection::vec(any::<u8>(), 0..50)
        ) {
            let frame = Frame { start: Mark { bytes: place, lines }, at_ms, stream: Stream::ALL[stream], bytes: &bytes };
            let mut file = Vec::new();
            frame.encode(&mut file);
            prop_assert_eq!(file.len(), HEADER + bytes.len());
            file.extend_from_slice(&more);
            let (read, after) = Frame::decode(&file).unwrap();
            prop_assert_eq!((read, after), (frame, more.as_slice()));
        }

        #[test]
        fn a_frame_that_is_cut_or_changed_is_refused(
            bytes in prop::collection::vec(any::<u8>(), 0..300), at: prop::sample::Index, bit in 0..8
        ) {
            let frame = Frame { start: Mark::default(), at_ms: 7, stream: Stream::Stderr, bytes: &bytes };
            let mut file = Vec::new();
            frame.encode(&mut file);
            let at = at.index(file.len());
            prop_assert!(Frame::decode(&file[..at]).is_none());
            file[at] ^= 1_u8 << bit;
            prop_assert!(Frame::decode(&file).is_none());
        }

        #[test]
        fn no_bytes_make_the_reader_stumble(bytes in prop::collection::vec(any::<u8>(), 0..200), place: u64) {
            let _read = Frame::decode(&bytes);
            let _skipped = Frame::skip_before(&bytes, place);
        }
    }
}
