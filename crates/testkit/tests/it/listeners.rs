//! A service moves to another port while it is asked.

use std::convert::Infallible;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU16, AtomicUsize, Ordering};
use std::time::Duration;

use actix_web::web::{Bytes, Data};
use actix_web::{HttpResponse, get, post};
use futures_util::{StreamExt, stream};
use serde::Deserialize;
use serde_json::{Value, json};
use service_kit::json::{Json, Query};
use service_kit::listeners::Mark;
use service_kit::server::Server;
use service_kit::service::{BuildError, Descriptor, Kit};
use testkit::app::{TestApp, parts};
use testkit::wait::until;
use utoipa_actix_web::service_config::ServiceConfig;

const SERVICE: Descriptor = Descriptor {
    name: "targets",
    public_name: "example-service",
    description: "Exists to be moved.",
    version: "1.2.3",
    supported: None,
};

#[derive(Debug, Deserialize, utoipa::IntoParams)]
struct Slow {
    ms: u64,
}

#[utoipa::path(security(()), params(Slow), responses((status = 200, body = Object)))]
#[get("/slow")]
async fn get_slow(Query(slow): Query<Slow>, mark: Data<Mark>) -> Json<Value> {
    tokio::time::sleep(Duration::from_millis(slow.ms)).await;
    Json(json!({"port": mark.port, "generation": mark.generation}))
}

#[utoipa::path(security(()), request_body = String, responses((status = 200, body = Object)))]
#[post("/count")]
async fn count(body: Bytes, counter: Data<AtomicUsize>) -> Json<Value> {
    counter.fetch_add(1, Ordering::SeqCst);
    Json(json!({"bytes": body.len()}))
}

/// Says something at once, and `bye` when it is to end.
#[utoipa::path(security(()), responses((status = 200, content_type = "text/event-stream")))]
#[get("/stream")]
async fn get_stream(mark: Data<Mark>) -> HttpResponse {
    let closing = mark.closing();
    let first = stream::once(async { Ok::<_, Infallible>(Bytes::from_static(b"hello\n")) });
    let last = stream::once(async move {
        closing.cancelled().await;
        Ok(Bytes::from_static(b"bye\n"))
    });
    HttpResponse::Ok().streaming(Box::pin(first.chain(last)))
}

fn routes(config: &mut ServiceConfig<'_>) {
    config.service(get_slow).service(count).service(get_stream);
}

async fn start() -> (TestApp, Arc<AtomicUsize>) {
    let counter = Arc::new(AtomicUsize::new(0));
    let app = Arc::clone(&counter);
    let build =
        async |kit: Kit| -> Result<Server, BuildError> { Server::start(kit, app, routes).await };
    (TestApp::start(parts(SERVICE).await, build).await, counter)
}

/// A port that was free a moment ago.
fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.local_addr().unwrap().port()
}

/// The leader of a move, which asks wherever the service is.
struct Leader<'a> {
    app: &'a TestApp,
    client: reqwest::Client,
    port: u16,
}

