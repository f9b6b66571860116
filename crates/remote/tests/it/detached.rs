//! Commands that outlive their connection: started once, followed from anywhere, stopped for good.

use std::path::{Path, PathBuf};
use std::time::Duration;

use remote::{
    Collected, Command, DetachError, Detached, End, ExecError, Limits, Settled, Shell,
    SshConnection,
};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::sshd::{Sshd, SshdOptions};
use crate::support::{connect, processes_with, unique_seconds};

fn limits(seconds: u64) -> Limits {
    Limits {
        deadline: Instant::now() + Duration::from_secs(seconds),
        grace: Duration::from_secs(2),
        sudo: None,
    }
}

pub(crate) async fn launch(
    connection: &SshConnection,
    command: &Command,
    detached: &mut Detached,
) -> Result<(Settled, Collected), DetachError> {
    let mut output = Collected::up_to(64 << 20);
    let token = CancellationToken::new();
    let launched = connection.launch(command, detached, &mut output, &token);
    Ok((launched.await?, output))
}

pub(crate) async fn follow(
    connection: &SshConnection,
    detached: &mut Detached,
) -> Result<(Settled, Collected), DetachError> {
    let mut output = Collected::up_to(64 << 20);
    let token = CancellationToken::new();
    let followed = connection.follow(detached, limits(30), &mut output, &token);
    Ok((followed.await?, output))
}

/// Where the commands of the user who runs the tests leave their traces.
pub(crate) fn folder(token: &str) -> PathBuf {
    let home = std::env::home_dir().unwrap();
    home.join(".opsconductor").join(token)
}

