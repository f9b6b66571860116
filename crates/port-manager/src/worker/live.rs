//! Follows the events of the database once for all who watch.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use service_kit::bus::Topic;
use service_kit::reconcile::{Hint, every};
use service_kit::service::Kit;
use tokio::sync::{Mutex, broadcast};

use crate::app::{App, Shared};
use crate::error::Error;
use crate::store;

/// Messages that a slow watcher may be behind; then it is told to read anew.
const QUEUE: usize = 256;
/// How often events are looked for without a hint.
const PERIOD: Duration = Duration::from_secs(1);
/// How often the number of the last event is told although nothing was written.
const HEARTBEAT: Duration = Duration::from_secs(5);
/// Events that are read at a time.
const BATCH: i64 = 1000;

/// An event, made ready to be sent.
#[derive(Clone, Debug)]
pub struct Item {
    /// Its number.
    pub seq: i64,
    /// The message.
    pub text: Arc<str>,
}

/// Passes events on to all who watch.
pub struct Live {
    hint: std::sync::OnceLock<Hint>,
    /// Wakes who tells other processes.
    news: Hint,
    feed: broadcast::Sender<Item>,
}

impl Default for Live {
    fn default() -> Self {
        Self {
            hint: std::sync::OnceLock::new(),
            news: Hint::default(),
            feed: broadcast::Sender::new(QUEUE),
        }
    }
}

impl Live {
    /// Has events that this process has written read now, here and elsewhere.
    pub fn wake(&self) {
        if let Some(hint) = self.hint.get() {
            hint.give();
        }
        self.news.give();
    }

    /// How many watch.
    pub fn watchers(&self) -> usize {
        self.feed.receiver_count()
    }

    /// All events from now on.
    pub fn watch(&self) -> broadcast::Receiver<Item> {
        self.feed.subscribe()
    }
}

/// Follows until the process stops.
pub(super) fn start(kit: &Kit, app: &Shared) {
    start_announcements(kit, app);
    let app = Arc::clone(app);
    let hint = app
        .live
        .hint
        .get_or_init(|| kit.bus.hint(Topic::Ports))
        .clone();
    let last = Arc::new(Mutex::new(None));
    every(&kit.tasks, "events", PERIOD, hint, move || {
        let (app, last) = (Arc::clone(&app), Arc::clone(&last));
        async move { follow(&app, &mut *last.lock().await).await }
    });
}

/// Tells other processes the number of the last event: at once after one was written here, and now and
/// then, so that who missed a message notices.
fn start_announcements(kit: &Kit, app: &Shared) {
    let app = Arc::clone(app);
    let news = app.live.news.clone();
    every(&kit.tasks, "announcements", HEARTBEAT, news, move || {
        let app = Arc::clone(&app);
        async move {
            let mut conn = app.store.acquire().await?;
            let (epoch, head) = store::head::get(&mut conn).await?;
            drop(conn);
            let message = json!({"type": "head", "epoch": epoch, "seq": head});
            app.bus.tell(Topic::Ports, &message.to_string()).await;
            Ok::<_, Error>(())
        }
    });
}

async fn follow(app: &App, last: &mut Option<i64>) -> Result<(), Error> {
    let mut conn = app.store.acquire().await?;
    let mut after = match *last {
        Some(last) => last,
        // What was before, those who watch have read by themselves. The newest one is told again: who
        // watched before this first look may not know of it.
        None => store::head::get(&mut conn).await?.1 - 1,
    };
    loop {
        let events = store::events::list_after(&mut conn, after, BATCH).await?;
        let Some(newest) = events.last() else {
            break;
        };
        after = newest.seq;
        for event in &events {
            let message: Value = event.message();
            // Nobody may be watching.
            let _sent = app.live.feed.send(Item {
                seq: event.seq,
                text: message.to_string().into(),
            });
        }
        if i64::try_from(events.len()).is_ok_and(|read| read < BATCH) {
            break;
        }
    }
    *last = Some(after);
    Ok(())
}
