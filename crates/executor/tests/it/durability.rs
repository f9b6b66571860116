//! Exactly one record, at most one execution: whatever happens to executors.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use service_kit::bus::{Bus, Topic};
use testkit::redis::TestRedis;

use crate::bench::Bench;
use crate::outcomes::lives;
use crate::process::Process;

const SHORT_LEASE: [(&str, &str); 3] = [
    ("EXECUTOR_LEASE_SECONDS", "4"),
    ("EXECUTOR_HEARTBEAT_SECONDS", "1"),
    ("EXECUTOR_RECOVERY_SECONDS", "1"),
];

#[tokio::test]
async fn two_executors_never_run_one_step_twice() {
    let bench = Bench::new().await;
    let ledger = bench.path("ledger");
    let mut runs = Vec::new();
    for number in 0..25 {
        let step = |idx| {
            bench
                .exec(&format!("echo {number}.{idx} >> {ledger}"))
                .spec("shell", "sh".into())
        };
        runs.push(bench.run(&[step(0), step(1), step(2), step(3)]).await);
    }
    let _first = bench.executor_with(|config| config.max_steps = 6).await;
    let _second = bench.executor_with(|config| config.max_steps = 6).await;
    let deadline = Instant::now() + Duration::from_secs(55);
    for run in &runs {
        let left = deadline.saturating_duration_since(Instant::now());
        bench.wait(*run, &["succeeded"], left).await;
    }
    let mut count: HashMap<String, usize> = HashMap::new();
    for line in bench.read("ledger").lines() {
        *count.entry(line.to_owned()).or_default() += 1;
    }
    assert_eq!(count.len(), 100);
    assert!(count.values().all(|times| *times == 1), "{count:?}");
    for run in runs {
        assert!(bench.steps(run).await.iter().all(|step| step.epoch == 1));
    }
}

#[tokio::test]
async fn a_killed_executor_costs_time_but_nothing_runs_twice_that_must_not() {
    let bench = Bench::new().await;
    let mut first = Process::start(&bench, &SHORT_LEASE);
    let once = bench.path("once");
    let again = bench.path("again");
    let step = bench.exec(&format!("echo $$ >> {once}; sleep 300")).bound();
    let careful = bench.run(&[step]).await;
    let step = bench.exec(&format!(
        "echo $$ >> {again}; [ $(wc -l < {again}) = 2 ] || sleep 300"
    ));
    let repeatable = bench.run(&[step.idempotent()]).await;
    bench
        .until("both steps", || {
            (bench.read("once").ends_with('\n') && bench.read("again").ends_with('\n'))
                .then_some(())
        })
        .await;
    first.signal("KILL").await;
    first.ended(Duration::from_secs(5)).await;
    let _second = bench.executor().await;
    assert_eq!(bench.ended(careful).await, "needs_attention");
    assert_eq!(
        bench.steps(careful).await[0].end(),
        ("unknown", Some("lost_executor"))
    );
    assert_eq!(bench.ended(repeatable).await, "succeeded");
    assert_eq!(bench.steps(repeatable).await[0].epoch, 2);
    let (once, again) = (bench.read("once"), bench.read("again"));
    assert_eq!((once.lines().count(), again.lines().count()), (1, 2));
    for group in [once.lines().next(), again.lines().next()] {
        kill_group(group.expect("a line"));
    }
}

/// Ends what an executor left running on the server of the bench.
pub(crate) fn kill_group(pid: &str) {
    std::process::Command::new("kill")
        .args(["-KILL", "--", &format!("-{}", pid.trim())])
        .status()
        .expect("kill");
}

#[tokio::test]
async fn an_executor_that_stood_still_cannot_write_any_more() {
    let bench = Bench::new().await;
    let ledger = bench.path("ledger");
    let sleeper = Process::start(&bench, &SHORT_LEASE);
    let command = format!("echo $$ >> {ledger}; sleep 1; echo attempt $(wc -l < {ledger})");
    let run = bench.run(&[bench.exec(&command).idempotent()]).await;
    bench
        .until("the first attempt", || {
            (!bench.read("ledger").is_empty()).then_some(())
        })
        .await;
    sleeper.signal("STOP").await;
    let _other = bench
        .executor_with(|config| {
            config.lease = Duration::from_secs(4);
            config.heartbeat = Duration::from_secs(1);
        })
        .await;
    assert_eq!(bench.ended(run).await, "succeeded");
    let before = bench.steps(run).await.remove(0);
    assert_eq!((before.epoch, before.out()), (2, "attempt 2\n"));
    assert_eq!(bench.audited("run.stale_write_rejected").await, 0);
    sleeper.signal("CONT").await;
    testkit::wait::until("the refusal", async || {
        (bench.audited("run.stale_write_rejected").await == 1).then_some(())
    })
    .await;
    let after = bench.steps(run).await.remove(0);
    assert_eq!(
        (after.epoch, after.out(), after.end()),
        (2, "attempt 2\n", before.end())
    );
    assert_eq!(bench.read("ledger").lines().count(), 2);
}

