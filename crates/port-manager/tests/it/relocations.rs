//! Moves of our own services, of which the port manager itself is one: no request is lost on the way.

use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use clients::http::{LocalTokens, TokenSource};
use port_manager::SERVICE;
use port_manager::config::Config;
use serde_json::{Value, json};
use testkit::app::{TestApp, parts};
use testkit::wait::until;

use crate::support::{self, audited, events, free_port, port_of, start_parts};

const OWN: &str = "itechsmart-port-manager";

/// Starts a port manager that knows itself as a service, and may give itself orders.
async fn start(change: impl FnOnce(&mut Config)) -> TestApp {
    let mut parts = parts(SERVICE).await;
    let authority = Arc::clone(&parts.authority);
    let make = move |audience: &str| Some(authority.service_token("port-manager", audience));
    parts.kit.tokens = TokenSource::Local(LocalTokens(Arc::new(make)));
    let app = start_parts(parts, change).await;
    let body = json!({"pid": std::process::id()});
    let path = format!("/api/services/{OWN}");
    app.operator().put(&path, body).await.expect(200);
    support::assign(&app, OWN, port(&app)).await;
    app
}

fn port(app: &TestApp) -> u16 {
    app.base.rsplit_once(':').unwrap().1.parse().unwrap()
}

fn is_open(port: u16) -> bool {
    TcpStream::connect(("127.0.0.1", port)).is_ok()
}

/// Where the program is asked from now on.
fn follow(app: &mut TestApp, port: u16) {
    app.base = format!("http://127.0.0.1:{port}");
}

async fn reassign(app: &TestApp, port: u16) -> testkit::answer::Answer {
    let body = json!({"service_id": OWN, "new_port": port});
    app.operator().post("/api/ports/reassign", body).await
}

async fn last_change(app: &TestApp) -> Value {
    let path = format!("/api/ports/changes?service_id={OWN}&limit=1");
    app.viewer().get(&path).await.expect(200)["changes"][0].clone()
}

/// Phases of the moves so far, as events told them.
async fn phases(app: &TestApp) -> Vec<String> {
    let mut events = events(app).await;
    events.retain(|event| event["type"] == "move_progress");
    let phase = |event: &Value| event["phase"].as_str().unwrap().to_owned();
    events.iter().map(phase).collect()
}

/// Asks one port after the other as the map leads, until it is told to stop; counts answers and failures.
struct Caller {
    port: Arc<AtomicUsize>,
    stop: Arc<AtomicBool>,
    task: tokio::task::JoinHandle<(usize, usize)>,
}

impl Caller {
    fn start(at: u16) -> Self {
        let port = Arc::new(AtomicUsize::new(at.into()));
        let stop = Arc::new(AtomicBool::new(false));
        let (asked, ended) = (Arc::clone(&port), Arc::clone(&stop));
        #[expect(clippy::disallowed_methods, reason = "ended by Caller::end")]
        let task = tokio::spawn(async move {
            let client = reqwest::Client::builder().no_proxy().build().unwrap();
            let (mut good, mut bad) = (0, 0);
            while !ended.load(Ordering::SeqCst) {
                let url = format!("http://127.0.0.1:{}/info", asked.load(Ordering::SeqCst));
                match client.get(url).send().await {
                    Ok(answer) if answer.status() == 200 => good += 1,
                    Ok(_) | Err(_) => bad += 1,
                }
            }
            (good, bad)
        });
        Self { port, stop, task }
    }

    async fn end(self) -> (usize, usize) {
        self.stop.store(true, Ordering::SeqCst);
        self.task.await.unwrap()
    }
}

#[tokio::test]
async fn the_port_manager_moves_itself_and_loses_no_request() {
    let mut app = start(|_config| {}).await;
    let (old, new) = (port(&app), free_port());
    let caller = Caller::start(old);
    let answer = reassign(&app, new).await.expect(200);
    assert_eq!(
        (&answer["old_port"], &answer["new_port"]),
        (&json!(old), &json!(new))
    );
    assert_eq!(answer["update_result"]["live"], true);
    caller.port.store(new.into(), Ordering::SeqCst);
    follow(&mut app, new);
    until("the move is over", async || {
        (last_change(&app).await["phase"] == "committed").then_some(())
    })
    .await;
    assert!(!is_open(old), "the old port is closed");
    let (good, bad) = caller.end().await;
    assert!(good > 50 && bad == 0, "{good} answered, {bad} failed");
    assert_eq!(port_of(&app, OWN).await, new);
    assert_eq!(
        phases(&app).await,
        ["bound", "healthy", "switched", "drained", "committed"]
    );
    let change = last_change(&app).await;
    assert_eq!(change["drain"]["lost"], 0, "{change}");
    assert!(
        change["drain"]["in_flight_at_switch"].is_number(),
        "{change}"
    );
    for phase in ["bind", "prove", "switch", "drain", "total"] {
        assert!(change["milliseconds"][phase].is_number(), "{change}");
    }
    assert!(audited(&app).await.contains(&"port.moved".to_owned()));
}

