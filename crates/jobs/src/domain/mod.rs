//! The rules of jobs and runs.

pub mod activity;
pub mod definition;
pub mod job;
pub mod parameter;
pub mod repeat;
pub mod run;
