//! What all crates speak: ids, wire models, tokens, permissions, problems, time and secrets.
//!
//! Pure: no HTTP server, no database, no process environment.
#![warn(missing_docs)]

pub mod clock;
pub mod expression;
pub mod filter;
pub mod id;
pub mod model;
pub mod page;
pub mod password;
pub mod permission;
pub mod problem;
pub mod secret;
pub mod template;
pub mod text;
pub mod token;
