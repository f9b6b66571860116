//! Becoming another user, with the real `sudo` and a user of the system that is gone afterwards.
//!
//! Only root can make such a user; elsewhere these tests see nothing.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::process::{Command as Program, Stdio};
use std::time::Duration;

use remote::{
    Collected, Command, CopyError, Detached, End, NOT_BECOME, NOT_BECOME_MARK, Overwrite, Shell,
    SshConnection, SshEndpoint, Sudo, Timeouts, Upload,
};
use tokio_util::sync::CancellationToken;

use crate::detached::launch;
use crate::sshd::{Sshd, SshdOptions};
use crate::support::{connect, endpoint, processes_with, run, unique_seconds};

const PASSWORD: &str = "a b'\"$(c) \\n 1";

/// A user of the system.
struct Person {
    name: String,
    keys: tempfile::TempDir,
}

fn system(program: &str, arguments: &[&str]) -> bool {
    let mut program = Program::new(program);
    let ended = program.args(arguments).stderr(Stdio::null()).status();
    ended.is_ok_and(|status| status.success())
}

impl Person {
    /// Makes one whose rights are `rights`; none if this is not the place for it.
    fn new(rights: &str) -> Option<Self> {
        let name = format!("opsc{:08x}", rand::random::<u32>());
        let keys = tempfile::tempdir().unwrap();
        fs::set_permissions(keys.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let made = (0..20).any(|_| {
            let made = system("useradd", &["-m", "-s", "/bin/bash", &name]);
            if !made {
                std::thread::yield_now();
            }
            made
        });
        if !made || !system("sh", &["-c", "command -v sudo >/dev/null"]) {
            return None;
        }
        let set = format!("printf '%s:%s\\n' {name} \"$0\" | chpasswd");
        assert!(system("sh", &["-c", &set, PASSWORD]));
        let rule = format!("/etc/sudoers.d/{name}");
        fs::write(&rule, format!("{name} {rights}\n")).unwrap();
        fs::set_permissions(&rule, fs::Permissions::from_mode(0o440)).unwrap();
        Some(Self { name, keys })
    }

    async fn connect(&self) -> (Sshd, SshConnection) {
        let file = self.keys.path().join("accepted");
        let server = Sshd::start_with(SshdOptions {
            config: vec![format!("AuthorizedKeysFile {}", file.display())],
            ..SshdOptions::default()
        })
        .await;
        let endpoint = SshEndpoint {
            user: self.name.clone(),
            ..endpoint(&server)
        };
        fs::copy(server.folder().join("authorized_keys"), &file).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        let connected = SshConnection::connect(&endpoint, &Timeouts::default()).await;
        (server, connected.unwrap())
    }
}

impl Drop for Person {
    fn drop(&mut self) {
        let _gone = fs::remove_file(format!("/etc/sudoers.d/{}", self.name));
        let _ended = system("pkill", &["-KILL", "-u", &self.name]);
        let _gone = (0..20).any(|_| system("userdel", &["-r", "-f", &self.name]));
    }
}

fn command(text: &str, user: &str, password: Option<&str>) -> Command {
    let mut command = Command::new(Shell::Sh, text);
    let password = password.map(|text| text.to_owned().into());
    command.sudo = Some(Sudo::new(user, password).unwrap());
    command
}

/// Runs it bound to its connection, then detached; both must end alike.
async fn both(connection: &SshConnection, command: &Command) -> (u32, String, String) {
    let (bound, first) = run(connection, command).await;
    let mut detached = Detached::new();
    let (settled, second) = launch(connection, command, &mut detached).await.unwrap();
    let ends = [bound.end, settled.end.clone()];
    settled.forget().await;
    let [End::Exited(one), End::Exited(two)] = ends else {
        panic!("{ends:?}")
    };
    let texts = |output: &Collected| (output.stdout_text(), output.stderr_text());
    assert_eq!((one, texts(&first)), (two, texts(&second)));
    let (out, err) = texts(&first);
    (one, out, err)
}

#[tokio::test]
async fn a_command_runs_as_another_user_and_nobody_sees_the_password() {
    let Some(person) = Person::new("ALL=(ALL) ALL") else {
        return;
    };
    let (_server, connection) = person.connect().await;
    let text = "id -un; cat; echo \"$A\"; ps axeww | grep -cF 'a b'\\''\"$(c)'; exit 7";
    let mut command = command(text, "root", Some(PASSWORD));
    command.stdin = b"in\\put\n\0x\n".to_vec().into();
    command.env.push(("A".to_owned(), "v w".to_owned().into()));
    let (code, out, err) = both(&connection, &command).await;
    // What looks for it finds itself.
    assert_eq!(out, "root\nin\\put\n\0x\nv w\n1\n", "{err}");
    assert_eq!((code, err.as_str()), (7, ""));
}

#[tokio::test]
async fn who_may_not_or_gives_a_wrong_password_starts_nothing() {
    let Some(person) = Person::new("ALL=(root) ALL") else {
        return;
    };
    let (server, connection) = person.connect().await;
    let ledger = server.folder().join("ledger");
    let text = format!("touch {}", ledger.display());
    for (user, password, said) in [
        ("root", Some("wrong"), "incorrect password attempt"),
        ("root", None, "refuses without a password"),
        ("daemon", Some(PASSWORD), "not allowed"),
        ("nobody-is-called-so", Some(PASSWORD), "nobody-is-called-so"),
    ] {
        let (code, out, err) = both(&connection, &command(&text, user, password)).await;
        assert_eq!((code, out.as_str()), (NOT_BECOME, ""), "{err}");
        assert!(err.starts_with(NOT_BECOME_MARK), "{err}");
        assert!(err.contains(said) && !err.contains("3 incorrect"), "{err}");
    }
    assert!(!ledger.exists());
}

#[tokio::test]
async fn where_sudo_asks_for_nothing_the_password_is_not_the_input() {
    let server = Sshd::start().await;
    let connection = connect(&server).await;
    if !system(
        "sh",
        &["-c", "[ $(id -u) = 0 ] && command -v sudo >/dev/null"],
    ) {
        return;
    }
    let mut command = command("id -un; cat", "nobody", Some(PASSWORD));
    command.stdin = b"input".to_vec().into();
    let (code, out, err) = both(&connection, &command).await;
    assert_eq!((code, out.as_str(), err.as_str()), (0, "nobody\ninput", ""));
}

#[tokio::test]
async fn what_runs_as_another_user_is_stopped() {
    let Some(person) = Person::new("ALL=(ALL) ALL") else {
        return;
    };
    let (_server, connection) = person.connect().await;
    let seconds = unique_seconds();
    let mut command = command(&format!("sleep {seconds}"), "root", Some(PASSWORD));
    command.timeout = Duration::from_secs(3);
    let (bound, _output) = run(&connection, &command).await;
    let End::TimedOut(stopped) = bound.end else {
        panic!("{bound:?}")
    };
    assert!(stopped.verified, "{stopped:?}");
    let mut detached = Detached::new();
    let (settled, _output) = launch(&connection, &command, &mut detached).await.unwrap();
    let End::TimedOut(stopped) = &settled.end else {
        panic!("{settled:?}")
    };
    assert!(stopped.verified, "{stopped:?}");
    assert_eq!(processes_with(&connection, &seconds).await, 0);
}

#[tokio::test]
async fn a_file_is_written_as_another_user() {
    let Some(person) = Person::new("ALL=(ALL) ALL") else {
        return;
    };
    let (server, connection) = person.connect().await;
    let path = server.folder().join("file");
    let upload = |password: &str| Upload {
        path: path.display().to_string(),
        content: vec![0, 10, 200].into(),
        mode: 0o640,
        owner: None,
        sudo: Some(Sudo::new("root", Some(password.to_owned().into())).unwrap()),
        overwrite: Overwrite::Refuse,
        timeout: Duration::from_secs(30),
    };
    let token = CancellationToken::new();
    let refused = connection.upload(&upload("wrong"), &token).await;
    assert!(
        matches!(refused, Err(CopyError::NotBecome(_))),
        "{refused:?}"
    );
    assert!(!path.exists());
    let done = connection.upload(&upload(PASSWORD), &token).await.unwrap();
    assert!(done.verified);
    assert_eq!(fs::read(&path).unwrap(), [0, 10, 200]);
    assert_eq!(fs::metadata(&path).unwrap().uid(), 0);
}
