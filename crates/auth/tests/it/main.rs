//! Tests of the auth service through its public door.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod access;
mod browser;
mod changes;
mod expiry;
mod internal;
mod keys;
mod lockouts;
mod login;
mod refresh;
mod sessions;
mod stub;
mod support;
