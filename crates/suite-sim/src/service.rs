//! Services of a suite: each with its own listener, which it moves when it is told to.

use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::Call;
use crate::behaviour::Behaviour;
use crate::http::{Handler, Listening, Reply, Request, listen};

/// How long services of this process still answer on a port that they leave, in milliseconds.
static OVERLAP_MS: AtomicU64 = AtomicU64::new(200);
/// How long a restart takes.
const RESTART: Duration = Duration::from_millis(100);
/// Calls that are remembered.
const MAX_CALLS: usize = 10_000;

/// Changes how long services of this process still answer on a port that they leave.
pub fn set_overlap(milliseconds: u64) {
    OVERLAP_MS.store(milliseconds, Ordering::SeqCst);
}

/// A service to be started.
#[derive(Clone, Debug)]
pub struct ServiceSpec {
    /// Its name.
    pub id: String,
    /// Its port; 0 takes a free one.
    pub port: u16,
    /// How it behaves at first.
    pub behaviour: Behaviour,
}

/// A running service.
#[derive(Debug)]
pub struct Service {
    id: String,
    own: Weak<Self>,
    state: Mutex<State>,
    /// Held while it moves, so that it moves to one port at a time.
    moving: tokio::sync::Mutex<()>,
    restarts: AtomicUsize,
}

#[derive(Debug)]
struct State {
    behaviour: Behaviour,
    /// By generation; the last one is where it listens, others are about to close.
    listeners: BTreeMap<u64, Listening>,
    port: u16,
    generation: u64,
    /// How often all listeners were closed at once.
    closings: u64,
    calls: Vec<Call>,
}

/// Services that end when this is dropped.
#[derive(Debug)]
pub struct Suite(BTreeMap<String, Arc<Service>>);

impl Drop for Suite {
    /// Ends the services even where somebody still holds one.
    fn drop(&mut self) {
        for service in self.0.values() {
            service.take_all();
        }
    }
}

impl Suite {
    /// Starts services.
    ///
    /// # Errors
    /// When a port is taken.
    pub async fn start(specs: Vec<ServiceSpec>) -> io::Result<Self> {
        let mut services = BTreeMap::new();
        for spec in specs {
            services.insert(spec.id.clone(), Service::start(spec).await?);
        }
        Ok(Self(services))
    }

    /// A service by name.
    pub fn service(&self, id: &str) -> Option<Arc<Service>> {
        self.0.get(id).cloned()
    }
}

/// What a service is told to do.
#[derive(Deserialize)]
struct UpdatePort {
    new_port: u16,
    old_port: u16,
}

