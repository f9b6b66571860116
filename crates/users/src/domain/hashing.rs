//! Hashes passwords on threads of their own, so that nothing else waits for them.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use common::password::{self, PasswordError};
use common::secret::Secret;
use tokio::sync::oneshot;
use tracing::error;

use crate::error::Error;

/// Passwords that may wait; more are refused.
const QUEUE: usize = 16;
/// How much the threads give way to those that answer requests.
const NICENESS: i32 = 10;

type Job = Box<dyn FnOnce() + Send>;

/// A hash and how it was made.
#[derive(Clone, Debug)]
pub struct Hashed {
    /// The hash.
    pub hash: String,
    /// The way of hashing, like `bcrypt$12`.
    pub params: String,
}

/// The threads, and the queue in front of them.
#[derive(Debug)]
pub struct Hasher {
    jobs: SyncSender<Job>,
    cost: u32,
    pepper: Secret<String>,
}

impl Hasher {
    /// Starts the threads; they end when the hasher is dropped.
    pub fn start(threads: usize, cost: u32, pepper: Secret<String>) -> Self {
        let (jobs, waiting) = sync_channel(QUEUE);
        let waiting = Arc::new(Mutex::new(waiting));
        for number in 0..threads {
            let waiting = Arc::clone(&waiting);
            let started = std::thread::Builder::new()
                .name(format!("hash-{number}"))
                .spawn(move || work(&waiting));
            if let Err(cause) = started {
                error!("A hashing thread could not be started: {cause}");
            }
        }
        Self { jobs, cost, pepper }
    }

    /// Hashes a new password.
    ///
    /// # Errors
    /// Busy when too many wait.
    pub async fn hash(&self, password: Secret<String>) -> Result<Hashed, Error> {
        let (cost, pepper) = (self.cost, self.pepper.clone());
        let hashed = move || password::hash(&password, pepper.expose().as_bytes(), cost);
        Ok(Hashed {
            hash: self.run(hashed).await?,
            params: password::params(self.cost),
        })
    }

    /// Whether the password belongs to the stored hash. Without a hash the answer is no, after
    /// the same work, so that time does not tell which users there are.
    ///
    /// # Errors
    /// Busy when too many wait.
    pub async fn verify(
        &self,
        password: Secret<String>,
        stored: Option<String>,
    ) -> Result<bool, Error> {
        let known = stored.is_some();
        let stored = stored.unwrap_or_else(|| nobody(self.cost));
        let pepper = self.pepper.clone();
        let right = move || password::verify(&password, pepper.expose().as_bytes(), &stored);
        Ok(self.run(right).await? && known)
    }

    /// Whether the stored hash was made in another way than this hasher does it.
    pub fn is_outdated(&self, stored: &str) -> bool {
        password::needs_rehash(stored, self.cost)
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, PasswordError> + Send + 'static,
    ) -> Result<T, Error> {
        let (reply, result) = oneshot::channel();
        let job: Job = Box::new(move || {
            // Whoever asked may have gone away meanwhile.
            if !reply.is_closed() {
                let _unheard = reply.send(work());
            }
        });
        self.jobs.try_send(job).map_err(|_full| Error::Busy)?;
        let done = result.await.map_err(|_gone| Error::Interrupted)?;
        Ok(done?)
    }
}

/// Takes one job after the other until the hasher is gone.
fn work(waiting: &Mutex<Receiver<Job>>) {
    // Niceness belongs to the thread on Linux; where it is refused, the queue's bound still holds.
    let _nicer = rustix::process::nice(NICENESS);
    loop {
        let next = waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .recv();
        let Ok(job) = next else { return };
        job();
    }
}

/// A hash of this cost that fits no password: its digest is all zeros.
fn nobody(cost: u32) -> String {
    format!("$2b${cost:02}${}", ".".repeat(53))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Secret<String> {
        Secret::new(text.to_owned())
    }

    #[tokio::test]
    async fn a_hash_fits_its_password_only() {
        let hasher = Hasher::start(1, 4, secret("pepper"));
        let hashed = hasher.hash(secret("right")).await.unwrap();
        assert_eq!(hashed.params, "bcrypt$4");
        let verify = async |text: &str, stored: Option<String>| {
            hasher.verify(secret(text), stored).await.unwrap()
        };
        assert!(verify("right", Some(hashed.hash.clone())).await);
        assert!(!verify("wrong", Some(hashed.hash)).await);
        assert!(!verify("right", None).await);
    }

    #[tokio::test]
    async fn a_full_queue_is_refused_and_empties_again() {
        let hasher = Hasher::start(1, 4, secret("pepper"));
        let (release, held) = std::sync::mpsc::channel::<()>();
        let (begun, started) = oneshot::channel();
        let hold: Job = Box::new(move || {
            let _told = begun.send(());
            let _released = held.recv();
        });
        hasher.jobs.try_send(hold).unwrap();
        started.await.unwrap();
        for _ in 0..QUEUE {
            hasher.jobs.try_send(Box::new(|| ())).unwrap();
        }
        let refused = hasher.hash(secret("one more")).await;
        assert!(matches!(refused, Err(Error::Busy)));
        drop(release);
        while hasher.hash(secret("again")).await.is_err() {
            tokio::task::yield_now().await;
        }
    }

    #[test]
    fn hashing_threads_give_way() {
        let (told, niceness) = std::sync::mpsc::channel();
        let hasher = Hasher::start(1, 4, secret("pepper"));
        let before = rustix::process::getpriority_process(None).unwrap();
        let look: Job = Box::new(move || {
            told.send(rustix::process::getpriority_process(None).unwrap())
                .unwrap();
        });
        hasher.jobs.try_send(look).unwrap();
        assert_eq!(niceness.recv().unwrap(), (before + NICENESS).min(19));
        assert_eq!(rustix::process::getpriority_process(None).unwrap(), before);
    }
}
