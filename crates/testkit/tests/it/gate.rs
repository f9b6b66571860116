//! What the kit promises of every service, tried on a small one.

use std::sync::Arc;

use actix_web::{get, post};
use common::id::TargetId;
use common::permission::Role;
use serde::{Deserialize, Serialize};
use serde_json::json;
use service_kit::caller::{Caller, CallingService};
use service_kit::error::ApiError;
use service_kit::issuer::IssuerConfig;
use service_kit::json::{Created, Json, Path, Query};
use service_kit::server::Server;
use service_kit::service::{BuildError, Descriptor, Kit};
use testkit::app::{TestApp, parts};
use testkit::provider::{Provider, ProviderKey};
use testkit::{forged, matrix, wait};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

const SERVICE: Descriptor = Descriptor {
    name: "targets",
    public_name: "example-service",
    description: "Exists to be tried.",
    version: "1.2.3",
    supported: Some(("supportedTypes", &["a", "b"])),
};

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Thing {
    name: String,
    port: u16,
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
struct Filter {
    #[serde(default)]
    limit: i64,
}

#[utoipa::path(security(("bearer" = ["targets:read"])), responses((status = 200, body = Object)))]
#[get("/things")]
async fn list_things(who: Caller, Query(filter): Query<Filter>) -> Json<serde_json::Value> {
    Json(json!({"who": who.username, "role": who.role, "limit": filter.limit}))
}

#[utoipa::path(security(("bearer" = ["targets:write"])), request_body = Thing,
    responses((status = 201, body = Thing)))]
#[post("/things")]
async fn create_thing(Json(thing): Json<Thing>) -> Created<Thing> {
    Created(thing)
}

#[utoipa::path(security(("bearer" = ["targets:read"])), params(("id" = i64, Path)),
    responses((status = 200, body = Thing)))]
#[get("/things/{id}")]
async fn get_thing(Path(id): Path<TargetId>) -> Result<Json<Thing>, ApiError> {
    if id.0 == 7 {
        return Err(ApiError::internal(
            "the password of the database is hunter2",
        ));
    }
    Err(ApiError::not_found(
        "things.not_found",
        format!("there is no thing {id}"),
    ))
}

#[utoipa::path(security(("bearer" = ["audit:read"])), responses((status = 200, body = Object)))]
#[get("/guarded")]
async fn get_guarded() -> Json<serde_json::Value> {
    Json(json!({}))
}

#[utoipa::path(security(("service" = ["jobs"])), responses((status = 200, body = Object)))]
#[get("/internal/things")]
async fn get_internal(service: CallingService) -> Json<serde_json::Value> {
    Json(json!({"name": service.name, "for": service.on_behalf.map(|who| who.username)}))
}

#[utoipa::path(responses((status = 200, body = Object)))]
#[get("/forgotten")]
async fn get_forgotten() -> Json<serde_json::Value> {
    Json(json!({}))
}

fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_things)
        .service(create_thing)
        .service(get_thing)
        .service(get_guarded)
        .service(get_internal);
}

fn careless_routes(config: &mut ServiceConfig<'_>) {
    config.service(get_forgotten);
}

async fn build(kit: Kit) -> Result<Server, BuildError> {
    Server::start(kit, Arc::new(()), routes).await
}

/// With an identity provider whose staff are viewers and whose bosses are admins.
async fn start_trusting(provider: &Provider) -> TestApp {
    let mut parts = parts(SERVICE).await;
    parts.kit = parts.kit.with_issuer(IssuerConfig {
        name: "idp",
        title: "IdP",
        issuer: "https://idp.example".to_owned(),
        audience: "example".to_owned(),
        jwks_url: provider.jwks_url.parse().unwrap(),
        role_claim: "roles".to_owned(),
        roles: "staff=viewer,boss=admin".parse().unwrap(),
    });
    TestApp::start(parts, build).await
}

async fn start() -> TestApp {
    TestApp::start(parts(SERVICE).await, build).await
}

#[tokio::test]
async fn access_is_what_the_document_says() {
    let app = start().await;
    assert!(matrix::check(&app).await >= 11);
}

#[tokio::test]
async fn forged_tokens_are_refused() {
    let app = start().await;
    assert!(forged::check(&app, "/guarded").await >= 30);
}

#[tokio::test]
async fn a_route_without_a_rule_stops_the_start() {
    let parts = parts(SERVICE).await;
    let refused = Server::start(parts.kit, Arc::new(()), careless_routes)
        .await
        .err()
        .unwrap();
    assert!(matches!(refused, BuildError::Access(paths) if paths[0].contains("/forgotten")));
}

#[tokio::test]
async fn an_ended_session_is_refused_within_two_seconds() {
    let app = start().await;
    app.viewer().get("/things").await.expect(200);
    app.authority.revoke_session("session-of-1");
    wait::until("the refusal", async || {
        (app.viewer().get("/things").await.status == 401).then_some(())
    })
    .await;
    app.operator().get("/things").await.expect(200);
}

#[tokio::test]
async fn an_ended_session_is_refused_at_once_where_sessions_are_checked() {
    let app = start().await;
    app.admin().get("/guarded").await.expect(200);
    app.authority.revoke_session("session-of-3");
    app.admin()
        .get("/guarded")
        .await
        .problem(401, "auth.unauthorized");
}