impl Service {
    /// Starts one.
    ///
    /// # Errors
    /// When its port is taken.
    pub async fn start(spec: ServiceSpec) -> io::Result<Arc<Self>> {
        let service = Arc::new_cyclic(|own| Self {
            id: spec.id,
            own: Weak::clone(own),
            state: Mutex::new(State {
                behaviour: spec.behaviour,
                listeners: BTreeMap::new(),
                port: spec.port,
                generation: 0,
                closings: 0,
                calls: Vec::new(),
            }),
            moving: tokio::sync::Mutex::new(()),
            restarts: AtomicUsize::new(0),
        });
        service.open(spec.port, 0).await?;
        Ok(service)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Listens on a port as well, unless all was closed since `closings` was read; gives the generation.
    async fn open(&self, port: u16, closings: u64) -> io::Result<u64> {
        let listening = listen(port, Arc::new(Ear(Weak::clone(&self.own)))).await?;
        let mut state = self.state();
        if state.closings != closings {
            return Err(io::Error::other("closed meanwhile"));
        }
        state.port = listening.port;
        state.generation += 1;
        let generation = state.generation;
        state.listeners.insert(generation, listening);
        Ok(generation)
    }

    /// Takes all listeners away, and says how often that was done.
    fn take_all(&self) -> (BTreeMap<u64, Listening>, u64) {
        let mut state = self.state();
        state.closings += 1;
        (std::mem::take(&mut state.listeners), state.closings)
    }

    async fn close_all(&self) -> u64 {
        let (listeners, closings) = self.take_all();
        for listening in listeners.into_values() {
            listening.close().await;
        }
        closings
    }

    /// Its name.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Where it listens, or would if it had not crashed.
    pub fn port(&self) -> u16 {
        self.state().port
    }

    /// How it behaves.
    pub fn behaviour(&self) -> Behaviour {
        self.state().behaviour.clone()
    }

    /// Changes how it behaves.
    pub fn set(&self, behaviour: Behaviour) {
        self.state().behaviour = behaviour;
    }

    /// What it was asked, oldest first.
    pub fn calls(&self) -> Vec<Call> {
        self.state().calls.clone()
    }

    /// How often it started again.
    pub fn restarts(&self) -> usize {
        self.restarts.load(Ordering::SeqCst)
    }

    /// Whether it listens.
    pub fn is_up(&self) -> bool {
        !self.state().listeners.is_empty()
    }

    /// Closes its listeners at once, with all connections.
    pub async fn crash(&self) {
        self.close_all().await;
    }

    /// Listens again where it did before it crashed.
    ///
    /// # Errors
    /// When somebody else has taken the port.
    pub async fn start_again(&self) -> io::Result<()> {
        let (port, closings) = {
            let state = self.state();
            if !state.listeners.is_empty() {
                return Ok(());
            }
            (state.port, state.closings)
        };
        self.open(port, closings).await.map(drop)
    }

    /// Remembers a call, and says how it is to be met.
    fn hear(&self, request: &Request) -> Behaviour {
        let mut state = self.state();
        state.calls.push(Call {
            path: request.path.clone(),
            body: request.body.clone(),
            port: request.port,
        });
        let surplus = state.calls.len().saturating_sub(MAX_CALLS);
        state.calls.drain(..surplus);
        state.behaviour.clone()
    }

    async fn act(&self, request: &Request, behaviour: &Behaviour) -> Reply {
        let is_health = request.path == "/health";
        if *behaviour == Behaviour::Stranger {
            return Reply::json(404, json!({"error": "not found"}));
        }
        if *behaviour == Behaviour::Failing && is_health {
            let body = json!({"status": "unhealthy", "service_id": self.id});
            return Reply::json(503, body);
        }
        if *behaviour == Behaviour::Failing {
            return Reply::json(500, json!({"error": "failing"}));
        }
        match (request.method.as_str(), request.path.as_str()) {
            ("GET", "/health") => Reply::json(200, self.health(behaviour)),
            ("POST", "/api/config/update-port") => self.update_port(request, behaviour).await,
            ("POST", "/api/admin/restart") => self.restart(),
            ("GET", _) => Reply::json(200, self.greeting(behaviour)),
            // As Hub or Ninja it takes what it is told, but starts nobody else again.
            ("POST", path) if !path.ends_with("/restart") => {
                Reply::json(200, json!({"success": true}))
            }
            _ => Reply::json(404, json!({"error": "not found"})),
        }
    }

    /// Who it says it is.
    fn claimed_id<'a>(&'a self, behaviour: &'a Behaviour) -> Option<&'a str> {
        if *behaviour == Behaviour::Plain {
            None
        } else if let Behaviour::Lying(other) = behaviour {
            Some(other)
        } else {
            Some(&self.id)
        }
    }

    fn health(&self, behaviour: &Behaviour) -> Value {
        let Some(id) = self.claimed_id(behaviour) else {
            return json!({"status": "healthy"});
        };
        json!({
            "status": "healthy", "service": id, "service_id": id,
            "listener_generation": self.state().generation,
            "instance_id": format!("{id}-{}", std::process::id()),
        })
    }

    fn greeting(&self, behaviour: &Behaviour) -> Value {
        let requests = self.state().calls.len();
        match self.claimed_id(behaviour) {
            Some(id) => json!({"service_id": id, "requests": requests}),
            None => json!({"requests": requests}),
        }
    }

    async fn update_port(&self, request: &Request, behaviour: &Behaviour) -> Reply {
        if *behaviour == Behaviour::Refuses {
            return said(500, Outcome::Refused, "not today");
        }
        let Ok(wish) = UpdatePort::deserialize(&request.body) else {
            return said(400, Outcome::Refused, "new_port and old_port are needed");
        };
        let _alone = self.moving.lock().await;
        let (port, closings) = {
            let state = self.state();
            (state.port, state.closings)
        };
        if wish.old_port != port {
            let why = format!("this is port {port}, not {}", wish.old_port);
            return said(400, Outcome::Refused, &why);
        }
        let moved = format!("listening on {}", wish.new_port);
        if *behaviour == Behaviour::Stays {
            return said(200, Outcome::Done, &moved);
        }
        match self.open(wish.new_port, closings).await {
            Ok(generation) => {
                let own = Weak::clone(&self.own);
                let body = json!({"success": true, "message": moved});
                Reply::json_then(200, body, leave_old_ports(own, generation))
            }
            Err(error) => {
                let why = format!("port {} cannot be had: {error}", wish.new_port);
                said(409, Outcome::Refused, &why)
            }
        }
    }

    fn restart(&self) -> Reply {
        let body = json!({"success": true, "message": "restarting"});
        Reply::json_then(200, body, start_anew(Weak::clone(&self.own)))
    }
}

/// Whether a service did what it was told.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Done,
    Refused,
}

fn said(status: u16, outcome: Outcome, message: &str) -> Reply {
    let success = outcome == Outcome::Done;
    Reply::json(status, json!({"success": success, "message": message}))
}

/// Closes, after a while, what a service listened on before this generation.
async fn leave_old_ports(service: Weak<Service>, generation: u64) {
    let overlap = OVERLAP_MS.load(Ordering::SeqCst);
    tokio::time::sleep(Duration::from_millis(overlap)).await;
    if let Some(service) = service.upgrade() {
        let mut state = service.state();
        state.listeners = state.listeners.split_off(&generation);
    }
}

/// Closes a service and opens it after a while, unless it was closed again meanwhile.
async fn start_anew(own: Weak<Service>) {
    let Some(service) = own.upgrade() else { return };
    let closings = service.close_all().await;
    drop(service);
    tokio::time::sleep(RESTART).await;
    let Some(service) = own.upgrade() else { return };
    let port = service.port();
    // Whoever took the port meanwhile keeps it; the service then stays down.
    if service.open(port, closings).await.is_ok() {
        service.restarts.fetch_add(1, Ordering::SeqCst);
    }
}

/// What a listener knows of its service, which may be gone.
struct Ear(Weak<Service>);

impl Handler for Ear {
    async fn handle(&self, request: Request) -> Reply {
        let heard = self.0.upgrade().map(|service| service.hear(&request));
        if heard == Some(Behaviour::Hung) {
            return Reply::Silence;
        }
        if let Some(Behaviour::Slow(by)) = heard {
            // The service may end meanwhile: nothing here holds it.
            tokio::time::sleep(by).await;
        }
        match (self.0.upgrade(), heard) {
            (Some(service), Some(behaviour)) => service.act(&request, &behaviour).await,
            _ => Reply::json(503, json!({"error": "ended"})),
        }
    }
}
