//! Tests of the targets service through its public door.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod access;
mod connections;
mod dependencies;
mod host_keys;
mod input;
mod listing;
mod selection;
mod snapshots;
mod stub;
mod support;
mod targets;
mod winrm;
