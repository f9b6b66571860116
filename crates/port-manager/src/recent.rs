//! Answers that are kept for as long as nothing has changed.

use std::any::Any;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use actix_web::web::Bytes;
use serde::Serialize;
use service_kit::json::Rendered;
use sqlx::PgPool;

use crate::error::Error;
use crate::store;

/// How long an answer is good although what it also depends on has no number: sockets, checks, and
/// what other port managers change about a service without changing its port. The second one is for
/// answers that take long to make, such as those about thousands of services.
const GOOD_FOR: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(5));
/// An answer is kept so many times as long as it took to make, within [`GOOD_FOR`].
const WORTH: u32 = 20;
/// How long the number of the last event is taken for true. What this process changes counts at once;
/// a change by another port manager may be seen so much later.
const HEAD_GOOD_FOR: Duration = Duration::from_millis(20);
/// Answers that are kept.
const MOST: usize = 200;

/// What an answer is about: its kind and the name of the suite.
type Key = (&'static str, Option<String>);

/// Keeps answers.
#[derive(Default)]
pub struct Recent {
    changes: AtomicU64,
    head: Mutex<Option<Head>>,
    kept: Mutex<HashMap<Key, Kept>>,
}

/// The number of the last event, as it was read.
#[derive(Clone, Copy)]
struct Head {
    revision: i64,
    changes: u64,
    at: Instant,
}

struct Kept {
    revision: i64,
    changes: u64,
    good_until: Instant,
    answer: Arc<dyn Any + Send + Sync>,
}

impl Recent {
    /// Says that this process has changed something.
    pub fn forget(&self) {
        self.changes.fetch_add(1, Ordering::SeqCst);
    }

    /// The answer that was kept, if no port has changed anywhere since and it is not old; else what
    /// `make` makes.
    ///
    /// # Errors
    /// When the database cannot be asked, or `make` fails.
    pub async fn get<T: Send + Sync + 'static>(
        &self,
        store: &PgPool,
        (kind, suite): (&'static str, Option<&str>),
        make: impl Future<Output = Result<T, Error>>,
    ) -> Result<Arc<T>, Error> {
        // Both are read before the answer is made: what changes meanwhile makes it old.
        let changes = self.changes.load(Ordering::SeqCst);
        let revision = self.revision(store, changes).await?;
        let key = (kind, suite.map(str::to_owned));
        if let Some(answer) = self.find(&key, revision, changes) {
            return Ok(answer);
        }
        let at = Instant::now();
        let answer = Arc::new(make.await?);
        let good_for = (at.elapsed() * WORTH).clamp(GOOD_FOR.0, GOOD_FOR.1);
        let mut kept = self.kept();
        if kept.len() >= MOST {
            kept.clear();
        }
        let kept_answer: Arc<T> = Arc::clone(&answer);
        kept.insert(
            key,
            Kept {
                revision,
                changes,
                good_until: at + good_for,
                answer: kept_answer,
            },
        );
        Ok(answer)
    }

    /// The same as text.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub async fn render<T: Serialize>(
        &self,
        store: &PgPool,
        key: (&'static str, Option<&str>),
        make: impl Future<Output = Result<T, Error>>,
    ) -> Result<Rendered, Error> {
        let make = async { Ok(Bytes::from(serde_json::to_vec(&make.await?)?)) };
        let text = self.get(store, key, make).await?;
        Ok(Rendered(Bytes::clone(&text)))
    }

    async fn revision(&self, store: &PgPool, changes: u64) -> Result<i64, Error> {
        let is_good = |head: &Head| head.changes == changes && head.at.elapsed() < HEAD_GOOD_FOR;
        let known = *self.head.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(head) = known.filter(is_good) {
            return Ok(head.revision);
        }
        let at = Instant::now();
        let mut conn = store.acquire().await?;
        let (_epoch, revision) = store::head::get(&mut conn).await?;
        *self.head.lock().unwrap_or_else(PoisonError::into_inner) = Some(Head {
            revision,
            changes,
            at,
        });
        Ok(revision)
    }

    fn find<T: Send + Sync + 'static>(
        &self,
        key: &Key,
        revision: i64,
        changes: u64,
    ) -> Option<Arc<T>> {
        let kept = self.kept();
        let found = kept.get(key)?;
        let is_good = found.revision == revision
            && found.changes == changes
            && Instant::now() < found.good_until;
        is_good.then(|| Arc::clone(&found.answer).downcast().ok())?
    }

    fn kept(&self) -> MutexGuard<'_, HashMap<Key, Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
