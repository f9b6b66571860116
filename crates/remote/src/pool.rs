//! Connections that are kept warm and shared.

use std::collections::HashMap;
use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::ssh::{
    Command, ConnectError, CopyError, ExecError, Outcome, OutputSink, SshConnection, SshEndpoint,
    Timeouts, Upload, Uploaded,
};

/// How a [`Pool`] behaves.
#[derive(Clone, Copy, Debug)]
pub struct PoolOptions {
    /// How long an unused connection is kept.
    pub idle: Duration,
    /// How many leases share a connection; servers allow ten channels, and stopping needs one.
    pub leases: usize,
    /// Limits for new connections.
    pub timeouts: Timeouts,
}

impl Default for PoolOptions {
    fn default() -> Self {
        Self {
            idle: Duration::from_secs(60),
            leases: 8,
            timeouts: Timeouts::default(),
        }
    }
}

/// Why nothing was done over a pooled connection.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PoolError<E: std::error::Error> {
    /// There is no connection; nothing was sent.
    #[error(transparent)]
    Connect(ConnectError),
    /// It failed over the connection.
    #[error(transparent)]
    Work(E),
}

/// Connections by host, port, user, credential version and pinned host keys.
#[derive(Debug)]
pub struct Pool {
    options: PoolOptions,
    entries: Mutex<HashMap<Key, Arc<Entry>>>,
}

/// What two users of one connection must agree on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    host: String,
    port: u16,
    user: String,
    credential: String,
    pins: Vec<String>,
}

#[derive(Debug, Default)]
struct Entry {
    /// Held while connecting, so that many callers make one connection.
    gate: tokio::sync::Mutex<Option<Failure>>,
    slots: Mutex<Vec<Arc<Slot>>>,
}

/// The last failure; callers who waited for it do not try once more each.
#[derive(Debug)]
struct Failure {
    at: Instant,
    error: ConnectError,
}

#[derive(Debug)]
struct Slot {
    connection: SshConnection,
    usage: Mutex<Usage>,
}

#[derive(Debug)]
struct Usage {
    leases: usize,
    idle_since: Instant,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Pool {
    /// An empty pool.
    pub fn new(options: PoolOptions) -> Self {
        Self {
            options,
            entries: Mutex::default(),
        }
    }

    /// A connection to `endpoint`: a kept one with room, or a new one.
    ///
    /// `credential` names the credential and its version, so that a changed secret is never
    /// served by an old connection.
    pub async fn get(
        &self,
        endpoint: &SshEndpoint,
        credential: &str,
    ) -> Result<Lease, ConnectError> {
        let asked_at = Instant::now();
        self.reap();
        let entry = self.entry(endpoint, credential);
        if let Some(lease) = entry.lease(self.options.leases) {
            return Ok(lease);
        }
        let mut last_failure = entry.gate.lock().await;
        if let Some(lease) = entry.lease(self.options.leases) {
            return Ok(lease);
        }
        if let Some(failure) = last_failure
            .as_ref()
            .filter(|failure| failure.at > asked_at)
        {
            return Err(failure.error.clone());
        }
        match Box::pin(SshConnection::connect(endpoint, &self.options.timeouts)).await {
            Ok(connection) => {
                *last_failure = None;
                Ok(entry.add(connection))
            }
            Err(error) => {
                *last_failure = Some(Failure {
                    at: Instant::now(),
                    error: error.clone(),
                });
                Err(error)
            }
        }
    }

    /// Runs a command; connects once more if a kept connection turns out to be dead.
    ///
    /// Never drop this future while it runs: cancel it instead.
    pub async fn run<S: OutputSink>(
        &self,
        at: (&SshEndpoint, &str),
        command: &Command,
        sink: &mut S,
        cancel: &CancellationToken,
    ) -> Result<Outcome, PoolError<ExecError>> {
        let lease = self.get(at.0, at.1).await.map_err(PoolError::Connect)?;
        let outcome = match lease.run(command, sink, cancel).await {
            Err(ExecError::LostConnection { started: false, .. }) => {
                drop(lease);
                let lease = self.get(at.0, at.1).await.map_err(PoolError::Connect)?;
                lease.run(command, sink, cancel).await
            }
            outcome => outcome,
        };
        outcome.map_err(PoolError::Work)
    }

    /// Copies a file; connects once more if a kept connection turns out to be dead.
    pub async fn upload(
        &self,
        at: (&SshEndpoint, &str),
        upload: &Upload,
        cancel: &CancellationToken,
    ) -> Result<Uploaded, PoolError<CopyError>> {
        let lease = self.get(at.0, at.1).await.map_err(PoolError::Connect)?;
        let uploaded = match lease.upload(upload, cancel).await {
            Err(CopyError::Exec(ExecError::LostConnection { started: false, .. })) => {
                drop(lease);
                let lease = self.get(at.0, at.1).await.map_err(PoolError::Connect)?;
                lease.upload(upload, cancel).await
            }
            uploaded => uploaded,
        };
        uploaded.map_err(PoolError::Work)
    }

    /// Closes connections that are dead or were unused for too long; call it every few seconds.
    pub fn reap(&self) {
        lock(&self.entries).retain(|_key, entry| {
            let mut slots = lock(&entry.slots);
            slots.retain(|slot| !slot.is_spent(self.options.idle));
            !slots.is_empty() || Arc::strong_count(entry) > 1
        });
    }

    /// How many connections are kept.
    pub fn connections(&self) -> usize {
        lock(&self.entries)
            .values()
            .map(|entry| lock(&entry.slots).len())
            .sum()
    }

    fn entry(&self, endpoint: &SshEndpoint, credential: &str) -> Arc<Entry> {
        let mut pins: Vec<String> = endpoint
            .host_keys
            .iter()
            .map(|pin| pin.fingerprint.clone())
            .collect();
        pins.sort_unstable();
        let key = Key {
            host: endpoint.host.clone(),
            port: endpoint.port,
            user: endpoint.user.clone(),
            credential: credential.to_owned(),
            pins,
        };
        Arc::clone(lock(&self.entries).entry(key).or_default())
    }
}

impl Entry {
    fn lease(&self, most: usize) -> Option<Lease> {
        lock(&self.slots).iter().find_map(|slot| slot.lease(most))
    }

    fn add(&self, connection: SshConnection) -> Lease {
        let usage = Mutex::new(Usage {
            leases: 1,
            idle_since: Instant::now(),
        });
        let slot = Arc::new(Slot { connection, usage });
        lock(&self.slots).push(Arc::clone(&slot));
        Lease(slot)
    }
}

impl Slot {
    fn lease(self: &Arc<Self>, most: usize) -> Option<Lease> {
        let mut usage = lock(&self.usage);
        if usage.leases >= most || self.connection.is_closed() {
            return None;
        }
        usage.leases += 1;
        Some(Lease(Arc::clone(self)))
    }

    fn is_spent(&self, idle: Duration) -> bool {
        let usage = lock(&self.usage);
        self.connection.is_closed() || (usage.leases == 0 && usage.idle_since.elapsed() >= idle)
    }
}

/// A share of a pooled connection; dropping it gives it back.
pub struct Lease(Arc<Slot>);

impl Deref for Lease {
    type Target = SshConnection;

    fn deref(&self) -> &SshConnection {
        &self.0.connection
    }
}

impl fmt::Debug for Lease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Lease").field(&self.0.connection).finish()
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let mut usage = lock(&self.0.usage);
        usage.leases = usage.leases.saturating_sub(1);
        usage.idle_since = Instant::now();
    }
}
