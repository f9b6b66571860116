//! The simulator as its callers see it, over real HTTP.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod moves;
mod program;
mod services;
mod support;
