//! What reaches a service, and what reaches a client.

use reqwest::Method;
use serde_json::Value;

use crate::edge::{Edge, Plan, header};
use crate::raw::{exchange, statuses};

/// Values of header `name` as the service saw them.
fn seen(body: &Value, name: &str) -> Vec<String> {
    let pairs = body["headers"].as_array().unwrap().iter();
    pairs
        .filter(|pair| pair[0] == name)
        .map(|pair| pair[1].as_str().unwrap().to_owned())
        .collect()
}

fn body_of(answer: &str) -> Value {
    let (start, end) = (answer.find('{').unwrap(), answer.rfind('}').unwrap());
    serde_json::from_str(&answer[start..=end]).unwrap()
}

/// Headers with which a client could pass for somebody else, if they came through.
const FORGED: [(&str, &str); 10] = [
    ("x-user-id", "1"),
    ("x-user-role", "admin"),
    ("x-user-anything", "x"),
    ("x-opsc-on-behalf", "somebody"),
    ("x-forwarded-host", "evil.example"),
    ("x-real-ip", "10.9.9.9"),
    ("forwarded", "for=10.9.9.9"),
    ("x-http-method-override", "DELETE"),
    ("x-original-url", "/internal/keys"),
    ("remote-user", "admin"),
];

#[tokio::test]
async fn no_client_speaks_for_somebody_else() {
    let edge = Plan::new().start().await;
    let request = FORGED.iter().fold(
        edge.ask(Method::GET, "/api/v1/users")
            .header("x-forwarded-for", "10.9.9.9")
            .header("x-forwarded-proto", "http")
            .header("x-request-id", "chosen-by-the-client"),
        |request, (name, value)| request.header(*name, *value),
    );
    let answer = request.send().await.unwrap();
    let id = header(&answer, "x-request-id").unwrap();
    let body: Value = answer.json().await.unwrap();
    for (name, _) in FORGED {
        assert!(seen(&body, name).is_empty(), "{name} came through");
    }
    assert_eq!(seen(&body, "x-forwarded-for"), ["127.0.0.1"]);
    assert_eq!(seen(&body, "x-forwarded-proto"), ["https"]);
    assert_eq!(seen(&body, "x-request-id"), std::slice::from_ref(&id));
    assert!(
        id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()),
        "{id}"
    );
    edge.stop().await;
}

#[tokio::test]
async fn what_a_service_needs_comes_through() {
    let edge = Plan::new().start().await;
    let sent = [
        ("authorization", "Bearer mine"),
        ("idempotency-key", "once"),
        ("content-type", "application/json"),
        ("if-match", "\"3\""),
        ("origin", "https://localhost:8443"),
        ("sec-fetch-site", "same-origin"),
        ("cookie", "__Host-opsc_rt=half"),
        ("last-event-id", "17"),
        ("user-agent", "test/1"),
    ];
    let request = edge.ask(Method::POST, "/api/v1/jobs/1/run").body("{}");
    let request = sent.iter().fold(request, |request, (name, value)| {
        request.header(*name, *value)
    });
    let body: Value = request.send().await.unwrap().json().await.unwrap();
    for (name, value) in sent {
        assert_eq!(seen(&body, name), [value], "{name}");
    }
    assert_eq!(
        seen(&body, "host"),
        [format!("localhost:{}", edge.plan.ports.https)]
    );
    assert_eq!(body["body_bytes"], 2);
    edge.stop().await;
}

#[tokio::test]
async fn a_websocket_handshake_comes_through_where_it_belongs() {
    let edge = Plan::new().start().await;
    for (path, service, upgrades) in [
        ("/ws/updates", "port-manager", vec!["websocket"]),
        ("/api/v1/users", "users", vec![]),
    ] {
        let request = edge
            .ask(Method::GET, path)
            .header("connection", "upgrade")
            .header("upgrade", "websocket")
            .header("x-user-role", "admin");
        let body: Value = request.send().await.unwrap().json().await.unwrap();
        assert_eq!(body["service"], service);
        assert_eq!(seen(&body, "upgrade"), upgrades);
        assert!(seen(&body, "x-user-role").is_empty());
    }
    edge.stop().await;
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let edge = Plan::new().start().await;
    let none = "default-src 'none'";
    for (path, csp, cache) in [
        ("/api/v1/users", "frame-ancestors 'none'", "no-store"),
        ("/nothing", "frame-ancestors 'none'", "no-store"),
        ("/app/", "require-trusted-types-for 'script'", "no-cache"),
        (
            "/docs/users/",
            "style-src 'self' 'unsafe-inline'",
            "no-cache",
        ),
    ] {
        let answer = edge.get(path).await;
        let policy = header(&answer, "content-security-policy").unwrap();
        assert!(
            policy.starts_with(none) && policy.contains(csp),
            "{path}: {policy}"
        );
        assert!(!policy.contains("script-src 'self' 'unsafe"));
        assert_eq!(
            header(&answer, "cache-control").as_deref(),
            Some(cache),
            "{path}"
        );
        assert_eq!(
            header(&answer, "x-content-type-options").as_deref(),
            Some("nosniff")
        );
        assert_eq!(
            header(&answer, "referrer-policy").as_deref(),
            Some("no-referrer")
        );
        let opener = header(&answer, "cross-origin-opener-policy");
        assert_eq!(opener.as_deref(), Some("same-origin"));
        assert!(
            header(&answer, "permissions-policy")
                .unwrap()
                .contains("camera=()")
        );
        assert_eq!(header(&answer, "server").as_deref(), Some("nginx"));
        assert_eq!(header(&answer, "x-powered-by"), None);
        assert_eq!(header(&answer, "strict-transport-security"), None);
        assert_eq!(header(&answer, "x-request-id").unwrap().len(), 32);
    }
    edge.stop().await;
}

