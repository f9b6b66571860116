//! The statements of this service; each takes a connection, so that callers own the transaction.

pub mod access_log;
pub mod claims;
pub mod credentials;
pub mod keks;
pub mod parcels;
pub mod versions;
