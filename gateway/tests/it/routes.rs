//! Which path is answered by whom.

use reqwest::Method;
use serde_json::Value;

use crate::edge::{Edge, Plan, header, problem};
use crate::raw::{exchange, statuses};

async fn answered_by(edge: &Edge, method: Method, path: &str) -> (String, String) {
    let answer = edge.ask(method, path).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    let body: Value = answer.json().await.unwrap();
    let text = |name: &str| body[name].as_str().unwrap().to_owned();
    (text("service"), text("uri"))
}

/// A path, the service that answers, and the path that it is asked for.
const ROUTES: &[(&str, &str, &str)] = &[
    ("/api/v1/users", "users", "/users"),
    (
        "/api/v1/users/7/roles?x=%2F&y=1",
        "users",
        "/users/7/roles?x=%2F&y=1",
    ),
    ("/api/v1/audit", "users", "/audit"),
    (
        "/api/v1/credentials/by-name/a%20b%3Fc",
        "credentials",
        "/credentials/by-name/a%20b%3Fc",
    ),
    (
        "/api/v1/targets/3/test-winrm",
        "targets",
        "/targets/3/test-winrm",
    ),
    ("/api/v1/jobs", "jobs", "/jobs"),
    ("/api/v1/runs/9/steps", "jobs", "/runs/9/steps"),
    ("/api/v1/schedules", "jobs", "/schedules"),
    ("/api/v1/executor/status", "executor", "/status"),
    ("/api/v1/executor/workers", "executor", "/workers"),
    ("/api/v1/status", "executor", "/status"),
    ("/status", "executor", "/status"),
    ("/users", "users", "/users"),
    ("/credentials/1", "credentials", "/credentials/1"),
    ("/targets?tag=web", "targets", "/targets?tag=web"),
    ("/runs?job_id=1", "jobs", "/runs?job_id=1"),
    ("//jobs//5", "jobs", "/jobs/5"),
    ("/login", "auth", "/login"),
    ("/api/login", "auth", "/login"),
    ("/api/v1/auth/login", "auth", "/login"),
    ("/api/refresh", "auth", "/refresh"),
    ("/api/verify", "auth", "/verify"),
    ("/api/revoke-all", "auth", "/revoke-all"),
    ("/api/logout", "auth", "/logout"),
    ("/api/sessions/abc", "auth", "/sessions/abc"),
    ("/sessions", "auth", "/sessions"),
    ("/api/v1/auth/sessions", "auth", "/sessions"),
    ("/.well-known/jwks.json", "auth", "/.well-known/jwks.json"),
    ("/auth/health", "auth", "/health"),
    ("/users/health", "users", "/health"),
    ("/credentials/health/ready", "credentials", "/health/ready"),
    ("/executor/info", "executor", "/info"),
    (
        "/api/ports/assignments?suite=a",
        "port-manager",
        "/api/ports/assignments?suite=a",
    ),
    (
        "/api/services/status/web",
        "port-manager",
        "/api/services/status/web",
    ),
    ("/api/suites", "port-manager", "/api/suites"),
    ("/api/health/", "port-manager", "/api/health/"),
    (
        "/api/health/detailed",
        "port-manager",
        "/api/health/detailed",
    ),
    ("/port-manager/health", "port-manager", "/health"),
    ("/docs/port-manager/", "port-manager", "/docs/"),
    ("/docs/targets/", "targets", "/docs/"),
    ("/docs/jobs/openapi.json", "jobs", "/docs/openapi.json"),
    ("/docs/jobs/swagger-ui.css", "jobs", "/docs/swagger-ui.css"),
];

#[tokio::test]
async fn every_path_reaches_its_service() {
    let edge = Plan::new().start().await;
    for (path, service, uri) in ROUTES.iter().copied() {
        let answer = answered_by(&edge, Method::GET, path).await;
        assert_eq!(answer, (service.to_owned(), uri.to_owned()), "{path}");
    }
    let posted = answered_by(&edge, Method::POST, "/api/v1/jobs/1/run").await;
    assert_eq!(posted, ("jobs".to_owned(), "/jobs/1/run".to_owned()));
    edge.stop().await;
}

#[tokio::test]
async fn nothing_internal_is_reachable() {
    let edge = Plan::new().start().await;
    for path in [
        "/internal/keys",
        "/metrics",
        "/auth/metrics",
        "/auth/internal/keys",
        "/api/v1/internal/keys",
        "/api/v1/metrics",
        "/api/v1/auth/internal",
        "/api/v1/auth/internal/keys",
        "/api/v1/auth//internal/keys",
        "/api/v1/auth/%69nternal/keys",
        "/api/v1/auth/metrics",
        "/api/v1/auth/",
        "/docs/nobody/",
        "/__opsc/generation",
        "/platform/health",
        "/upstreams",
        "/gateway/upstreams",
        "/api/v1/upstreams",
        "/api/v1/usersx",
        "/openapi.json",
        "/nothing",
        "/ws",
    ] {
        let answer = edge.get(path).await;
        problem(answer, 404, "gateway.not_found").await;
    }
    edge.stop().await;
}

