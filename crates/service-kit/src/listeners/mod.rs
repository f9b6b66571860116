//! The ports of one process: a further one is opened while the first still serves, then the first is
//! drained. No request is lost on the way.
//!
//! A move has two calls. `prepare` binds the new port, which is the only proof that it is free, and
//! serves on it. `commit` makes it the port of the service: all others tell their clients to close
//! (`Connection: close`, ends of streams), wait until nobody asks any more, and are given up. Until
//! then `abort` takes the new port back. Each call carries the epoch of who leads the move; an older
//! one is refused, and a repeated one gets the same answer.

mod count;
mod handover;
mod mark;
mod quiet;
pub(crate) mod routes;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use actix_web::dev::{Server, ServerHandle};
use common::model::port::{Drained, ListenerReport, Listening, Stage};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tracing::{info, warn};

use crate::error::ApiError;
use crate::reconcile::Hint;
use crate::restart;
use crate::service::BuildError;
use crate::tasks::Tasks;

pub(crate) use self::count::count;
pub use self::mark::Mark;

/// Serves a listener; the mark reaches every request of it.
pub(crate) type Serve = Box<dyn Fn(TcpListener, Arc<Mark>) -> io::Result<Server> + Send + Sync>;

struct Open {
    mark: Arc<Mark>,
    handle: ServerHandle,
    stage: Stage,
    /// Keeps the socket open for a program that starts in this one's place.
    spare: TcpListener,
}

#[derive(Default)]
struct State {
    epoch: u64,
    next: u64,
    open: Vec<Open>,
    drained: Vec<Drained>,
}

impl State {
    fn stage_of(&self, port: u16) -> Option<Stage> {
        let found = self.open.iter().find(|one| one.mark.port == port);
        found.map(|one| one.stage)
    }
}

/// How long a service that moves by itself serves on both ports; longer than a gateway takes to follow.
const GRACE: Duration = Duration::from_secs(5);
/// Drains that are remembered.
const MOST_DRAINED: usize = 20;

/// The ports of a process; clones share them.
#[derive(Clone)]
pub struct Listeners(Arc<Inner>);

struct Inner {
    host: String,
    instance: String,
    limit: Duration,
    tasks: Tasks,
    /// That of the process: one of a listener ends with it.
    runtime: Handle,
    serve: Serve,
    state: Mutex<State>,
    /// Given when the program is to start anew; only a program that can takes it.
    restart: OnceLock<Hint>,
    /// Whether the port map says where this process listens.
    is_led: AtomicBool,
    /// Why a listener ended that nobody had told to.
    failed: watch::Sender<Option<Arc<io::Error>>>,
}

impl Listeners {
    /// None yet; a drain takes `limit` at most.
    pub(crate) fn new(host: &str, limit: Duration, tasks: Tasks, serve: Serve) -> Self {
        Self(Arc::new(Inner {
            host: host.to_owned(),
            instance: crate::request::new_id(),
            limit,
            tasks,
            runtime: Handle::current(),
            serve,
            state: Mutex::default(),
            restart: OnceLock::new(),
            is_led: AtomicBool::new(false),
            failed: watch::Sender::new(None),
        }))
    }

    /// Opens the first port, or takes the socket of the program that was here before; 0 takes a free one.
    pub(crate) fn open_first(&self, port: u16) -> Result<SocketAddr, BuildError> {
        let opened = match restart::inherited() {
            Some(listener) => self.serve(listener, Stage::Serving),
            None => self.open(port, Stage::Serving),
        };
        opened.map_err(|source| BuildError::Listen {
            address: format!("{}:{port}", self.0.host),
            source,
        })
    }

    /// Waits until a listener has ended by itself.
    pub(crate) async fn failure(&self) -> io::Error {
        let mut failed = self.0.failed.subscribe();
        let failure = failed.wait_for(Option::is_some).await;
        match failure.as_deref() {
            Ok(Some(error)) => io::Error::new(error.kind(), error.to_string()),
            Ok(None) | Err(_) => io::Error::other("a listener has ended"),
        }
    }

