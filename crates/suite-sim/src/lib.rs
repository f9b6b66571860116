//! Plays a suite of services with its Hub and Ninja on real ports, as well or as badly as wanted.
#![warn(missing_docs)]

mod behaviour;
pub mod catalogue;
pub mod control;
mod http;
mod partner;
mod service;

pub use behaviour::{Behaviour, UnknownBehaviour};
pub use partner::{Partner, PartnerMode};
pub use service::{Service, ServiceSpec, Suite, set_overlap};

use serde::Serialize;
use serde_json::Value;

/// A call that was made to a service or partner.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Call {
    /// Path, without its query.
    pub path: String,
    /// Body; null if there was none.
    pub body: Value,
    /// Port on which it came.
    pub port: u16,
}
