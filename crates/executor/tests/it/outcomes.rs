//! What becomes of steps that run to their end.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::bench::Bench;

#[tokio::test]
async fn two_steps_run_in_order_and_their_streams_stay_apart() {
    let bench = Bench::new().await;
    let _executor = bench.executor().await;
    let ledger = bench.path("ledger");
    let run = bench
        .run(&[
            bench.exec(&format!("echo one | tee -a {ledger}; echo trouble >&2")),
            bench.exec(&format!("echo two >> {ledger}; cat {ledger}")),
        ])
        .await;
    assert_eq!(bench.ended(run).await, "succeeded");
    let steps = bench.steps(run).await;
    assert_eq!((steps[0].out(), steps[0].err()), ("one\n", "trouble\n"));
    assert_eq!(
        (steps[1].out(), steps[1].exit_code),
        ("one\ntwo\n", Some(0))
    );
    for metric in ["connect_ms", "run_ms", "bytes_out", "redactions"] {
        assert!(steps[0].metrics[metric].is_u64(), "{:?}", steps[0].metrics);
    }
    assert_eq!(steps[0].metrics["bytes_out"], json!(12));
}

#[tokio::test]
async fn a_failing_step_ends_the_run() {
    let bench = Bench::new().await;
    let _executor = bench.executor().await;
    let run = bench
        .run(&[bench.exec("echo so far; exit 7"), bench.exec("echo never")])
        .await;
    assert_eq!(bench.ended(run).await, "failed");
    let steps = bench.steps(run).await;
    assert_eq!(steps[0].end(), ("failed", Some("exit_code")));
    assert_eq!((steps[0].exit_code, steps[0].out()), (Some(7), "so far\n"));
    assert_eq!(steps[1].end(), ("aborted", Some("step_failed")));
    assert!(!steps[1].is_sent);
}

#[tokio::test]
async fn on_error_decides_what_a_failure_does_to_the_run() {
    let bench = Bench::new().await;
    let _executor = bench.executor().await;
    for (word, status) in [("continue", "failed"), ("ignore", "succeeded")] {
        let steps = [
            bench.exec("exit 3").on_error(word),
            bench.exec("echo after"),
        ];
        let run = bench.run(&steps).await;
        assert_eq!(bench.ended(run).await, status, "{word}");
        let steps = bench.steps(run).await;
        assert_eq!(steps[0].end(), ("failed", Some("exit_code")));
        assert_eq!(steps[1].out(), "after\n");
    }
}

#[tokio::test]
async fn a_signal_is_told_from_an_exit_code() {
    let bench = Bench::new().await;
    let _executor = bench.executor().await;
    let step = bench.outcome(bench.exec("kill -KILL $$").bound()).await;
    assert_eq!(
        (step.end(), step.exit_code),
        (("failed", Some("signal:KILL")), None)
    );
}

#[tokio::test]
async fn a_step_that_takes_too_long_is_ended_on_the_target() {
    let bench = Bench::new().await;
    let _executor = bench.executor().await;
    let pids = bench.path("pids");
    let command = format!("echo begun; sleep 300 & echo $! > {pids}; echo $$ >> {pids}; wait");
    let begun = Instant::now();
    let step = bench.outcome(bench.exec(&command).timeout(2)).await;
    assert!(begun.elapsed() < Duration::from_secs(15));
    assert_eq!(step.end(), ("failed", Some("timed_out")));
    assert_eq!(step.out(), "begun\n");
    assert_eq!(step.metrics["stop_verified"], json!(true));
    assert!(step.err().contains("Stopped after 2 s"), "{}", step.err());
    for pid in bench.read("pids").lines() {
        assert!(!lives(pid), "{pid} lives on");
    }
}

#[tokio::test]
async fn a_canceled_step_is_ended_on_the_target() {
    let bench = Bench::new().await;
    let _executor = bench
        .executor_with(|config| config.heartbeat = Duration::from_secs(1))
        .await;
    let pid = bench.path("step_pid");
    let run = bench
        .run(&[
            bench.exec(&format!("echo $$ > {pid}; sleep 300")),
            bench.exec("echo never"),
        ])
        .await;
    let pid = bench
        .until("the step", || {
            Some(bench.read("step_pid")).filter(|pid| pid.ends_with('\n'))
        })
        .await;
    bench.cancel(run).await;
    assert_eq!(bench.ended(run).await, "canceled");
    let steps = bench.steps(run).await;
    assert_eq!(steps[0].end(), ("aborted", Some("canceled")));
    assert_eq!(
        steps[0].metrics["stop_verified"],
        json!(true),
        "{}",
        steps[0].err()
    );
    assert_eq!(steps[1].status, "aborted");
    assert!(!lives(pid.trim()));
}

#[tokio::test]
async fn a_canceled_step_alone_is_ended_and_the_next_begins() {
    let bench = Bench::new().await;
    let _executor = bench
        .executor_with(|config| config.heartbeat = Duration::from_secs(1))
        .await;
    let pid = bench.path("step_pid");
    let long = bench.exec(&format!("echo $$ > {pid}; sleep 300"));
    let run = bench
        .run(&[long.on_error("continue"), bench.exec("echo next")])
        .await;
    let pid = bench
        .until("the step", || {
            Some(bench.read("step_pid")).filter(|pid| pid.ends_with('\n'))
        })
        .await;
    let canceled = sqlx::query_scalar!(
        r#"SELECT runs.cancel_steps($1, ARRAY(SELECT id FROM runs.step WHERE run_id = $1 AND idx = 0), '1') AS "count!""#,
        run
    )
    .fetch_one(&bench.root)
    .await
    .expect("canceled");
    assert_eq!(canceled, 1);
    assert_eq!(bench.ended(run).await, "failed");
    let steps = bench.steps(run).await;
    assert_eq!(steps[0].end(), ("aborted", Some("canceled")));
    assert_eq!(steps[0].metrics["stop_verified"], json!(true));
    assert_eq!(steps[1].out(), "next\n");
    assert!(!lives(pid.trim()));
}

