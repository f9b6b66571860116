//! Tests of the port manager through its public door.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod access;
mod aliases;
mod announcements;
mod assignments;
mod backups;
mod bulk;
mod catalog;
mod conflicts;
mod crash;
mod crash_moves;
mod gateway;
mod health;
mod live;
mod lookups;
mod manifests;
mod many;
mod moves;
mod outage;
mod partners;
mod passport;
mod process;
mod relocations;
mod reservations;
mod restart;
mod support;
mod truth;
