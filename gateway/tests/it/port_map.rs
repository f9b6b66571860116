//! Services move to other ports, and nginx follows without a reload.

use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use actix_web::web::{Bytes, Data};
use actix_web::{App, HttpResponse, HttpServer, web};
use common::model::port::{GatewayState, MapVersion, PortMap, Whereabouts};
use gateway::services::Address;
use reqwest::StatusCode;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::edge::{Edge, Plan};
use crate::upstream;

/// A port manager with a map that a test changes.
#[derive(Clone)]
struct Maps(Arc<Mutex<(PortMap, Vec<GatewayState>)>>);

impl Maps {
    /// Starts it with jobs at a port that is the one of its settings.
    fn start(configured_port: u16) -> (Self, Address) {
        let jobs = Whereabouts {
            name: "jobs".to_owned(),
            configured_port,
            port: configured_port,
        };
        let map = PortMap {
            version: MapVersion {
                epoch: "first".to_owned(),
                revision: 1,
            },
            services: vec![jobs],
        };
        let maps = Self(Arc::new(Mutex::new((map, Vec::new()))));
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = Address::loopback(listener.local_addr().unwrap().port());
        let served = Data::new(maps.clone());
        let make = move || {
            let exchange = web::post().to(exchange);
            App::new()
                .app_data(served.clone())
                .route("/internal/port-map", exchange)
        };
        let server = HttpServer::new(make).workers(1).disable_signals();
        #[expect(clippy::disallowed_methods, reason = "lives as long as the test")]
        tokio::spawn(server.listen(listener).unwrap().run());
        (maps, address)
    }

    fn lead(&self, change: impl FnOnce(&mut PortMap)) {
        let mut state = self.0.lock().unwrap();
        state.0.version.revision += 1;
        change(&mut state.0);
    }

    fn move_jobs(&self, port: u16) {
        self.lead(|map| map.services[0].port = port);
    }

    /// What the gateway said last that it serves.
    fn served(&self) -> Option<MapVersion> {
        self.0.lock().unwrap().1.last()?.serves.clone()
    }

    fn newest(&self) -> MapVersion {
        self.0.lock().unwrap().0.version.clone()
    }
}

async fn exchange(maps: Data<Maps>, state: Bytes) -> HttpResponse {
    let mut maps = maps.0.lock().unwrap();
    maps.1.push(serde_json::from_slice(&state).unwrap());
    HttpResponse::Ok().json(&maps.0)
}

/// Port of the service that answers a request for runs.
async fn answering(edge: &Edge) -> u64 {
    let answer = edge.get("/api/v1/runs").await;
    assert_eq!(answer.status(), 200);
    let said: Value = answer.json().await.unwrap();
    let headers = said["headers"].as_array().unwrap();
    assert!(!headers.is_empty());
    said["port"].as_u64().unwrap()
}

async fn follow(edge: &Edge, maps: &Maps) {
    let newest = maps.newest();
    edge.app.ports.give();
    edge.wait(|state| state.map.as_ref() == Some(&newest)).await;
}

#[tokio::test]
async fn requests_follow_a_service_that_moves_and_the_port_manager_is_told() {
    let (old, new) = (upstream::start("jobs"), upstream::start("jobs"));
    let (maps, port_manager) = Maps::start(old.port());
    let edge = Plan::new()
        .set("JOBS_URL", &old.url())
        .set("PORT_MANAGER_URL", &port_manager.url())
        .set("GATEWAY_NAME", "edge-1")
        .start()
        .await;
    follow(&edge, &maps).await;
    let nginx = edge.nginx_pid();
    for place in [&new, &old, &new] {
        maps.move_jobs(place.port());
        follow(&edge, &maps).await;
        assert_eq!(answering(&edge).await, u64::from(place.port()));
        let newest = maps.newest();
        edge.wait(|_state| maps.served().as_ref() == Some(&newest))
            .await;
    }
    assert_eq!(edge.nginx_pid(), nginx);
    assert_eq!(
        edge.app.edge.snapshot().served,
        Some(1),
        "nothing was reloaded"
    );

    // A map about another instance is not about this one.
    maps.lead(|map| map.services[0].configured_port = 1);
    follow(&edge, &maps).await;
    assert_eq!(answering(&edge).await, u64::from(old.port()));
    edge.stop().await;
}

