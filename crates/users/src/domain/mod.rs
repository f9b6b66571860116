//! Rules and use-cases.

pub mod account;
pub mod hashing;
pub mod password;
pub mod policy;
pub mod user;
