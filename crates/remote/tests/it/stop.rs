use std::time::{Duration, Instant};

use remote::{Chunk, Collected, Command, End, Reach, Shell, SshConnection, Stopped};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::sshd::{Sshd, SshdOptions};
use crate::support::{connect, processes_with, run, unique_seconds};

/// Runs a command that prints `ready`, and cancels it then.
async fn cancel_when_ready(connection: &SshConnection, command: &Command) -> Stopped {
    let (mut sink, mut output) = mpsc::channel::<Chunk>(16);
    let token = CancellationToken::new();
    let wish = async {
        let first = output.recv().await.unwrap();
        assert_eq!(first.bytes, "ready\n");
        token.cancel();
        // What follows is of no interest.
        while output.recv().await.is_some() {}
    };
    let running = async {
        let outcome = connection.run(command, &mut sink, &token).await.unwrap();
        drop(sink);
        outcome
    };
    let (outcome, ()) = tokio::join!(running, wish);
    let End::Canceled(stopped) = outcome.end else {
        panic!("{outcome:?}")
    };
    stopped
}

#[tokio::test]
async fn a_command_is_ended_on_the_target_when_its_time_is_up() {
    let server = Sshd::start().await;
    let connection = connect(&server).await;
    let seconds = unique_seconds();
    let mut command = Command::new(
        Shell::Bash,
        format!("sleep {seconds} & sleep {seconds}; echo not reached"),
    );
    command.timeout = Duration::from_millis(700);
    let began = Instant::now();
    let (outcome, output) = run(&connection, &command).await;
    let End::TimedOut(stopped) = &outcome.end else {
        panic!("{outcome:?}")
    };
    assert!(stopped.verified, "{stopped:?}");
    assert_eq!(stopped.reach, Reach::Group);
    assert!(
        began.elapsed() < Duration::from_secs(5),
        "{:?}",
        began.elapsed()
    );
    assert_eq!(output.stdout_text(), "");
    assert_eq!(processes_with(&connection, &seconds).await, 0);
}

#[tokio::test]
async fn a_canceled_command_is_ended_on_the_target() {
    let server = Sshd::start().await;
    let connection = connect(&server).await;
    let seconds = unique_seconds();
    let command = Command::new(Shell::Sh, format!("echo ready; sleep {seconds}"));
    let stopped = cancel_when_ready(&connection, &command).await;
    assert!(stopped.verified, "{stopped:?}");
    assert_eq!(processes_with(&connection, &seconds).await, 0);
}

#[tokio::test]
async fn a_command_that_ignores_the_request_is_killed_after_the_grace() {
    let server = Sshd::start().await;
    let connection = connect(&server).await;
    let seconds = unique_seconds();
    let mut command = Command::new(
        Shell::Bash,
        format!("trap '' TERM; echo ready; while :; do sleep {seconds}; done"),
    );
    command.grace = Duration::from_millis(400);
    let stopped = cancel_when_ready(&connection, &command).await;
    assert!(stopped.verified, "{stopped:?}");
    assert!(stopped.detail.contains("killed"), "{stopped:?}");
    assert_eq!(processes_with(&connection, &seconds).await, 0);
}

#[tokio::test]
async fn a_command_may_clean_up_within_the_grace() {
    let server = Sshd::start().await;
    let connection = connect(&server).await;
    let note = server.folder().join("cleaned");
    let command = Command::new(
        Shell::Bash,
        format!(
            "trap 'echo yes > {}; exit 0' TERM; echo ready; sleep 50 & wait",
            note.display()
        ),
    );
    let stopped = cancel_when_ready(&connection, &command).await;
    assert!(stopped.verified, "{stopped:?}");
    assert_eq!(std::fs::read_to_string(note).unwrap(), "yes\n");
}

#[tokio::test]
async fn a_flood_of_output_does_not_keep_a_command_from_being_stopped() {
    let server = Sshd::start().await;
    let connection = connect(&server).await;
    let mut command = Command::new(Shell::Sh, "yes");
    command.timeout = Duration::from_millis(500);
    let (outcome, output) = run(&connection, &command).await;
    let End::TimedOut(stopped) = &outcome.end else {
        panic!("{outcome:?}")
    };
    assert!(stopped.verified, "{stopped:?}");
    assert!(output.dropped > 0);
}

#[tokio::test]
async fn a_command_canceled_at_once_never_starts() {
    let server = Sshd::start().await;
    let connection = connect(&server).await;
    let note = server.folder().join("started");
    let token = CancellationToken::new();
    token.cancel();
    let command = Command::new(Shell::Sh, format!("touch {}", note.display()));
    let mut output = Collected::up_to(100);
    let outcome = connection.run(&command, &mut output, &token).await.unwrap();
    let End::Canceled(stopped) = &outcome.end else {
        panic!("{outcome:?}")
    };
    assert!(stopped.verified, "{stopped:?}");
    assert!(!note.exists());
}

/// A server whose commands do not lead a process group, with these programs only.
async fn server_without_groups(programs: &[&str]) -> (Sshd, tempfile::TempDir) {
    let bin = tempfile::tempdir().unwrap();
    for program in programs {
        let found = ["/usr/bin", "/bin"].map(|place| std::path::Path::new(place).join(program));
        let found = found.iter().find(|path| path.exists()).unwrap();
        std::os::unix::fs::symlink(found, bin.path().join(program)).unwrap();
    }
    // Not the last command of its shell: it gets a process of its own, in the group of the shell.
    let path = bin.path().display();
    let key_options =
        format!("command=\"PATH={path} sh -c \\\"$SSH_ORIGINAL_COMMAND\\\"; exit $?\"");
    let options = SshdOptions {
        key_options,
        ..SshdOptions::default()
    };
    (Sshd::start_with(options).await, bin)
}

#[tokio::test]
async fn a_server_that_starts_no_group_gets_one() {
    let (server, _bin) = server_without_groups(&["sh", "bash", "sleep", "setsid", "pgrep"]).await;
    let connection = connect(&server).await;
    let seconds = unique_seconds();
    let command = Command::new(Shell::Bash, format!("echo ready; sleep {seconds}; true"));
    let stopped = cancel_when_ready(&connection, &command).await;
    assert_eq!(
        (stopped.verified, stopped.reach),
        (true, Reach::Group),
        "{stopped:?}"
    );
    assert_eq!(processes_with(&connection, &seconds).await, 0);
}

#[tokio::test]
async fn where_no_group_can_be_had_the_outcome_says_so() {
    let (server, _bin) = server_without_groups(&["sh", "bash", "sleep"]).await;
    let connection = connect(&server).await;
    let command = Command::new(Shell::Bash, "echo ready; while :; do sleep 0.1; done");
    let stopped = cancel_when_ready(&connection, &command).await;
    assert_eq!(
        (stopped.verified, stopped.reach),
        (true, Reach::Process),
        "{stopped:?}"
    );
    assert!(stopped.detail.contains("setsid"), "{stopped:?}");
}

#[tokio::test]
async fn a_server_with_one_channel_leaves_the_end_unverified() {
    let options = SshdOptions {
        config: vec!["MaxSessions 1".to_owned()],
        ..SshdOptions::default()
    };
    let server = Sshd::start_with(options).await;
    let connection = connect(&server).await;
    let command = Command::new(Shell::Sh, "echo ready; sleep 3");
    let stopped = cancel_when_ready(&connection, &command).await;
    assert!(!stopped.verified, "{stopped:?}");
    assert!(stopped.detail.contains("channel"), "{stopped:?}");
}