#[tokio::test]
async fn a_start_without_a_port_manager_goes_on_with_the_map_that_was_in_use() {
    let (old, new) = (upstream::start("jobs"), upstream::start("jobs"));
    let (maps, port_manager) = Maps::start(old.port());
    let plan = Plan::new()
        .set("JOBS_URL", &old.url())
        .set("PORT_MANAGER_URL", &port_manager.url());
    let edge = plan.start().await;
    maps.move_jobs(new.port());
    follow(&edge, &maps).await;
    let nobody = format!("http://127.0.0.1:{}", edge.plan.ports.status + 1);
    let plan = edge.stop().await;
    let edge = plan.set("PORT_MANAGER_URL", &nobody).start().await;
    assert_eq!(answering(&edge).await, u64::from(new.port()));

    // The same after nginx alone has ended.
    let killed = edge.nginx_pid();
    kill_process(Pid::from_raw(killed).unwrap(), Signal::KILL).unwrap();
    edge.wait(|state| state.served.is_none()).await;
    edge.wait(|state| state.served.is_some()).await;
    assert_ne!(edge.nginx_pid(), killed);
    assert_eq!(answering(&edge).await, u64::from(new.port()));
    edge.stop().await;
}

#[tokio::test]
async fn nginx_takes_a_map_from_who_knows_the_key_and_only_a_whole_one() {
    let edge = Plan::new().start().await;
    let url = format!("http://127.0.0.1:{}/__opsc/ports", edge.plan.ports.admin);
    let key = std::fs::read_to_string(edge.plan.state_dir().join("admin.key")).unwrap();
    let client = clients::http::outbound().unwrap();
    let before = client.get(&url).header("x-opsc-key", &key);
    let before = before.send().await.unwrap().text().await.unwrap();
    assert!(before.ends_with("end\n"), "{before}");
    let long = "x".repeat(70_000);
    for (key, map, status) in [
        ("wrong", before.as_str(), StatusCode::FORBIDDEN),
        (&key, "", StatusCode::BAD_REQUEST),
        (&key, "jobs 127.0.0.1 1\nend\n", StatusCode::BAD_REQUEST),
        (
            &key,
            "opsconductor port map 1\njobs 127.0.0.1 1\n",
            StatusCode::BAD_REQUEST,
        ),
        (
            &key,
            "opsconductor port map 1\njobs 127.0.0.1 70000\nend\n",
            StatusCode::BAD_REQUEST,
        ),
        (
            &key,
            "opsconductor port map 1\njobs evil.example 1\nend\n",
            StatusCode::BAD_REQUEST,
        ),
        (&key, &long, StatusCode::PAYLOAD_TOO_LARGE),
        (&key, &before, StatusCode::NO_CONTENT),
    ] {
        let put = client.put(&url).header("x-opsc-key", key);
        let answer = put.body(map.to_owned()).send().await.unwrap();
        assert_eq!(answer.status(), status, "{map}");
    }
    let unseen = client.get(&url).send().await.unwrap();
    assert_eq!(unseen.status(), 403);
    assert_eq!(edge.get("/api/v1/runs").await.status(), 200);
    edge.stop().await;
}

#[tokio::test]
async fn a_service_without_an_address_is_unavailable_and_the_others_answer() {
    let edge = Plan::new()
        .set("JOBS_URL", "http://jobs.invalid:3006")
        .start()
        .await;
    let refused = edge.get("/api/v1/runs").await;
    assert_eq!(refused.status(), 503);
    let problem: Value = refused.json().await.unwrap();
    assert_eq!(problem["code"], "gateway.upstream_unavailable");
    assert_eq!(edge.get("/api/v1/targets").await.status(), 200);
    edge.stop().await;
}
