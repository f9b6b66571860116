//! Watching a run while it goes on.

use std::time::{Duration, Instant};

use common::permission::Role;
use runlog::Stream::{Stderr, Stdout};
use serde_json::json;
use service_kit::bus::Bus;
use testkit::app::settings;
use testkit::redis::TestRedis;
use testkit::wait::until;

use crate::press::{Event, Events, Press, ask};

fn kinds(events: &[Event]) -> Vec<&str> {
    events.iter().map(|event| event.kind.as_str()).collect()
}

#[tokio::test]
async fn what_was_comes_first_then_what_happens_then_the_end() {
    let mut press = Press::start().await;
    press.print(Stdout, b"one\n").await;
    let mut events = press.watch("").await;
    for kind in ["run.queued", "run.running", "step.running"] {
        assert_eq!(events.next().await.unwrap().kind, kind);
    }
    let first = events.next().await.unwrap();
    assert_eq!((first.id, first.text().as_str()), (Some(4), "one\n"));
    assert_eq!(first.data["step_id"], press.source.step);
    let begun = Instant::now();
    press.print(Stderr, "zwölf\n".as_bytes()).await;
    let second = events.next().await.unwrap();
    assert!(begun.elapsed() < Duration::from_millis(600));
    let data = &second.data["data"];
    assert_eq!(
        (
            &data["offset"],
            &data["length"],
            &data["line"],
            &data["lines"]
        ),
        (&json!(4), &json!(7), &json!(1), &json!(1))
    );
    assert_eq!(data["frames"][0]["stream"], "stderr");
    assert_eq!(second.text(), "zwölf\n");
    press.print(Stdout, b"a\0b\xff\x1b[1m").await;
    let third = events.next().await.unwrap();
    assert_eq!(third.data["data"]["frames"][0]["base64"], "YQBi/xtbMW0=");
    press.write(Stdout, b"last");
    press.finish().await;
    let rest = events.all().await;
    assert_eq!(
        kinds(&rest),
        ["output", "step.succeeded", "run.succeeded", "end"]
    );
    assert_eq!((rest[0].text().as_str(), rest[3].id), ("last", None));
    // The same for who comes afterwards.
    let all = press.watch("").await.all().await;
    assert_eq!(all[all.len() - 4..], rest);
    assert_eq!(kinds(&press.watch("?after=9").await.all().await), ["end"]);
    let newest = press.watch("?begin=newest").await.all().await;
    assert_eq!(kinds(&newest), ["end"]);
}

#[tokio::test]
async fn a_reader_resumes_without_gap_or_repeat() {
    let mut press = Press::start().await;
    let mut first = press.watch("").await;
    for n in 0..5 {
        press.print(Stdout, format!("{n}\n").as_bytes()).await;
    }
    let mut seen = Vec::new();
    while seen.len() < 5 {
        seen.push(first.next().await.unwrap());
    }
    drop(first);
    let last = seen.last().unwrap().id.unwrap().to_string();
    for n in 5..300 {
        press.print(Stdout, format!("{n}\n").as_bytes()).await;
    }
    press.finish().await;
    let run = press.source.run;
    let rest = Events::open(&press.app, run, "?after=1", Some(&last)).await;
    seen.extend(rest.all().await);
    let ids: Vec<i64> = seen.iter().filter_map(|event| event.id).collect();
    assert_eq!(ids, (1..=305).collect::<Vec<i64>>());
    let text: String = seen.iter().map(Event::text).collect();
    let expected: String = (0..300).map(|n| format!("{n}\n")).collect();
    assert_eq!(text, expected);
}

#[tokio::test]
async fn a_reader_goes_on_where_the_service_moves_to() {
    let mut press = Press::start().await;
    let mut first = press.watch("").await;
    press.print(Stdout, b"before\n").await;
    while first.next().await.unwrap().kind != "output" {}
    let held = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = held.local_addr().unwrap().port();
    drop(held);
    let order = json!({"epoch": 1, "port": port});
    for what in ["prepare", "commit"] {
        let path = format!("/internal/ports/{what}");
        let leader = press.app.service("port-manager");
        leader.post(&path, order.clone()).await.expect(200);
    }
    assert!(
        first.next().await.is_none(),
        "it ends, and does not say why"
    );
    press.app.base = format!("http://127.0.0.1:{port}");
    press.print(Stdout, b"after\n").await;
    press.finish().await;
    let rest = Events::open(&press.app, press.source.run, "", Some("4")).await;
    assert_eq!(rest.all().await[0].text(), "after\n");
}

