//! What makes a process a service: settings, logs, server, access, errors, database, hints, loops.
#![warn(missing_docs)]

pub mod access;
pub mod audit;
pub mod authority;
pub mod bus;
pub mod caller;
pub mod config;
pub mod db;
pub mod error;
pub mod gate;
pub mod health;
pub mod issuer;
pub mod json;
pub mod listeners;
pub mod metrics;
pub mod openapi;
mod port_map;
pub mod reconcile;
pub mod request;
mod restart;
mod revoked;
pub mod server;
pub mod service;
pub mod tasks;
pub mod telemetry;
