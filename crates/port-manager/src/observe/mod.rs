//! What the kernel shows about ports: who listens, what holds one otherwise, and its own rules.
//!
//! Covers the TCP sockets of our network namespace, and listeners of the others that our processes are
//! in, such as those of containers; blocks while it reads. A socket that is
//! bound but does not listen is not in /proc: only a real bind proves that a port is free. The
//! kernel does not freeze its tables for a reader, so one scan can miss a row: act on an absence
//! only when two scans in a row agree.

mod kernel;
mod owners;
mod sockets;
#[cfg(test)]
mod tests;

use std::io;
use std::path::{Path, PathBuf};

pub use kernel::KernelPorts;
pub use owners::Owner;
pub use sockets::{Listener, Outgoing};

use owners::Holders;
use sockets::SocketTable;

/// Why no snapshot could be taken.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// The list of sockets cannot be read.
    #[error("cannot read {}", path.display())]
    Unreadable {
        /// The file that was asked for.
        path: PathBuf,
        /// What the system answered.
        source: io::Error,
    },
}

/// Reads /proc below a folder, so that tests can hand in their own.
#[derive(Clone, Debug)]
pub struct Proc {
    root: PathBuf,
}

impl Proc {
    /// The /proc of this machine.
    #[must_use]
    pub fn system() -> Self {
        Self::at("/proc")
    }

    /// A folder that is laid out like /proc.
    #[must_use]
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// Reads all listeners, the connections that hold a port, and the kernel's rules.
    ///
    /// # Errors
    /// When the list of sockets cannot be read. Owners and rules that cannot be read are no error:
    /// the owner is absent, the rule is the kernel's default.
    pub fn scan(&self) -> Result<Snapshot, ScanError> {
        let mut table = SocketTable::default();
        table.add(&read_rows(&self.root.join("net/tcp"))?);
        table.add(&find_rows(&self.root.join("net/tcp6"))?);
        let mut hidden = SocketTable::default();
        for process in owners::strangers(&self.root) {
            // It may have ended meanwhile.
            for list in ["net/tcp", "net/tcp6"] {
                hidden.add(&read_rows(&process.join(list)).unwrap_or_default());
            }
        }
        let mut inodes = table.inodes();
        inodes.extend(hidden.inodes());
        let holders = Holders::find(&self.root, &inodes);
        let listeners = table.listeners(&holders);
        Ok(Snapshot {
            outgoing: table.outgoing(&listeners),
            hidden: hidden.listeners(&holders),
            listeners,
            kernel: KernelPorts::read(&self.root),
        })
    }
}

/// The ports of this machine as one scan found them.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Who listens, in order of port and address.
    pub listeners: Vec<Listener>,
    /// Who listens in other network namespaces: nothing of this one leads there by itself. Sockets of
    /// different namespaces that share address and port are one.
    pub hidden: Vec<Listener>,
    /// Connections that hold a local port without a listener, in order of local port.
    pub outgoing: Vec<Outgoing>,
    /// The kernel's own rules about ports.
    pub kernel: KernelPorts,
}

impl Snapshot {
    /// Who listens on a port, on any address.
    #[must_use]
    pub fn held_by(&self, port: u16) -> &[Listener] {
        run_of(&self.listeners, port, |listener| listener.port)
    }

    /// The connections that hold a port without a listener, from any address.
    #[must_use]
    pub fn outgoing_from(&self, port: u16) -> &[Outgoing] {
        run_of(&self.outgoing, port, |connection| connection.local.port())
    }
}

/// The items of one port in a list that is in order of port.
fn run_of<T>(sorted: &[T], port: u16, port_of: impl Fn(&T) -> u16) -> &[T] {
    let start = sorted.partition_point(|item| port_of(item) < port);
    let rest = sorted.get(start..).unwrap_or_default();
    let length = rest.partition_point(|item| port_of(item) == port);
    rest.get(..length).unwrap_or_default()
}

fn read_rows(path: &Path) -> Result<String, ScanError> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
        Err(source) => Err(ScanError::Unreadable {
            path: path.to_owned(),
            source,
        }),
    }
}

/// Like [`read_rows`], but empty where the kernel has no such table (IPv6 is switched off).
fn find_rows(path: &Path) -> Result<String, ScanError> {
    match read_rows(path) {
        Err(ScanError::Unreadable { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
            Ok(String::new())
        }
        other => other,
    }
}