#[tokio::test]
async fn output_of_any_size_and_kind_is_kept_bounded() {
    let bench = Bench::new().await;
    let _executor = bench.executor().await;
    let command = r"echo first; head -c 20000000 /dev/zero | tr '\0' 'x' | fold -w 99; echo last
                    printf 'a\0b\377' >&2";
    let step = bench.outcome(bench.exec(command)).await;
    assert_eq!(step.end(), ("succeeded", None));
    let out = step.out();
    assert!(
        out.starts_with("first\nxxx") && out.ends_with("xlast\n"),
        "{}",
        out.len()
    );
    assert!(out.len() < 256 * 1024 + 100, "{}", out.len());
    let marker = out
        .lines()
        .find(|line| line.starts_with("... "))
        .expect("a marker");
    let words: Vec<&str> = marker.split(' ').collect();
    let dropped: usize = words[1].parse().expect("a number");
    let total = step.metrics["bytes_out"].as_u64().expect("bytes") as usize - 4;
    let kept = out.len() - marker.len() - 1;
    // The marker's line may need a break before it.
    assert!(
        (kept + dropped).abs_diff(total) <= 1,
        "{kept} + {dropped} of {total}"
    );
    assert_eq!(step.err(), "a\u{fffd}b\u{fffd}");
}

#[tokio::test]
async fn a_secret_never_reaches_the_output() {
    let bench = Bench::new().await;
    let key = bench.sshd.accepted_key("ed25519", "");
    let secret = "correct horse battery";
    bench.credentials.keep(
        8,
        json!({"username": bench.sshd.user(), "private_key": key, "password": secret}),
    );
    let _executor = bench.executor().await;
    let key_file = bench.path("copy");
    std::fs::write(&key_file, &key).expect("written");
    let command = format!(
        "printf 'x%sy' '{secret}'; printf '{secret}' | base64; cat {key_file} >&2; echo corr; echo end"
    );
    let step = bench
        .outcome(bench.exec(&command).credential(Some(8)))
        .await;
    assert_eq!(step.end(), ("succeeded", None));
    assert!(step.out().starts_with("x***y***"), "{}", step.out());
    assert!(step.out().ends_with("corr\nend\n"));
    let line = key.lines().nth(2).expect("a line of the key");
    assert!(!step.err().contains(line), "{}", step.err());
    assert!(
        step.metrics["redactions"].as_u64() > Some(2),
        "{}",
        step.metrics
    );
}

#[tokio::test]
async fn hostile_parameters_stay_words() {
    let bench = Bench::new().await;
    let _executor = bench.executor().await;
    let pwned = bench.path("pwned");
    let value = format!("'; touch {pwned}; \"$(touch {pwned})\" `touch {pwned}` #");
    let step = bench
        .exec(
            "printf '%s|' {{ x }} \"a {{ x }}\" '{{ x }}' {{ target.name }}; printf %s \"$E\"; cat",
        )
        .spec("env", json!({"E": "{{ x }}"}))
        .spec("stdin", json!("in {{ x }}"));
    let run = bench.run_with(&[step], json!({"x": value})).await;
    assert_eq!(bench.ended(run).await, "succeeded");
    let out = bench.steps(run).await[0].out().to_owned();
    assert_eq!(
        out,
        format!("{value}|a {value}|{value}|web-1|{value}in {value}")
    );
    assert!(!std::path::Path::new(&pwned).exists());
}

#[tokio::test]
async fn a_hole_that_cannot_be_filled_fails_the_step_before_it_is_sent() {
    let bench = Bench::new().await;
    let _executor = bench.executor().await;
    let step = bench.outcome(bench.exec("echo {{ nope }}")).await;
    assert_eq!(step.end(), ("failed", Some("bad_parameters")));
    assert!(
        step.err().contains("command") && !step.is_sent,
        "{}",
        step.err()
    );
}

#[tokio::test]
async fn a_file_is_written_as_the_step_says() {
    let bench = Bench::new().await;
    let _executor = bench.executor().await;
    let path = bench.path("{{ name }}.conf");
    let copy = bench.copy(&path, "aGVsbG8K").spec("mode", json!("0600"));
    let keep = copy.clone().spec("overwrite", json!(false));
    let run = bench.run_with(&[copy, keep], json!({"name": "app"})).await;
    assert_eq!(bench.ended(run).await, "failed");
    let steps = bench.steps(run).await;
    assert_eq!(bench.read("app.conf"), "hello\n");
    assert_eq!(steps[0].end(), ("succeeded", None));
    assert!(
        steps[0].out().starts_with("6 bytes written to "),
        "{}",
        steps[0].out()
    );
    assert_eq!(steps[1].end(), ("failed", Some("exists")));
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(bench.path("app.conf"))
        .expect("the file")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let lost = bench
        .outcome(bench.copy("/no/such/folder/file", "aGk="))
        .await;
    assert_eq!(lost.end(), ("failed", Some("parent_missing")));
}

/// Whether a process of this machine is there and no zombie.
pub(crate) fn lives(pid: &str) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit(") ")
        .next()
        .is_some_and(|rest| !rest.is_empty() && !rest.starts_with('Z'))
}
