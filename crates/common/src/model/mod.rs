//! What services say to each other and to their clients.

pub mod credential;
pub mod job;
pub mod port;
pub mod run;
pub mod service;
pub mod session;
pub mod target;
pub mod user;
pub mod wait;