#[tokio::test]
async fn a_move_waits_for_every_gateway_and_the_map_leads_there_meanwhile() {
    let mut app = start(|_config| {}).await;
    let (old, new) = (port(&app), free_port());
    let gateway = |serves: Value| json!({"gateway": "edge-1", "serves": serves});
    let version = |map: &Value| json!({"epoch": map["epoch"], "revision": map["revision"]});
    let map_port = |map: &Value| {
        let services = map["services"].as_array().unwrap().clone();
        let own = services.iter().find(|one| one["name"] == "port-manager");
        own.unwrap()["port"].clone()
    };
    let exchange = async |serves: Value| {
        let door = app.service("gateway");
        door.post("/internal/port-map", gateway(serves))
            .await
            .expect(200)
    };
    let first = exchange(Value::Null).await;
    assert_eq!(map_port(&first), old);
    let moved = reassign(&app, new);
    let acknowledged = async {
        let known = version(&first);
        // Until it has followed, everybody is asked at the old port.
        let led = loop {
            let map = exchange(known.clone()).await;
            if map_port(&map) == new {
                break map;
            }
        };
        assert_eq!(phases(&app).await, ["bound", "healthy"]);
        assert!(is_open(old) && is_open(new));
        exchange(version(&led)).await;
    };
    let (answer, ()) = tokio::join!(moved, acknowledged);
    answer.expect(200);
    follow(&mut app, new);
    until("the move is over", async || {
        (last_change(&app).await["phase"] == "committed").then_some(())
    })
    .await;
}

#[tokio::test]
async fn without_a_gateway_that_follows_the_service_goes_back() {
    let nobody = format!("http://127.0.0.1:{}", free_port());
    let app = start(|config| {
        config.gateway_url = Some(nobody);
        config.switch_limit = Duration::from_secs(1);
    })
    .await;
    let (old, new) = (port(&app), free_port());
    let refused = reassign(&app, new).await.problem(400, "ports.move_failed");
    assert!(
        refused.detail.contains("no gateway follows the port map"),
        "{}",
        refused.detail
    );
    assert_eq!(port_of(&app, OWN).await, old);
    assert_eq!(
        phases(&app).await,
        ["bound", "healthy", "rolling_back", "rolled_back"]
    );
    until("the new port is closed", async || {
        (!is_open(new)).then_some(())
    })
    .await;
    let change = last_change(&app).await;
    assert_eq!(
        (&change["phase"], &change["ended_at"].is_string()),
        (&json!("rolled_back"), &true)
    );
    // Nothing is left of it: the next one is free to go there.
    let free = app
        .viewer()
        .get(&format!("/api/ports/{new}/available"))
        .await
        .expect(200);
    assert_eq!(free["available"], true);
}

#[tokio::test]
async fn a_port_that_cannot_be_opened_leaves_the_service_where_it_is() {
    let app = start(|_config| {}).await;
    let old = port(&app);
    // Held without listening, so that no look at sockets finds it.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let held = socket.local_addr().unwrap().port();
    let refused = reassign(&app, held).await.problem(400, "ports.move_failed");
    assert!(refused.detail.contains("ports.taken"), "{}", refused.detail);
    assert_eq!(port_of(&app, OWN).await, old);
    assert_eq!(phases(&app).await, ["rolling_back", "rolled_back"]);
}

#[tokio::test]
async fn a_gateway_says_who_it_is_and_only_a_gateway_asks_for_the_map() {
    let app = start(|_config| {}).await;
    let body = json!({"gateway": "edge-1", "serves": null});
    app.admin()
        .post("/internal/port-map", body.clone())
        .await
        .problem(403, "auth.forbidden");
    let door = app.service("gateway");
    door.post("/internal/port-map", body).await.expect(200);
    let nameless = json!({"gateway": "", "serves": null});
    door.post("/internal/port-map", nameless)
        .await
        .problem(400, "request.invalid");
    let strange = json!({"gateway": "edge-1", "serves": {"epoch": "e".repeat(101), "revision": 1}});
    door.post("/internal/port-map", strange)
        .await
        .problem(400, "request.invalid");
    app.viewer()
        .get("/api/ports/changes/77")
        .await
        .problem(404, "ports.no_such_change");
    app.viewer()
        .get("/api/ports/changes?limit=0")
        .await
        .problem(400, "request.invalid");
    app.viewer()
        .get("/api/ports/changes?service_id=none")
        .await
        .problem(404, "ports.no_such_service");
}