    /// Ends all of them when their open requests are done.
    pub(crate) async fn stop(&self) {
        let open = std::mem::take(&mut self.state().open);
        let stops = open.iter().map(|one| {
            one.mark.retire();
            one.handle.stop(true)
        });
        futures_util::future::join_all(stops).await;
    }

    /// What is open, and what was.
    pub fn report(&self) -> ListenerReport {
        let state = self.state();
        ListenerReport {
            instance: self.0.instance.clone(),
            epoch: state.epoch,
            listeners: state.open.iter().map(Open::listening).collect(),
            drained: state.drained.clone(),
        }
    }

    /// Serves on a further port, for a move that `epoch` leads.
    ///
    /// # Errors
    /// 409 for an epoch that is over, and for a port that somebody holds.
    pub async fn prepare(&self, epoch: u64, port: u16) -> Result<ListenerReport, ApiError> {
        let known = self.lead(epoch)?.stage_of(port);
        match known {
            Some(Stage::Staged | Stage::Serving) => {}
            Some(Stage::Draining) => {
                let text = format!("port {port} is being given up");
                return Err(ApiError::conflict("ports.draining", text));
            }
            None => {
                let listeners = self.clone();
                let open = self
                    .0
                    .runtime
                    .spawn(async move { listeners.open(port, Stage::Staged) });
                let opened = open.await.map_err(ApiError::internal)?;
                opened.map_err(|error| taken(port, &error))?;
            }
        }
        Ok(self.report())
    }

    /// Makes a prepared port that of the service; all others are drained.
    ///
    /// # Errors
    /// 409 for an epoch that is over, and for a port that was not prepared.
    pub fn commit(&self, epoch: u64, port: u16) -> Result<ListenerReport, ApiError> {
        let mut state = self.lead(epoch)?;
        if !matches!(state.stage_of(port), Some(Stage::Staged | Stage::Serving)) {
            let text = format!("port {port} was not prepared");
            return Err(ApiError::conflict("ports.not_prepared", text));
        }
        self.leave(&mut state, |one| one.mark.port != port);
        for one in state.open.iter_mut().filter(|one| one.mark.port == port) {
            one.stage = Stage::Serving;
        }
        drop(state);
        Ok(self.report())
    }

    /// Takes a prepared port back.
    ///
    /// # Errors
    /// 409 for an epoch that is over, and for the port of the service.
    pub fn abort(&self, epoch: u64, port: u16) -> Result<ListenerReport, ApiError> {
        let mut state = self.lead(epoch)?;
        if state.stage_of(port) == Some(Stage::Serving) {
            let text = format!("port {port} is that of the service");
            return Err(ApiError::conflict("ports.committed", text));
        }
        self.leave(&mut state, |one| one.mark.port == port);
        drop(state);
        Ok(self.report())
    }

    /// Comes to `port` because the port map says so, step by step: it serves there as well at first, since
    /// gateways that have not heard of it yet ask at the old port.
    ///
    /// # Errors
    /// 409 as [`Listeners::prepare`].
    pub(crate) async fn come_to(&self, epoch: u64, port: u16) -> Result<(), ApiError> {
        let found = {
            let state = self.state();
            let open = state.open.iter().find(|one| one.mark.port == port);
            open.map(|one| (one.stage, one.mark.begun.elapsed()))
        };
        match found {
            None => {
                info!(port, "The port map leads to port {port}");
                self.prepare(epoch, port).await.map(drop)
            }
            Some((Stage::Staged, age)) if age >= GRACE => self.commit(epoch, port).map(drop),
            Some((Stage::Staged | Stage::Serving | Stage::Draining, _)) => Ok(()),
        }
    }

