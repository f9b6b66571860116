//! The nginx program: what it can do, testing a configuration, and the running child.

use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};
use tracing::{info, warn};

use crate::error::Error;
use crate::render::Features;

/// Longest run of `nginx -t`; looking up the services' host names is the slow part.
const TEST_TIMEOUT: Duration = Duration::from_secs(20);
/// Longest wait for an nginx that was told to end at once.
const END_TIMEOUT: Duration = Duration::from_secs(2);
const POLL: Duration = Duration::from_millis(20);

/// The program and the folder it runs in.
#[derive(Clone, Debug)]
pub struct Nginx {
    binary: PathBuf,
    run_dir: PathBuf,
}

impl Nginx {
    /// The program `binary`, with pid and temporary files in `run_dir`.
    pub fn new(binary: PathBuf, run_dir: PathBuf) -> Self {
        Self { binary, run_dir }
    }

    /// Asks the program for its version.
    ///
    /// # Errors
    /// When it cannot be run or says something unknown.
    pub async fn features(&self) -> Result<Features, Error> {
        let output = self.output(&["-v"]).await?;
        let version = version(&output.1)
            .ok_or_else(|| Error::Nginx(format!("unknown version: {}", output.1.trim())))?;
        Ok(features(version))
    }

    /// Has nginx test the configuration in `file`.
    ///
    /// # Errors
    /// [`Error::Refused`] with what nginx says.
    pub async fn test(&self, file: &Path) -> Result<(), Error> {
        let file = file.to_string_lossy();
        let (status, said) = self.output(&["-t", "-q", "-c", &file]).await?;
        if status.success() {
            Ok(())
        } else {
            Err(Error::Refused(said.trim().to_owned()))
        }
    }

    /// Starts it on `file`, in a process group of its own: a Ctrl-C in the terminal is ours.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(&self, file: &Path) -> Result<Running, Error> {
        let mut command = self.command();
        command.arg("-c").arg(file).process_group(0);
        let child = command.spawn().map_err(|error| self.fault(&error))?;
        let pid = child
            .id()
            .and_then(|id| i32::try_from(id).ok())
            .and_then(Pid::from_raw);
        let pid = pid.ok_or_else(|| Error::Nginx("ended at once".to_owned()))?;
        info!(pid = pid.as_raw_nonzero().get(), "nginx started");
        Ok(Running { child, pid })
    }

    /// Ends an nginx that an earlier gateway left behind, recognised by its folder.
    pub async fn end_left_behind(&self) {
        let Some(pid) = self.left_behind() else {
            return;
        };
        warn!(
            pid = pid.as_raw_nonzero().get(),
            "Ending the nginx of an earlier gateway"
        );
        for signal in [Signal::QUIT, Signal::TERM, Signal::KILL] {
            // It may have ended in between, which is what is wanted.
            let _sent = match signal {
                Signal::KILL => kill_process_group(pid, signal),
                gentle => kill_process(pid, gentle),
            };
            let gone = async {
                while self.is_ours(pid) {
                    sleep(POLL).await;
                }
            };
            if timeout(END_TIMEOUT, gone).await.is_ok() {
                return;
            }
        }
    }

    fn left_behind(&self) -> Option<Pid> {
        let text = std::fs::read_to_string(self.run_dir.join("nginx.pid")).ok()?;
        let pid = Pid::from_raw(text.trim().parse().ok()?)?;
        self.is_ours(pid).then_some(pid)
    }

    fn is_ours(&self, pid: Pid) -> bool {
        let path = format!("/proc/{}/cmdline", pid.as_raw_nonzero());
        let line = std::fs::read(path).unwrap_or_default();
        // The title that nginx gives itself has no room for all arguments, but for the first.
        let expected = format!(" -p {} ", self.run_dir.display());
        let line = String::from_utf8_lossy(&line).replace('\0', " ");
        line.starts_with("nginx: master process") && line.contains(&expected)
    }

    async fn output(&self, arguments: &[&str]) -> Result<(ExitStatus, String), Error> {
        let mut command = self.command();
        command
            .args(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let output = timeout(TEST_TIMEOUT, command.output())
            .await
            .map_err(|_elapsed| Error::Nginx("does not answer in time".to_owned()))?
            .map_err(|error| self.fault(&error))?;
        Ok((
            output.status,
            String::from_utf8_lossy(&output.stderr).into_owned(),
        ))
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.binary);
        // Nothing of our environment is its business.
        command.env_clear().stdin(Stdio::null());
        // Before the configuration is read, errors go to the terminal and not to a system log.
        command.arg("-p").arg(&self.run_dir).args(["-e", "stderr"]);
        command
    }

    fn fault(&self, error: &std::io::Error) -> Error {
        Error::Nginx(format!("cannot run {}: {error}", self.binary.display()))
    }
}

/// The nginx that serves.
#[derive(Debug)]
pub struct Running {
    child: Child,
    pid: Pid,
}

impl Running {
    /// Waits until it ends, which it should not do on its own.
    pub async fn ended(&mut self) -> String {
        let how = match self.child.wait().await {
            Ok(status) => status.to_string(),
            Err(error) => error.to_string(),
        };
        self.kill_group();
        how
    }

    /// Whether it still runs.
    pub fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Has it read its configuration again.
    pub fn reload(&self) {
        self.send(Signal::HUP);
    }

    /// Has it open its log files again.
    pub fn reopen_logs(&self) {
        self.send(Signal::USR1);
    }

    /// Lets it finish what is open for at most `drain`, then ends it.
    pub async fn quit(mut self, drain: Duration) {
        for (signal, wait) in [(Signal::QUIT, drain), (Signal::TERM, END_TIMEOUT)] {
            self.send(signal);
            if timeout(wait, self.child.wait()).await.is_ok() {
                info!("nginx has stopped");
                return;
            }
        }
        warn!("nginx did not stop and is killed");
        self.kill_group();
    }

    fn send(&self, signal: Signal) {
        if let Err(error) = kill_process(self.pid, signal) {
            warn!("nginx cannot be signalled: {error}");
        }
    }

    /// Workers outlive a master that was killed, and would keep its ports.
    fn kill_group(&self) {
        // Usually nobody is left, which is what is wanted.
        let _sent = kill_process_group(self.pid, Signal::KILL);
    }
}

/// The three numbers in `nginx version: nginx/1.22.1 (Ubuntu)`.
fn version(text: &str) -> Option<(u32, u32, u32)> {
    let (_, rest) = text.split_once('/')?;
    let mut numbers = rest.split_whitespace().next()?.split('.').map(str::parse);
    Some((
        numbers.next()?.ok()?,
        numbers.next()?.ok()?,
        numbers.next()?.ok()?,
    ))
}

fn features(version: (u32, u32, u32)) -> Features {
    Features {
        lossless_reload: version >= (1, 27, 4),
        http2_directive: version >= (1, 25, 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_tells_what_nginx_can_do() {
        for (text, lossless_reload, http2_directive) in [
            ("nginx version: nginx/1.22.1\n", false, false),
            ("nginx version: nginx/1.25.1 (Ubuntu)\n", false, true),
            ("nginx version: nginx/1.27.4\n", true, true),
            ("nginx version: openresty/1.29.0\n", true, true),
        ] {
            let expected = Features {
                lossless_reload,
                http2_directive,
            };
            assert_eq!(version(text).map(features), Some(expected), "{text}");
        }
        assert_eq!(version("command not found"), None);
    }
}
