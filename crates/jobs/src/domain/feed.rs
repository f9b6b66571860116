//! The log of a run as its readers get it: server-sent events, output with its bytes.

use std::io;
use std::ops::ControlFlow;
use std::path::Path;

use actix_web::web::Bytes;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use common::id::RunId;
use runlog::{Frame, Gap, Mark, Piece, Source, StepLog};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tracing::warn;
use utoipa::ToSchema;

use crate::error::Error;
use crate::store::events::EventRow;

/// Output beyond this is not sent to who is so far behind.
pub const MOST_BEHIND: u64 = 4 << 20;

/// Something that happened in a run.
#[derive(Debug, Serialize, ToSchema)]
pub struct RunEvent {
    /// Number, from 1 without gaps; also the id of the event.
    seq: i64,
    /// Such as `run.running`, `step.succeeded` or `output`; also the name of the event.
    kind: String,
    /// When it happened.
    at: DateTime<Utc>,
    /// The step that it is about.
    step_id: Option<i64>,
    /// More about it.
    data: EventData,
}

/// What an event tells.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum EventData {
    /// Of `output`.
    Output(OutputData),
    /// Of all others.
    #[schema(value_type = Object)]
    Other(Value),
}

/// What a claim of a step has printed since the last such event.
#[derive(Debug, Serialize, ToSchema)]
pub struct OutputData {
    /// Where it lies within all that this claim has printed.
    #[serde(flatten)]
    place: Place,
    /// The pieces, in order.
    frames: Vec<FrameData>,
    /// What is missing, because it was too much or could not be written.
    #[serde(skip_serializing_if = "Option::is_none")]
    dropped: Option<Dropped>,
}

/// As the database tells it.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, ToSchema)]
pub struct Place {
    /// Number of the claim.
    epoch: i64,
    /// Bytes before it.
    offset: u64,
    /// Bytes of it.
    length: u64,
    /// Line ends before it.
    line: u64,
    /// Line ends in it.
    lines: u64,
    /// Bytes that could not be written so far, if there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lost_bytes: Option<u64>,
}

/// A piece of one stream. Either `text` or `base64` is there.
#[derive(Debug, Serialize, ToSchema)]
pub struct FrameData {
    /// `stdout`, `stderr` or `system` (notes of the executor).
    stream: &'static str,
    /// When it came.
    at: DateTime<Utc>,
    /// Bytes of this claim before it.
    offset: u64,
    /// The bytes, if they are UTF-8 without zero bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    /// The bytes, if they are not.
    #[serde(skip_serializing_if = "Option::is_none")]
    base64: Option<String>,
}

/// What is missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Dropped {
    /// Line ends before it.
    pub after_line: u64,
    /// Bytes that are missing.
    pub bytes: u64,
    /// Line ends among them.
    pub lines: u64,
}

impl From<Gap> for Dropped {
    fn from(gap: Gap) -> Self {
        Self {
            after_line: gap.start.lines,
            bytes: gap.bytes,
            lines: gap.lines,
        }
    }
}

impl FrameData {
    fn of(frame: Frame<'_>) -> Self {
        // Zero bytes would take six characters each.
        let is_plain = memchr::memchr(0, frame.bytes).is_none();
        let text = std::str::from_utf8(frame.bytes).ok().filter(|_| is_plain);
        let text = text.map(str::to_owned);
        let base64 = text.is_none().then(|| STANDARD.encode(frame.bytes));
        Self {
            stream: frame.stream.as_str(),
            at: DateTime::from_timestamp_millis(frame.at_ms).unwrap_or_default(),
            offset: frame.start.bytes,
            text,
            base64,
        }
    }
}

/// An event, made ready to be sent.
#[derive(Clone, Debug)]
pub struct Message {
    /// Its number.
    pub seq: i64,
    /// As it is sent.
    pub text: Bytes,
}

/// A server-sent event; those that are no entry of the log have no number.
pub fn frame(seq: Option<i64>, kind: &str, data: &impl Serialize) -> Result<Bytes, Error> {
    let id = seq.map(|seq| format!("id: {seq}\n")).unwrap_or_default();
    let data = serde_json::to_string(data)?;
    Ok(format!("{id}event: {kind}\ndata: {data}\n\n").into())
}

/// Output that was not sent: entries of the log from `from` to `to` were passed over.
pub fn lagged(from: i64, to: i64) -> Result<Message, Error> {
    let data = serde_json::json!({"from": from, "to": to});
    let text = frame(Some(to), "lagged", &data)?;
    Ok(Message { seq: to, text })
}

/// Makes entries ready to be sent, with the output that they tell of; reads files.
pub fn render(root: &Path, run: RunId, rows: Vec<EventRow>) -> Result<Vec<Message>, Error> {
    rows.into_iter()
        .map(|row| render_one(root, run, row))
        .collect()
}

fn render_one(root: &Path, run: RunId, row: EventRow) -> Result<Message, Error> {
    let seq = row.seq;
    let step = row.step_id.filter(|_| row.kind == "output");
    let data = match step {
        None => EventData::Other(row.data),
        Some(step) => {
            let place: Place = serde_json::from_value(row.data)?;
            if place.length > MOST_BEHIND {
                return lagged(seq, seq);
            }
            let source = Source {
                run: run.0,
                step,
                epoch: place.epoch,
            };
            EventData::Output(read(root, source, place))
        }
    };
    let event = RunEvent {
        seq,
        at: row.at,
        step_id: row.step_id,
        data,
        kind: row.kind,
    };
    let text = frame(Some(seq), &event.kind, &event)?;
    Ok(Message { seq, text })
}

/// Files that cannot be read are told as missing, since all else of the run can be told.
fn read(root: &Path, source: Source, place: Place) -> OutputData {
    match read_files(root, source, place) {
        Ok(data) => data,
        Err(error) => {
            warn!(run.id = source.run, "Output cannot be read: {error}");
            let dropped = Dropped {
                after_line: place.line,
                bytes: place.length,
                lines: place.lines,
            };
            OutputData {
                place,
                frames: Vec::new(),
                dropped: Some(dropped),
            }
        }
    }
}

fn read_files(root: &Path, source: Source, place: Place) -> io::Result<OutputData> {
    let start = Mark {
        bytes: place.offset,
        lines: place.line,
    };
    let end = Mark {
        bytes: place.offset + place.length,
        lines: place.line + place.lines,
    };
    let mut frames = Vec::new();
    let mut dropped: Option<Dropped> = None;
    StepLog::open(root, source)?.visit(start..end, |piece| {
        match piece {
            Piece::Frame(frame) => frames.push(FrameData::of(frame)),
            Piece::Gap(gap) => {
                let sum = dropped.get_or_insert(Dropped {
                    after_line: gap.start.lines,
                    ..Dropped::default()
                });
                sum.bytes += gap.bytes;
                sum.lines += gap.lines;
            }
        }
        ControlFlow::Continue(())
    })?;
    Ok(OutputData {
        place,
        frames,
        dropped,
    })
}
