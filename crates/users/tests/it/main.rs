//! Tests of the users service through its public door.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod access;
mod audit;
mod bootstrap;
mod changes;
mod passwords;
mod support;
mod tamper;
mod users;
