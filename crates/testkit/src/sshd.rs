//! A private OpenSSH server on the loopback interface, gone when dropped.
//!
//! It runs as the current user, with host keys and accepted client keys of its own, and writes a
//! detailed log that tests can read.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test cannot go on without its server"
)]

use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const SSHD: &str = "/usr/sbin/sshd";

/// What a private server is to be like.
#[derive(Clone, Debug)]
pub struct SshdOptions {
    /// Types of its host keys: `ed25519`, `ecdsa`, `rsa`.
    pub host_keys: Vec<&'static str>,
    /// Whether it has the SFTP subsystem.
    pub has_sftp: bool,
    /// Options in front of each accepted key, such as `command="..."`.
    pub key_options: String,
    /// Further lines of its configuration.
    pub config: Vec<String>,
}

impl Default for SshdOptions {
    fn default() -> Self {
        Self {
            host_keys: vec!["ed25519"],
            has_sftp: true,
            key_options: String::new(),
            config: Vec::new(),
        }
    }
}

/// A running server.
#[derive(Debug)]
pub struct Sshd {
    folder: tempfile::TempDir,
    options: SshdOptions,
    port: u16,
    user: String,
    child: Child,
}

/// A host key of the server, as it is pinned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SshdHostKey {
    /// Such as `ssh-ed25519`.
    pub algorithm: String,
    /// `SHA256:` and base64 without padding.
    pub fingerprint: String,
}

impl Sshd {
    /// Starts a server with an Ed25519 host key and SFTP.
    pub async fn start() -> Self {
        Self::start_with(SshdOptions::default()).await
    }

    /// Starts a server as wished.
    pub async fn start_with(options: SshdOptions) -> Self {
        let folder = tempfile::tempdir().expect("a folder for sshd");
        for kind in &options.host_keys {
            make_key(&folder.path().join(format!("host_{kind}")), kind, "");
        }
        File::create(folder.path().join("authorized_keys")).expect("the file of accepted keys");
        if Path::new("/run").is_dir() {
            // Only root needs it, and only root can make it.
            let _denied = fs::create_dir_all("/run/sshd");
        }
        let (port, child) = launch(folder.path(), &options).await;
        Self {
            folder,
            options,
            port,
            user: current_user(),
            child,
        }
    }

    /// Where it listens.
    pub fn host(&self) -> &'static str {
        "127.0.0.1"
    }

    /// The port it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The only user who can log in: the current one.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// A folder that tests may use.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Makes a key that opens the server: `ed25519` or `ecdsa`; the text of the private key.
    pub fn accepted_key(&self, kind: &str, passphrase: &str) -> String {
        let (private, public) = self.key(kind, passphrase);
        self.accept(&public);
        private
    }

    /// Lets a public key in, given as a line of OpenSSH.
    pub fn accept(&self, public: &str) {
        let path = self.folder.path().join("authorized_keys");
        let accepted = fs::read_to_string(&path).expect("the accepted keys");
        let options = &self.options.key_options;
        fs::write(&path, format!("{accepted}{options} {public}\n")).expect("accept a key");
    }

    /// Makes a key that the server does not know.
    pub fn stranger_key(&self) -> String {
        self.key("ed25519", "").0
    }

    /// The host key of a type, such as `ed25519`.
    pub fn host_key(&self, kind: &str) -> SshdHostKey {
        let public = self.folder.path().join(format!("host_{kind}.pub"));
        let line = fs::read_to_string(&public).expect("the public host key");
        let listed = run(Command::new("ssh-keygen").arg("-lf").arg(&public));
        let word = |text: &str, at| {
            text.split_whitespace()
                .nth(at)
                .unwrap_or_default()
                .to_owned()
        };
        SshdHostKey {
            algorithm: word(&line, 0),
            fingerprint: word(&listed, 1),
        }
    }

    /// All that the server has logged.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// Stops listening, makes new host keys and listens on the same port again.
    pub async fn renew_host_keys(&mut self) {
        self.stop();
        for kind in &self.options.host_keys {
            let path = self.folder.path().join(format!("host_{kind}"));
            fs::remove_file(&path).expect("remove the old host key");
            make_key(&path, kind, "");
        }
        self.child = self.relaunch().await;
    }

    /// Stops listening and ends every session with its commands, as a crash would.
    pub fn crash(&mut self) {
        let mut doomed = Vec::new();
        let mut parents = vec![self.child.id().to_string()];
        while let Some(parent) = parents.pop() {
            let found = Command::new("pgrep")
                .args(["-P", &parent])
                .output()
                .expect("start pgrep");
            let children = String::from_utf8_lossy(&found.stdout).into_owned();
            parents.extend(children.lines().map(str::to_owned));
            doomed.extend(children.lines().map(str::to_owned));
        }
        self.stop();
        if !doomed.is_empty() {
            // Some may have ended by themselves.
            let _ended = Command::new("kill")
                .arg("-KILL")
                .args(doomed)
                .stderr(Stdio::null())
                .status();
        }
    }

    /// Listens again after [`Sshd::crash`].
    pub async fn restart(&mut self) {
        self.child = self.relaunch().await;
    }

    async fn relaunch(&self) -> Child {
        let mut child = spawn(self.folder.path(), &self.options, self.port);
        assert!(
            listens(&mut child, self.port).await,
            "sshd did not start again: {}",
            self.log()
        );
        child
    }

    fn key(&self, kind: &str, passphrase: &str) -> (String, String) {
        let path = tempfile::Builder::new()
            .prefix("client_")
            .tempdir_in(self.folder.path())
            .expect("a folder for a key")
            .keep()
            .join("key");
        make_key(&path, kind, passphrase);
        let read = |path: PathBuf| fs::read_to_string(path).expect("the new key");
        (
            read(path.clone()),
            read(path.with_extension("pub")).trim().to_owned(),
        )
    }

    fn stop(&mut self) {
        // It may have ended by itself.
        let _ended = self.child.kill();
        let _status = self.child.wait();
    }
}

