//! Proves what the database promises by itself: who may do what, and that runs cannot go wrong.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test may stop where it is surprised, and has no Config"
)]

mod audit;
mod batches;
mod callers;
mod cancels;
mod claims;
mod harness;
mod migrations;
mod numbers;
mod outcomes;
mod output;
mod races;
mod recovery;
mod roles;
mod runs;
mod seed;
mod unknown;