#[tokio::test]
async fn a_path_with_two_meanings_is_refused() {
    let edge = Plan::new().start().await;
    for path in [
        "/users/a%2fb",
        "/users/a%2Fb",
        "/users/%2e%2e/internal",
        "/users/..%2finternal",
        "/users/a%5cb",
        "/users/x%0d%0aX-User-Role:%20admin",
        "/users/%7f",
        "/users/..;/internal",
        "/app/..%2fetc/passwd",
        "/app/%2e%2e/index.html",
        "/users/../internal",
        "/users/./1",
    ] {
        let request = format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        let answer = exchange(&edge, &request).await;
        assert_eq!(statuses(&answer), [400], "{path}");
        assert!(
            answer.contains("gateway.path_ambiguous"),
            "{path}: {answer}"
        );
    }
    edge.stop().await;
}

#[tokio::test]
async fn a_browser_is_shown_the_page_instead_of_data() {
    let edge = Plan::new().start().await;
    let html = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8";
    for (path, location) in [
        ("/", "/app/"),
        ("/targets", "/app/targets"),
        ("/runs/5?tab=log", "/app/runs/5?tab=log"),
        ("/login", "/app/login"),
        ("/sessions", "/app/sessions"),
        ("/docs/", "/app/"),
    ] {
        let answer = edge
            .ask(Method::GET, path)
            .header("accept", html)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 302, "{path}");
        assert_eq!(header(&answer, "location").as_deref(), Some(location));
    }
    for (method, path) in [
        (Method::POST, "/login"),
        (Method::GET, "/api/v1/targets"),
        (Method::GET, "/api/verify"),
        (Method::GET, "/targets/health"),
        (Method::GET, "/docs/targets/"),
    ] {
        let answer = edge
            .ask(method, path)
            .header("accept", html)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 200, "{path}");
    }
    edge.stop().await;
}

#[tokio::test]
async fn plain_http_is_sent_to_https() {
    let edge = Plan::new().start().await;
    let (http, https) = (edge.plan.ports.http, edge.plan.ports.https);
    for (method, port) in [
        (Method::GET, http),
        (Method::POST, http),
        (Method::GET, https),
    ] {
        let url = format!("http://localhost:{port}/api/v1/users?skip=2");
        let answer = edge.client().request(method, url).send().await.unwrap();
        assert_eq!(answer.status(), 301);
        let expected = format!("https://localhost:{https}/api/v1/users?skip=2");
        assert_eq!(header(&answer, "location"), Some(expected));
    }
    edge.stop().await;
}

#[tokio::test]
async fn the_web_ui_is_served_with_its_own_addresses() {
    let edge = Plan::new().start().await;
    for path in ["/app/", "/app/targets", "/app/runs/5", "/app/index.html"] {
        let answer = edge.get(path).await;
        assert_eq!(answer.status(), 200, "{path}");
        assert_eq!(
            header(&answer, "cache-control").as_deref(),
            Some("no-cache")
        );
        assert_eq!(
            header(&answer, "content-type").as_deref(),
            Some("text/html; charset=utf-8")
        );
        assert!(answer.text().await.unwrap().contains("<title>page</title>"));
    }
    let asset = edge
        .ask(Method::GET, "/app/assets/app-1a2b.js")
        .header("accept-encoding", "gzip")
        .send()
        .await
        .unwrap();
    assert!(
        header(&asset, "cache-control")
            .unwrap()
            .contains("immutable")
    );
    assert_eq!(header(&asset, "content-encoding").as_deref(), Some("gzip"));
    problem(
        edge.get("/app/assets/gone.js").await,
        404,
        "gateway.not_found",
    )
    .await;
    let posted = edge.ask(Method::POST, "/app/").send().await.unwrap();
    problem(posted, 405, "gateway.method_not_allowed").await;
    assert_eq!(
        header(&edge.get("/app").await, "location").as_deref(),
        Some("/app/")
    );
    let docs = edge.get("/docs/jobs").await;
    assert_eq!(header(&docs, "location").as_deref(), Some("/docs/jobs/"));
    edge.stop().await;
}

#[tokio::test]
async fn an_event_arrives_while_its_stream_is_open() {
    let edge = Plan::new().start().await;
    for path in ["/api/v1/runs/5/events", "/runs/5/events"] {
        let mut answer = edge.get(path).await;
        assert_eq!(
            header(&answer, "content-type").as_deref(),
            Some("text/event-stream")
        );
        assert_eq!(
            answer.chunk().await.unwrap().unwrap().as_ref(),
            b"data: first\n\n"
        );
    }
    edge.stop().await;
}

#[tokio::test]
async fn the_platforms_health_names_every_service() {
    let edge = Plan::new()
        .set("JOBS_URL", "http://127.0.0.1:1")
        .start()
        .await;
    let answer = edge.get("/health").await;
    assert_eq!(answer.status(), 200);
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body["service"], "gateway");
    assert_eq!(body["status"], "degraded");
    assert_eq!(body["services"]["auth"], "healthy");
    assert_eq!(body["services"]["jobs"], "unavailable");
    assert_eq!(body["services"].as_object().unwrap().len(), 7);
    assert_eq!(edge.get("/health/ready").await.status(), 200);
    let info: Value = edge.get("/info").await.json().await.unwrap();
    assert_eq!(info["service"], "gateway");
    edge.stop().await;
}

#[tokio::test]
async fn a_platform_without_services_is_unhealthy() {
    let edge = Plan::without_services().start().await;
    let answer = edge.get("/health").await;
    assert_eq!(answer.status(), 503);
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body["status"], "unhealthy");
    edge.stop().await;
}
