//! Several port managers on one database.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use port_manager::SERVICE;
use serde_json::json;
use service_kit::bus::Bus;
use sqlx::PgPool;
use testkit::app::{TestApp, parts_on, settings};
use testkit::db::TestDb;
use testkit::redis::TestRedis;

use crate::live::{Socket, next, next_change, watch};
use crate::process::{Auth, Door, Process};
use crate::support::{assign, changes, start_parts};
use crate::truth;

/// A port manager on a database that another one uses as well, with or without Redis.
pub(crate) async fn start_on(db: &TestDb, redis: Option<&str>) -> TestApp {
    let mut parts = parts_on(SERVICE, db.clone());
    if let Some(url) = redis {
        let mut common = settings("");
        common.redis_url = Some(url.to_owned());
        parts.kit.bus = Bus::new(&common).unwrap();
    }
    start_parts(parts, |_config| {}).await
}

/// Makes a change through `changer` whenever `socket` has told of the one before. A watcher that is
/// only told by a timer is told once a second.
pub(crate) async fn take_turns(changer: &TestApp, socket: &mut Socket, turns: u16) -> Duration {
    let began = Instant::now();
    for turn in 0..turns {
        // Two ports by turns: a port that is the same again is no change.
        let is_first = changer.viewer().get("/api/ports/assignments").await;
        let is_first = is_first.expect(200)["assignments"]["legalai-pro"] != json!(8500);
        let port = if is_first { 8500 } else { 8501 };
        assign(changer, "legalai-pro", port).await;
        let told = next_change(socket).await;
        assert_eq!(told["new_port"], port, "turn {turn}: {told}");
    }
    began.elapsed()
}

#[tokio::test]
async fn one_port_asked_for_at_two_port_managers_is_given_once() {
    let db = TestDb::new().await;
    let (near, far) = (start_on(&db, None).await, start_on(&db, None).await);
    let asks = (0..50).map(|number| {
        let app = if number % 2 == 0 { &near } else { &far };
        async move {
            let body = json!({"service_id": format!("s-{number}"), "port": 8500});
            app.operator().post("/api/ports/assign", body).await
        }
    });
    let answers = join_all(asks).await;
    let (given, refused): (Vec<_>, Vec<_>) =
        answers.iter().partition(|answer| answer.status == 200);
    assert_eq!(given.len(), 1);
    for answer in refused {
        answer.problem(400, "ports.port_taken");
    }
    let winner = given[0].expect(200);
    let root = db.superuser().await;
    truth::assert_sound(&root).await;
    let stored = truth::ports(&root, "itechsmart").await;
    let holders: Vec<_> = stored.iter().filter(|(_, port)| **port == 8500).collect();
    assert_eq!(json!(holders), json!([[winner["service_id"], 8500]]));
}

#[tokio::test]
async fn ports_chosen_by_two_port_managers_at_once_are_all_different() {
    let db = TestDb::new().await;
    let (near, far) = (start_on(&db, None).await, start_on(&db, None).await);
    let clients = (0..10).map(|client| {
        let app = if client % 2 == 0 { &near } else { &far };
        async move {
            let mut ports = Vec::new();
            for number in 0..20 {
                let body = json!({"service_id": format!("s-{client}-{number}")});
                let answer = app.operator().post("/api/ports/assign", body).await;
                ports.push(answer.expect(200)["port"].as_i64().unwrap());
            }
            ports
        }
    });
    let ports = join_all(clients).await.concat();
    assert_eq!(ports.iter().collect::<BTreeSet<_>>().len(), 200);
    let root = db.superuser().await;
    truth::assert_sound(&root).await;
    assert_eq!(changes(&near).await.len(), 200);
}

#[tokio::test]
async fn a_watcher_is_told_at_once_what_another_port_manager_does() {
    let db = TestDb::new().await;
    let redis = TestRedis::start().await;
    let near = start_on(&db, Some(&redis.url())).await;
    let far = start_on(&db, Some(&redis.url())).await;
    let mut socket = watch(&near, "").await;
    assert_eq!(next(&mut socket).await["type"], "connected");
    // The subscriptions may not be there yet.
    take_turns(&far, &mut socket, 2).await;
    let took = take_turns(&far, &mut socket, 10).await;
    assert!(took < Duration::from_secs(5), "{took:?}");
}

#[tokio::test]
async fn without_redis_a_watcher_is_told_later_what_another_port_manager_does() {
    let db = TestDb::new().await;
    let (near, far) = (start_on(&db, None).await, start_on(&db, None).await);
    let mut socket = watch(&near, "").await;
    assert_eq!(next(&mut socket).await["type"], "connected");
    for port in 8500..8510 {
        assign(&far, "legalai-pro", port).await;
    }
    for port in 8500..8510 {
        assert_eq!(next_change(&mut socket).await["new_port"], port);
    }
    take_turns(&far, &mut socket, 2).await;
}

/// Who does a work, and how many looks at the sockets were written down. Waits for one that is
/// being written.
async fn scans(root: &PgPool) -> (String, i64) {
    let row = sqlx::query!(
        "SELECT l.holder, s.number FROM ports.lease l, ports.scan s WHERE l.name = 'scan' FOR UPDATE"
    );
    let row = row.fetch_one(root).await.unwrap();
    (row.holder, row.number)
}

/// Waits until a process has had a turn of its own since now: it counts the ports that are reserved.
async fn until_turn(door: &Door, reserved: u16) {
    let body = json!({"port": 8900 + reserved});
    door.must_post("/api/ports/reserve", &body).await;
    let wanted = format!("port_manager_ports_reserved{{suite=\"itechsmart\"}} {reserved}");
    testkit::wait::until("a turn of the other one", async || {
        let (_status, numbers) = door.get("/metrics").await.unwrap();
        numbers.as_str().unwrap().contains(&wanted).then_some(())
    })
    .await;
}

#[tokio::test]
async fn work_in_the_background_is_done_by_one_and_taken_over_when_that_one_is_killed() {
    let db = TestDb::new().await;
    let auth = Auth::start(&db);
    let root = db.superuser().await;
    let often = [("PORT_SCAN_SECONDS", "1"), ("HEALTH_RECHECK_SECONDS", "1")];
    let mut first = Process::start(&db, &auth, &often).await;
    testkit::wait::until("the first look", async || {
        let looks = sqlx::query_scalar!(r#"SELECT count(*) AS "count!" FROM ports.scan"#);
        (looks.fetch_one(&root).await.unwrap() > 0).then_some(())
    })
    .await;
    let (holder, _number) = scans(&root).await;
    let second = Process::start(&db, &auth, &often).await;
    until_turn(&second.door, 1).await;
    assert_eq!(scans(&root).await.0, holder, "one took it from the other");

    first.kill().await;
    let left = scans(&root).await;
    until_turn(&second.door, 2).await;
    assert_eq!(scans(&root).await, left, "it has the lease for a while yet");
    // As if that while were over.
    sqlx::query!("UPDATE ports.lease SET until = clock_timestamp()")
        .execute(&root)
        .await
        .unwrap();
    testkit::wait::until("the next look", async || {
        let (now, number) = scans(&root).await;
        (now != holder && number > left.1).then_some(())
    })
    .await;
    testkit::wait::until("the next check", async || {
        let late = sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!" FROM ports.lease WHERE name = 'health' AND holder <> $1"#,
            holder
        );
        (late.fetch_one(&root).await.unwrap() > 0).then_some(())
    })
    .await;
}
