//! Rules and use-cases.

pub mod connection;
pub mod dependency;
pub mod field;
pub mod finding;
pub mod host_key;
pub mod record;
pub mod selection;
pub mod snapshot;
pub mod target;
