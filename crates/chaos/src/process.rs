//! Executors as processes of their own, to be stopped, killed and started again.

use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::process::{Child, Command};

use crate::proxy::FaultProxy;

/// Where an executor runs; its settings and its way to the database outlive its process.
#[derive(Debug)]
pub struct Place {
    /// Number of the place, from 0.
    pub number: usize,
    /// Its way to the database.
    pub to_database: FaultProxy,
    pub(crate) program: PathBuf,
    pub(crate) settings: Vec<(String, String)>,
    pub(crate) log: PathBuf,
    child: Option<Child>,
}

impl Place {
    pub(crate) fn new(
        number: usize,
        program: &Path,
        log: PathBuf,
        to_database: FaultProxy,
    ) -> Self {
        Self {
            number,
            to_database,
            program: program.to_owned(),
            settings: Vec::new(),
            log,
            child: None,
        }
    }

    /// Starts a process, with further settings for this one.
    pub fn start(&mut self, further: &[(&str, &str)]) {
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(&self.log)
            .expect("a log");
        let child = Command::new(&self.program)
            .env_clear()
            .envs(self.settings.iter().map(|(name, value)| (name, value)))
            .envs(further.iter().copied())
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("the same log"))
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .expect("the executor starts");
        self.child = Some(child);
    }

    /// Its process id, while it runs.
    pub fn pid(&self) -> Option<u32> {
        self.child.as_ref().and_then(Child::id)
    }

    /// Most memory that its process ever had, in kibibytes.
    pub fn peak_memory_kib(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid()?)).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
        line.split_whitespace().nth(1)?.parse().ok()
    }

    /// Sends a signal, such as `STOP`, if it runs.
    pub async fn signal(&self, name: &str) {
        if let Some(pid) = self.pid() {
            let arguments = [format!("-{name}"), pid.to_string()];
            // It may have ended by itself.
            let _sent = Command::new("kill").args(arguments).status().await;
        }
    }

    /// Waits until its process has ended.
    pub async fn ended(&mut self, limit: Duration) -> Option<ExitStatus> {
        let mut child = self.child.take()?;
        let ended = tokio::time::timeout(limit, child.wait()).await;
        ended.ok()?.ok()
    }

    /// Ends it with SIGKILL.
    pub async fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().await.expect("it is killed");
        }
    }
}

/// The executor with places where it fails; built if it is not there.
///
/// # Panics
/// When it cannot be built.
pub fn build() -> PathBuf {
    let built = std::process::Command::new(env!("CARGO"))
        .args([
            "build",
            "-q",
            "--locked",
            "-p",
            "chaos",
            "--bin",
            "chaos-executor",
        ])
        .args(["--features", "failpoints", "--message-format", "json"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stderr(Stdio::inherit())
        .output()
        .expect("cargo runs");
    assert!(
        built.status.success(),
        "the executor for the harness cannot be built"
    );
    let text = String::from_utf8_lossy(&built.stdout).into_owned();
    let program = text
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .find_map(|line| line["executable"].as_str().map(PathBuf::from));
    program.expect("cargo names the program")
}
