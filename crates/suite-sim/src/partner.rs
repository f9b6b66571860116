//! The Hub or Ninja: remembers what it is told.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

use crate::Call;
use crate::http::{Handler, Listening, Reply, Request, listen};

/// Calls that are remembered.
const MAX_CALLS: usize = 10_000;

/// How a partner behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartnerMode {
    /// Takes everything.
    Well,
    /// Answers 500.
    Failing,
    /// Never answers.
    Hung,
}

/// A running partner; it ends when it is dropped.
#[derive(Debug)]
pub struct Partner {
    record: Arc<Record>,
    listening: Mutex<Option<Listening>>,
    port: u16,
}

#[derive(Debug)]
struct Record(Mutex<State>);

#[derive(Debug)]
struct State {
    mode: PartnerMode,
    takes_restarts: bool,
    discovered: Vec<String>,
    answers: BTreeMap<String, Value>,
    calls: Vec<Call>,
}

impl Partner {
    /// Starts it on a port; 0 takes a free one.
    ///
    /// # Errors
    /// When the port is taken.
    pub async fn start(port: u16) -> io::Result<Self> {
        let record = Arc::new(Record(Mutex::new(State {
            mode: PartnerMode::Well,
            takes_restarts: true,
            discovered: Vec::new(),
            answers: BTreeMap::new(),
            calls: Vec::new(),
        })));
        let listening = listen(port, Arc::clone(&record)).await?;
        Ok(Self {
            record,
            port: listening.port,
            listening: Mutex::new(Some(listening)),
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.record.state()
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Changes how it behaves.
    pub fn set(&self, mode: PartnerMode) {
        self.state().mode = mode;
    }

    /// Whether it starts services again that it is asked for; else it answers 404.
    pub fn set_restarts(&self, takes: bool) {
        self.state().takes_restarts = takes;
    }

    /// Names of the services that it knows.
    pub fn set_discovered(&self, services: Vec<String>) {
        self.state().discovered = services;
    }

    /// What it answers at a path while it is well, such as the gateway at `/upstreams`.
    pub fn set_answer(&self, path: &str, answer: Value) {
        self.state().answers.insert(path.to_owned(), answer);
    }

    /// What it was told, oldest first.
    pub fn calls(&self) -> Vec<Call> {
        self.state().calls.clone()
    }

    /// Closes its port.
    pub async fn stop(&self) {
        let listening = self.listener().take();
        if let Some(listening) = listening {
            listening.close().await;
        }
    }

    /// Listens again.
    ///
    /// # Errors
    /// When somebody else has taken the port.
    pub async fn start_again(&self) -> io::Result<()> {
        if self.listener().is_some() {
            return Ok(());
        }
        let listening = listen(self.port, Arc::clone(&self.record)).await?;
        *self.listener() = Some(listening);
        Ok(())
    }

    fn listener(&self) -> MutexGuard<'_, Option<Listening>> {
        self.listening
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Record {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self, request: Request) -> Reply {
        let mut state = self.state();
        let is_restart =
            request.path.starts_with("/api/v1/services/") && request.path.ends_with("/restart");
        let services: Vec<Value> = state
            .discovered
            .iter()
            .map(|id| json!({"service_id": id}))
            .collect();
        state.calls.push(Call {
            path: request.path.clone(),
            body: request.body,
            port: request.port,
        });
        let surplus = state.calls.len().saturating_sub(MAX_CALLS);
        state.calls.drain(..surplus);
        match state.mode {
            PartnerMode::Hung => Reply::Silence,
            PartnerMode::Failing => Reply::json(500, json!({"success": false})),
            PartnerMode::Well if is_restart && !state.takes_restarts => {
                Reply::json(404, json!({"success": false}))
            }
            PartnerMode::Well if request.path == "/api/v1/services/discover" => {
                Reply::json(200, json!({"success": true, "services": services}))
            }
            PartnerMode::Well => {
                let taken = || json!({"success": true});
                let answer = state.answers.get(&request.path).cloned();
                Reply::json(200, answer.unwrap_or_else(taken))
            }
        }
    }
}

impl Handler for Record {
    async fn handle(&self, request: Request) -> Reply {
        self.answer(request)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_calls_are_kept_in_order() {
        let record = Record(Mutex::new(State {
            mode: PartnerMode::Well,
            takes_restarts: true,
            discovered: Vec::new(),
            answers: BTreeMap::new(),
            calls: Vec::new(),
        }));
        for number in 0..MAX_CALLS + 5 {
            record.answer(Request {
                method: "POST".to_owned(),
                path: "/x".to_owned(),
                body: json!(number),
                port: 1,
            });
        }
        let told = record.state().calls.clone();
        let wanted: Vec<Value> = (5..MAX_CALLS + 5).map(|number| json!(number)).collect();
        assert!(told.into_iter().map(|call| call.body).eq(wanted));
    }
}
