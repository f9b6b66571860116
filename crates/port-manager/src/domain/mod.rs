//! Rules of ports and services: no HTTP, no SQL.

pub mod allocation;
pub mod assignment;
pub mod backup;
pub mod bulk;
pub mod catalog;
pub mod conflict;
pub mod detection;
pub mod event;
pub mod group;
pub mod health;
pub mod holders;
pub mod ledger;
pub mod manifest;
pub mod offer;
pub mod record;
pub mod relocation;
pub mod reservation;
pub mod resolution;
pub mod resolver;
pub mod restart;
pub mod restoration;
pub mod statistics;
pub mod suite;
pub mod target;
pub mod word;
