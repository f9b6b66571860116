//! A private Redis on a unix socket, ended with the test.

use std::process::Stdio;
use std::time::Duration;

use tempfile::TempDir;
use tokio::process::{Child, Command};

/// A running Redis.
pub struct TestRedis {
    folder: TempDir,
    child: Child,
}

impl TestRedis {
    /// Starts it.
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().expect("folder");
        let child = spawn(&folder);
        let redis = Self { folder, child };
        redis.wait().await;
        redis
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!(
            "redis+unix://{}",
            self.folder.path().join("redis.sock").display()
        )
    }

    /// Ends it with SIGKILL.
    pub async fn kill(&mut self) {
        self.child.kill().await.expect("killed");
    }

    /// Starts it again, empty.
    pub async fn restart(&mut self) {
        self.child = spawn(&self.folder);
        self.wait().await;
    }

    async fn wait(&self) {
        let socket = self.folder.path().join("redis.sock");
        for _ in 0..250 {
            if tokio::net::UnixStream::connect(&socket).await.is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("redis-server did not start");
    }
}

fn spawn(folder: &TempDir) -> Child {
    Command::new("redis-server")
        .args([
            "--port",
            "0",
            "--save",
            "",
            "--appendonly",
            "no",
            "--unixsocket",
            "redis.sock",
        ])
        .current_dir(folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("redis-server is installed")
}
