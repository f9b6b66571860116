//! The rules of jobs and runs.

pub mod activity;
mod approval;
pub mod cancel;
pub mod child;
pub mod definition;
pub mod expansion;
pub mod feed;
pub mod fleet;
pub mod job;
pub mod limits;
pub mod output;
pub mod parameter;
pub mod repeat;
pub mod run;
pub mod scan;
pub mod streams;
pub mod undo;
pub mod watcher;
