//! The executor on a real database and a real SSH server, with a stand-in for credentials.

mod bench;
mod credentials;
mod durability;
mod outcomes;
mod process;
mod proxy;
mod refusals;
mod routes;
