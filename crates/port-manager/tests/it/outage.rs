//! Redis or PostgreSQL is away, at the start or later: what can work does, and all heals by itself.

use std::time::{Duration, Instant};

use port_manager::SERVICE;
use reqwest::Method;
use serde_json::json;
use service_kit::service::Kit;
use testkit::app::{TestApp, parts_on, settings};
use testkit::db::TestDb;
use testkit::proxy::Proxy;
use testkit::redis::TestRedis;

use crate::live::{next, next_change, watch};
use crate::many::{start_on, take_turns};
use crate::support::{assign, start_parts};
use crate::truth;

/// Longest wait for an answer, with the database away: the wait for a connection and some more.
const SOON: Duration = Duration::from_secs(5);

/// Requests of each kind, which all need the database.
fn requests() -> Vec<(Method, &'static str, Option<String>)> {
    let reads = [
        "/api/ports/assignments",
        "/api/ports/assignments/impactos",
        "/api/ports/available",
        "/api/ports/8500/available",
        "/api/ports/history/impactos",
        "/api/ports/statistics",
        "/api/ports/reserved",
        "/api/ports/conflicts",
        "/api/ports/backups",
        "/api/ports/events",
        "/api/services/status",
        "/api/suites",
    ];
    let writes = [
        ("/api/ports/assign", json!({"service_id": "impactos"})),
        (
            "/api/ports/assign",
            json!({"service_id": "passport", "port": 8600}),
        ),
        (
            "/api/ports/bulk-update",
            json!({"updates": {"prooflink-ai": 8601}}),
        ),
        ("/api/ports/reserve", json!({"port": 8700})),
        ("/api/ports/backup", json!({})),
        ("/api/ports/scan", json!({})),
        ("/api/ports/reset", json!({})),
    ];
    let reads = reads.into_iter().map(|path| (Method::GET, path, None));
    let writes = writes
        .into_iter()
        .map(|(path, body)| (Method::POST, path, Some(body.to_string())));
    reads.chain(writes).collect()
}

async fn assert_all_work(app: &TestApp) {
    for (method, path, body) in requests() {
        let answer = app.admin().send(method, path, body).await;
        assert!(answer.status < 300, "{path}: {}", answer.text);
    }
}

#[tokio::test]
async fn without_redis_at_the_start_everything_works_and_hints_come_when_it_is_there() {
    let database = TestDb::new().await;
    let mut redis = TestRedis::start().await;
    redis.kill().await;
    let near = start_on(&database, Some(&redis.url())).await;
    let far = start_on(&database, Some(&redis.url())).await;
    assert_all_work(&near).await;
    let mut socket = watch(&near, "").await;
    assert_eq!(next(&mut socket).await["type"], "connected");
    take_turns(&near, &mut socket, 2).await;
    take_turns(&far, &mut socket, 2).await;
    redis.restart().await;
    testkit::wait::until("hints", async || {
        let took = take_turns(&far, &mut socket, 4).await;
        (took < Duration::from_secs(2)).then_some(())
    })
    .await;
}

#[tokio::test]
async fn when_redis_goes_away_nothing_is_lost_and_hints_come_again_when_it_is_back() {
    let database = TestDb::new().await;
    let mut redis = TestRedis::start().await;
    let near = start_on(&database, Some(&redis.url())).await;
    let far = start_on(&database, Some(&redis.url())).await;
    let mut socket = watch(&near, "").await;
    assert_eq!(next(&mut socket).await["type"], "connected");
    take_turns(&far, &mut socket, 2).await;
    for _ in 0..2 {
        redis.kill().await;
        take_turns(&far, &mut socket, 2).await;
        assert_all_work(&near).await;
        let head = near.viewer().get("/api/ports/events").await.expect(200)["head"].clone();
        while next(&mut socket).await["seq"] != head {}
        redis.restart().await;
        testkit::wait::until("hints", async || {
            let took = take_turns(&far, &mut socket, 4).await;
            (took < Duration::from_secs(2)).then_some(())
        })
        .await;
    }
}

/// A port manager whose way to the database can be cut.
async fn start_cuttable(database: &TestDb) -> (TestApp, Proxy) {
    let (proxy, url) = Proxy::to_database(&database.url("opsc_port_manager")).await;
    (start_behind(database, &url).await, proxy)
}

