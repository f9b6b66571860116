use std::future::{Future, ready};

use common::secret::Secret;
use remote::{Collected, Command, End, ExecError, OutputSink, Reach, Shell, Stream};
use tokio_util::sync::CancellationToken;

use crate::sshd::{Sshd, SshdOptions};
use crate::support::{connect, run, sh};

#[tokio::test]
async fn exit_codes_arrive_as_they_are() {
    let server = Sshd::start().await;
    let connection = connect(&server).await;
    for code in [0, 1, 7, 253, 254, 255] {
        assert_eq!(sh(&connection, &format!("exit {code}")).await.0, code);
    }
    assert_eq!(sh(&connection, "no-such-program-here").await.0, 127);
}

#[tokio::test]
async fn death_by_a_signal_is_told_apart() {
    let server = Sshd::start().await;
    let connection = connect(&server).await;
    for signal in ["KILL", "TERM", "SEGV"] {
        let line = format!("kill -{signal} $$; echo still here");
        let (outcome, output) = run(&connection, &Command::new(Shell::Bash, line)).await;
        assert_eq!(
            outcome.end,
            End::Signaled {
                signal: signal.to_owned()
            }
        );
        assert_eq!(output.stdout_text(), "");
    }
}

#[tokio::test]
async fn the_streams_are_kept_apart_and_whole() {
    let server = Sshd::start().await;
    let connection = connect(&server).await;
    let (outcome, output) = run(
        &connection,
        &Command::new(Shell::Sh, "echo out; echo err >&2; printf 'no end'"),
    )
    .await;
    assert_eq!(outcome.end, End::Exited(0));
    assert_eq!(outcome.reach, Reach::Group);
    assert_eq!(output.stdout_text(), "out\nno end");
    assert_eq!(output.stderr_text(), "err\n");
}

#[tokio::test]
async fn scripts_survive_the_way_unchanged() {
    let server = Sshd::start().await;
    let connection = connect(&server).await;
    let script = "#!/bin/sh\n# Kommentar: āĂ \u{81} '\"\nprintf '%s\\n' 'a\\nb' \"c\\\\d\" $((1+1)) 'āĂß'\n\
                  if true; then\n\tcat <<'X'\nhere $HOME \\\nX\nfi\nprintf '%s' \"$#$1\"";
    for shell in [Shell::Sh, Shell::Bash, Shell::Dash] {
        let (outcome, output) = run(&connection, &Command::new(shell, script)).await;
        assert_eq!(
            outcome.end,
            End::Exited(0),
            "{shell}: {}",
            output.stderr_text()
        );
        assert_eq!(
            output.stdout_text(),
            "a\\nb\nc\\d\n2\nāĂß\nhere $HOME \\\n0",
            "{shell}"
        );
    }
}

#[tokio::test]
async fn input_and_environment_reach_the_command_and_not_the_command_line() {
    let server = Sshd::start().await;
    let connection = connect(&server).await;
    for shell in [Shell::Sh, Shell::Bash] {
        let mut command = Command::new(
            shell,
            "cat; printf '<%s>' \"$TOKEN\"; cat /proc/$$/cmdline | tr '\\0' ' '; echo hunter2 >/dev/null",
        );
        command.stdin = Secret::new(b"line one\n\xff\x00bytes".to_vec());
        command
            .env
            .push(("TOKEN".to_owned(), "it's \\n secret\n!".to_owned().into()));
        let (outcome, output) = run(&connection, &command).await;
        assert_eq!(outcome.end, End::Exited(0));
        let expected = b"line one\n\xff\x00bytes<it's \\n secret\n!>";
        assert!(
            output.stdout.starts_with(expected),
            "{}",
            output.stdout_text()
        );
        let command_line = String::from_utf8_lossy(output.stdout.get(expected.len()..).unwrap());
        assert!(command_line.contains("printf"), "{command_line}");
        assert!(!command_line.contains("hunter2") && !command_line.contains("secret"));
    }
}

#[tokio::test]
async fn a_command_that_reads_nothing_ends_all_the_same() {
    let server = Sshd::start().await;
    let connection = connect(&server).await;
    let mut command = Command::new(Shell::Sh, "exit 3");
    command.stdin = Secret::new(vec![b'x'; 8 << 20]);
    let (outcome, _output) = run(&connection, &command).await;
    assert_eq!(outcome.end, End::Exited(3));
}

#[tokio::test]
async fn a_long_script_is_read_in_no_time() {
    let server = Sshd::start().await;
    let connection = connect(&server).await;
    let script = format!("{}echo end", "# filler of a long script\n".repeat(12_000));
    let (outcome, output) = run(&connection, &Command::new(Shell::Sh, script)).await;
    assert_eq!(
        (outcome.end, output.stdout_text().as_str()),
        (End::Exited(0), "end\n")
    );
}

#[tokio::test]
async fn words_of_the_login_shell_do_not_hide_the_command() {
    let options = SshdOptions {
        key_options:
            "command=\"echo hello >&2; printf ugly >&2; eval \\\"$SSH_ORIGINAL_COMMAND\\\"\""
                .to_owned(),
        ..SshdOptions::default()
    };
    let server = Sshd::start_with(options).await;
    let connection = connect(&server).await;
    let (outcome, output) = run(
        &connection,
        &Command::new(Shell::Sh, "echo err >&2; exit 4"),
    )
    .await;
    assert_eq!(outcome.end, End::Exited(4));
    assert_eq!(outcome.reach, Reach::Group);
    assert_eq!(output.stderr_text(), "hello\nuglyerr\n");
}