#[tokio::test]
async fn who_is_far_behind_misses_output_but_no_change_of_state() {
    let mut press = Press::start_capped(64 << 20, &[]).await;
    let mut slow = press.watch("").await;
    let mut fast = press.watch("?after=3").await;
    assert_eq!(slow.next().await.unwrap().kind, "run.queued");
    // More than lies in all buffers between.
    for n in 10..20 {
        let text = format!("{n}").repeat(3 << 19);
        press.print(Stdout, text.as_bytes()).await;
        assert!(
            fast.next()
                .await
                .unwrap()
                .text()
                .starts_with(&format!("{n}{n}"))
        );
    }
    let cancel = format!("/runs/{}/cancel", press.source.run);
    press
        .app
        .operator()
        .post(&cancel, json!({}))
        .await
        .expect(200);
    press.print(Stdout, b"last").await;
    press.finish().await;
    let events = slow.all().await;
    assert_eq!(fast.all().await.len(), 5);
    let late = press.watch("").await.all().await;
    for events in [events, late[1..].to_vec()] {
        let mut place = 1;
        for event in events.iter().filter(|event| event.id.is_some()) {
            let from = if event.kind == "lagged" {
                event.data["from"].as_i64()
            } else {
                event.id
            };
            assert_eq!(from, Some(place + 1), "{:?}", kinds(&events));
            place = event.id.unwrap();
        }
        for kind in [
            "lagged",
            "run.cancel_requested",
            "step.succeeded",
            "run.canceled",
            "end",
        ] {
            assert!(kinds(&events).contains(&kind), "{:?}", kinds(&events));
        }
    }
}

#[tokio::test]
async fn a_user_watches_so_many_runs_and_then_others_still_may() {
    let press = Press::start_capped(1 << 20, &[("STREAMS_PER_USER", "2")]).await;
    let path = format!("/runs/{}/events", press.source.run);
    let first = press.watch("").await;
    let _second = press.watch("").await;
    let refused = press.app.viewer().get(&path).await;
    refused.problem(429, "runs.too_many_streams");
    let operator = press.app.authority.token(Role::Operator);
    let _other = Events::open_as(&press.app, &operator, (press.source.run, ""), None).await;
    drop(first);
    let viewer = press.app.authority.token(Role::Viewer);
    until("a place is free", async || {
        let answer = ask(&press.app, &viewer, (press.source.run, ""), None).await;
        (answer.status() == 200).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_thousand_watchers_all_get_it_soon() {
    const WATCHERS: usize = 1000;
    let redis = TestRedis::start().await;
    let mut common = settings("");
    common.redis_url = Some(redis.url());
    let mut press = Press::start_on(
        Bus::new(&common).unwrap(),
        1 << 20,
        &[("STREAMS_PER_USER", "1000")],
    )
    .await;
    let mut watchers = Vec::new();
    for _ in 0..WATCHERS {
        watchers.push(press.watch("?after=3").await);
    }
    let waiting = watchers.iter_mut().map(|watcher| async {
        let event = watcher.next().await.unwrap();
        (event.text(), Instant::now())
    });
    let waiting = futures_util::future::join_all(waiting);
    let printing = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        press.print(Stdout, b"hello\n").await;
        Instant::now()
    };
    let (seen, printed) = tokio::join!(waiting, printing);
    let mut delays: Vec<Duration> = seen
        .iter()
        .map(|(_, at)| at.saturating_duration_since(printed))
        .collect();
    assert!(seen.iter().all(|(text, _)| text == "hello\n"));
    delays.sort_unstable();
    println!("measured: {}", delays[WATCHERS * 99 / 100].as_secs_f64());
    assert!(delays[WATCHERS * 99 / 100] < Duration::from_secs(1));
}

#[tokio::test]
async fn a_stream_ends_with_the_session_of_its_reader() {
    let press = Press::start().await;
    let claims = press.app.authority.claims(Role::Viewer);
    let token = press.app.authority.sign_claims(&claims);
    let run = press.source.run;
    let mut events = Events::open_as(&press.app, &token, (run, "?after=3"), None).await;
    press.app.clock.advance(chrono::TimeDelta::hours(1));
    assert_eq!(events.next().await.unwrap().kind, "unauthorized");
    assert_eq!(events.next().await, None);
}

#[tokio::test]
async fn wrong_places_to_go_on_from_are_refused() {
    let press = Press::start().await;
    let viewer = press.app.viewer();
    let path = format!("/runs/{}/events", press.source.run);
    for (query, field) in [
        ("?after=4", "after"),
        ("?after=-1", "after"),
        ("?after=x", "after"),
        ("?x=1", "x"),
    ] {
        viewer
            .get(&format!("{path}{query}"))
            .await
            .wrong_field(field);
    }
    let header = viewer.clone().header("last-event-id", "a7");
    header.get(&path).await.wrong_field("Last-Event-ID");
    viewer
        .get("/runs/99/events")
        .await
        .problem(404, "runs.not_found");
    press
        .app
        .anonymous()
        .get(&path)
        .await
        .problem(401, "auth.unauthorized");
}
