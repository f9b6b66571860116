//! The executor on a real database and a real SSH server, with a stand-in for credentials.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "a test stops at the first surprise"
)]

mod approvals;
mod bench;
mod copies;
mod durability;
mod fetches;
mod http;
mod lasting;
mod nesting;
mod options;
mod outcomes;
mod printing;
mod privilege;
mod process;
mod refusals;
mod requests;
mod routes;
mod secrets;
mod step;
mod waiting;