async fn refused(edge: &Edge, head: &str, rest: &str) -> Vec<u16> {
    let request = format!("POST /api/v1/users HTTP/1.1\r\nHost: localhost\r\n{head}\r\n{rest}");
    let answer = exchange(edge, &request).await;
    assert!(!answer.contains("/internal/keys"), "smuggled: {answer}");
    statuses(&answer)
}

#[tokio::test]
async fn a_request_that_hides_another_is_refused() {
    let edge = Plan::new().start().await;
    let hidden = "0\r\n\r\nGET /internal/keys HTTP/1.1\r\nHost: localhost\r\n\r\n";
    for (head, status) in [
        ("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n", 400),
        ("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", 400),
        ("Content-Length: 4\r\nContent-Length: 5\r\n", 400),
        ("Content-Length: 4\r\nContent-Length: 4\r\n", 400),
        ("Content-Length: +4\r\n", 400),
        ("Content-Length: 4, 4\r\n", 400),
        (
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
            400,
        ),
        ("Transfer-Encoding: identity\r\n", 501),
        ("Transfer-Encoding: xchunked\r\n", 501),
        ("Transfer-Encoding: chunked, identity\r\n", 501),
        ("Host: evil.example\r\nContent-Length: 4\r\n", 400),
    ] {
        assert_eq!(refused(&edge, head, hidden).await, [status], "{head}");
    }
    let bad_chunk = "Transfer-Encoding: chunked\r\n";
    assert_eq!(
        refused(&edge, bad_chunk, "zz\r\nabc\r\n0\r\n\r\n").await,
        [400]
    );
    edge.stop().await;
}

#[tokio::test]
async fn a_body_in_chunks_reaches_the_service_whole() {
    let edge = Plan::new().start().await;
    let request = "POST /api/v1/users HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
                   Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
    let body = body_of(&exchange(&edge, request).await);
    assert_eq!(body["body_bytes"], 5);
    assert_eq!(seen(&body, "content-length"), ["5"]);
    assert!(seen(&body, "transfer-encoding").is_empty());
    edge.stop().await;
}

#[tokio::test]
async fn a_header_that_is_there_twice_counts_once() {
    let edge = Plan::new().start().await;
    let request = "GET /api/v1/users HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
                   Authorization: Bearer one\r\nAuthorization: Bearer two\r\n\
                   X_User_Role: admin\r\nX-Forwarded-For: 10.0.0.1\r\n\
                   X-Forwarded-For: 10.0.0.2\r\nConnection: X-Request-Id\r\n\r\n";
    let answer = exchange(&edge, request).await;
    if statuses(&answer) == [200] {
        let body = body_of(&answer);
        assert_eq!(seen(&body, "authorization").len(), 1);
        assert_eq!(seen(&body, "x-forwarded-for"), ["127.0.0.1"]);
        assert_eq!(seen(&body, "x-request-id").len(), 1);
        assert!(seen(&body, "x_user_role").is_empty());
    } else {
        assert_eq!(statuses(&answer), [400]);
    }
    edge.stop().await;
}

#[tokio::test]
async fn a_malformed_request_is_answered_with_a_problem() {
    let edge = Plan::new().start().await;
    let answer = exchange(&edge, "GET /users HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n").await;
    assert_eq!(statuses(&answer), [400]);
    assert_eq!(body_of(&answer)["code"], "gateway.bad_request");
    edge.stop().await;
}

#[tokio::test]
async fn the_log_has_no_query_and_no_token() {
    let edge = Plan::new().start().await;
    let answer = edge
        .ask(Method::GET, "/api/v1/users?token=hunter2")
        .header("authorization", "Bearer hunter3")
        .send()
        .await
        .unwrap();
    let id = header(&answer, "x-request-id").unwrap();
    let plan = edge.stop().await;
    let log = std::fs::read_to_string(plan.state_dir().join("logs/access.log")).unwrap();
    let line = log
        .lines()
        .find(|line| line.contains(&id))
        .expect("the request is logged");
    let entry: Value = serde_json::from_str(line).unwrap();
    assert_eq!(entry["path"], "/api/v1/users");
    assert_eq!(entry["status"], 200);
    assert!(!log.contains("hunter"));
}
