//! The real program as a process of its own, to be stopped and killed.

use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::process::{Child, Command};

use crate::bench::Bench;

/// A running executor.
pub(crate) struct Process(Child);

impl Process {
    /// Starts it with further settings.
    pub(crate) fn start(bench: &Bench, settings: &[(&str, &str)]) -> Self {
        let child = Command::new(env!("CARGO_BIN_EXE_executor"))
            .env_clear()
            .env("OPSC_PROFILE", "test")
            .env("PORT", "0")
            .env("LOG_LEVEL", "error")
            .env("DATABASE_URL", bench.db.url("opsc_executor"))
            .env("CREDENTIALS_URL", &bench.credentials.url)
            .env("AUTH_URL", "http://127.0.0.1:9")
            .env("OUTPUT_DIR", &bench.output)
            .envs(settings.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("the program starts");
        Self(child)
    }

    /// Sends a signal, such as `STOP`.
    pub(crate) async fn signal(&self, name: &str) {
        let pid = self.0.id().expect("it runs").to_string();
        let sent = Command::new("kill")
            .args([&format!("-{name}"), &pid])
            .status()
            .await;
        assert!(sent.expect("kill runs").success());
    }

    /// Waits for its end.
    pub(crate) async fn ended(&mut self, limit: Duration) -> ExitStatus {
        tokio::time::timeout(limit, self.0.wait())
            .await
            .expect("it ends")
            .expect("a status")
    }

    /// Most memory that it ever had, in kibibytes.
    pub(crate) fn peak_memory_kib(&self) -> u64 {
        let pid = self.0.id().expect("it runs");
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("a status");
        let line = status
            .lines()
            .find(|line| line.starts_with("VmHWM:"))
            .expect("a peak");
        line.split_whitespace()
            .nth(1)
            .expect("a number")
            .parse()
            .expect("a number")
    }
}
