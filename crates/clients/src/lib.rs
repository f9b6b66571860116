//! One typed HTTP client for each service.
#![warn(missing_docs)]

pub mod auth;
pub mod credentials;
pub mod http;
pub mod jobs;
pub mod outside;
pub mod targets;
pub mod users;
