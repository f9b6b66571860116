//! What the gateway answers itself, on its loopback port.

use gateway::services::SERVICES;
use serde_json::{Value, json};

use crate::edge::{Edge, Plan};

async fn ask(edge: &Edge, path: &str) -> Value {
    let url = format!("http://127.0.0.1:{}{path}", edge.plan.ports.status);
    let client = clients::http::outbound().unwrap();
    let answer = client.get(url).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    answer.json().await.unwrap()
}

#[tokio::test]
async fn it_tells_where_requests_for_each_service_go() {
    let edge = Plan::without_services()
        .set("AUTH_URL", "http://127.0.0.1:3901")
        .set("USERS_URL", "http://localhost:3002/")
        .set("JOBS_URL", "http://[::1]:3006")
        .start()
        .await;
    let told = ask(&edge, "/upstreams").await;
    assert_eq!(
        (&told["generation"], &told["drift"]),
        (&json!(1), &Value::Null)
    );
    let places = told["upstreams"].as_array().unwrap();
    assert_eq!(places.len(), SERVICES.len());
    for place in [
        json!({"name": "auth", "host": "127.0.0.1", "port": 3901}),
        json!({"name": "users", "host": "localhost", "port": 3002}),
        json!({"name": "jobs", "host": "::1", "port": 3006}),
    ] {
        assert!(places.contains(&place), "{place} is not in {told}");
    }
    edge.stop().await;
}

#[tokio::test]
async fn it_tells_why_nginx_does_not_serve_what_is_set() {
    let edge = Plan::without_services().with_own_templates().start().await;
    let snippet = edge.plan.dir.path().join("own/snippets/stream.conf");
    std::fs::write(snippet, "stream_on;\n").unwrap();
    edge.reconcile(|state| state.drift.is_some()).await;
    let told = ask(&edge, "/upstreams").await;
    assert_eq!(told["generation"], 1);
    let why = told["drift"].as_str().unwrap();
    assert!(
        why.starts_with("nginx refused") && why.contains("stream_on"),
        "{why}"
    );

    // The next round leaves the same files alone, and has the same to say.
    edge.app.edge.set_drift(None);
    edge.reconcile(|state| state.drift.is_some()).await;
    assert_eq!(ask(&edge, "/upstreams").await["drift"], why);
    edge.stop().await;
}

#[tokio::test]
async fn its_document_names_its_routes() {
    let edge = Plan::without_services().start().await;
    let document = ask(&edge, "/docs/openapi.json").await;
    for path in ["/platform/health", "/upstreams"] {
        assert!(document["paths"][path]["get"].is_object(), "{path}");
    }
    edge.stop().await;
}
