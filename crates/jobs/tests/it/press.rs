//! Stands in for an executor: writes output of a step and tells of it, by the rules of the database.

use std::path::Path;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use runlog::{Caps, Frame, MAX_PAYLOAD, Mark, Source, StepWriter, Stream};
use serde_json::{Value, json};
use service_kit::bus::{Bus, Topic};
use sqlx::PgPool;
use tempfile::TempDir;
use testkit::app::{TestApp, parts};

use crate::app::{job, start_on};

/// A jobs service, and a step that runs.
pub(crate) struct Press {
    pub(crate) app: TestApp,
    pub(crate) folder: TempDir,
    pub(crate) source: Source,
    bus: Bus,
    executor: PgPool,
    writer: StepWriter,
    pub(crate) end: Mark,
}

impl Press {
    /// Starts all of it.
    pub(crate) async fn start() -> Self {
        Self::start_capped(16 << 20, &[]).await
    }

    /// The same with a cap of the step's output, and further settings.
    pub(crate) async fn start_capped(step_bytes: u64, more: &[(&str, &str)]) -> Self {
        Self::start_on(Bus::none(), step_bytes, more).await
    }

    /// The same where hints go over this bus.
    pub(crate) async fn start_on(bus: Bus, step_bytes: u64, more: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut vars = vec![("OUTPUT_DIR", folder.path().to_str().unwrap())];
        vars.extend(more);
        let mut parts = parts(jobs::SERVICE).await;
        parts.kit.bus = bus.clone();
        let app = start_on(parts, &vars).await;
        let executor = app.db.pool("opsc_executor").await;
        let source = claim(&app, &executor).await;
        let writer = writer(folder.path(), source, step_bytes);
        Self {
            app,
            folder,
            bus,
            source,
            executor,
            writer,
            end: Mark::default(),
        }
    }

    /// Writes output and tells of it.
    pub(crate) async fn print(&mut self, stream: Stream, bytes: &[u8]) {
        self.write(stream, bytes);
        let held = sqlx::query_scalar!(
            "SELECT runs.record_output('w1', $1, $2, $3, $4, '{0}')",
            &[self.source.step],
            &[self.source.epoch],
            &[i64::try_from(self.end.bytes).unwrap()],
            &[i64::try_from(self.end.lines).unwrap()],
        );
        let held = held.fetch_one(&self.executor).await.unwrap();
        assert_eq!(held, Some(vec![self.source.step]));
        self.bus.give(Topic::RunEvents).await;
    }

    /// Writes output of which nobody knows yet.
    pub(crate) fn write(&mut self, stream: Stream, bytes: &[u8]) {
        for bytes in bytes.chunks(MAX_PAYLOAD) {
            let frame = Frame {
                start: self.end,
                at_ms: 1_700_000_000_000,
                stream,
                bytes,
            };
            assert!(self.writer.append([frame]).error.is_none());
            self.end = frame.end();
        }
    }

    /// Ends the step, and with it the run.
    pub(crate) async fn finish(&self) {
        let size = [self.end.bytes, self.end.lines, 0].map(|count| i64::try_from(count).unwrap());
        let done = sqlx::query_scalar!(
            "SELECT runs.finish_printed_step($1, $2, 'w1', 'succeeded', NULL, 0, '', '', '{}', $3)",
            self.source.step,
            self.source.epoch,
            &size,
        );
        assert_eq!(done.fetch_one(&self.executor).await.unwrap(), Some(true));
    }

    /// Path below the step.
    pub(crate) fn path(&self, rest: &str) -> String {
        format!(
            "/runs/{}/steps/{}/output{rest}",
            self.source.run, self.source.step
        )
    }

    /// Watches as a viewer.
    pub(crate) async fn watch(&self, query: &str) -> Events {
        Events::open(&self.app, self.source.run, query, None).await
    }
}

async fn claim(app: &TestApp, executor: &PgPool) -> Source {
    let id = job(app, "print").await;
    let run = app
        .operator()
        .post(&format!("/jobs/{id}/run"), json!({}))
        .await;
    let run = run.expect(201)["id"].as_i64().unwrap();
    let claim = sqlx::query!(
        r#"SELECT step_id AS "step!", epoch AS "epoch!" FROM runs.claim_steps('w1', 1, 3600)"#
    );
    let claim = claim.fetch_one(executor).await.unwrap();
    Source {
        run,
        step: claim.step,
        epoch: claim.epoch,
    }
}

fn writer(root: &Path, source: Source, step_bytes: u64) -> StepWriter {
    let caps = Caps {
        step_bytes,
        run_bytes: u64::MAX,
    };
    StepWriter::new(root, source, caps, Arc::default())
}

/// A server-sent event.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Event {
    pub(crate) id: Option<i64>,
    pub(crate) kind: String,
    pub(crate) data: Value,
}

impl Event {
    /// The text of output, put together.
    pub(crate) fn text(&self) -> String {
        let frames = self.data["data"]["frames"].as_array();
        let texts = frames.into_iter().flatten();
        texts.filter_map(|frame| frame["text"].as_str()).collect()
    }
}

static CLIENT: LazyLock<reqwest::Client> =
    LazyLock::new(|| reqwest::Client::builder().no_proxy().build().unwrap());

/// A stream of events that is read.
pub(crate) struct Events {
    answer: reqwest::Response,
    rest: String,
}

/// Asks for the stream of a run.
pub(crate) async fn ask(
    app: &TestApp,
    token: &str,
    (run, query): (i64, &str),
    last: Option<&str>,
) -> reqwest::Response {
    let mut request = CLIENT
        .get(format!("{}/runs/{run}/events{query}", app.base))
        .bearer_auth(token);
    if let Some(last) = last {
        request = request.header("last-event-id", last);
    }
    request.send().await.unwrap()
}

impl Events {
    /// Opens it with a viewer's token.
    pub(crate) async fn open(app: &TestApp, run: i64, query: &str, last: Option<&str>) -> Self {
        let token = app.authority.token(common::permission::Role::Viewer);
        Self::open_as(app, &token, (run, query), last).await
    }

    /// Opens it with any token.
    pub(crate) async fn open_as(
        app: &TestApp,
        token: &str,
        (run, query): (i64, &str),
        last: Option<&str>,
    ) -> Self {
        let answer = ask(app, token, (run, query), last).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        let rest = String::new();
        Self { answer, rest }
    }

    /// The next event; none at the end.
    pub(crate) async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some((block, rest)) = self.rest.split_once("\n\n") {
                let event = parse(block);
                self.rest = rest.to_owned();
                if event.kind.is_empty() {
                    continue;
                }
                return Some(event);
            }
            let chunk = tokio::time::timeout(Duration::from_secs(10), self.answer.chunk());
            let chunk = chunk.await.unwrap().ok().flatten()?;
            self.rest.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    /// All events up to the end.
    pub(crate) async fn all(mut self) -> Vec<Event> {
        let mut all = Vec::new();
        while let Some(event) = self.next().await {
            all.push(event);
        }
        all
    }
}

fn parse(block: &str) -> Event {
    let mut event = Event::default();
    for line in block.lines() {
        match line.split_once(": ") {
            Some(("id", id)) => event.id = Some(id.parse().unwrap()),
            Some(("event", kind)) => event.kind = kind.to_owned(),
            Some(("data", data)) => event.data = serde_json::from_str(data).unwrap(),
            _ => {}
        }
    }
    event
}
