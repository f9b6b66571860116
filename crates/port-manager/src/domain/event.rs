//! Events as clients see them.

use serde_json::{Map, Value, json};

use crate::store::events::Event;

impl Event {
    /// The message that the WebSocket and `GET /api/ports/events` send.
    pub fn message(&self) -> Value {
        let mut message = Map::from_iter([
            ("type".to_owned(), json!(self.kind)),
            ("seq".to_owned(), json!(self.seq)),
            ("timestamp".to_owned(), json!(self.at.timestamp())),
            ("suite".to_owned(), json!(self.suite)),
            ("actor".to_owned(), json!(self.actor)),
        ]);
        if let Some(service) = &self.service {
            message.insert("service_id".to_owned(), json!(service));
        }
        if matches!(self.kind.as_str(), "port_change" | "move_progress") {
            message.insert("old_port".to_owned(), json!(self.old_port));
            message.insert("new_port".to_owned(), json!(self.new_port));
        }
        if let Value::Object(data) = &self.data {
            message.extend(data.clone());
        }
        Value::Object(message)
    }
}
