//! The statements, each in a function.

pub mod audit;
pub mod bootstrap;
pub mod changes;
pub mod passwords;
pub mod users;
