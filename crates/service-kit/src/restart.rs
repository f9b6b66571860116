//! Starts the program anew in its place: the same process, the same listening socket. Connections that come
//! meanwhile wait in the kernel, and none is refused. The socket is handed over as sd_listen_fds(3)
//! describes it.

use std::io;
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;

use command_fds::{CommandFdExt, FdMapping};
use listenfd::ListenFd;

/// First file descriptor that is handed over (`SD_LISTEN_FDS_START`).
const FIRST: i32 = 3;
/// What the kernel adds to the path of a program whose file was replaced.
const REPLACED: &str = " (deleted)";

/// The socket of the program that was here before, or of a service manager.
pub(crate) fn inherited() -> Option<TcpListener> {
    ListenFd::from_env().take_tcp_listener(0).ok().flatten()
}

/// Becomes the program anew; comes back only if that fails.
pub(crate) fn exec(listener: TcpListener) -> io::Error {
    let program = match program() {
        Ok(program) => program,
        Err(error) => return error,
    };
    let mut command = Command::new(program);
    command.args(std::env::args_os().skip(1));
    command.env("LISTEN_FDS", "1");
    command.env("LISTEN_PID", std::process::id().to_string());
    let mapping = FdMapping {
        parent_fd: listener.into(),
        child_fd: FIRST,
    };
    match command.fd_mappings(vec![mapping]) {
        Ok(command) => command.exec(),
        Err(error) => io::Error::other(error),
    }
}

/// The file of this program: the new one, where an upgrade has replaced it.
fn program() -> io::Result<PathBuf> {
    let path = std::env::current_exe()?;
    let text = path.to_string_lossy().into_owned();
    Ok(text.strip_suffix(REPLACED).map_or(path, PathBuf::from))
}
