//! Tests of the credentials service through its HTTP interface.

mod access;
// mod canary;
mod credentials;
// mod releases;
// mod rewrap;
// mod sealed;
// mod secrets;
mod support;
