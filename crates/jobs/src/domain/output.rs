//! The output of a step after the fact: lines, what contains a text, all of it as a file.

use std::ops::ControlFlow;
use std::path::PathBuf;

use actix_web::web::Bytes;
use common::id::{RunId, StepId};
use common::problem::FieldError;
use runlog::{Mark, Piece, Source, StepLog, Stream};

use crate::app::App;
use crate::domain::scan::{Found, Scan};
use crate::error::Error;
use crate::files::blocking;
use crate::store;

/// Most lines of one answer.
pub const MOST_LINES: usize = 10_000;
/// Longest text that is looked for, in bytes.
const LONGEST_QUERY: usize = 1000;
/// Bytes of a download that are read at a time.
const CHUNK: usize = 256 * 1024;

/// Which claim of which step.
#[derive(Clone, Copy, Debug)]
pub struct Which {
    /// The run.
    pub run: RunId,
    /// The step.
    pub step: StepId,
    /// The claim; none is the last one that has printed anything.
    pub epoch: Option<i64>,
}

/// Which lines of it.
#[derive(Clone, Debug)]
pub struct Wish {
    /// From which line on, from 1; a negative one counts from the end.
    pub from_line: i64,
    /// At most so many.
    pub lines: usize,
    /// Of one stream only.
    pub stream: Option<Stream>,
    /// Only those that contain this text, in whatever case.
    pub query: Option<String>,
}

/// What a claim has printed, ready to be read.
#[derive(Clone, Debug)]
pub struct Printout {
    /// The claim; 0 if nothing was printed.
    pub epoch: i64,
    /// Where its output ends at this moment.
    pub end: Mark,
    root: PathBuf,
    source: Source,
}

impl Printout {
    /// Looks which files there are; blocks.
    pub fn open(&self) -> Result<StepLog, Error> {
        Ok(StepLog::open(&self.root, self.source)?)
    }
}

/// All of it, piece by piece, as fast as it is taken.
#[derive(Debug)]
pub struct Download {
    printout: Printout,
    stream: Option<Stream>,
    place: Mark,
    is_line_open: bool,
}

impl Download {
    /// Of all streams, or of one.
    pub fn new(printout: Printout, stream: Option<Stream>) -> Self {
        Self {
            printout,
            stream,
            place: Mark::default(),
            is_line_open: false,
        }
    }

    /// The next bytes; none at the end.
    pub async fn next(mut self) -> Option<(Result<Bytes, Error>, Self)> {
        if self.place.bytes >= self.printout.end.bytes {
            return None;
        }
        let read = tokio::task::spawn_blocking(move || {
            let chunk = self.read();
            (chunk, self)
        });
        let (chunk, mut download) = read.await.ok()?;
        if chunk.is_err() {
            download.place = download.printout.end;
        }
        Some((chunk, download))
    }

    fn read(&mut self) -> Result<Bytes, Error> {
        let mut chunk = Vec::new();
        let log = self.printout.open()?;
        log.visit(self.place..self.printout.end, |piece| {
            match piece {
                Piece::Frame(frame) => {
                    self.place = frame.end();
                    if self.stream.is_none_or(|stream| stream == frame.stream) {
                        chunk.extend_from_slice(frame.bytes);
                        self.is_line_open = !frame.bytes.ends_with(b"\n");
                    }
                }
                Piece::Gap(gap) => {
                    self.place.bytes += gap.bytes;
                    self.place.lines += gap.lines;
                    let open = if self.is_line_open { "\n" } else { "" };
                    chunk.extend_from_slice(format!("{open}{}\n", gap.marker()).as_bytes());
                    self.is_line_open = false;
                }
            }
            if chunk.len() < CHUNK {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        })?;
        Ok(chunk.into())
    }
}

/// Finds the output of a claim.
pub async fn find(app: &App, which: Which) -> Result<Printout, Error> {
    let mut conn = app.db.acquire().await?;
    let Which { run, step, epoch } = which;
    store::runs::find(&mut conn, run)
        .await?
        .ok_or(Error::RunNotFound(run))?;
    let last = store::outputs::find_epoch(&mut conn, run, step)
        .await?
        .ok_or(Error::StepNotFound(step))?;
    if let Some(epoch) = epoch
        && !(1..=last).contains(&epoch)
    {
        let detail = format!("the step has the epochs 1 to {last}");
        return Err(FieldError::new("epoch", "out_of_range", detail).into());
    }
    let row = store::outputs::find(&mut conn, step, epoch).await?;
    if row.is_some_and(|row| row.removed_at.is_some()) {
        return Err(Error::OutputRemoved(step));
    }
    let count = |value: i64| u64::try_from(value).unwrap_or_default();
    let end = row.map_or_else(Mark::default, |row| Mark {
        bytes: count(row.bytes),
        lines: count(row.lines),
    });
    let epoch = row.map_or_else(|| epoch.unwrap_or_default(), |row| row.epoch);
    Ok(Printout {
        epoch,
        end,
        root: app.output_dir.clone(),
        source: Source {
            run: run.0,
            step: step.0,
            epoch,
        },
    })
}

/// Reads lines of it.
pub async fn read(printout: Printout, wish: &Wish) -> Result<Found, Error> {
    let mut scan = Scan::new(wish, printout.end).map_err(Error::Invalid)?;
    blocking(move || {
        let log = printout.open()?;
        log.visit(Mark::default()..printout.end, |piece| scan.take(piece))?;
        Ok::<_, Error>(scan.finish())
    })
    .await
}

impl Wish {
    /// What is wrong with it.
    pub fn check(&self) -> Result<(), Error> {
        let mut faults = Vec::new();
        if self.from_line == 0 {
            let detail = "must be a line from 1, or negative to count from the end";
            faults.push(FieldError::new("from_line", "out_of_range", detail));
        }
        if !(1..=MOST_LINES).contains(&self.lines) {
            let detail = format!("must be between 1 and {MOST_LINES}");
            faults.push(FieldError::new("lines", "out_of_range", detail));
        }
        if let Some(query) = &self.query {
            let is_good = (1..=LONGEST_QUERY).contains(&query.len()) && !query.contains('\n');
            if !is_good {
                let detail = format!("must be 1 to {LONGEST_QUERY} bytes of one line");
                faults.push(FieldError::new("q", "invalid", detail));
            }
        }
        if faults.is_empty() {
            Ok(())
        } else {
            Err(Error::Invalid(faults))
        }
    }
}
