//! Rules and use-cases.

pub mod attempt;
pub mod change;
pub mod key;
pub mod keyring;
pub mod lockout;
pub mod login;
pub mod refresh;
pub mod rotation;
pub mod seen;
pub mod service;
pub mod session;
pub mod text;
pub mod token;
