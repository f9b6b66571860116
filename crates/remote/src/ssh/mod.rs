//! SSH: endpoints, connections, commands and file copies.

mod capture;
mod command;
mod connection;
mod copy;
mod copy_exec;
mod detached;
mod endpoint;
mod error;
mod exec;
mod fetch;
mod handshake;
mod key;
mod launch;
mod output;
mod quickack;
mod sftp;
mod stop;
mod sudo;

pub use command::{Command, CommandError, Shell};
pub use connection::SshConnection;
pub use copy::{CopyError, Overwrite, Upload, Uploaded, Via};
pub use detached::{DetachError, Detached, Limits, Settled};
pub use endpoint::{Auth, HostKey, HostKeyPolicy, SshEndpoint, Timeouts};
pub use error::{ConnectError, Stage};
pub use exec::{End, ExecError, Outcome};
pub use fetch::{Download, Downloaded, FetchError};
pub use key::BadKey;
pub use launch::Reach;
pub use output::{Chunk, Collected, OutputSink, Stream};
pub use stop::Stopped;
pub use sudo::{NOT_BECOME, NOT_BECOME_MARK, Sudo};

pub(crate) use handshake::{Dialled, dial, resolve};
