//! Reads the logs of watched runs once for all who watch.

use std::collections::{HashMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use common::id::RunId;
use futures_util::future::join_all;
use service_kit::bus::Topic;
use service_kit::reconcile::{Hint, every};
use service_kit::service::Kit;
use sqlx::PgPool;
use tokio::sync::watch;

use crate::domain::feed::{self, Message};
use crate::error::Error;
use crate::files::blocking;
use crate::store;
use crate::store::events::Head;

/// How often logs are looked at without a hint.
const PERIOD: Duration = Duration::from_millis(250);
/// Bytes and entries that are kept for those who are a little behind.
const WINDOW: (usize, usize) = (4 << 20, 2000);
/// Entries that are read at a time.
const BATCH: i64 = 200;
/// Entries that are handed to a reader at a time.
const HANDFUL: usize = 64;

/// The log of one run as far as it was read.
#[derive(Debug)]
pub struct Hub {
    run: RunId,
    head: watch::Sender<Head>,
    window: Mutex<Window>,
}

/// The newest entries.
#[derive(Debug)]
struct Window {
    messages: VecDeque<Message>,
    bytes: usize,
    /// Number of the last entry that was read.
    last: i64,
}

/// What a reader gets.
#[derive(Debug)]
pub enum Next {
    /// The next entries.
    Messages(Vec<Message>),
    /// It is too far behind and has to read by itself.
    Behind,
    /// There is nothing new.
    UpToDate,
}

impl Hub {
    fn new(run: RunId, head: Head) -> Self {
        Self {
            run,
            head: watch::Sender::new(head),
            window: Mutex::new(Window {
                messages: VecDeque::new(),
                bytes: 0,
                last: head.seq,
            }),
        }
    }

    fn window(&self) -> MutexGuard<'_, Window> {
        self.window.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells when there is more.
    pub fn head(&self) -> watch::Receiver<Head> {
        self.head.subscribe()
    }

    /// What comes after an entry.
    pub fn after(&self, seq: i64) -> Next {
        let window = self.window();
        if seq >= window.last {
            return Next::UpToDate;
        }
        let first = window.messages.front().map_or(i64::MAX, |first| first.seq);
        if seq + 1 < first {
            return Next::Behind;
        }
        let newer = window.messages.partition_point(|known| known.seq <= seq);
        let newer = window.messages.iter().skip(newer).take(HANDFUL);
        Next::Messages(newer.cloned().collect())
    }

    fn push(&self, messages: Vec<Message>) {
        let mut window = self.window();
        for message in messages {
            window.last = message.seq;
            window.bytes += message.text.len();
            window.messages.push_back(message);
        }
        while window.bytes > WINDOW.0 || window.messages.len() > WINDOW.1 {
            let Some(oldest) = window.messages.pop_front() else {
                break;
            };
            window.bytes -= oldest.text.len();
        }
    }

    /// Leaves out what was written while nobody could read; readers look for it themselves.
    fn jump(&self, seq: i64) {
        let mut window = self.window();
        window.messages.clear();
        window.bytes = 0;
        window.last = seq;
    }

    async fn follow(&self, db: &PgPool, root: &Path, head: Head) -> Result<(), Error> {
        let mut after = self.window().last;
        if head.seq - after > 2 * BATCH {
            self.jump(head.seq - BATCH);
            after = head.seq - BATCH;
        }
        while after < head.seq {
            let mut conn = db.acquire().await?;
            let rows = store::events::list_after(&mut conn, self.run, after, 0, BATCH).await?;
            drop(conn);
            if rows.is_empty() {
                break;
            }
            for row in rows {
                after = row.seq;
                // One by one: each may hold much output.
                self.push(render(root.to_owned(), self.run, vec![row]).await?);
            }
            // A run that goes on may have got further than the head that was asked for.
            let told = Head {
                seq: after,
                is_final: false,
            };
            self.head.send_replace(told);
        }
        let is_new = *self.head.borrow() != head;
        if head.is_final && is_new {
            self.head.send_replace(head);
        }
        Ok(())
    }
}

/// Renders entries beside the threads that serve.
pub async fn render(
    root: PathBuf,
    run: RunId,
    rows: Vec<store::events::EventRow>,
) -> Result<Vec<Message>, Error> {
    blocking(move || feed::render(&root, run, rows)).await
}

/// The hubs of all watched runs.
pub struct Live {
    db: PgPool,
    root: PathBuf,
    hubs: Mutex<HashMap<RunId, Weak<Hub>>>,
    hint: Hint,
}

impl Live {
    /// Watches nothing yet.
    pub fn new(kit: &Kit, root: PathBuf) -> Self {
        Self {
            db: kit.db.clone(),
            root,
            hubs: Mutex::default(),
            hint: kit.bus.hint(Topic::RunEvents),
        }
    }

    fn hubs(&self) -> MutexGuard<'_, HashMap<RunId, Weak<Hub>>> {
        self.hubs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Watches a run whose log has got as far as `head`, as long as the hub is held.
    pub fn watch(&self, run: RunId, head: Head) -> Arc<Hub> {
        let mut hubs = self.hubs();
        if let Some(hub) = hubs.get(&run).and_then(Weak::upgrade) {
            return hub;
        }
        let hub = Arc::new(Hub::new(run, head));
        hubs.insert(run, Arc::downgrade(&hub));
        hub
    }

    async fn follow(&self) -> Result<(), Error> {
        let hubs: HashMap<RunId, Arc<Hub>> = {
            let mut hubs = self.hubs();
            hubs.retain(|_run, hub| hub.strong_count() > 0);
            let held = hubs.iter();
            held.filter_map(|(run, hub)| Some((*run, hub.upgrade()?)))
                .collect()
        };
        if hubs.is_empty() {
            return Ok(());
        }
        let runs: Vec<i64> = hubs.keys().map(|run| run.0).collect();
        let heads = store::events::list_heads(&mut *self.db.acquire().await?, &runs).await?;
        let follow = heads.into_iter().filter_map(|(run, head)| {
            let hub = hubs.get(&run)?;
            Some(hub.follow(&self.db, &self.root, head))
        });
        join_all(follow).await.into_iter().collect()
    }
}

/// Follows until the process stops.
pub(super) fn start(kit: &Kit, live: &Arc<Live>) {
    let live = Arc::clone(live);
    let hint = live.hint.clone();
    every(&kit.tasks, "logs of runs", PERIOD, hint, move || {
        let live = Arc::clone(&live);
        async move { live.follow().await }
    });
}