async fn never_started(server: &Sshd, command: &Command) -> (Option<u32>, String) {
    let connection = connect(server).await;
    let mut output = Collected::up_to(1000);
    let ended = connection
        .run(command, &mut output, &CancellationToken::new())
        .await;
    let error = ended.unwrap_err();
    assert!(!error.may_have_started());
    let ExecError::NeverStarted { code } = error else {
        panic!("{error}")
    };
    (code, output.stderr_text())
}

#[tokio::test]
async fn a_missing_shell_says_so() {
    let server = Sshd::start().await;
    let (code, said) = never_started(&server, &Command::new(Shell::Zsh, "echo hi")).await;
    assert_eq!(code, Some(127));
    assert!(said.contains("zsh"), "{said}");
}

#[tokio::test]
async fn an_account_that_runs_something_else_is_no_success() {
    let options = SshdOptions {
        config: vec!["ForceCommand echo no shell for you >&2".to_owned()],
        ..SshdOptions::default()
    };
    let server = Sshd::start_with(options).await;
    let (code, said) = never_started(&server, &Command::new(Shell::Sh, "echo hi")).await;
    assert_eq!((code, said.as_str()), (Some(0), "no shell for you\n"));
}

#[tokio::test]
async fn what_cannot_be_run_is_refused_before_anything_is_sent() {
    let server = Sshd::start().await;
    let connection = connect(&server).await;
    let mut output = Collected::up_to(10);
    let command = Command::new(Shell::Sh, "a\0b");
    let error = connection
        .run(&command, &mut output, &CancellationToken::new())
        .await
        .unwrap_err();
    assert!(matches!(error, ExecError::BadCommand(_)), "{error}");
    assert!(!error.may_have_started());
}

/// Counts bytes and forgets them.
#[derive(Default)]
struct Counter(u64);

impl OutputSink for Counter {
    fn write(&mut self, _stream: Stream, bytes: &[u8]) -> impl Future<Output = ()> + Send {
        self.0 += u64::try_from(bytes.len()).unwrap();
        ready(())
    }
}

fn peak_memory_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_hundred_megabytes_pass_through_little_memory() {
    let server = Sshd::start().await;
    let connection = connect(&server).await;
    let before = peak_memory_kib();
    let mut counter = Counter::default();
    let command = Command::new(
        Shell::Sh,
        "head -c 104857600 /dev/zero; head -c 1000 /dev/zero >&2",
    );
    let outcome = connection
        .run(&command, &mut counter, &CancellationToken::new())
        .await
        .unwrap();
    assert_eq!(outcome.end, End::Exited(0));
    assert_eq!(counter.0, 104_857_600 + 1000);
    let grown = peak_memory_kib() - before;
    assert!(grown < 32 * 1024, "{grown} KiB");
}

#[tokio::test]
async fn many_commands_share_a_connection() {
    let server = Sshd::start().await;
    let connection = connect(&server).await;
    let lines: Vec<String> = (0..8).map(|n| format!("sleep 0.2; echo {n}")).collect();
    let all = lines.iter().map(|line| sh(&connection, line));
    let ended = futures_util::future::join_all(all).await;
    for (n, (code, output)) in ended.into_iter().enumerate() {
        assert_eq!((code, output), (0, format!("{n}\n")));
    }
}

#[tokio::test]
async fn a_broken_connection_says_whether_the_command_may_have_run() {
    let mut server = Sshd::start().await;
    let connection = connect(&server).await;
    let (sender, mut receiver) = tokio::sync::mpsc::channel(16);
    let mut sink = sender;
    let token = CancellationToken::new();
    let command = Command::new(Shell::Sh, "echo ready; sleep 60");
    let running = connection.run(&command, &mut sink, &token);
    let breaking = async {
        receiver.recv().await.unwrap();
        server.crash();
    };
    let (ended, ()) = tokio::join!(running, breaking);
    let error = ended.unwrap_err();
    assert_eq!(error.reason(), "lost_connection", "{error}");
    assert!(error.may_have_started());
    assert!(connection.is_closed());

    let again = connection
        .run(&command, &mut sink, &token)
        .await
        .unwrap_err();
    assert_eq!(again.reason(), "lost_connection");
    assert!(!again.may_have_started());
}

#[tokio::test]
async fn a_channel_that_is_refused_is_asked_for_until_another_is_free() {
    let options = SshdOptions {
        config: vec!["MaxSessions 1".to_owned()],
        ..SshdOptions::default()
    };
    let server = Sshd::start_with(options).await;
    let connection = connect(&server).await;
    let (first, second) = tokio::join!(
        sh(&connection, "echo first; sleep 0.5"),
        sh(&connection, "echo second; sleep 0.5"),
    );
    assert_eq!(first, (0, "first\n".to_owned()));
    assert_eq!(second, (0, "second\n".to_owned()));
}
