//! Asking over HTTP, and waiting with a limit.

use std::time::{Duration, Instant};

use serde_json::Value;
use suite_sim::{Behaviour, ServiceSpec, Suite};

fn client() -> reqwest::Client {
    // Fails only where another test of this process was first.
    let _first = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let client = reqwest::Client::builder()
        .no_proxy()
        .pool_max_idle_per_host(0);
    client.timeout(Duration::from_secs(2)).build().unwrap()
}

/// Status and body of an answer; none if nobody answers.
pub(crate) async fn get(port: u16, path: &str) -> Option<(u16, Value)> {
    let answer = client()
        .get(format!("http://127.0.0.1:{port}{path}"))
        .send()
        .await
        .ok()?;
    Some((answer.status().as_u16(), answer.json().await.ok()?))
}

pub(crate) async fn post(port: u16, path: &str, body: Value) -> Option<(u16, Value)> {
    let url = format!("http://127.0.0.1:{port}{path}");
    let answer = client().post(url).json(&body).send().await.ok()?;
    Some((answer.status().as_u16(), answer.json().await.ok()?))
}

/// Asks `look` until it gives a value; panics after ten seconds.
pub(crate) async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    for _ in 0..500 {
        if let Some(found) = look().await {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{what} did not happen within ten seconds")
}

/// Asks `look` again and again for so long; panics if it ever says no.
pub(crate) async fn holds(how_long: Duration, mut look: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    while began.elapsed() < how_long {
        assert!(look().await, "it held for {:?} only", began.elapsed());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A suite of one service, `web`, on a free port.
pub(crate) async fn web(behaviour: Behaviour) -> Suite {
    let spec = ServiceSpec {
        id: "web".to_owned(),
        port: 0,
        behaviour,
    };
    Suite::start(vec![spec]).await.unwrap()
}

/// A port that nobody listens on now.
pub(crate) fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.local_addr().unwrap().port()
}
