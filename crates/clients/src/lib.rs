//! One typed HTTP client for each service.
#![warn(missing_docs)]

pub mod address;
pub mod auth;
pub mod credentials;
pub mod http;
pub mod jobs;
pub mod listeners;
pub mod outside;
pub mod port_map;
pub mod targets;
pub mod users;
