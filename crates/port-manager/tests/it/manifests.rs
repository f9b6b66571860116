//! `/api/ports/export`, `/api/ports/plan`, `/api/ports/apply`.

use reqwest::Method;
use serde_json::{Value, json};
use suite_sim::Behaviour;
use testkit::answer::Answer;
use testkit::app::TestApp;

use crate::support::{self, assign, audited, changes, free_port, port_of, running};

async fn send(app: &TestApp, path: &str, text: &str) -> Answer {
    let body = Some(text.to_owned());
    app.operator().send(Method::POST, path, body).await
}

async fn export(app: &TestApp) -> String {
    let answer = app.viewer().get("/api/ports/export").await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.text
}

/// What a plan says of a service.
fn line<'a>(plan: &'a Value, service: &str) -> &'a Value {
    let lines = plan["services"].as_array().unwrap();
    let mut found = lines.iter().filter(|line| line["service_id"] == service);
    found.next().unwrap()
}

#[tokio::test]
async fn what_is_exported_changes_nothing_when_it_is_applied() {
    let app = support::start().await;
    app.operator()
        .post("/api/ports/reserve", json!({"port": 8500}))
        .await
        .expect(200);
    let text = export(&app).await;
    assert!(text.starts_with("# Ports of the suite itechsmart at revision "));
    assert!(text.contains("\n  legalai-pro: 8000\n"), "{text}");
    assert!(text.contains("reserved_ports:\n- 8500\n"), "{text}");
    let plan = send(&app, "/api/ports/plan", &text).await.expect(200);
    assert_eq!(plan["message"], "everything is as the document wishes");
    let before = changes(&app).await.len();
    let applied = send(&app, "/api/ports/apply?prune=true", &text).await;
    let applied = applied.expect(200);
    assert_eq!(applied["success"], true);
    assert!(applied["automatic_backup"].is_null());
    assert_eq!(changes(&app).await.len(), before);
}

#[tokio::test]
async fn a_plan_shows_three_states_of_each_service_and_changes_nothing() {
    let app = support::start().await;
    let suite = running(&app, "legalai-pro", Behaviour::Well).await;
    let (here, there) = (suite.service("legalai-pro").unwrap().port(), free_port());
    let text =
        format!("port_assignments:\n  legalai-pro: {there}\n  impactos: 8008\n  brand-new: 8600\n");
    let plan = send(&app, "/api/ports/plan", &text).await.expect(200);
    let moved = line(&plan, "legalai-pro");
    assert_eq!(
        (&moved["declared"], &moved["assigned"], &moved["action"]),
        (&json!(there), &json!(here), &json!("move"))
    );
    // Beside the service, this process is the port manager as well.
    assert!(
        moved["listening"]
            .as_array()
            .unwrap()
            .contains(&json!(here))
    );
    assert_eq!(
        moved["detail"],
        format!("runs on {here} and is told to move to {there}")
    );
    assert_eq!(line(&plan, "impactos")["action"], "keep");
    assert_eq!(
        line(&plan, "impactos")["detail"],
        "keeps 8008 and is not seen there"
    );
    assert_eq!(line(&plan, "brand-new")["action"], "add");
    let other = line(&plan, "itechsmart-enterprise");
    assert_eq!(
        (&other["action"], &other["declared"]),
        (&json!("leave"), &Value::Null)
    );
    assert_eq!(plan["message"], "2 services and 0 reservations change");
    assert_eq!(port_of(&app, "legalai-pro").await, here);
    let pruned = send(&app, "/api/ports/plan?prune=true", &text)
        .await
        .expect(200);
    assert_eq!(line(&pruned, "itechsmart-enterprise")["action"], "release");
    assert_ne!(plan["plan"], pruned["plan"]);
}

#[tokio::test]
async fn what_a_document_wishes_is_made_so_and_can_be_undone() {
    let app = support::start().await;
    let suite = running(&app, "legalai-pro", Behaviour::Well).await;
    let service = suite.service("legalai-pro").unwrap();
    let (old, new) = (service.port(), free_port());
    app.operator()
        .post("/api/ports/reserve", json!({"port": 8500}))
        .await
        .expect(200);
    // A swap, a live move, a new service on a port that was reserved, and a port that becomes so.
    let text = format!(
        "suite: itechsmart\nport_assignments:\n  legalai-pro: {new}\n  impactos: 8001\n  \
         itechsmart-enterprise: 8008\n  brand-new: 8500\nreserved_ports: [8501]\n"
    );
    let applied = send(&app, "/api/ports/apply", &text).await.expect(200);
    assert_eq!(applied["message"], "the suite is as the document wishes");
    assert_eq!(service.port(), new);
    for (service, port) in [
        ("legalai-pro", new),
        ("impactos", 8001),
        ("itechsmart-enterprise", 8008),
        ("brand-new", 8500),
    ] {
        assert_eq!(port_of(&app, service).await, port, "{service}");
    }
    assert!(audited(&app).await.contains(&"ports.applied".to_owned()));
    let again = send(&app, "/api/ports/plan", &text).await.expect(200);
    assert_eq!(again["message"], "everything is as the document wishes");
    let backup = applied["automatic_backup"].as_str().unwrap();
    app.admin()
        .post(
            &format!("/api/ports/restore?backup_file={backup}"),
            json!({}),
        )
        .await
        .expect(200);
    assert_eq!(port_of(&app, "legalai-pro").await, old);
    assert!(export(&app).await.contains("reserved_ports:\n- 8500\n"));
}