pub(crate) async fn until_gone(path: &Path) {
    for _ in 0..200 {
        if !path.exists() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("{} is still there", path.display());
}

#[tokio::test]
async fn a_quick_command_tells_all_at_once_and_leaves_nothing() {
    let server = Sshd::start().await;
    let connection = connect(&server).await;
    let mut command = Command::new(Shell::Sh, "cat; echo \"$X\"; printf oops >&2; exit 7");
    command.stdin = common::secret::Secret::new(b"a\\n\0b\n\xff".to_vec());
    command.env = vec![("X".to_owned(), "it's".to_owned().into())];
    let mut detached = Detached::new();
    let (settled, output) = launch(&connection, &command, &mut detached).await.unwrap();
    assert_eq!(settled.end, End::Exited(7));
    assert_eq!(output.stdout, b"a\\n\0b\n\xffit's\n");
    assert_eq!(output.stderr, b"oops");
    let folder = folder(detached.token());
    assert!(folder.exists());
    settled.forget().await;
    until_gone(&folder).await;
}

#[tokio::test]
async fn every_shell_can_be_detached() {
    let server = Sshd::start().await;
    let connection = connect(&server).await;
    for shell in [Shell::Sh, Shell::Bash, Shell::Dash] {
        let command = Command::new(shell, "echo one\necho two");
        let (settled, output) = launch(&connection, &command, &mut Detached::new())
            .await
            .unwrap();
        assert_eq!(
            (settled.end, output.stdout_text()),
            (End::Exited(0), "one\ntwo\n".to_owned())
        );
    }
}

#[tokio::test]
async fn a_command_goes_on_without_its_connection_and_its_output_is_whole() {
    let server = Sshd::start().await;
    let ledger = server.folder().join("ledger");
    let text = format!(
        "echo x >> {}; for i in 1 2 3 4 5 6 7 8 9; do echo line $i; echo err $i >&2; sleep 0.3; done",
        ledger.display()
    );
    let command = Command::new(Shell::Bash, text);
    let mut detached = Detached::new();
    let first = connect(&server).await;
    let mut before = Collected::up_to(1 << 20);
    let never = CancellationToken::new();
    tokio::select! {
        ended = first.launch(&command, &mut detached, &mut before, &never) => panic!("{ended:?}"),
        () = tokio::time::sleep(Duration::from_millis(1600)) => {}
    }
    first.close().await;
    drop(first);
    assert!(!before.stdout.is_empty(), "nothing was seen before");
    let second = connect(&server).await;
    let (settled, after) = follow(&second, &mut detached).await.unwrap();
    assert_eq!(settled.end, End::Exited(0));
    let whole: String = (1..=9).map(|i| format!("line {i}\n")).collect();
    assert_eq!(before.stdout_text() + &after.stdout_text(), whole);
    assert_eq!(
        before.stderr_text() + &after.stderr_text(),
        whole.replace("line", "err")
    );
    let (again, all) = follow(&second, &mut Detached::known(detached.token().to_owned()))
        .await
        .unwrap();
    assert_eq!((again.end, all.stdout_text()), (End::Exited(0), whole));
    assert_eq!(std::fs::read_to_string(ledger).unwrap(), "x\n");
    settled.forget().await;
    until_gone(&folder(detached.token())).await;
}

#[tokio::test]
async fn what_a_login_shell_says_costs_no_output() {
    let noisy = r#"command="echo noise; echo noise >&2; eval \"$SSH_ORIGINAL_COMMAND\"""#;
    let options = SshdOptions {
        key_options: noisy.to_owned(),
        ..SshdOptions::default()
    };
    let server = Sshd::start_with(options).await;
    let connection = connect(&server).await;
    for seconds in ["0", "2"] {
        let text = format!("echo out; echo err >&2; sleep {seconds}; echo end");
        let mut detached = Detached::new();
        let command = Command::new(Shell::Sh, text);
        let (settled, output) = launch(&connection, &command, &mut detached).await.unwrap();
        assert_eq!(settled.end, End::Exited(0));
        assert_eq!(output.stdout_text(), "out\nend\n");
        assert_eq!(output.stderr_text(), "err\n");
        settled.forget().await;
    }
}

#[tokio::test]
async fn one_token_starts_one_command() {
    let server = Sshd::start().await;
    let connection = connect(&server).await;
    let ledger = server.folder().join("ledger");
    let command = Command::new(
        Shell::Sh,
        format!("echo x >> {}; echo done", ledger.display()),
    );
    let mut detached = Detached::new();
    for _ in 0..3 {
        let mut again = Detached::known(detached.token().to_owned());
        let (settled, output) = launch(&connection, &command, &mut again).await.unwrap();
        assert_eq!(
            (settled.end, output.stdout_text()),
            (End::Exited(0), "done\n".to_owned())
        );
    }
    let (settled, _output) = follow(&connection, &mut detached).await.unwrap();
    assert_eq!(settled.end, End::Exited(0));
    assert_eq!(std::fs::read_to_string(ledger).unwrap(), "x\n");
    settled.forget().await;
    until_gone(&folder(detached.token())).await;
}

#[tokio::test]
async fn a_command_that_was_not_started_is_known_for_that_and_never_will_be() {
    let server = Sshd::start().await;
    let connection = connect(&server).await;
    let mut detached = Detached::new();
    let error = follow(&connection, &mut detached).await.unwrap_err();
    assert_eq!(error, DetachError::Never);
    let late = launch(&connection, &Command::new(Shell::Sh, "true"), &mut detached).await;
    assert_eq!(late.unwrap_err(), DetachError::Never);
    std::fs::remove_dir_all(folder(detached.token())).unwrap();
}

#[tokio::test]
async fn a_command_whose_keeper_was_killed_is_of_unknown_end() {
    let server = Sshd::start().await;
    let connection = connect(&server).await;
    let seconds = unique_seconds();
    let command = Command::new(Shell::Sh, format!("echo begun; sleep {seconds}"));
    let mut detached = Detached::new();
    let token = detached.token().to_owned();
    let kill = async {
        let folder = folder(&token);
        loop {
            let sup = std::fs::read_to_string(folder.join("sup")).unwrap_or_default();
            let out = std::fs::read_to_string(folder.join("out")).unwrap_or_default();
            if let Some(pid) = sup
                .split(' ')
                .next()
                .filter(|_| sup.contains(' ') && !out.is_empty())
            {
                std::process::Command::new("kill")
                    .args(["-KILL", pid])
                    .status()
                    .unwrap();
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let (ended, ()) = tokio::join!(launch(&connection, &command, &mut detached), kill);
    assert_eq!(ended.unwrap_err(), DetachError::Gone);
    std::process::Command::new("pkill")
        .args(["-f", &seconds])
        .status()
        .unwrap();
    std::fs::remove_dir_all(folder(&token)).unwrap();
}

#[tokio::test]
async fn a_canceled_command_is_ended_with_its_group_and_seen_to_be_gone() {
    let server = Sshd::start().await;
    let connection = connect(&server).await;
    let seconds = unique_seconds();
    for (text, word) in [
        (format!("sleep {seconds} & sleep {seconds}"), "ended"),
        (
            format!("trap '' TERM; while :; do sleep {seconds}; done"),
            "killed",
        ),
    ] {
        let mut detached = Detached::new();
        let mut output = Collected::up_to(1024);
        let cancel = CancellationToken::new();
        let mut command = Command::new(Shell::Bash, text);
        command.grace = Duration::from_millis(400);
        let wish = async {
            tokio::time::sleep(Duration::from_millis(1500)).await;
            cancel.cancel();
        };
        let running = connection.launch(&command, &mut detached, &mut output, &cancel);
        let (ended, ()) = tokio::join!(running, wish);
        let settled = ended.unwrap();
        let End::Canceled(stopped) = &settled.end else {
            panic!("{settled:?}")
        };
        assert!(
            stopped.verified && stopped.detail.contains(word),
            "{stopped:?}"
        );
        assert_eq!(processes_with(&connection, &seconds).await, 0);
        settled.forget().await;
        until_gone(&folder(detached.token())).await;
    }
}

#[tokio::test]
async fn a_command_is_ended_when_its_time_is_up_also_by_whoever_follows_it() {
    let server = Sshd::start().await;
    let connection = connect(&server).await;
    let seconds = unique_seconds();
    let mut command = Command::new(Shell::Sh, format!("echo begun; sleep {seconds}"));
    command.timeout = Duration::from_millis(500);
    let (settled, output) = launch(&connection, &command, &mut Detached::new())
        .await
        .unwrap();
    assert!(
        matches!(&settled.end, End::TimedOut(stopped) if stopped.verified),
        "{settled:?}"
    );
    assert_eq!(output.stdout_text(), "begun\n");
    assert_eq!(processes_with(&connection, &seconds).await, 0);
    settled.forget().await;
}

#[tokio::test]
async fn much_output_comes_through_byte_for_byte() {
    let server = Sshd::start().await;
    let connection = connect(&server).await;
    let text = "head -c 20000000 /dev/zero | tr '\\0' '\\377'; printf end; printf fin >&2";
    let (settled, output) = launch(
        &connection,
        &Command::new(Shell::Sh, text),
        &mut Detached::new(),
    )
    .await
    .unwrap();
    assert_eq!(settled.end, End::Exited(0));
    assert_eq!(output.stdout.len(), 20_000_003);
    assert!(output.stdout.starts_with(&[0xff; 1000]) && output.stdout.ends_with(b"\xffend"));
    assert_eq!(output.stderr_text(), "fin");
    settled.forget().await;
}

#[tokio::test]
async fn text_and_input_never_stand_on_a_command_line_or_in_a_file() {
    let server = Sshd::start().await;
    let connection = connect(&server).await;
    let seconds = unique_seconds();
    let mut command = Command::new(
        Shell::Bash,
        format!("secret=hunter{seconds}; cat >/dev/null; sleep 1"),
    );
    command.stdin = common::secret::Secret::new(format!("pass{seconds}").into_bytes());
    let mut detached = Detached::new();
    let token = detached.token().to_owned();
    let look = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let found = processes_with(&connection, &format!("[h]unter{seconds}")).await;
        let mut files = Vec::new();
        for file in std::fs::read_dir(folder(&token)).unwrap() {
            files.extend(std::fs::read(file.unwrap().path()).unwrap());
        }
        (found, String::from_utf8(files).unwrap())
    };
    let (ended, (found, files)) = tokio::join!(launch(&connection, &command, &mut detached), look);
    assert_eq!(found, 0);
    assert!(!files.contains(&seconds), "{files}");
    ended.unwrap().0.forget().await;
}

#[tokio::test]
async fn what_no_shell_can_take_is_refused_before_anything_is_made() {
    let server = Sshd::start().await;
    let connection = connect(&server).await;
    let mut detached = Detached::new();
    let command = Command::new(Shell::Sh, "x\0y");
    let refused = launch(&connection, &command, &mut detached).await;
    assert!(
        matches!(
            refused,
            Err(DetachError::Exec {
                error: ExecError::BadCommand(_),
                started: false
            })
        ),
        "{refused:?}"
    );
    assert!(!folder(detached.token()).exists());
}