async fn start_behind(database: &TestDb, url: &str) -> TestApp {
    let mut parts = parts_on(SERVICE, database.clone());
    let kit = Kit::new(SERVICE, settings(url), parts.clock.clone()).unwrap();
    #[expect(clippy::clone_on_ref_ptr, reason = "becomes a trait object")]
    let kit = kit.with_authority(parts.authority.clone());
    parts.kit = kit;
    start_parts(parts, |_config| {}).await
}

/// Asks everything; each answer has to say at once that the database is away.
async fn assert_all_unavailable(app: &TestApp) {
    for (method, path, body) in requests() {
        let began = Instant::now();
        let answer = app.admin().send(method, path, body).await;
        answer.problem(503, "unavailable.database");
        assert!(answer.headers.contains_key("retry-after"), "{path}");
        assert!(began.elapsed() < SOON, "{path}: {:?}", began.elapsed());
    }
}

async fn until_healed(app: &TestApp) {
    testkit::wait::until("the database", async || {
        let answer = app.viewer().get("/api/ports/assignments").await;
        (answer.status == 200).then_some(())
    })
    .await;
}

#[tokio::test]
async fn while_the_database_is_away_every_request_says_so_and_all_heals() {
    let database = TestDb::new().await;
    let (app, proxy) = start_cuttable(&database).await;
    assert_all_work(&app).await;
    proxy.cut();
    assert_all_unavailable(&app).await;
    proxy.mend();
    until_healed(&app).await;
    assert_all_work(&app).await;
    truth::assert_sound(&database.superuser().await).await;
}

#[tokio::test]
async fn a_database_that_refuses_connections_keeps_nobody_waiting() {
    let database = TestDb::new().await;
    let unused = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = unused.local_addr().unwrap().port();
    drop(unused);
    let url = format!("postgres://opsc_port_manager@127.0.0.1:{port}/none");
    let app = start_behind(&database, &url).await;
    let asks = requests().into_iter().map(|(method, path, body)| {
        let app = &app;
        async move { app.admin().send(method, path, body).await }
    });
    let began = Instant::now();
    for answer in futures_util::future::join_all(asks).await {
        answer.problem(503, "unavailable.database");
    }
    assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
    let health = app.anonymous().get("/health").await.expect(503);
    assert_eq!(health["status"], "unhealthy");
}

#[tokio::test]
async fn a_watcher_stays_through_an_outage_of_the_database_and_misses_nothing() {
    let database = TestDb::new().await;
    let (near, proxy) = start_cuttable(&database).await;
    let far = start_on(&database, None).await;
    let mut socket = watch(&near, "").await;
    assert_eq!(next(&mut socket).await["type"], "connected");
    assign(&near, "legalai-pro", 8500).await;
    let mut last = next_change(&mut socket).await["seq"].as_i64().unwrap();
    proxy.cut();
    for port in 8501..8521 {
        assign(&far, "legalai-pro", port).await;
    }
    near.viewer()
        .get("/api/ports/events")
        .await
        .problem(503, "unavailable.database");
    proxy.mend();
    until_healed(&near).await;
    assign(&near, "legalai-pro", 8600).await;
    let mut missed = Vec::new();
    while missed.last() != Some(&json!(8600)) {
        let told = next(&mut socket).await;
        assert_eq!(told["seq"], last + 1, "{told}");
        last += 1;
        missed.extend((told["type"] == "port_change").then(|| told["new_port"].clone()));
    }
    let made: Vec<_> = (8501..8521).chain([8600]).map(|port| json!(port)).collect();
    assert_eq!(missed, made);
}

#[tokio::test]
async fn whoever_watches_right_after_an_outage_at_the_start_is_told_the_first_change() {
    let database = TestDb::new().await;
    let (proxy, url) = Proxy::to_database(&database.url("opsc_port_manager")).await;
    proxy.cut();
    let app = start_behind(&database, &url).await;
    app.viewer()
        .get("/api/ports/events")
        .await
        .problem(503, "unavailable.database");
    proxy.mend();
    let mut socket = watch(&app, "").await;
    assert_eq!(next(&mut socket).await["type"], "connected");
    assign(&app, "legalai-pro", 8500).await;
    assert_eq!(next_change(&mut socket).await["new_port"], 8500);
    assign(&app, "legalai-pro", 8501).await;
    assert_eq!(next_change(&mut socket).await["new_port"], 8501);
}
