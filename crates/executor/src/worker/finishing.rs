//! Records ends of claims together: all that come while one batch is on its way are the next one.
//!
//! A lone end waits for nothing; under load a transaction is shared by many.

use std::sync::{Arc, Mutex, PoisonError};

use service_kit::db::is_unavailable;
use sqlx::PgPool;
use tokio::sync::oneshot;

use super::limited;
use crate::store;
use crate::store::claims::End;

/// Most ends of a batch.
const MOST: usize = 256;
/// Bytes of output after which a batch is full.
const FULL: usize = 1 << 20;

/// True if the claim was held; an error is that of the whole batch.
type Answer = Result<bool, Arc<sqlx::Error>>;

/// Ends that wait for their turn.
#[derive(Debug, Default)]
pub(super) struct Finishing {
    waiting: Mutex<Vec<Waiting>>,
    /// Held by who records a batch.
    door: tokio::sync::Mutex<()>,
}

#[derive(Debug)]
struct Waiting {
    end: End,
    reply: oneshot::Sender<Answer>,
}

impl Finishing {
    /// Records an end, with others if there are any; false: the claim is lost.
    pub(super) async fn finish(&self, db: &PgPool, worker: &str, end: End) -> Answer {
        let (reply, mut answer) = oneshot::channel();
        self.waiting().push(Waiting { end, reply });
        loop {
            // Who comes in takes along all that wait, and finds its own answer the next time.
            let _door = self.door.lock().await;
            match answer.try_recv() {
                Ok(answer) => return answer,
                Err(oneshot::error::TryRecvError::Empty) => self.record(db, worker).await,
                Err(oneshot::error::TryRecvError::Closed) => {
                    return Err(Arc::new(sqlx::Error::WorkerCrashed));
                }
            }
        }
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, Vec<Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Those who came first.
    fn take(&self) -> Vec<Waiting> {
        let mut waiting = self.waiting();
        let mut bytes = 0;
        let count = waiting
            .iter()
            .take(MOST)
            .take_while(|one| {
                let fits = bytes < FULL;
                bytes += one.end.len();
                fits
            })
            .count();
        waiting.drain(..count).collect()
    }

    async fn record(&self, db: &PgPool, worker: &str) {
        let (ends, replies): (Vec<_>, Vec<_>) = self
            .take()
            .into_iter()
            .map(|one| (one.end, one.reply))
            .unzip();
        let written = write(db, worker, &ends).await;
        let is_one_to_blame =
            ends.len() > 1 && written.as_ref().is_err_and(|error| !is_unavailable(error));
        let written = written.map_err(Arc::new);
        for (end, reply) in ends.into_iter().zip(replies) {
            let answer = if is_one_to_blame {
                let alone = write(db, worker, std::slice::from_ref(&end)).await;
                alone.map(|held| !held.is_empty()).map_err(Arc::new)
            } else {
                let held = written.as_ref().map(|held| held.contains(&end.step));
                held.map_err(Arc::clone)
            };
            // Who has given up waiting asks the database itself.
            let _given_up = reply.send(answer);
        }
    }
}

async fn write(db: &PgPool, worker: &str, ends: &[End]) -> sqlx::Result<Vec<i64>> {
    limited(async {
        let mut conn = db.acquire().await?;
        store::claims::finish(&mut conn, worker, ends).await
    })
    .await
}
