//! A folder laid out like /proc.

use std::net::{IpAddr, SocketAddr};
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use super::{Proc, Snapshot};

pub(super) const ESTABLISHED: &str = "01";
pub(super) const SYN_RECEIVED: &str = "03";
pub(super) const TIME_WAIT: &str = "06";
pub(super) const LISTEN: &str = "0A";

const HEADER: &str = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   \
    uid  timeout inode\n";

pub(super) struct FakeProc {
    folder: tempfile::TempDir,
}

impl FakeProc {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("net")).unwrap();
        std::fs::create_dir_all(folder.path().join("sys/net/ipv4")).unwrap();
        let stat = "cpu  1 2 3\nintr 4 5\nbtime 1700000000\nprocesses 6\n";
        std::fs::write(folder.path().join("stat"), stat).unwrap();
        Self { folder }
    }

    pub(super) fn proc(&self) -> Proc {
        Proc::at(self.folder.path())
    }

    pub(super) fn scan(&self) -> Snapshot {
        self.proc().scan().unwrap()
    }

    pub(super) fn tcp(&self, rows: &[String]) {
        self.write("net/tcp", &format!("{HEADER}{}", rows.concat()));
    }

    pub(super) fn tcp6(&self, rows: &[String]) {
        self.write("net/tcp6", &format!("{HEADER}{}", rows.concat()));
    }

    pub(super) fn setting(&self, name: &str, text: &str) {
        self.write(&format!("sys/net/ipv4/{name}"), text);
    }

    /// A process with these sockets among its open files; gives its number.
    pub(super) fn process(&self, pid: u32, name: &str, ticks: u32, sockets: &[u64]) -> u32 {
        let files = self.path(pid, "fd");
        std::fs::create_dir_all(&files).unwrap();
        symlink("/dev/null", files.join("0")).unwrap();
        symlink("pipe:[71]", files.join("1")).unwrap();
        for (inode, number) in sockets.iter().zip(3..) {
            symlink(format!("socket:[{inode}]"), files.join(number.to_string())).unwrap();
        }
        let zeros = " 0".repeat(18);
        let stat = format!("{pid} ({name}) S{zeros} {ticks} 9 9\n");
        std::fs::write(self.path(pid, "stat"), stat).unwrap();
        std::fs::write(self.path(pid, "comm"), format!("{name}\n")).unwrap();
        pid
    }

    pub(super) fn exe(&self, pid: u32, target: Option<&str>) {
        if let Some(target) = target {
            symlink(target, self.path(pid, "exe")).unwrap();
        }
    }

    /// Puts our process (none) or another one into a network namespace, with these listeners if it is
    /// another one's.
    pub(super) fn namespace(&self, pid: Option<u32>, name: &str, rows: &[String]) {
        let folder = pid.map_or_else(|| "self".to_owned(), |pid| pid.to_string());
        let folder = self.folder.path().join(folder);
        std::fs::create_dir_all(folder.join("ns")).unwrap();
        symlink(format!("net:[{name}]"), folder.join("ns/net")).unwrap();
        if pid.is_some() {
            std::fs::create_dir_all(folder.join("net")).unwrap();
            let text = format!("{HEADER}{}", rows.concat());
            std::fs::write(folder.join("net/tcp"), text).unwrap();
        }
    }

    /// Leaves what everyone may see of another user's process.
    pub(super) fn hide_files(&self, pid: u32) {
        std::fs::remove_dir_all(self.path(pid, "fd")).unwrap();
    }

    /// Leaves what was listed before the process ended.
    pub(super) fn end(&self, pid: u32) {
        std::fs::remove_file(self.path(pid, "stat")).unwrap();
        std::fs::remove_file(self.path(pid, "comm")).unwrap();
    }

    fn path(&self, pid: u32, name: &str) -> PathBuf {
        self.folder.path().join(pid.to_string()).join(name)
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.path().join(name), text).unwrap();
    }
}

pub(super) fn endpoint(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

/// A row of a socket that listens, of user 1000.
pub(super) fn listen(local: &str, inode: u64) -> String {
    let nobody = if local.starts_with('[') {
        "[::]:0"
    } else {
        "0.0.0.0:0"
    };
    row(local, nobody, LISTEN, inode)
}

/// A row as the kernel of this machine prints it, of user 1000.
pub(super) fn row(local: &str, remote: &str, state: &str, inode: u64) -> String {
    let (local, remote) = (in_hex(endpoint(local)), in_hex(endpoint(remote)));
    let idle = "00000000:00000000 00:00000000 00000000";
    format!("   0: {local} {remote} {state} {idle}  1000        0 {inode} 1 0 100 0 0 10 0\n")
}

pub(super) fn in_hex(endpoint: SocketAddr) -> String {
    let octets = match endpoint.ip() {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    };
    let words = octets.chunks(4).map(|word| {
        let word = u32::from_ne_bytes(word.try_into().unwrap());
        format!("{word:08X}")
    });
    format!("{}:{:04X}", words.collect::<String>(), endpoint.port())
}
