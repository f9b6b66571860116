//! Output of a step after the fact.

use std::time::{Duration, Instant};

use runlog::Stream::{Stderr, Stdout, System};
use serde_json::{Value, json};

use crate::press::Press;

fn numbers(answer: &Value) -> Vec<i64> {
    let lines = answer["lines"].as_array().unwrap().iter();
    lines.map(|line| line["number"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn a_step_that_prints_nothing_has_no_lines() {
    let press = Press::start().await;
    let viewer = press.app.viewer();
    let empty = viewer.get(&press.path("")).await.expect(200);
    assert_eq!(
        empty,
        json!({"epoch": 0, "total_bytes": 0, "total_lines": 0, "lines": [], "next_line": null, "dropped": []})
    );
}

/// 45 lines of standard output, 5 of standard error, a note, and a line without an end.
async fn mixed() -> Press {
    let mut press = Press::start().await;
    for n in 1..=50 {
        press
            .print(
                if n % 10 == 0 { Stderr } else { Stdout },
                format!("line {n}\n").as_bytes(),
            )
            .await;
    }
    press.print(System, b"note\n").await;
    press.print(Stdout, b"open").await;
    press
}

#[tokio::test]
async fn lines_are_read_by_ranges_and_streams() {
    let press = mixed().await;
    let viewer = press.app.viewer();
    let page = viewer
        .get(&press.path("?from_line=3&lines=2"))
        .await
        .expect(200);
    assert_eq!(
        page["lines"][1],
        json!({"number": 4, "stream": "stdout", "at": "2023-11-14T22:13:20Z", "text": "line 4", "cut": false, "open": false})
    );
    assert_eq!(
        (&page["total_lines"], &page["next_line"]),
        (&json!(51), &json!(5))
    );
    let stderr = viewer.get(&press.path("?stream=stderr")).await.expect(200);
    assert_eq!(numbers(&stderr), [10, 20, 30, 40, 50]);
    let end = viewer
        .get(&press.path("?from_line=-2&epoch=1"))
        .await
        .expect(200);
    assert_eq!(numbers(&end), [50, 51, 52]);
    assert_eq!(end["lines"][2]["open"], true);
}

#[tokio::test]
async fn lines_are_found_by_their_text() {
    let press = mixed().await;
    let viewer = press.app.viewer();
    let found = viewer
        .get(&press.path("?q=LINE%204&lines=3"))
        .await
        .expect(200);
    assert_eq!(
        (numbers(&found), &found["next_line"]),
        (vec![4, 40, 41], &json!(42))
    );
    let more = viewer
        .get(&press.path("?q=LINE%204&lines=3&from_line=42"))
        .await
        .expect(200);
    assert_eq!(numbers(&more), [42, 43, 44]);
}

#[tokio::test]
async fn a_download_has_every_byte() {
    let mut press = Press::start().await;
    let out = b"a\0b\xff\xfe\x1b[31mred\r\n\xe2\x82";
    press.print(Stdout, out).await;
    press.print(Stderr, b"err\n").await;
    press.print(Stdout, b"\xac").await;
    let get = async |query: &str| {
        let token = press.app.authority.token(common::permission::Role::Viewer);
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let url = format!("{}{}", press.app.base, press.path(query));
        client.get(url).bearer_auth(token).send().await.unwrap()
    };
    let answer = get("/download?stream=stdout").await;
    assert_eq!(
        answer.headers()["content-type"],
        "text/plain; charset=utf-8"
    );
    let name = format!(
        "attachment; filename=\"run-{}-step-{}.log\"",
        press.source.run, press.source.step
    );
    assert_eq!(answer.headers()["content-disposition"], name.as_str());
    assert_eq!(answer.bytes().await.unwrap(), [&out[..], b"\xac"].concat());
    let all = get("/download").await.bytes().await.unwrap();
    assert_eq!(all, [&out[..], b"err\n", b"\xac"].concat());
}

#[tokio::test]
async fn what_was_too_much_is_told_in_its_place() {
    let mut press = Press::start_capped(400_000, &[]).await;
    let line = "x".repeat(999) + "\n";
    for _ in 0..1000 {
        press.write(Stdout, line.as_bytes());
    }
    press.print(Stdout, b"end\n").await;
    let viewer = press.app.viewer();
    let page = viewer.get(&press.path("?from_line=-1")).await.expect(200);
    assert_eq!(page["lines"][0]["text"], "end");
    assert_eq!(page["dropped"].as_array().unwrap().len(), 1);
    let (lines, bytes) = (&page["dropped"][0]["lines"], &page["dropped"][0]["bytes"]);
    assert_eq!(bytes.as_i64().unwrap(), lines.as_i64().unwrap() * 1000);
    let text = viewer.get(&press.path("/download")).await.text;
    let marker = format!("\n... {bytes} bytes ({lines} lines) left out ...\n");
    assert!(text.contains(&marker), "{marker}");
    let kept = 1_000_004 - usize::try_from(bytes.as_u64().unwrap()).unwrap();
    assert_eq!(text.len(), kept + marker.len() - 1);
    let events = press.watch("?after=3").await.next().await.unwrap();
    assert_eq!(&events.data["data"]["dropped"]["bytes"], bytes);
}

#[tokio::test]
async fn a_long_log_is_read_and_searched_quickly() {
    let mut press = Press::start_capped(17 << 20, &[]).await;
    let mut text = String::new();
    for n in 0..340_000 {
        text.push_str(&format!("line {n} of a log that is quite long, as it is\n"));
    }
    press.print(Stdout, text.as_bytes()).await;
    assert!(press.end.bytes > 15 << 20);
    let viewer = press.app.viewer();
    for query in [
        "?from_line=-500",
        "?from_line=170000",
        "?q=LINE%20339999",
        "?q=nowhere",
    ] {
        let begun = Instant::now();
        viewer.get(&press.path(query)).await.expect(200);
        println!("{query} took {:?}", begun.elapsed());
        // Without optimisation, on a busy machine; a release takes 20 ms at most.
        assert!(begun.elapsed() < Duration::from_secs(10), "{query}");
    }
    let begun = Instant::now();
    assert_eq!(viewer.get(&press.path("/download")).await.text, text);
    println!("download took {:?}", begun.elapsed());
}

#[tokio::test]
async fn wrong_wishes_name_their_field() {
    let press = Press::start().await;
    let viewer = press.app.viewer();
    let long = format!("?q={}", "x".repeat(1001));
    for (query, field) in [
        ("?from_line=0", "from_line"),
        ("?from_line=a", "from_line"),
        ("?lines=0", "lines"),
        ("?lines=10001", "lines"),
        ("?stream=both", "stream"),
        ("/download?stream=both", "stream"),
        ("?epoch=2", "epoch"),
        ("/download?epoch=0", "epoch"),
        ("?q=", "q"),
        ("?q=a%0Ab", "q"),
        (long.as_str(), "q"),
        ("?regex=a", "regex"),
    ] {
        viewer.get(&press.path(query)).await.wrong_field(field);
    }
    let run = press.source.run;
    viewer
        .get(&format!("/runs/{run}/steps/99/output"))
        .await
        .problem(404, "runs.step_not_found");
    viewer
        .get("/runs/99/steps/1/output")
        .await
        .problem(404, "runs.not_found");
    press
        .app
        .anonymous()
        .get(&press.path("/download"))
        .await
        .problem(401, "auth.unauthorized");
}

#[tokio::test]
async fn old_output_is_removed_and_readers_are_told() {
    let mut press = Press::start_capped(1 << 20, &[("OUTPUT_CLEAN_SECONDS", "1")]).await;
    press.print(Stdout, b"old\n").await;
    press.app.clock.advance(chrono::TimeDelta::days(31));
    tokio::time::sleep(Duration::from_millis(1500)).await;
    // It has not ended.
    press.app.viewer().get(&press.path("")).await.expect(200);
    press.finish().await;
    testkit::wait::until("the removal", async || {
        let answer = press.app.viewer().get(&press.path("")).await;
        (answer.status == 410).then(|| answer.problem(410, "runs.output_removed"))
    })
    .await;
    let download = press.app.viewer().get(&press.path("/download")).await;
    download.problem(410, "runs.output_removed");
    testkit::wait::until("no files", async || {
        let mut left = std::fs::read_dir(press.folder.path()).unwrap();
        left.next().is_none().then_some(())
    })
    .await;
    let events = press.watch("?after=3").await.all().await;
    assert_eq!(events[0].data["data"]["dropped"]["bytes"], 4);
}

#[tokio::test]
async fn output_beyond_the_budget_is_removed() {
    let more = [
        ("OUTPUT_CLEAN_SECONDS", "1"),
        ("OUTPUT_TOTAL_BYTES", "1000"),
    ];
    let mut press = Press::start_capped(1 << 20, &more).await;
    press.print(Stdout, &[b'x'; 2000]).await;
    tokio::time::sleep(Duration::from_millis(1200)).await;
    press.app.viewer().get(&press.path("")).await.expect(200);
    press.finish().await;
    testkit::wait::until("the removal", async || {
        let answer = press.app.viewer().get(&press.path("")).await;
        (answer.status == 410).then_some(())
    })
    .await;
}

#[tokio::test]
async fn steps_are_listed_without_their_output() {
    let press = Press::start().await;
    press.finish().await;
    let viewer = press.app.viewer();
    let path = format!("/runs/{}/steps", press.source.run);
    let full = viewer.get(&path).await.expect(200);
    assert_eq!(
        (&full[0]["stdout"], &full[0]["stderr"]),
        (&json!(""), &json!(""))
    );
    let without = format!("{path}?output=none");
    let bare = viewer.get(&without).await.expect(200);
    assert_eq!(
        (&bare[0]["stdout"], &bare[0]["stderr"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(
        (&bare[0]["id"], &bare[0]["status"]),
        (&full[0]["id"], &json!("succeeded"))
    );
    viewer
        .get(&format!("{path}?output=some"))
        .await
        .wrong_field("output");
}
