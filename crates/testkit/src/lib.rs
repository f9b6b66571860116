//! What tests need: a database each, tokens of every role, a service that really listens.
//!
//! A test talks to a service over HTTP, as its clients do. See `app::TestApp`.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

pub mod answer;
pub mod app;
pub mod authority;
pub mod credentials;
pub mod db;
pub mod forged;
pub mod matrix;
pub mod provider;
pub mod proxy;
pub mod redis;
pub mod sshd;
pub mod wait;
