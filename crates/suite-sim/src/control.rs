//! The interface through which people and scripts change what the simulator plays.

use std::io;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::http::{Handler, Listening, Reply, Request, listen};
use crate::{Partner, PartnerMode, Service};

/// What the interface reaches.
#[derive(Debug)]
pub struct Stage {
    /// All services.
    pub services: Vec<Arc<Service>>,
    /// The Hub.
    pub hub: Option<Partner>,
    /// Ninja.
    pub ninja: Option<Partner>,
}

/// The running interface; it ends when it is dropped.
#[derive(Debug)]
pub struct Control(Listening);

impl Control {
    /// Starts it on a port; 0 takes a free one.
    ///
    /// # Errors
    /// When the port is taken.
    pub async fn start(port: u16, stage: Stage) -> io::Result<Self> {
        Ok(Self(listen(port, Arc::new(stage)).await?))
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.0.port
    }
}

impl Stage {
    fn service(&self, id: &str) -> Option<&Arc<Service>> {
        self.services.iter().find(|service| service.id() == id)
    }

    fn partner(&self, name: &str) -> Option<&Partner> {
        match name {
            "hub" => self.hub.as_ref(),
            "ninja" => self.ninja.as_ref(),
            _ => None,
        }
    }

    fn list(&self) -> Value {
        let services = self.services.iter().map(|service| {
            json!({
                "id": service.id(), "port": service.port(), "up": service.is_up(),
                "behaviour": service.behaviour().to_string(), "calls": service.calls().len(),
            })
        });
        json!({"services": services.collect::<Vec<_>>()})
    }

    async fn act(&self, id: &str, action: &str, body: &Value) -> Reply {
        let Some(service) = self.service(id) else {
            return refused(404, format!("there is no service {id}"));
        };
        match action {
            "crash" => service.crash().await,
            "start" => {
                if let Err(error) = service.start_again().await {
                    return refused(409, format!("{id} does not start: {error}"));
                }
            }
            "behaviour" => match body["behaviour"].as_str().unwrap_or_default().parse() {
                Ok(behaviour) => service.set(behaviour),
                Err(error) => return refused(400, format!("{error}")),
            },
            _ => return refused(404, "there is no such action".to_owned()),
        }
        Reply::json(200, json!({"success": true}))
    }

    fn set_mode(&self, name: &str, body: &Value) -> Reply {
        let mode = match body["mode"].as_str() {
            Some("well") => PartnerMode::Well,
            Some("failing") => PartnerMode::Failing,
            Some("hung") => PartnerMode::Hung,
            _ => return refused(400, "mode must be well, failing or hung".to_owned()),
        };
        match self.partner(name) {
            Some(partner) => {
                partner.set(mode);
                Reply::json(200, json!({"success": true}))
            }
            None => refused(404, format!("there is no partner {name}")),
        }
    }
}

fn refused(status: u16, message: String) -> Reply {
    Reply::json(status, json!({"success": false, "message": message}))
}

impl Handler for Stage {
    async fn handle(&self, request: Request) -> Reply {
        let parts: Vec<&str> = request.path.trim_matches('/').split('/').collect();
        match (request.method.as_str(), parts.as_slice()) {
            ("GET", ["services"]) => Reply::json(200, self.list()),
            ("POST", ["services", id, action]) => self.act(id, action, &request.body).await,
            ("GET", ["partners", name, "calls"]) => match self.partner(name) {
                Some(partner) => Reply::json(200, json!({"calls": partner.calls()})),
                None => refused(404, format!("there is no partner {name}")),
            },
            ("POST", ["partners", name, "mode"]) => self.set_mode(name, &request.body),
            _ => refused(404, "there is no such path".to_owned()),
        }
    }
}
