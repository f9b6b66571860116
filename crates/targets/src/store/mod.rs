//! SQL: one function, one statement.

pub mod checks;
pub mod dependencies;
pub mod host_keys;
pub mod selection;
pub mod snapshots;
pub mod tags;
pub mod targets;
