//! Rules: what a step does, what becomes of it, and how the service is doing.

pub(crate) mod backoff;
pub mod command;
pub(crate) mod known;
pub(crate) mod outcome;
pub mod output;
pub(crate) mod plan;
pub(crate) mod printed;
pub(crate) mod request;
pub(crate) mod status;