    /// Drains the listeners that `leaves` picks, beside all else.
    fn leave(&self, state: &mut State, leaves: impl Fn(&Open) -> bool) {
        for one in &mut state.open {
            if one.stage == Stage::Draining || !leaves(one) {
                continue;
            }
            one.stage = Stage::Draining;
            info!(port = one.mark.port, "Port {} is drained", one.mark.port);
            let (listeners, mark) = (self.clone(), Arc::clone(&one.mark));
            let handle = one.handle.clone();
            self.0.tasks.spawn("drain of a port", async move {
                listeners.drain(&mark, &handle).await;
            });
        }
    }

    /// Nobody who was replaced gives orders; as long as the answer is held, nobody else does.
    fn lead(&self, epoch: u64) -> Result<MutexGuard<'_, State>, ApiError> {
        let mut state = self.state();
        if epoch < state.epoch {
            let text = format!("epoch {epoch} is over: {} leads", state.epoch);
            return Err(ApiError::conflict("ports.stale_epoch", text));
        }
        state.epoch = epoch;
        Ok(state)
    }

    /// Has to be called in the runtime of the process.
    fn open(&self, port: u16, stage: Stage) -> io::Result<SocketAddr> {
        self.serve(TcpListener::bind((self.0.host.as_str(), port))?, stage)
    }

    /// The same with a socket that listens already.
    fn serve(&self, listener: TcpListener, stage: Stage) -> io::Result<SocketAddr> {
        let address = listener.local_addr()?;
        let spare = listener.try_clone()?;
        let mut state = self.state();
        state.next += 1;
        let mark = Mark::new(&self.0, address.port(), state.next);
        let server = (self.0.serve)(listener, Arc::clone(&mark))?;
        state.open.push(Open {
            mark: Arc::clone(&mark),
            handle: server.handle(),
            stage,
            spare,
        });
        drop(state);
        self.watch(server, mark);
        Ok(address)
    }

    /// Keeps a listener going; its end is a failure unless it was told to end.
    fn watch(&self, server: Server, mark: Arc<Mark>) {
        let failed = self.0.failed.clone();
        self.0.runtime.spawn(async move {
            let ended = server.await;
            if !mark.is_lame.load(Ordering::SeqCst) {
                let error = ended
                    .err()
                    .unwrap_or_else(|| io::Error::other("it has ended"));
                failed.send_replace(Some(Arc::new(error)));
            }
        });
    }

    /// Waits until nobody asks any more, then gives the port up.
    async fn drain(&self, mark: &Arc<Mark>, handle: &ServerHandle) {
        let in_flight_at_switch = mark.in_flight();
        let begun = Instant::now();
        mark.retire();
        let stopping = self.0.tasks.stopping();
        let lost = tokio::select! {
            lost = quiet::wait(mark, self.0.limit) => lost,
            () = stopping.cancelled() => mark.in_flight(),
        };
        let waited_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        handle.stop(true).await;
        if lost > 0 {
            warn!(
                port = mark.port,
                "Port {} was given up with {lost} open requests", mark.port
            );
        }
        let mut state = self.state();
        state
            .open
            .retain(|one| one.mark.generation != mark.generation);
        if state.drained.len() >= MOST_DRAINED {
            state.drained.remove(0);
        }
        state.drained.push(Drained {
            port: mark.port,
            generation: mark.generation,
            in_flight_at_switch,
            lost,
            waited_ms,
        });
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    fn listening(&self) -> Listening {
        Listening {
            port: self.mark.port,
            generation: self.mark.generation,
            stage: self.stage,
            in_flight: self.mark.in_flight(),
            served: self.mark.served.load(Ordering::SeqCst),
        }
    }
}

fn taken(port: u16, error: &io::Error) -> ApiError {
    let kind = error.kind();
    if kind == io::ErrorKind::AddrInUse {
        return ApiError::conflict("ports.taken", format!("port {port} is taken"));
    }
    if kind == io::ErrorKind::PermissionDenied {
        let text = format!("the service may not open port {port}");
        return ApiError::conflict("ports.not_permitted", text);
    }
    let text = format!("port {port} cannot be opened: {error}");
    ApiError::conflict("ports.not_bound", text)
}
