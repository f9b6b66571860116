//! A private PostgreSQL that can be stopped and started again.
//!
//! It keeps what it has acknowledged through the end of its processes, not of the machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::str::FromStr;
use std::time::{Duration, Instant};

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, Executor, PgPool};
use testkit::db::TestDb;

/// How it is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shutdown {
    /// Sessions are ended, everything is written.
    Fast,
    /// As a crash: the next start recovers.
    Immediate,
}

/// Where a world keeps its record.
pub enum Database {
    /// On a server of its own, which can be stopped.
    Private(Cluster),
    /// On the server that all tests share.
    Shared(Box<TestDb>),
}

impl Database {
    /// Its address for a role.
    pub fn url(&self, role: &str) -> String {
        match self {
            Self::Private(cluster) => cluster.url(role),
            Self::Shared(db) => db.url(role),
        }
    }

    /// Its port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        let url = self.url("role");
        let place = url.split(['@', '/', ':']).nth(5).expect("a port");
        place.parse().expect("a number")
    }

    /// Its address for a role, by another port.
    pub fn url_through(&self, role: &str, port: u16) -> String {
        self.url(role)
            .replace(&format!(":{}/", self.port()), &format!(":{port}/"))
    }

    /// A pool that goes straight to it and finds it again after a restart.
    pub fn pool(&self, role: &str) -> PgPool {
        PgPoolOptions::new()
            .max_connections(4)
            .acquire_timeout(Duration::from_secs(5))
            .connect_lazy(&self.url(role))
            .expect("an address")
    }

    /// The server, to stop and start it.
    pub fn server(&mut self) -> &mut Cluster {
        match self {
            Self::Private(cluster) => cluster,
            Self::Shared(_) => panic!("other tests need this server"),
        }
    }
}

/// A running server, gone when dropped.
#[derive(Debug)]
pub struct Cluster {
    folder: PathBuf,
    port: u16,
    child: Option<Child>,
}

impl Cluster {
    /// Makes a cluster with the database of the platform, and starts it.
    pub async fn start() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("opsc-chaos-pg.")
            .tempdir_in("/var/tmp")
            .expect("a folder for PostgreSQL")
            .keep();
        if is_root() {
            run(Command::new("chown").arg("postgres").arg(&folder));
        }
        let data = folder.join("data");
        let options = [
            "-U",
            "tester",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
        ];
        let mut initdb = tool("initdb");
        initdb
            .args(options)
            .args(["--no-sync", "--no-instructions", "-D"]);
        run(initdb.arg(&data));
        let port = free_port();
        fs::write(data.join("postgresql.conf"), settings(&folder, port)).expect("its settings");
        let mut cluster = Self {
            folder,
            port,
            child: None,
        };
        cluster.resume().await;
        let mut admin = cluster
            .options("postgres")
            .connect()
            .await
            .expect("it answers");
        admin
            .execute("CREATE DATABASE opsconductor")
            .await
            .expect("a database");
        admin.close().await.expect("closed");
        database::prepare(&cluster.options("opsconductor"))
            .await
            .expect("migrations apply");
        cluster
    }

    fn options(&self, database: &str) -> PgConnectOptions {
        let url = format!("postgres://tester@127.0.0.1:{}/{database}", self.port);
        PgConnectOptions::from_str(&url).expect("an address")
    }

    /// The address of the platform's database for a role.
    pub fn url(&self, role: &str) -> String {
        format!("postgres://{role}@127.0.0.1:{}/opsconductor", self.port)
    }

    /// Stops it and waits until it has ended.
    pub fn stop(&mut self, how: Shutdown) {
        let Some(mut child) = self.child.take() else {
            return;
        };
        let name = match how {
            Shutdown::Fast => "-INT",
            Shutdown::Immediate => "-QUIT",
        };
        let pid = child.id().to_string();
        // It may have ended by itself.
        let _sent = Command::new("kill").args([name, &pid]).status();
        let _ended = child.wait();
    }

    /// Starts it and waits until it answers.
    pub async fn resume(&mut self) {
        let log = fs::File::options()
            .create(true)
            .append(true)
            .open(self.folder.join("log"));
        let mut server = tool("postgres");
        server.arg("-D").arg(self.folder.join("data"));
        server.stdin(Stdio::null()).stdout(Stdio::null());
        let child = server
            .stderr(log.expect("a log"))
            .spawn()
            .expect("PostgreSQL starts");
        self.child = Some(child);
        let deadline = Instant::now() + Duration::from_secs(30);
        while self.options("postgres").connect().await.is_err() {
            assert!(
                Instant::now() < deadline,
                "PostgreSQL: see {}",
                self.folder.display()
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.stop(Shutdown::Immediate);
        // What is left over is in a folder for temporary files.
        let _removed = fs::remove_dir_all(&self.folder);
    }
}

fn settings(folder: &Path, port: u16) -> String {
    format!(
        "listen_addresses = '127.0.0.1'\nport = {port}\nunix_socket_directories = '{}'\n\
         max_connections = 300\nshared_buffers = 64MB\nfsync = off\nsynchronous_commit = on\n\
         timezone = 'UTC'\n",
        folder.display()
    )
}

/// A program of the newest PostgreSQL, as a user that it accepts: it refuses root.
fn tool(name: &str) -> Command {
    let mut found: Vec<_> = fs::read_dir("/usr/lib/postgresql")
        .expect("PostgreSQL is installed")
        .filter_map(|entry| {
            entry
                .ok()?
                .file_name()
                .into_string()
                .ok()?
                .parse::<u32>()
                .ok()
        })
        .collect();
    found.sort_unstable();
    let version = found.last().expect("a version of PostgreSQL");
    let program = format!("/usr/lib/postgresql/{version}/bin/{name}");
    let mut command = if is_root() {
        let mut command = Command::new("setpriv");
        command.args([
            "--reuid",
            "postgres",
            "--regid",
            "postgres",
            "--init-groups",
            "--",
        ]);
        command.arg(program);
        command
    } else {
        Command::new(program)
    };
    command.current_dir("/");
    command
}

fn is_root() -> bool {
    run(Command::new("id").arg("-u")).trim() == "0"
}

fn run(command: &mut Command) -> String {
    let output = command
        .stdin(Stdio::null())
        .output()
        .expect("a tool starts");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{command:?}: {said}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    listener.local_addr().expect("an address").port()
}