#[tokio::test]
async fn services_that_are_not_named_lose_their_ports_only_where_that_is_asked_for() {
    let app = support::start().await;
    let text = "port_assignments:\n  impactos: 8001\n";
    let refused = send(&app, "/api/ports/apply", text).await;
    let refused = refused.problem(400, "ports.bulk_refused");
    assert!(
        refused.detail.contains("8001 is assigned to"),
        "{}",
        refused.detail
    );
    assert!(changes(&app).await.is_empty());
    send(&app, "/api/ports/apply?prune=true", text)
        .await
        .expect(200);
    assert_eq!(port_of(&app, "impactos").await, 8001);
    let left = app.viewer().get("/api/ports/assignments").await.expect(200);
    assert_eq!(left["assignments"], json!({"impactos": 8001}));
}

#[tokio::test]
async fn a_plan_that_is_another_one_by_now_is_not_applied() {
    let app = support::start().await;
    let text = "port_assignments:\n  impactos: 8600\n";
    let plan = send(&app, "/api/ports/plan", text).await.expect(200);
    let id = plan["plan"].as_str().unwrap();
    assign(&app, "impactos", 8601).await;
    let path = format!("/api/ports/apply?plan={id}");
    send(&app, &path, text)
        .await
        .problem(409, "ports.plan_outdated");
    assert_eq!(port_of(&app, "impactos").await, 8601);
    let plan = send(&app, "/api/ports/plan", text).await.expect(200);
    let path = format!("/api/ports/apply?plan={}", plan["plan"].as_str().unwrap());
    send(&app, &path, text).await.expect(200);
    assert_eq!(port_of(&app, "impactos").await, 8600);
}

#[tokio::test]
async fn a_service_that_does_not_move_is_told_of_and_the_rest_is_done() {
    let app = support::start().await;
    let _suite = running(&app, "legalai-pro", Behaviour::Refuses).await;
    let text = format!(
        "port_assignments:\n  legalai-pro: {}\n  impactos: 8600\n",
        free_port()
    );
    let applied = send(&app, "/api/ports/apply", &text).await.expect(200);
    assert_eq!(applied["success"], false);
    let problem = line(&applied, "legalai-pro")["problem"].as_str().unwrap();
    assert!(problem.contains("answered 500"), "{problem}");
    assert_eq!(port_of(&app, "impactos").await, 8600);
    let plan = send(&app, "/api/ports/plan", &text).await.expect(200);
    assert_eq!(line(&plan, "legalai-pro")["action"], "move");
}

#[tokio::test]
async fn ports_that_cannot_be_had_are_named_before_anything_changes() {
    let app = support::start().await;
    let stranger = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let held = stranger.local_addr().unwrap().port();
    for (text, why) in [
        (
            "port_assignments: {a: 8600, b: 8600}".to_owned(),
            "declared for",
        ),
        (
            "port_assignments: {a: 8600}\nreserved_ports: [8600]".to_owned(),
            "declared as reserved",
        ),
        (
            format!("port_assignments: {{impactos: {held}}}"),
            "in use by the system",
        ),
        (
            format!("port_assignments: {{a: {held}}}"),
            "in use by the system",
        ),
        (
            "port_assignments: {a: 8000}".to_owned(),
            "assigned to legalai-pro",
        ),
    ] {
        let plan = send(&app, "/api/ports/plan", &text).await.expect(200);
        assert_eq!(plan["success"], false, "{text}");
        let refused = send(&app, "/api/ports/apply", &text).await;
        let refused = refused.problem(400, "ports.bulk_refused");
        assert!(refused.detail.contains(why), "{text}: {}", refused.detail);
    }
    assert!(changes(&app).await.is_empty());
}

#[tokio::test]
async fn what_is_no_document_is_refused_by_its_field() {
    let app = support::start().await;
    for path in ["/api/ports/plan", "/api/ports/apply"] {
        for (text, field) in [
            ("port_assignments: {web: 0}", "port_assignments.web"),
            ("port_assignments: {web: 80a}", "port_assignments.web"),
            ("port_assignments: {../x: 8600}", "service_id"),
            ("port_assignments: {}\nsurprise: 1", "surprise"),
        ] {
            if !(path.ends_with("plan") && field == "service_id") {
                send(&app, path, text).await.wrong_field(field);
            }
        }
        for text in ["", "{}", "[1]", "port_assignments: {}\n---\n{}"] {
            send(&app, path, text)
                .await
                .problem(400, "ports.bad_manifest");
        }
        let suite = format!("{path}?suite=nowhere");
        let empty = "port_assignments: {}";
        send(&app, &suite, empty)
            .await
            .problem(404, "ports.no_such_suite");
    }
    assert!(changes(&app).await.is_empty());
}
