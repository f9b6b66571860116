//! Services of a suite: each with its own listener, which it moves when it is told to.

use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::behaviour::Behaviour;
use crate::http::{Handler, Listening, Reply, Request, listen};
use crate::{Call, http};

/// How long a service still answers on the port that it leaves.
const OVERLAP: Duration = Duration::from_millis(200);
/// How long a restart takes.
const RESTART: Duration = Duration::from_millis(100);
/// Calls that are remembered.
const MAX_CALLS: usize = 10_000;

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
    restarts: AtomicUsize,
}

#[derive(Debug)]
struct State {
    behaviour: Behaviour,
    /// The last one is where it listens; others are about to close.
    listeners: Vec<Listening>,
    port: u16,
    generation: u64,
    calls: Vec<Call>,
}

/// Services that end when this is dropped.
#[derive(Debug)]
pub struct Suite(BTreeMap<String, Arc<Service>>);

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
                listeners: Vec::new(),
                port: spec.port,
                generation: 0,
                calls: Vec::new(),
            }),
            restarts: AtomicUsize::new(0),
        });
        service.open(spec.port).await?;
        Ok(service)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn open(&self, port: u16) -> io::Result<()> {
        let Some(own) = self.own.upgrade() else {
            return Ok(());
        };
        let listening = listen(port, Arc::new(Ear(Arc::downgrade(&own)))).await?;
        let mut state = self.state();
        state.port = listening.port;
        state.generation += 1;
        state.listeners.push(listening);
        Ok(())
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
        self.state().listeners.clear();
        // The task that owns a listener ends at its next turn.
        tokio::task::yield_now().await;
    }

    /// Listens again where it did before it crashed.
    ///
    /// # Errors
    /// When somebody else has taken the port.
    pub async fn start_again(&self) -> io::Result<()> {
        if self.is_up() {
            return Ok(());
        }
        let port = self.port();
        self.open(port).await
    }

    async fn answer(&self, request: Request) -> Reply {
        let behaviour = {
            let mut state = self.state();
            let call = Call {
                path: request.path.clone(),
                body: request.body.clone(),
                port: request.port,
            };
            state.calls.push(call);
            let surplus = state.calls.len().saturating_sub(MAX_CALLS);
            state.calls.drain(..surplus);
            state.behaviour.clone()
        };
        if behaviour == Behaviour::Hung {
            return Reply::Silence;
        }
        let after = if let Behaviour::Slow(by) = behaviour {
            by
        } else {
            Duration::ZERO
        };
        let (status, body) = self.act(&request, &behaviour).await;
        Reply::Answer {
            status,
            body,
            after,
        }
    }

    async fn act(&self, request: &Request, behaviour: &Behaviour) -> (u16, Value) {
        let is_health = request.path == "/health";
        if *behaviour == Behaviour::Stranger {
            return (404, json!({"error": "not found"}));
        }
        if *behaviour == Behaviour::Failing && is_health {
            return (503, json!({"status": "unhealthy", "service_id": self.id}));
        }
        if *behaviour == Behaviour::Failing {
            return (500, json!({"error": "failing"}));
        }
        match (request.method.as_str(), request.path.as_str()) {
            ("GET", "/health") => (200, self.health(behaviour)),
            ("POST", "/api/config/update-port") => self.update_port(request, behaviour).await,
            ("POST", "/api/admin/restart") => {
                self.restart();
                (200, json!({"success": true, "message": "restarting"}))
            }
            ("GET", _) => (
                200,
                json!({"service_id": self.id, "requests": self.calls().len()}),
            ),
            // As Hub or Ninja it takes what it is told, but starts nobody else again.
            ("POST", path) if !path.ends_with("/restart") => (200, json!({"success": true})),
            _ => (404, json!({"error": "not found"})),
        }
    }

    fn health(&self, behaviour: &Behaviour) -> Value {
        if *behaviour == Behaviour::Plain {
            return json!({"status": "healthy"});
        }
        let id = if let Behaviour::Lying(other) = behaviour {
            other
        } else {
            &self.id
        };
        let state = self.state();
        json!({
            "status": "healthy", "service": id, "service_id": id, "listener_generation": state.generation,
            "instance_id": format!("{}-{}", self.id, std::process::id()),
        })
    }

    async fn update_port(&self, request: &Request, behaviour: &Behaviour) -> (u16, Value) {
        let said = |status, success: bool, message: String| {
            (status, json!({"success": success, "message": message}))
        };
        if *behaviour == Behaviour::Refuses {
            return said(500, false, "not today".to_owned());
        }
        let Ok(wish) = UpdatePort::deserialize(&request.body) else {
            return said(400, false, "new_port and old_port are needed".to_owned());
        };
        if wish.old_port != request.port {
            return said(
                400,
                false,
                format!("this is port {}, not {}", request.port, wish.old_port),
            );
        }
        if *behaviour == Behaviour::Stays {
            return said(200, true, format!("listening on {}", wish.new_port));
        }
        match self.open(wish.new_port).await {
            Ok(()) => {
                self.close_later(wish.old_port);
                said(200, true, format!("listening on {}", wish.new_port))
            }
            Err(error) => said(
                409,
                false,
                format!("port {} cannot be had: {error}", wish.new_port),
            ),
        }
    }

    /// Leaves a port when the answer has been sent.
    fn close_later(&self, port: u16) {
        let own = Weak::clone(&self.own);
        http::later(OVERLAP, async move {
            if let Some(service) = own.upgrade() {
                service
                    .state()
                    .listeners
                    .retain(|listening| listening.port != port);
            }
        });
    }

    fn restart(&self) {
        let own = Weak::clone(&self.own);
        http::later(Duration::from_millis(20), async move {
            let Some(service) = own.upgrade() else { return };
            service.crash().await;
            tokio::time::sleep(RESTART).await;
            // Whoever took the port meanwhile keeps it; the service then stays down.
            if service.start_again().await.is_ok() {
                service.restarts.fetch_add(1, Ordering::SeqCst);
            }
        });
    }
}

/// What a listener knows of its service, which may be gone.
struct Ear(Weak<Service>);

impl Handler for Ear {
    async fn handle(&self, request: Request) -> Reply {
        match self.0.upgrade() {
            Some(service) => service.answer(request).await,
            None => Reply::json(503, json!({"error": "ended"})),
        }
    }
}
