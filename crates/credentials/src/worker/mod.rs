//! What goes on without a request.

pub mod parcels;
pub mod vault;
