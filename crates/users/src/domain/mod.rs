//! Rules and use-cases.

pub mod account;
pub mod audit;
pub mod bootstrap;
pub mod chain;
pub mod hashing;
pub mod password;
pub mod policy;
pub mod user;
pub mod witness;
