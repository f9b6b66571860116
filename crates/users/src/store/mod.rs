//! The statements, each in a function.

pub mod changes;
pub mod passwords;
pub mod users;
