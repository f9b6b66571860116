//! What the steps of runs print, in files of frames. The executor writes them, jobs reads them.
#![warn(missing_docs)]

mod frame;
mod reader;
mod writer;

use std::path::{Path, PathBuf};
use std::str::FromStr;

pub use frame::{Frame, MAX_PAYLOAD};
pub use reader::{Gap, Piece, StepLog};
pub use writer::{Caps, RunUse, StepWriter, Written};

/// Where output comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
    /// Notes of the executor.
    System,
}

impl Stream {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Stdout, Self::Stderr, Self::System];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stdout => "stdout",
            Self::Stderr => "stderr",
            Self::System => "system",
        }
    }
}

impl FromStr for Stream {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.into_iter().find(|stream| stream.as_str() == text);
        known.ok_or_else(|| "must be stdout, stderr or system".to_owned())
    }
}

/// A place in the output of a step, by what came before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    /// Bytes of all streams.
    pub bytes: u64,
    /// Line ends of all streams.
    pub lines: u64,
}

/// One claim of a step, as its files are named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Source {
    /// The run.
    pub run: i64,
    /// The step.
    pub step: i64,
    /// The claim.
    pub epoch: i64,
}

impl Source {
    fn segment(self, root: &Path, start: u64) -> PathBuf {
        let name = format!("{}-{}-{start}.seg", self.step, self.epoch);
        run_folder(root, self.run).join(name)
    }

    /// Where a segment of this claim starts, by its name.
    fn start_of(self, name: &str) -> Option<u64> {
        let prefix = format!("{}-{}-", self.step, self.epoch);
        name.strip_prefix(&prefix)?
            .strip_suffix(".seg")?
            .parse()
            .ok()
    }
}

/// The folder of all segments of a run.
pub fn run_folder(root: &Path, run: i64) -> PathBuf {
    root.join(run.to_string())
}

/// How many line ends there are in `bytes`.
pub fn line_ends(bytes: &[u8]) -> u64 {
    wide(memchr::memchr_iter(b'\n', bytes).count())
}

fn wide(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
