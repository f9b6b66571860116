//! Loops that run beside the requests.

pub mod audit;