impl<'a> Leader<'a> {
    fn new(app: &'a TestApp) -> Self {
        let port = app.base.rsplit_once(':').unwrap().1.parse().unwrap();
        Self {
            app,
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
            port,
        }
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> (u16, Value) {
        let token = self.app.authority.service_token("port-manager", "targets");
        let answer = request.bearer_auth(token).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    async fn order(&self, what: &str, epoch: u64, port: u16) -> (u16, Value) {
        let url = format!("http://127.0.0.1:{}/internal/ports/{what}", self.port);
        let body = json!({"epoch": epoch, "port": port});
        self.send(self.client.post(url).json(&body)).await
    }

    async fn report(&self) -> Value {
        let url = format!("http://127.0.0.1:{}/internal/ports", self.port);
        self.send(self.client.get(url)).await.1
    }

    /// What became of a port that was given up.
    async fn drained(&self, port: u16) -> Value {
        until("the drain", async || {
            let report = self.report().await;
            let drained = report["drained"].as_array().unwrap();
            drained.iter().find(|one| one["port"] == port).cloned()
        })
        .await
    }
}

#[tokio::test]
async fn a_service_moves_under_load_and_no_request_is_lost() {
    let (app, counter) = start().await;
    let mut leader = Leader::new(&app);
    let place = Arc::new(AtomicU16::new(leader.port));
    let is_over = Arc::new(AtomicBool::new(false));
    let clients: Vec<_> = (0..8)
        .map(|number| {
            let (place, is_over) = (Arc::clone(&place), Arc::clone(&is_over));
            #[expect(clippy::disallowed_methods, reason = "waited for below")]
            tokio::spawn(async move { hammer(number, &place, &is_over).await })
        })
        .collect();
    for epoch in 1..=3 {
        let (old, new) = (leader.port, free_port());
        assert_eq!(leader.order("prepare", epoch, new).await.0, 200);
        place.store(new, Ordering::SeqCst);
        assert_eq!(leader.order("commit", epoch, new).await.0, 200);
        leader.port = new;
        let drained = leader.drained(old).await;
        assert_eq!(drained["lost"], 0, "{drained}");
        assert!(
            TcpListener::bind(("127.0.0.1", old)).is_ok(),
            "it is free again"
        );
    }
    is_over.store(true, Ordering::SeqCst);
    let mut sent = 0;
    for client in clients {
        sent += client.await.unwrap();
    }
    assert!(sent > 300, "only {sent} requests");
    assert_eq!(counter.load(Ordering::SeqCst), sent, "each was done once");
}

/// Posts as fast as it is answered; answers with how often.
async fn hammer(number: usize, place: &AtomicU16, is_over: &AtomicBool) -> usize {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut sent = 0;
    while !is_over.load(Ordering::SeqCst) {
        let url = format!("http://127.0.0.1:{}/count", place.load(Ordering::SeqCst));
        let answer = client.post(url).body("x".repeat(number)).send().await;
        let answer = answer.unwrap();
        assert_eq!(answer.status(), 200);
        sent += 1;
    }
    sent
}

#[tokio::test]
async fn what_is_under_way_is_finished_and_streams_are_told() {
    let (app, _counter) = start().await;
    let mut leader = Leader::new(&app);
    let (old, new) = (leader.port, free_port());
    let base = app.base.clone();
    let slow = reqwest::get(format!("{base}/slow?ms=1500"));
    let stream = async {
        let answer = reqwest::get(format!("{base}/stream")).await.unwrap();
        answer.text().await.unwrap()
    };
    let moving = async {
        until("both are under way", async || {
            let report = leader.report().await;
            (report["listeners"][0]["in_flight"] == 3).then_some(())
        })
        .await;
        leader.order("prepare", 1, new).await;
        let (_, report) = leader.order("commit", 1, new).await;
        let stages: Vec<_> = report["listeners"].as_array().unwrap().iter().collect();
        assert_eq!(
            (&stages[0]["stage"], &stages[1]["stage"]),
            (&json!("draining"), &json!("serving"))
        );
        leader.port = new;
        leader.drained(old).await
    };
    let (slow, stream, drained) = tokio::join!(slow, stream, moving);
    let slow = slow.unwrap();
    assert_eq!(slow.headers()["connection"], "close");
    assert_eq!(slow.json::<Value>().await.unwrap()["generation"], 1);
    assert_eq!(stream, "hello\nbye\n");
    // The order to commit came over the old port as well, and may be answered by then.
    assert!(
        drained["in_flight_at_switch"].as_u64() >= Some(2),
        "{drained}"
    );
    assert_eq!(drained["lost"], 0);
    assert!(drained["waited_ms"].as_u64() >= Some(500), "{drained}");
}

#[tokio::test]
async fn orders_can_be_repeated_and_those_of_an_older_leader_are_refused() {
    let (app, _counter) = start().await;
    let leader = Leader::new(&app);
    let (old, new) = (leader.port, free_port());
    let code = |(status, answer): (u16, Value)| (status, answer["code"].clone());
    let conflict = |code: &str| (409, json!(code));
    assert_eq!(
        code(leader.order("commit", 5, new).await),
        conflict("ports.not_prepared")
    );
    let first = leader.order("prepare", 5, new).await;
    assert_eq!(first.1["listeners"].as_array().unwrap().len(), 2);
    let again = leader.order("prepare", 5, new).await;
    assert_eq!(again.1["listeners"].as_array().unwrap().len(), 2);
    assert_eq!(
        code(leader.order("commit", 4, new).await),
        conflict("ports.stale_epoch")
    );
    let held = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let taken = held.local_addr().unwrap().port();
    assert_eq!(
        code(leader.order("prepare", 5, taken).await),
        conflict("ports.taken")
    );
    assert_eq!(
        code(leader.order("abort", 6, old).await),
        conflict("ports.committed")
    );
    for _time in 0..2 {
        assert_eq!(leader.order("abort", 6, new).await.0, 200);
    }
    leader.drained(new).await;
    assert!(
        TcpListener::bind(("127.0.0.1", new)).is_ok(),
        "it is free again"
    );
    assert_eq!(
        leader.report().await["listeners"].as_array().unwrap().len(),
        1
    );
    let body = json!({"epoch": 9, "port": 0});
    let service = app.service("port-manager");
    service
        .post("/internal/ports/prepare", body.clone())
        .await
        .wrong_field("port");
    for client in [app.admin(), app.service("jobs")] {
        let answer = client.post("/internal/ports/prepare", body.clone()).await;
        assert!([401, 403].contains(&answer.status), "{}", answer.status);
    }
}

#[tokio::test]
async fn a_service_that_nobody_leads_moves_by_one_call() {
    let (mut app, _counter) = start().await;
    let (old, new) = (Leader::new(&app).port, free_port());
    let wish = |new_port: u16, old_port: u16| json!({"new_port": new_port, "old_port": old_port, "timestamp": 1, "source": "port-manager"});
    let path = "/api/config/update-port";
    for client in [app.operator(), app.service("jobs")] {
        client
            .post(path, wish(new, old))
            .await
            .problem(403, "auth.forbidden");
    }
    app.admin()
        .post(path, wish(new, new))
        .await
        .problem(400, "ports.not_here");
    app.admin()
        .post(path, wish(0, old))
        .await
        .wrong_field("new_port");
    let held = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let taken = held.local_addr().unwrap().port();
    app.admin()
        .post(path, wish(taken, old))
        .await
        .problem(409, "ports.taken");
    let told = app
        .service("port-manager")
        .post(path, wish(new, old))
        .await
        .expect(200);
    assert_eq!(
        told,
        json!({"success": true, "message": format!("the service listens on port {new}")})
    );
    app.base = format!("http://127.0.0.1:{new}");
    let mut leader = Leader::new(&app);
    leader.port = new;
    assert_eq!(leader.drained(old).await["lost"], 0);
    // A program inside of a test has no place of its own to start in.
    app.admin()
        .post("/api/admin/restart", json!({}))
        .await
        .problem(409, "service.no_restart");
    app.operator()
        .post("/api/admin/restart", json!({}))
        .await
        .problem(403, "auth.forbidden");
}