#[tokio::test]
async fn a_token_ends_with_its_time() {
    let app = start().await;
    let viewer = app.viewer();
    viewer.get("/things").await.expect(200);
    app.clock.advance(chrono::Duration::seconds(331));
    viewer
        .get("/things")
        .await
        .problem(401, "auth.unauthorized");
}

#[tokio::test]
async fn a_service_calls_for_a_person() {
    let app = start().await;
    let token = app.authority.token(Role::Operator);
    let jobs = app.service("jobs");
    let answer = jobs
        .clone()
        .header("x-opsc-on-behalf", &token)
        .get("/internal/things")
        .await;
    assert_eq!(
        answer.expect(200),
        json!({"name": "jobs", "for": "operator"})
    );
    let forged = jobs
        .header("x-opsc-on-behalf", "a.b.c")
        .get("/internal/things")
        .await;
    forged.problem(401, "auth.unauthorized");
}

#[tokio::test]
async fn a_guest_is_no_service_nobody_to_call_for_and_no_user() {
    let key = ProviderKey::ed25519();
    let provider = Provider::start(&[key.jwk("k")]).await;
    let app = start_trusting(&provider).await;
    let claims = json!({
        "iss": "https://idp.example", "aud": "example", "sub": "executor", "roles": "boss",
        "exp": app.clock.now().timestamp() + 60,
    });
    let token = key.sign(&json!({"alg": "EdDSA", "kid": "k"}), &claims);
    let guest = app.with_token(&token);
    let body = json!({"name": "a", "port": 1});
    guest.post("/things", body).await.expect(201);
    guest.get("/guarded").await.expect(200);
    guest
        .get("/internal/things")
        .await
        .problem(403, "auth.forbidden");
    guest.get("/things").await.problem(403, "auth.forbidden");
    let called = app.service("jobs").header("x-opsc-on-behalf", &token);
    let answer = called.get("/internal/things").await;
    answer.problem(401, "auth.unauthorized");
    assert!(matrix::check(&app).await >= 11);
    assert!(forged::check(&app, "/guarded").await >= 30);
}

#[tokio::test]
async fn wrong_input_names_its_field() {
    let app = start().await;
    let admin = app.admin();
    for (body, field) in [
        (json!({}), "name"),
        (json!({"name": 1, "port": 1}), "name"),
        (json!({"name": "a", "port": 70000}), "port"),
        (json!({"name": "a", "port": "80a"}), "port"),
        (json!({"name": "a", "port": 1, "role": "admin"}), "role"),
    ] {
        admin.post("/things", body).await.wrong_field(field);
    }
    admin.get("/things?limit=x").await.wrong_field("limit");
    admin.get("/things?nope=1").await.wrong_field("nope");
    admin.get("/things/abc").await.wrong_field("id");
}

#[tokio::test]
async fn unreadable_bodies_are_refused() {
    let app = start().await;
    let admin = app.admin();
    let post = async |body: String| {
        admin
            .send(reqwest::Method::POST, "/things", Some(body))
            .await
    };
    post("{".to_owned())
        .await
        .problem(400, "request.malformed_json");
    post(format!("\"{}\"", "a".repeat(2 << 20)))
        .await
        .problem(413, "request.too_large");
    post(r#"{"name":"a","port":1} more"#.to_owned())
        .await
        .problem(400, "request.malformed_json");
    assert_eq!(post("[".repeat(100_000)).await.status, 400);
}

#[tokio::test]
async fn unknown_paths_and_methods_are_problems() {
    let app = start().await;
    app.admin()
        .get("/nope")
        .await
        .problem(404, "request.no_such_path");
    app.admin()
        .delete("/things")
        .await
        .problem(405, "request.method_not_allowed");
}

#[tokio::test]
async fn an_inner_error_says_nothing_inside() {
    let app = start().await;
    let answer = app.admin().get("/things/7").await;
    answer.problem(500, "internal");
    assert!(!answer.text.contains("hunter2"));
}

#[tokio::test]
async fn a_request_id_is_taken_over_and_answered() {
    let app = start().await;
    let given = "0123456789abcdef0123456789abcdef";
    let answer = app
        .admin()
        .header("x-request-id", given)
        .get("/things/1")
        .await;
    assert_eq!(answer.headers["x-request-id"], given);
    assert_eq!(
        answer.problem(404, "things.not_found").request_id.unwrap(),
        given
    );
    let answer = app
        .admin()
        .header("x-request-id", "<script>")
        .get("/things/1")
        .await;
    assert_ne!(answer.headers["x-request-id"], "<script>");
}

#[tokio::test]
async fn every_service_tells_about_itself() {
    let app = start().await;
    let anonymous = app.anonymous();
    let health = anonymous.get("/health").await;
    assert_eq!(
        health.text,
        r#"{"status":"healthy","service":"example-service"}"#
    );
    anonymous.get("/health/ready").await.expect(200);
    let info = anonymous.get("/info").await.expect(200);
    assert_eq!(info["supportedTypes"], json!(["a", "b"]));
    assert!(
        info["endpoints"]
            .as_array()
            .unwrap()
            .contains(&json!("/things"))
    );
    let docs = anonymous.get("/docs/").await;
    assert!(
        docs.status == 200 && docs.text.contains("swagger"),
        "{}",
        docs.status
    );
    anonymous.get("/docs/openapi.json").await.expect(200);
    let metrics = anonymous.get("/metrics").await;
    assert!(
        metrics.text.contains("http_requests_total"),
        "{}",
        metrics.text
    );
}
