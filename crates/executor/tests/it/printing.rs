//! What steps print, as it lies in files and is told in the log of the run.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use runlog::{Gap, Mark, Piece, Source, StepLog, Stream};
use serde_json::{Value, json};

use crate::bench::{Bench, CREDENTIAL};
use crate::process::Process;

/// What is in the files of a claim.
#[derive(Debug, Default)]
struct Found {
    bytes: Vec<u8>,
    by_stream: Vec<(Stream, Vec<u8>)>,
    gaps: Vec<Gap>,
}

impl Bench {
    /// Events of a run: kind and data, in order.
    async fn events(&self, run: i64) -> Vec<(String, Value)> {
        let rows = sqlx::query!(
            "SELECT kind, data FROM runs.event WHERE run_id = $1 ORDER BY seq",
            run
        );
        let rows = rows.fetch_all(&self.root).await.expect("events");
        rows.into_iter().map(|row| (row.kind, row.data)).collect()
    }

    /// Events about output.
    async fn told(&self, run: i64) -> Vec<Value> {
        let events = self.events(run).await;
        let output = events.into_iter().filter(|(kind, _)| kind == "output");
        output.map(|(_, data)| data).collect()
    }

    /// All that the first step of a run has printed with its last claim.
    async fn printed(&self, run: i64) -> Found {
        let row = sqlx::query!(
            "SELECT step_id, o.epoch, bytes, lines FROM runs.output o JOIN runs.step s ON s.id = o.step_id
             WHERE run_id = $1 ORDER BY idx, o.epoch DESC LIMIT 1",
            run
        );
        let row = row.fetch_one(&self.root).await.expect("output");
        let source = Source {
            run,
            step: row.step_id,
            epoch: row.epoch,
        };
        let end = Mark {
            bytes: row.bytes as u64,
            lines: row.lines as u64,
        };
        let log = StepLog::open(&self.output, source).expect("files");
        let mut found = Found::default();
        log.visit(Mark::default()..end, |piece| {
            match piece {
                Piece::Frame(frame) => {
                    found.bytes.extend_from_slice(frame.bytes);
                    found.by_stream.push((frame.stream, frame.bytes.to_vec()));
                }
                Piece::Gap(gap) => found.gaps.push(gap),
            }
            ControlFlow::Continue(())
        })
        .expect("files");
        found
    }
}

