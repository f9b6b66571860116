//! One who watches a run: what happened so far, then what happens, at the pace of the reader.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::web::Bytes;
use common::id::RunId;
use common::secret::Secret;
use serde_json::json;
use service_kit::gate::Gate;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tracing::debug;

use crate::app::App;
use crate::domain::feed::{self, MOST_BEHIND, Message};
use crate::error::Error;
use crate::store;
use crate::store::events::Head;
use crate::worker::live::{Hub, Next, render};

/// How often it is looked whether the reader may still read.
const RECHECK: Duration = Duration::from_secs(1);
/// How often something is sent, so that a connection that is gone is noticed.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// Entries that are read at a time by a reader who is behind.
const BATCH: i64 = 50;
/// Bytes that are handed over at a time, so that a slow connection holds no more.
const SLICE: usize = 32 * 1024;

/// Why a stream ends.
enum End {
    /// All is told.
    Finished,
    /// The reader may not read any more.
    Unauthorized,
    /// This process ends, or cannot read.
    Broken,
}

/// Where a reader begins.
#[derive(Clone, Copy, Debug)]
pub enum Begin {
    /// After the entry of this number.
    After(i64),
    /// With what comes next.
    Newest,
}

/// For how long somebody may read.
pub struct Access {
    /// Knows what became of the token.
    pub gate: Arc<Gate>,
    /// What the reader came with.
    pub token: Secret<String>,
    /// Ends when the port is given up that the reader came to.
    pub closing: CancellationToken,
}

/// A reader of the log of a run.
pub struct Watcher {
    app: Arc<App>,
    access: Access,
    run: RunId,
    hub: Arc<Hub>,
    head: watch::Receiver<Head>,
    stopping: CancellationToken,
    probe: watch::Receiver<()>,
    /// Number of the last entry that was told.
    last: i64,
    queue: VecDeque<Bytes>,
    checked_at: Instant,
    sent_at: Instant,
    is_over: bool,
}

impl Watcher {
    /// Watches a run from there on.
    pub async fn new(
        app: Arc<App>,
        access: Access,
        run: RunId,
        begin: Begin,
    ) -> Result<Self, Error> {
        let heads = store::events::list_heads(&mut *app.db.acquire().await?, &[run.0]).await?;
        let head = heads.first().ok_or(Error::RunNotFound(run))?.1;
        let after = match begin {
            Begin::After(after) => after,
            Begin::Newest => head.seq,
        };
        if !(0..=head.seq).contains(&after) {
            return Err(Error::NoSuchEvent(after));
        }
        let hub = app.live.watch(run, head);
        let retry = Bytes::from_static(b"retry: 1000\n\n");
        Ok(Self {
            stopping: app.tasks.stopping(),
            probe: app.streams.probe(),
            head: hub.head(),
            queue: VecDeque::from([retry]),
            checked_at: Instant::now(),
            sent_at: Instant::now(),
            is_over: false,
            last: after,
            app,
            access,
            run,
            hub,
        })
    }

    /// The next bytes for the reader; none at the end.
    pub async fn next(&mut self) -> Option<Bytes> {
        while self.queue.is_empty() && !self.is_over {
            if let Err(end) = self.advance().await {
                self.is_over = true;
                let word = match end {
                    End::Finished => "end",
                    End::Unauthorized => "unauthorized",
                    End::Broken => break,
                };
                let text = feed::frame(None, word, &json!({"seq": self.last}));
                self.queue.extend(text.ok());
            }
        }
        self.sent_at = Instant::now();
        let mut bytes = self.queue.pop_front()?;
        if bytes.len() > SLICE {
            let rest = bytes.split_off(SLICE);
            self.queue.push_front(rest);
        }
        Some(bytes)
    }

    fn send(&mut self, message: Message) {
        self.last = message.seq;
        self.queue.push_back(message.text);
    }

    async fn advance(&mut self) -> Result<(), End> {
        if self.checked_at.elapsed() > RECHECK {
            self.authorize().await?;
        }
        let head = *self.head.borrow_and_update();
        match self.hub.after(self.last) {
            Next::Messages(messages) => {
                messages.into_iter().for_each(|message| self.send(message));
                Ok(())
            }
            Next::Behind => self.catch_up().await.map_err(|error| {
                debug!("A reader of a run is sent away: {error}");
                End::Broken
            }),
            Next::UpToDate if head.is_final && self.last >= head.seq => Err(End::Finished),
            Next::UpToDate => self.wait().await,
        }
    }

    async fn wait(&mut self) -> Result<(), End> {
        let mut is_probed = false;
        tokio::select! {
            () = self.stopping.cancelled() => return Err(End::Broken),
            () = self.access.closing.cancelled() => return Err(End::Broken),
            changed = self.head.changed() => changed.map_err(|_gone| End::Broken)?,
            probed = self.probe.changed() => is_probed = probed.is_ok(),
            () = tokio::time::sleep(RECHECK) => {}
        }
        if is_probed || self.sent_at.elapsed() > HEARTBEAT {
            self.queue.push_back(Bytes::from_static(b": alive\n\n"));
        }
        Ok(())
    }

    /// The token can have ended, or been ended.
    async fn authorize(&mut self) -> Result<(), End> {
        self.checked_at = Instant::now();
        match self.access.gate.check(self.access.token.expose()).await {
            Ok(_checked) => Ok(()),
            // Nobody can say at the moment.
            Err(refusal) if refusal.problem().status == 503 => Ok(()),
            Err(_refusal) => Err(End::Unauthorized),
        }
    }

    /// Reads what the hub does not hold any more; of very much output only the end.
    async fn catch_up(&mut self) -> Result<(), Error> {
        let mut conn = self.app.db.acquire().await?;
        let most = i64::try_from(MOST_BEHIND).unwrap_or(i64::MAX);
        let lag = store::events::find_lag(&mut conn, self.run, self.last, most).await?;
        let skip = lag.unwrap_or_default();
        let rows = store::events::list_after(&mut conn, self.run, self.last, skip, BATCH).await?;
        drop(conn);
        let root = self.app.output_dir.clone();
        let is_all = i64::try_from(rows.len()).is_ok_and(|read| read < BATCH);
        for message in render(root, self.run, rows).await? {
            if message.seq > self.last + 1 {
                self.send(feed::lagged(self.last + 1, message.seq - 1)?);
            }
            self.send(message);
        }
        if is_all && self.last < skip {
            self.send(feed::lagged(self.last + 1, skip)?);
        }
        Ok(())
    }
}
