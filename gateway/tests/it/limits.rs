//! What is too much, too large, or not there.

use reqwest::{Method, StatusCode};

use crate::edge::{Plan, header, problem};

#[tokio::test]
async fn a_body_is_as_large_as_its_path_allows() {
    let edge = Plan::new().start().await;
    for (path, limit_kib) in [
        ("/api/v1/credentials", 64),
        ("/credentials", 64),
        ("/api/v1/jobs", 256),
        ("/api/v1/targets", 1024),
        ("/api/v1/users", 1024),
        ("/api/refresh", 64),
    ] {
        let send = |bytes: usize| edge.ask(Method::POST, path).body(vec![b'x'; bytes]).send();
        assert_eq!(
            send(limit_kib * 1024).await.unwrap().status(),
            200,
            "{path}"
        );
        let answer = send(limit_kib * 1024 + 1).await.unwrap();
        problem(answer, 413, "gateway.body_too_large").await;
    }
    edge.stop().await;
}

#[tokio::test]
async fn secrets_in_a_body_touch_no_disk() {
    let edge = Plan::new().start().await;
    let body = vec![b'x'; 60 * 1024];
    let answer = edge
        .ask(Method::POST, "/api/v1/credentials")
        .body(body)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    let temporary = edge.plan.state_dir().join("run/body");
    let used = std::fs::read_dir(temporary).unwrap().count();
    assert_eq!(used, 0, "nginx made a folder for a body");
    edge.stop().await;
}

#[tokio::test]
async fn sign_ins_from_one_address_are_limited() {
    let plan = Plan::new()
        .set("GATEWAY_LOGIN_RATE", "1")
        .set("GATEWAY_LOGIN_BURST", "2");
    let edge = plan.start().await;
    let client = edge.client();
    let mut refused = None;
    for path in [
        "/login",
        "/api/login",
        "/api/v1/auth/login",
        "/login",
        "/login",
        "/login",
    ] {
        let answer = client.post(edge.url(path)).send().await.unwrap();
        if answer.status() == StatusCode::TOO_MANY_REQUESTS {
            refused = Some(answer);
        }
    }
    let refused = refused.expect("one of six sign-ins is refused");
    assert_eq!(header(&refused, "retry-after").as_deref(), Some("1"));
    assert_eq!(
        header(&refused, "cache-control").as_deref(),
        Some("no-store")
    );
    problem(refused, 429, "gateway.rate_limited").await;
    assert_eq!(
        client
            .get(edge.url("/api/v1/users"))
            .send()
            .await
            .unwrap()
            .status(),
        200
    );
    edge.stop().await;
}

#[tokio::test]
async fn calls_from_one_address_are_limited() {
    let plan = Plan::new()
        .set("GATEWAY_API_RATE", "1")
        .set("GATEWAY_API_BURST", "3");
    let edge = plan.start().await;
    let client = edge.client();
    let mut refused = 0;
    for path in ["/users", "/api/v1/jobs", "/targets", "/auth/health"]
        .iter()
        .cycle()
        .take(12)
    {
        let answer = client.get(edge.url(path)).send().await.unwrap();
        if answer.status() == StatusCode::TOO_MANY_REQUESTS {
            refused += 1;
        }
    }
    assert!(refused >= 5, "{refused} of 12 were refused");
    assert_eq!(
        client.get(edge.url("/app/")).send().await.unwrap().status(),
        200
    );
    edge.stop().await;
}

#[tokio::test]
async fn long_addresses_and_headers_are_refused() {
    let edge = Plan::new().start().await;
    let long = "x".repeat(9 * 1024);
    let answer = edge.get(&format!("/users?q={long}")).await;
    problem(answer, 414, "gateway.uri_too_long").await;
    let answer = edge
        .ask(Method::GET, "/users")
        .header("cookie", &long)
        .send()
        .await
        .unwrap();
    problem(answer, 431, "gateway.headers_too_large").await;
    let many = (0..8).fold(edge.ask(Method::GET, "/users"), |request, number| {
        request.header(format!("x-part-{number}"), "y".repeat(4 * 1024))
    });
    problem(many.send().await.unwrap(), 431, "gateway.headers_too_large").await;
    edge.stop().await;
}

#[tokio::test]
async fn a_service_that_is_away_is_answered_for() {
    let edge = Plan::without_services().start().await;
    for (method, path) in [
        (Method::GET, "/api/v1/users"),
        (Method::POST, "/api/v1/jobs"),
        (Method::DELETE, "/credentials/1"),
        (Method::GET, "/auth/health"),
        (Method::GET, "/docs/jobs/"),
        (Method::GET, "/ws/updates"),
    ] {
        let answer = edge.ask(method, path).send().await.unwrap();
        assert!(header(&answer, "retry-after").is_some(), "{path}");
        problem(answer, 503, "gateway.upstream_unavailable").await;
    }
    edge.stop().await;
}
