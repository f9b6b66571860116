//! Steps that read a file.

use serde_json::{Value, json};

use crate::bench::Bench;
use crate::step::Step;

fn fetch(bench: &Bench, path: &str, form: &str) -> Step {
    let mut step = bench.exec("").kind("ssh.fetch");
    step.spec = json!({"path": path, "max_bytes": 100_000, "as": form});
    step
}

#[tokio::test]
async fn a_file_becomes_a_result_whose_hash_is_checked() {
    let bench = Bench::new().await;
    let _executor = bench.executor().await;
    let path = bench.path("it's a file");
    std::fs::write(&path, "a \u{e9} b\nc\n").expect("a file");
    let steps = [
        fetch(&bench, "{{ path }}", "text").named("read"),
        bench
            .exec("printf %s {{ steps.read.stdout }}")
            .reads_results(),
    ];
    let run = bench.run_with(&steps, json!({"path": path})).await;
    assert_eq!(bench.ended(run).await, "succeeded");
    let steps = bench.steps(run).await;
    assert_eq!(steps[0].out(), "a \u{e9} b\nc\n");
    assert!(
        steps[0].err().contains("as the target confirms"),
        "{}",
        steps[0].err()
    );
    assert_eq!(steps[1].out(), "a \u{e9} b\nc");
    let other = json!({"user": "root"});
    let step = fetch(&bench, &path, "b64").spec("become", other);
    assert_eq!(bench.outcome(step).await.out(), "YSDDqSBiCmMK");
}

#[tokio::test]
async fn what_cannot_be_read_has_a_reason() {
    let bench = Bench::new().await;
    let _executor = bench.executor().await;
    let path = |name: &str, content: &[u8]| {
        let path = bench.path(name);
        std::fs::write(&path, content).expect("a file");
        path
    };
    let bytes = path("bytes", &[0xff, 0]);
    let long = path("long", &[b'x'; 100_001]);
    let folder = bench.sshd.folder().display().to_string();
    for (path, spec, reason) in [
        (bench.path("none"), Value::Null, "file_missing"),
        (folder, Value::Null, "no_file"),
        (long, Value::Null, "too_long"),
        (bytes.clone(), Value::Null, "not_text"),
        (
            bytes,
            json!({"user": "called-so-by-nobody"}),
            "become_failed",
        ),
    ] {
        let step = fetch(&bench, &path, "text").spec("become", spec);
        let step = bench.outcome(step).await;
        assert_eq!(step.end(), ("failed", Some(reason)), "{}", step.err());
        assert_eq!(step.out(), "");
    }
}
