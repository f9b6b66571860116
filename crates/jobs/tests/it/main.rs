//! The jobs service through its door.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod access;
mod app;
mod approvals;
mod cancels;
mod children;
mod fleets;
mod jobs;
mod live;
mod locks;
mod output;
mod press;
mod repeats;
mod runs;
mod secrets;
mod undo;
mod worker;