#[tokio::test]
async fn without_redis_a_run_starts_within_the_poll_interval() {
    let bench = Bench::new().await;
    let executor = bench.executor().await;
    testkit::wait::until("the worker", async || {
        let status = executor.viewer().get("/status").await.expect(200);
        (status["worker_running"] == true).then_some(())
    })
    .await;
    let run = bench.run(&[bench.exec("true")]).await;
    bench.ended(run).await;
    assert!(
        bench.waited(run).await < 1.5,
        "{} s",
        bench.waited(run).await
    );
}

#[tokio::test]
async fn a_hint_starts_a_run_long_before_the_timer() {
    let bench = Bench::new().await;
    let redis = TestRedis::start().await;
    let url = redis.url();
    let settings = [
        ("REDIS_URL", url.as_str()),
        ("EXECUTOR_POLL_INTERVAL_SECONDS", "300"),
    ];
    let _executor = Process::start(&bench, &settings);
    let mut common = testkit::app::settings("");
    common.redis_url = Some(url.clone());
    let bus = Bus::new(&common).expect("a bus");
    bench.ended(bench.run(&[bench.exec("true")]).await).await;
    let run = bench.run(&[bench.exec("true")]).await;
    testkit::wait::until("the run", async || {
        bus.give(Topic::RunsReady).await;
        (bench.status(run).await.0 == "succeeded").then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_step_outlives_an_outage_of_the_database_longer_than_its_lease() {
    let bench = Bench::new().await;
    let (proxy, url) = bench.cuttable().await;
    let settings = [SHORT_LEASE.as_slice(), &[("DATABASE_URL", url.as_str())]].concat();
    let _executor = Process::start(&bench, &settings);
    let ledger = bench.path("ledger");
    let command = format!("echo begun >> {ledger}; sleep 3; echo done >> {ledger}; echo result");
    let run = bench
        .run(&[bench.exec(&command), bench.exec("echo next")])
        .await;
    bench
        .until("the step", || {
            (!bench.read("ledger").is_empty()).then_some(())
        })
        .await;
    proxy.cut();
    bench
        .until("the command", || {
            bench.read("ledger").contains("done").then_some(())
        })
        .await;
    testkit::wait::until("the end of the lease", async || {
        bench.leases_ended().await.then_some(())
    })
    .await;
    assert_eq!(bench.steps(run).await[0].status, "running");
    proxy.mend();
    let mended_at = Instant::now();
    assert_eq!(bench.ended(run).await, "succeeded");
    assert!(
        mended_at.elapsed() < Duration::from_secs(5),
        "{:?}",
        mended_at.elapsed()
    );
    let steps = bench.steps(run).await;
    assert_eq!((steps[0].out(), steps[0].epoch), ("result\n", 1));
    assert_eq!(bench.read("ledger"), "begun\ndone\n");
}

#[tokio::test]
async fn a_stopping_executor_finishes_what_it_has_sent() {
    let bench = Bench::new().await;
    let mut executor = Process::start(&bench, &[]);
    let mark = bench.path("mark");
    let run = bench
        .run(&[
            bench
                .exec(&format!("touch {mark}; sleep 2; echo whole"))
                .bound(),
            bench.exec("echo later"),
        ])
        .await;
    bench
        .until("the step", || {
            std::path::Path::new(&mark).exists().then_some(())
        })
        .await;
    executor.signal("TERM").await;
    assert!(executor.ended(Duration::from_secs(20)).await.success());
    let steps = bench.steps(run).await;
    assert_eq!(
        (steps[0].end(), steps[0].out()),
        (("succeeded", None), "whole\n")
    );
    assert_eq!((steps[1].status.as_str(), steps[1].epoch), ("queued", 0));
    assert_eq!(bench.workers().await, 0);
}

#[tokio::test]
async fn a_stopping_executor_hands_back_what_it_has_not_sent() {
    let bench = Bench::new().await;
    let silent = tokio::net::TcpListener::bind(("127.0.0.1", 0))
        .await
        .expect("a port");
    let port = silent.local_addr().expect("an address").port();
    let mut executor = Process::start(&bench, &[]);
    let run = bench
        .run(&[bench.exec("true").target("port", port.into())])
        .await;
    let (_connection, _) = silent.accept().await.expect("it connects");
    executor.signal("TERM").await;
    assert!(executor.ended(Duration::from_secs(10)).await.success());
    let step = bench.steps(run).await.remove(0);
    assert_eq!(
        (step.end(), step.is_sent),
        (("queued", Some("draining")), false)
    );
}

#[tokio::test]
async fn a_step_that_outlasts_the_drain_is_left_alone_and_needs_a_person() {
    let bench = Bench::new().await;
    let mut executor = Process::start(&bench, &[("DRAIN_SECONDS", "3")]);
    let pid = bench.path("step_pid");
    let run = bench
        .run(&[bench
            .exec(&format!("echo part; echo $$ > {pid}; sleep 60"))
            .bound()])
        .await;
    let pid = bench
        .until("the step", || {
            Some(bench.read("step_pid")).filter(|pid| pid.ends_with('\n'))
        })
        .await;
    executor.signal("TERM").await;
    let status = executor.ended(Duration::from_secs(10)).await;
    assert!(status.success(), "{status}: {:?}", bench.steps(run).await);
    assert_eq!(bench.status(run).await.0, "needs_attention");
    let step = bench.steps(run).await.remove(0);
    assert_eq!(
        (step.end(), step.out()),
        (("unknown", Some("executor_stopped")), "part\n")
    );
    assert!(lives(pid.trim()), "it was ended");
    kill_group(&pid);
}

#[tokio::test]
async fn a_lost_connection_leaves_the_outcome_open() {
    let mut bench = Bench::new().await;
    let _executor = bench.executor().await;
    let mark = bench.path("mark");
    let run = bench
        .run(&[bench
            .exec(&format!("echo before; touch {mark}; sleep 20"))
            .bound()])
        .await;
    bench
        .until("the step", || {
            std::path::Path::new(&mark).exists().then_some(())
        })
        .await;
    bench.sshd.crash();
    assert_eq!(bench.ended(run).await, "needs_attention");
    let step = bench.steps(run).await.remove(0);
    assert_eq!(
        (step.end(), step.out()),
        (("unknown", Some("lost_connection")), "before\n")
    );
}

#[tokio::test]
async fn a_flood_of_output_takes_no_memory_and_delays_no_other_step() {
    let bench = Bench::new().await;
    let executor = Process::start(&bench, &[]);
    bench.ended(bench.run(&[bench.exec("true")]).await).await;
    let before = executor.peak_memory_kib();
    let flood = bench
        .run(&[bench.exec("head -c 30000000 /dev/zero; echo end")])
        .await;
    bench
        .wait(flood, &["running"], Duration::from_secs(10))
        .await;
    assert_eq!(
        bench
            .ended(bench.run(&[bench.exec("echo other")]).await)
            .await,
        "succeeded"
    );
    bench
        .wait(flood, &["succeeded"], Duration::from_secs(40))
        .await;
    let step = bench.steps(flood).await.remove(0);
    assert!(step.out().ends_with("end\n"));
    assert_eq!(step.metrics["bytes_out"], 30_000_004);
    let grown = executor.peak_memory_kib() - before;
    assert!(grown < 24 * 1024, "{before} KiB grew by {grown} KiB");
    let kept = std::fs::read_dir(runlog::run_folder(&bench.output, flood)).expect("files");
    let kept: u64 = kept
        .map(|file| file.expect("a file").metadata().expect("a size").len())
        .sum();
    assert!((15 << 20..=16 << 20).contains(&kept), "{kept}");
}

#[tokio::test]
async fn an_end_that_the_database_refuses_keeps_no_other_from_its_record() {
    let bench = Bench::new().await;
    let refuse = "CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'poison' USING ERRCODE = 'data_exception'; END $$;
        CREATE TRIGGER refuse BEFORE UPDATE ON runs.step FOR EACH ROW WHEN (NEW.stdout = E'poison\\n')
        EXECUTE FUNCTION public.refuse()";
    sqlx::raw_sql(refuse)
        .execute(&bench.root)
        .await
        .expect("a trigger");
    let _executor = bench.executor().await;
    let gate = bench.path("gate");
    let after_gate = |word| {
        bench.exec(&format!(
            "until [ -e {gate} ]; do sleep 0.01; done; echo {word}"
        ))
    };
    let poisoned = bench.run(&[after_gate("poison").idempotent()]).await;
    let mut others = Vec::new();
    for _ in 0..5 {
        others.push(bench.run(&[after_gate("well").idempotent()]).await);
    }
    for run in others.iter().chain([&poisoned]) {
        bench
            .wait(*run, &["running"], Duration::from_secs(20))
            .await;
    }
    std::fs::write(&gate, "").expect("open");
    for run in others {
        assert_eq!(bench.ended(run).await, "succeeded");
    }
    assert_eq!(bench.status(poisoned).await.0, "running");
}