#[tokio::test]
async fn output_is_told_while_the_step_runs() {
    let bench = Bench::new().await;
    let _executor = bench.executor().await;
    let script = "echo one; sleep 1; echo two; sleep 1; echo three >&2; sleep 20";
    // Over its connection: one that is followed is looked at a few times a second only.
    let step = bench.exec(script).bound();
    let run = bench.run(&[step]).await;
    let mut seen = Vec::new();
    let begun = Instant::now();
    while seen.len() < 3 && begun.elapsed() < Duration::from_secs(20) {
        let told = bench.told(run).await;
        if told.len() > seen.len() {
            seen.push(begun.elapsed());
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let (events, steps) = (bench.events(run).await, bench.steps(run).await);
    assert_eq!(seen.len(), 3, "{events:?} {steps:?}");
    let found = bench.printed(run).await;
    assert_eq!(found.bytes, b"one\ntwo\nthree\n");
    assert_eq!(found.by_stream[2].0, Stream::Stderr);
    let pauses = [seen[1] - seen[0], seen[2] - seen[1]];
    let is_live = pauses.iter().all(|pause| pause.as_millis() > 300);
    assert!(is_live, "{seen:?}");
    assert_eq!(bench.status(run).await.0, "running");
    bench.cancel(run).await;
    bench.ended(run).await;
    let found = bench.printed(run).await;
    let (stream, note) = found.by_stream.last().expect("a note");
    assert_eq!(*stream, Stream::System);
    assert!(note.starts_with(b"Stopped as wished"), "{found:?}");
}

#[tokio::test]
async fn the_output_of_a_quick_step_comes_before_its_end_in_one_event() {
    let bench = Bench::new().await;
    let _executor = bench.executor().await;
    let run = bench.run(&[bench.exec("echo quick; echo more >&2")]).await;
    assert_eq!(bench.ended(run).await, "succeeded");
    let events = bench.events(run).await;
    let kinds: Vec<&str> = events.iter().map(|(kind, _)| kind.as_str()).collect();
    let last = kinds.len() - 3..;
    assert_eq!(kinds[last], ["output", "step.succeeded", "run.succeeded"]);
    let told = bench.told(run).await;
    let all: i64 = told.iter().filter_map(|data| data["length"].as_i64()).sum();
    assert_eq!(all, 11, "{told:?}");
}

#[tokio::test]
async fn why_a_step_could_not_begin_is_output_as_well() {
    let bench = Bench::new().await;
    let _executor = bench.executor().await;
    let step = bench.exec("true").target("port", json!(1));
    let run = bench.run(&[step]).await;
    assert_eq!(bench.ended(run).await, "failed");
    let found = bench.printed(run).await;
    assert_eq!(found.by_stream[0].0, Stream::System);
    assert_eq!(bench.steps(run).await[0].err().as_bytes(), found.bytes);
}

#[tokio::test]
async fn bytes_that_are_no_text_are_kept_as_they_are() {
    let bench = Bench::new().await;
    let _executor = bench.executor().await;
    let script = r"printf 'a\000b\377\376\033[31mred\033[0m\r\nend'";
    let run = bench.run(&[bench.exec(script)]).await;
    bench.ended(run).await;
    let found = bench.printed(run).await;
    assert_eq!(found.bytes, b"a\0b\xff\xfe\x1b[31mred\x1b[0m\r\nend");
}

#[tokio::test]
async fn secrets_are_masked_before_they_reach_a_file() {
    let bench = Bench::new().await;
    let _executor = bench.executor().await;
    let passphrase = "open-sesame";
    let key = bench.sshd.accepted_key("ed25519", passphrase);
    bench.credentials.keep(
        CREDENTIAL,
        json!({"username": bench.sshd.user(), "private_key": key, "passphrase": passphrase}),
    );
    let script =
        "echo pass open-sesame; printf open-; sleep 0.4; printf ses; sleep 0.4; echo ame done";
    let run = bench.run(&[bench.exec(script)]).await;
    assert_eq!(bench.ended(run).await, "succeeded");
    let found = bench.printed(run).await;
    assert_eq!(
        String::from_utf8_lossy(&found.bytes),
        "pass ***\n*** done\n"
    );
    let folder = runlog::run_folder(&bench.output, run);
    for entry in std::fs::read_dir(folder).expect("the folder") {
        let raw = std::fs::read(entry.expect("a file").path()).expect("its bytes");
        assert!(!String::from_utf8_lossy(&raw).contains("sesame"));
    }
}

#[tokio::test]
async fn the_middle_of_too_much_output_is_left_out_and_counted() {
    let bench = Bench::new().await;
    let _executor = bench
        .executor_with(|config| config.output_caps.step_bytes = 400_000)
        .await;
    let run = bench.run(&[bench.exec("seq 1 400000")]).await;
    assert_eq!(bench.ended(run).await, "succeeded");
    let all: Vec<u8> = (1..=400_000_u32)
        .flat_map(|n| format!("{n}\n").into_bytes())
        .collect();
    let found = bench.printed(run).await;
    assert_eq!(found.gaps.len(), 1, "{:?}", found.gaps);
    let gap = found.gaps[0];
    let (from, length) = (gap.start.bytes as usize, gap.bytes as usize);
    let missing = &all[from..from + length];
    assert_eq!(gap.lines, runlog::line_ends(missing));
    assert_eq!(found.bytes, [&all[..from], &all[from + length..]].concat());
    let kept = found.bytes.len();
    assert!((250_000..=400_000).contains(&kept), "{kept}");
    assert_eq!(bench.steps(run).await[0].metrics.get("log_degraded"), None);
}

#[tokio::test]
async fn a_disk_that_refuses_costs_output_only_and_is_used_again() {
    let bench = Bench::new().await;
    // Nothing can be made below a file; not even root can.
    let root = bench.sshd.folder().join("disk");
    std::fs::write(&root, b"full").expect("a file");
    let output = root.join("output");
    let _executor = bench
        .executor_with(|config| config.output_dir = output.clone())
        .await;
    let mark = bench.path("mark");
    let script = format!("echo first; while ! [ -e {mark} ]; do sleep 0.05; done; echo second");
    let run = bench.run(&[bench.exec(&script)]).await;
    let told = testkit::wait::until("the loss", async || bench.told(run).await.pop()).await;
    assert_eq!(
        (&told["log_degraded"], &told["lost_bytes"]),
        (&json!(true), &json!(6))
    );
    std::fs::remove_file(&root).expect("room again");
    std::fs::write(&mark, b"").expect("the mark");
    assert_eq!(bench.ended(run).await, "succeeded");
    let step = bench.steps(run).await.remove(0);
    assert_eq!(step.out(), "first\nsecond\n");
    assert_eq!(step.metrics["log_degraded"], json!(true));
    assert_eq!(step.metrics["log_lost_bytes"], json!(6));
    let mut bench = bench;
    bench.output = output;
    let found = bench.printed(run).await;
    assert_eq!(found.bytes, b"second\n");
    assert_eq!((found.gaps[0].bytes, found.gaps[0].lines), (6, 1));
}

#[tokio::test]
#[ignore = "a measurement: takes long without optimisation"]
async fn a_gibibyte_of_output_fits_into_64_mib() {
    let bench = Bench::new().await;
    let executor = Process::start(&bench, &[]);
    let commands = [
        "yes 'a line of usual length, with some words in it' | head -c 1073741824",
        "head -c 1073741824 /dev/zero",
        "openssl enc -aes-128-ctr -pass pass:x -nosalt </dev/zero 2>/dev/null | head -c 268435456",
    ];
    for command in commands {
        let run = bench.run(&[bench.exec(command)]).await;
        bench
            .wait(run, &["succeeded"], Duration::from_secs(55))
            .await;
        let step = bench.steps(run).await.remove(0);
        let found = bench.printed(run).await;
        let total = found.bytes.len() as u64 + found.gaps[0].bytes;
        let (ms, told) = (
            step.metrics["run_ms"].as_u64().expect("a time"),
            bench.told(run).await.len(),
        );
        let peak = executor.peak_memory_kib();
        println!(
            "{command}: {} MB/s, {told} events, peak {peak} KiB, gap {:?}, metrics {}",
            total / 1000 / ms,
            found.gaps,
            step.metrics
        );
        assert_eq!(step.metrics["bytes_out"], total);
        assert!(peak < 64 * 1024, "{peak} KiB");
    }
}
