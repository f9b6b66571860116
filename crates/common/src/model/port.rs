//! Where the services of the platform listen, and how they move to other ports.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where a service is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Whereabouts {
    /// Its name in tokens, such as `jobs`.
    #[schema(example = "jobs")]
    pub name: String,
    /// The port of its settings; a process on another one is not meant.
    #[schema(example = 3006)]
    pub configured_port: u16,
    /// The port on which it is asked now.
    #[schema(example = 3106)]
    pub port: u16,
}

/// Where all services of the platform are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PortMap {
    /// The state that it shows.
    #[serde(flatten)]
    pub version: MapVersion,
    /// Each service.
    pub services: Vec<Whereabouts>,
}

/// A state of the port map.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MapVersion {
    /// History that the revision counts in; another one after the database was made anew.
    pub epoch: String,
    /// Grows with each change.
    pub revision: i64,
}

/// A gateway, as it tells the port manager.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GatewayState {
    /// Which gateway: the same after a restart.
    #[schema(example = "edge-1")]
    pub gateway: String,
    /// The map by which it passes requests on; none if it has none yet.
    pub serves: Option<MapVersion>,
}

/// An order of the port manager about a port of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PortOrder {
    /// Number of who leads the move; grows with each that takes over.
    pub epoch: u64,
    /// The port.
    #[schema(value_type = u16, minimum = 1)]
    pub port: std::num::NonZeroU16,
}

/// Asks a service to move by itself, in the words of the suite's clients.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdatePort {
    /// Port to come to.
    #[schema(value_type = u16, minimum = 1)]
    pub new_port: std::num::NonZeroU16,
    /// Port that it is on.
    #[schema(value_type = u16, minimum = 1)]
    pub old_port: std::num::NonZeroU16,
    /// When it was asked, in Unix seconds; not looked at.
    pub timestamp: Option<i64>,
    /// Who asks; not looked at.
    pub source: Option<String>,
}

/// Says that something was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Done {
    /// Always true: whatever fails is a problem.
    pub success: bool,
    /// What was done.
    pub message: String,
}

impl Done {
    /// Says `message`.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            success: true,
            message: message.into(),
        }
    }
}

/// Where a listener is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Bound for a move that is not committed.
    Staged,
    /// The port of the service.
    Serving,
    /// On its way out.
    Draining,
}

/// A listener as others see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Listening {
    /// The port.
    pub port: u16,
    /// Number of the listener within the process, from 1.
    pub generation: u64,
    /// Where it is in its life.
    pub stage: Stage,
    /// Requests that it works on.
    pub in_flight: usize,
    /// Requests so far.
    pub served: u64,
}

/// What became of a listener that was drained.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Drained {
    /// The port.
    pub port: u16,
    /// Number of the listener.
    pub generation: u64,
    /// Requests that it worked on when it was told to close.
    pub in_flight_at_switch: usize,
    /// Requests that it still worked on, or that waited in the kernel, when it was given up.
    pub lost: usize,
    /// From the one to the other, in milliseconds.
    pub waited_ms: u64,
}

/// All listeners of a process, and what became of those before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ListenerReport {
    /// Which process this is: another value after each start.
    pub instance: String,
    /// The highest epoch that it was called with.
    pub epoch: u64,
    /// Those that are open, oldest first.
    pub listeners: Vec<Listening>,
    /// Those that were drained since the start, oldest first; the last few.
    pub drained: Vec<Drained>,
}

impl ListenerReport {
    /// The open listener of a port.
    pub fn at(&self, port: u16) -> Option<&Listening> {
        self.listeners.iter().find(|one| one.port == port)
    }
}
