//! The crate against real servers: OpenSSH for everything, others for what it cannot do.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

// Not by a dependency on testkit: these tests need no database.
#[path = "../../../testkit/src/sshd.rs"]
#[expect(unreachable_pub, reason = "it is public where it comes from")]
mod sshd;

mod connect;
mod copy;
mod detached;
mod exec;
mod foreign;
mod pool;
mod poor_targets;
mod probe;
mod stop;
mod sudo;
mod support;
