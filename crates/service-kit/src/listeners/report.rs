//! What others are told of listeners.

use serde::Serialize;
use utoipa::ToSchema;

/// Where a listener is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
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
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Listening {
    /// The port.
    pub(super) port: u16,
    /// Number of the listener within the process, from 1.
    pub(super) generation: u64,
    /// Where it is in its life.
    pub(super) stage: Stage,
    /// Requests that it works on.
    pub(super) in_flight: usize,
    /// Requests so far.
    pub(super) served: u64,
}

/// What became of a listener that was drained.
#[derive(Clone, Debug, Serialize, ToSchema)]
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
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Report {
    /// Which process this is: another value after each start.
    pub(super) instance: String,
    /// The highest epoch that it was called with.
    pub(super) epoch: u64,
    /// Those that are open, oldest first.
    pub(super) listeners: Vec<Listening>,
    /// Those that were drained since the start, oldest first; the last few.
    pub(super) drained: Vec<Drained>,
}