impl Drop for Sshd {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Starts it on a free port; another process may take the port first, so it is tried again.
async fn launch(folder: &Path, options: &SshdOptions) -> (u16, Child) {
    for _ in 0..5 {
        let port = free_port();
        let mut child = spawn(folder, options, port);
        if listens(&mut child, port).await {
            return (port, child);
        }
    }
    let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
    panic!("sshd did not start (is openssh-server installed?): {log}");
}

fn spawn(folder: &Path, options: &SshdOptions, port: u16) -> Child {
    let path = |name: &str| folder.join(name).display().to_string();
    let mut config = vec![
        format!("ListenAddress 127.0.0.1:{port}"),
        format!("AuthorizedKeysFile {}", path("authorized_keys")),
        format!("PidFile {}", path("pid")),
        "StrictModes no".to_owned(),
        "UsePAM no".to_owned(),
        "UseDNS no".to_owned(),
        "PermitRootLogin prohibit-password".to_owned(),
        "PasswordAuthentication no".to_owned(),
        "KbdInteractiveAuthentication no".to_owned(),
        "PrintMotd no".to_owned(),
        "PermitUserRC no".to_owned(),
        "MaxStartups 200".to_owned(),
        "LogLevel DEBUG1".to_owned(),
    ];
    config.extend(
        options
            .host_keys
            .iter()
            .map(|kind| format!("HostKey {}", path(&format!("host_{kind}")))),
    );
    if options.has_sftp {
        config.push("Subsystem sftp internal-sftp".to_owned());
    }
    // The first value of an option counts.
    let text = [options.config.as_slice(), config.as_slice()]
        .concat()
        .join("\n");
    fs::write(folder.join("config"), text).expect("the configuration of sshd");
    Command::new(SSHD)
        .args(["-D", "-f", &path("config"), "-E", &path("log")])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("start sshd (is openssh-server installed?)")
}

async fn listens(child: &mut Child, port: u16) -> bool {
    let deadline = Instant::now() + Duration::from_secs(10);
    while Instant::now() < deadline {
        if !matches!(child.try_wait(), Ok(None)) {
            return false;
        }
        if tokio::net::TcpStream::connect((Ipv4Addr::LOCALHOST, port))
            .await
            .is_ok()
        {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    // It may have ended by now.
    let _ended = child.kill();
    let _status = child.wait();
    false
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener
        .local_addr()
        .expect("the address of a listener")
        .port()
}

fn make_key(path: &Path, kind: &str, passphrase: &str) {
    // A few rounds only: the tests are about reading keys, not about guessing passphrases.
    let options = [
        "-q", "-t", kind, "-N", passphrase, "-a", "4", "-C", "test", "-f",
    ];
    run(Command::new("ssh-keygen").args(options).arg(path));
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).expect("close the key");
}

fn current_user() -> String {
    run(Command::new("id").arg("-un")).trim().to_owned()
}

fn run(command: &mut Command) -> String {
    let output = command
        .stdin(Stdio::null())
        .output()
        .expect("start a tool of the tests");
    assert!(
        output.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}
