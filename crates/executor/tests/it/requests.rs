//! Steps that ask HTTP interfaces.

use serde_json::{Value, json};

use crate::bench::Bench;
use crate::http::Server;
use crate::step::Step;

const KEY: &str = "swordfish-7-long";
/// Another credential than that of the bench.
const API: i64 = 8;

/// A request to a path of the server, with a credential.
fn request(bench: &Bench, server: &Server, spec: Value) -> Step {
    let mut step = bench
        .exec("")
        .kind("http.request")
        .credential(Some(API))
        .target("protocol", "http".into())
        .target("port", server.port.into())
        .target("credential_id", API.into());
    step.spec = spec;
    step
}

fn keep_key(bench: &Bench) {
    let data = json!({"api_key": KEY, "header": "X-Token"});
    bench.credentials.keep_as(API, "api_key", data);
}

#[tokio::test]
async fn an_interface_is_asked_with_the_credential_of_its_target() {
    let bench = Bench::new().await;
    let _executor = bench.executor().await;
    keep_key(&bench);
    let body = format!("{{\"id\": 7, \"echo\": \"{KEY}\"}}");
    let server = Server::start("201 Created", body).await;
    let steps = [
        request(&bench, &server, json!({
            "method": "POST", "path": "/v1/{{ who }}?q={{ who }}", "headers": {"X-Who": "{{ who }}"},
            "body": {"name": ["{{ who }}"], "n": 3}, "extract": {"id": "/id", "all": ""},
        }))
        .named("make"),
        bench
            .exec("echo {{ steps.make.extracted.id }} {{ steps.make.exit_code }}")
            .reads_results(),
    ];
    let run = bench.run_with(&steps, json!({"who": "a/b \"c"})).await;
    assert_eq!(bench.ended(run).await, "succeeded");
    let asked = server.asked().remove(0);
    assert!(
        asked.starts_with("POST /v1/a%2Fb%20%22c?q=a%2Fb%20%22c HTTP/1.1\r\n"),
        "{asked}"
    );
    let head = asked.to_lowercase();
    assert!(head.contains(&format!("x-token: {KEY}")), "{asked}");
    assert!(head.contains("content-type: application/json"), "{asked}");
    assert!(asked.ends_with(r#"{"n":3,"name":["a/b \"c"]}"#), "{asked}");
    let steps = bench.steps(run).await;
    assert_eq!(
        (steps[0].end(), steps[0].exit_code),
        (("succeeded", None), Some(201))
    );
    assert_eq!(steps[0].out(), r#"{"id": 7, "echo": "***"}"#);
    assert_eq!(steps[0].metrics["extracted"]["all"]["echo"], "***");
    assert_eq!(steps[1].out(), "7 201\n");
}

#[tokio::test]
async fn passwords_and_bearers_take_their_usual_form() {
    let bench = Bench::new().await;
    let _executor = bench.executor().await;
    let server = Server::start("204 No Content", "").await;
    for (kind, data, header) in [
        (
            "winrm",
            json!({"username": "u", "password": "pass"}),
            "authorization: Basic dTpwYXNz",
        ),
        (
            "api_key",
            json!({"api_key": KEY, "header": "Authorization"}),
            "Bearer swordfish-7-long",
        ),
        (
            "api_key",
            json!({"api_key": KEY}),
            "x-api-key: swordfish-7-long",
        ),
    ] {
        bench.credentials.keep_as(API, kind, data);
        let step = request(&bench, &server, json!({"method": "GET", "path": "/"}));
        assert_eq!(bench.outcome(step).await.end(), ("succeeded", None));
        let asked = server.asked().pop().expect("a request");
        assert!(asked.contains(header), "{asked}");
    }
}

#[tokio::test]
async fn the_status_decides_and_redirects_are_not_followed() {
    let bench = Bench::new().await;
    let _executor = bench.executor().await;
    keep_key(&bench);
    let other = Server::start("200 OK", "").await;
    let location: &'static str = format!("302 Found\r\nlocation: {}", other.url("/")).leak();
    let server = Server::start(location, "moved").await;
    let step = request(&bench, &server, json!({"method": "GET", "path": "/"}));
    let step = bench.outcome(step).await;
    assert_eq!(
        (step.end(), step.exit_code),
        (("failed", Some("http_status")), Some(302))
    );
    assert!(
        step.err().contains("Redirects are not followed"),
        "{}",
        step.err()
    );
    assert!(other.asked().is_empty());
    let expected = json!({"method": "GET", "path": "/", "expected_status": [302]});
    let step = bench.outcome(request(&bench, &server, expected)).await;
    assert_eq!((step.end(), step.out()), (("succeeded", None), "moved"));
}

#[tokio::test]
async fn a_whole_address_gets_no_credential_and_none_is_asked_for_what_is_closed() {
    let bench = Bench::new().await;
    let _executor = bench.executor().await;
    keep_key(&bench);
    let server = Server::start("200 OK", "x".repeat(3 << 20)).await;
    let url = server.url("/{{ target.name }}");
    let step = request(&bench, &server, json!({"method": "GET", "url": url}));
    let step = bench.outcome(step).await;
    assert_eq!(step.end(), ("succeeded", None));
    assert_eq!(step.metrics["bytes_out"], 3 << 20);
    let asked = server.asked().remove(0);
    assert!(
        asked.starts_with("GET /web-1 ") && !asked.contains(KEY),
        "{asked}"
    );
    let closed = json!({"method": "GET", "url": "http://169.254.169.254/latest"});
    let step = bench.outcome(request(&bench, &server, closed)).await;
    assert_eq!(step.end(), ("failed", Some("not_allowed")));
}

#[tokio::test]
async fn what_cannot_be_taken_out_fails_the_step() {
    let bench = Bench::new().await;
    let _executor = bench.executor().await;
    keep_key(&bench);
    for (body, said) in [("{}", "nothing at"), ("no json", "no JSON")] {
        let server = Server::start("200 OK", body).await;
        let spec = json!({"method": "GET", "path": "/", "extract": {"id": "/id"}});
        let step = bench.outcome(request(&bench, &server, spec)).await;
        assert_eq!(step.end(), ("failed", Some("extract_failed")));
        assert!(step.err().contains(said), "{}", step.err());
    }
}

#[tokio::test]
async fn a_request_that_may_have_been_done_is_not_sent_again() {
    let bench = Bench::new().await;
    let _executor = bench.executor().await;
    keep_key(&bench);
    // The answer says that there is more, and then there is not.
    let server = Server::start("200 OK\r\ntransfer-encoding: chunked", "zz").await;
    let spec = json!({"method": "POST", "path": "/"});
    let step = bench.outcome(request(&bench, &server, spec)).await;
    assert_eq!(step.end(), ("unknown", Some("lost_connection")));
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn a_target_of_another_protocol_is_not_asked() {
    let bench = Bench::new().await;
    let _executor = bench.executor().await;
    let server = Server::start("200 OK", "").await;
    let step = request(&bench, &server, json!({"method": "GET", "path": "/"}));
    let step = bench.outcome(step.target("protocol", "ssh".into())).await;
    assert_eq!(step.end(), ("failed", Some("wrong_protocol")));
}
