//! SQL: one function, one statement.

pub mod attempts;
pub mod cursors;
pub mod keys;
pub mod refresh_tokens;
pub mod revocations;
pub mod sessions;
