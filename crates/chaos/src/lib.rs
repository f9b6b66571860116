//! Breaks the parts of a running platform on purpose, and checks what became of its runs.
//!
//! A [`world::World`] has everything that a run needs, all of it private and real: database, Redis,
//! SSH servers, executors as processes of their own. [`work`] asks for runs, [`nemesis`] breaks
//! parts, [`check`] compares what the ledger says was executed with what is on record.
#![warn(missing_docs)]
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "a trial stops at the first surprise"
)]

pub mod check;
pub mod figures;
pub mod ledger;
pub mod model;
pub mod nemesis;
mod orders;
pub mod postgres;
pub mod process;
pub mod proxy;
pub mod record;
pub mod scenario;
pub mod work;
pub mod world;
