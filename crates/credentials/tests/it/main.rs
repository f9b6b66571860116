//! Tests of the credentials service through its HTTP interface.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod access;
mod canary;
mod credentials;
mod parcels;
mod releases;
mod rewrap;
mod sealed;
mod secrets;
mod support;
mod wrong_input;
