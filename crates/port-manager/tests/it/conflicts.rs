//! What is found to be wrong, what people say of it, and how it is solved.

use std::time::Duration;

use port_manager::config::Config;
use serde_json::{Value, json};
use suite_sim::{Behaviour, ServiceSpec, Suite};
use testkit::app::TestApp;

use crate::support::{self, assign, conflicts, events, force, kinds, port_of};

/// Checks often, as a test cannot wait.
fn lively(config: &mut Config) {
    config.healthy_interval = Duration::from_secs(1);
    config.unhealthy_interval = Duration::from_secs(1);
    config.health_timeout = Duration::from_millis(300);
}

async fn on(name: &str, behaviour: Behaviour) -> (Suite, u16) {
    let spec = ServiceSpec {
        id: name.to_owned(),
        port: 0,
        behaviour,
    };
    let suite = Suite::start(vec![spec]).await.unwrap();
    let port = suite.service(name).unwrap().port();
    (suite, port)
}

/// The one conflict of a kind, when it is there.
async fn found(app: &TestApp, kind: &str) -> Value {
    testkit::wait::until(kind, async || {
        conflicts(app)
            .await
            .into_iter()
            .find(|conflict| conflict["type"] == kind)
    })
    .await
}

#[tokio::test]
async fn a_healthy_suite_has_no_conflict() {
    let app = support::start_with(lively).await;
    let (_suite, port) = on("legalai-pro", Behaviour::Well).await;
    force(&app, "legalai-pro", port).await;
    testkit::wait::until("a healthy service", async || {
        let status = app
            .viewer()
            .get("/api/services/status/legalai-pro")
            .await
            .expect(200);
        (status["status"]["status"] == "healthy").then_some(())
    })
    .await;
    assert_eq!(
        kinds(&app).await,
        ["out_of_pool"],
        "only its port is unusual"
    );
}

#[tokio::test]
async fn a_stranger_on_a_port_is_named_with_its_process() {
    let app = support::start_with(lively).await;
    let (_stranger, port) = on("stranger", Behaviour::Stranger).await;
    force(&app, "legalai-pro", port).await;
    let conflict = found(&app, "system_conflict").await;
    assert_eq!(
        (&conflict["severity"], &conflict["service"]),
        (&json!("critical"), &json!("legalai-pro"))
    );
    let detail = conflict["detail"].as_str().unwrap();
    let pid = std::process::id();
    assert!(
        detail.starts_with(&format!("{port} is held by pid {pid} ")),
        "{detail}"
    );
    assert!(
        detail.contains("since 20") && detail.contains("not by legalai-pro"),
        "{detail}"
    );
    assert_eq!(conflict["evidence"]["pid"], pid);
}

#[tokio::test]
async fn another_service_of_the_suite_on_a_port_is_named() {
    let app = support::start_with(lively).await;
    let (_suite, port) = on("impactos", Behaviour::Well).await;
    force(&app, "legalai-pro", port).await;
    let conflict = found(&app, "drift_wrong_process").await;
    assert!(
        conflict["detail"]
            .as_str()
            .unwrap()
            .contains("answers as impactos")
    );
}

#[tokio::test]
async fn a_silent_process_is_not_called_a_stranger() {
    let app = support::start_with(lively).await;
    let (_suite, port) = on("legalai-pro", Behaviour::Hung).await;
    force(&app, "legalai-pro", port).await;
    let conflict = found(&app, "foreign_listener").await;
    assert_eq!(conflict["severity"], "medium");
    assert!(!kinds(&app).await.contains(&"system_conflict".to_owned()));
}

#[tokio::test]
async fn a_service_that_was_there_and_is_gone_is_missed() {
    let app = support::start_with(lively).await;
    let (suite, port) = on("legalai-pro", Behaviour::Well).await;
    force(&app, "legalai-pro", port).await;
    testkit::wait::until("a healthy service", async || {
        let status = app
            .viewer()
            .get("/api/services/status/legalai-pro")
            .await
            .expect(200);
        (status["status"]["status"] == "healthy").then_some(())
    })
    .await;
    suite.service("legalai-pro").unwrap().crash().await;
    found(&app, "drift_not_listening").await;
    app.operator()
        .put("/api/services/legalai-pro", json!({"maintenance": true}))
        .await
        .expect(200);
    // Other services of the suite may come and go on this machine.
    testkit::wait::until("silence", async || {
        let conflicts = conflicts(&app).await;
        let is_left = |conflict: &Value| {
            conflict["type"] == "drift_not_listening" && conflict["service"] == "legalai-pro"
        };
        (!conflicts.iter().any(is_left)).then_some(())
    })
    .await;
}

#[tokio::test]
async fn numbers_that_are_unwise_are_told() {
    let app = support::start().await;
    assign(&app, "legalai-pro", 6000).await;
    assign(&app, "impactos", 800).await;
    let kinds = kinds(&app).await;
    for kind in ["browser_blocked", "privileged_without_cap", "out_of_pool"] {
        assert!(kinds.contains(&kind.to_owned()), "{kind}: {kinds:?}");
    }
}

#[tokio::test]
async fn a_conflict_is_acknowledged_suppressed_and_opened_again() {
    let app = support::start().await;
    force(&app, "legalai-pro", 8001).await;
    let fingerprint = conflicts(&app).await[0]["fingerprint"].clone();
    let note = |state: &str| json!({"fingerprint": fingerprint, "state": state, "note": "we know"});
    let noted = app
        .operator()
        .put("/api/ports/conflicts", note("acknowledged"))
        .await
        .expect(200);
    assert_eq!(
        (&noted["state"], &noted["noted_by"]),
        (&json!("acknowledged"), &json!("operator"))
    );
    assert_eq!(conflicts(&app).await[0]["note"], "we know");
    app.operator()
        .put("/api/ports/conflicts", note("suppressed"))
        .await
        .expect(200);
    assert!(conflicts(&app).await.is_empty());
    let all = app
        .viewer()
        .get("/api/ports/conflicts?suppressed=true")
        .await
        .expect(200);
    assert_eq!(all["count"], 1);
    app.operator()
        .put("/api/ports/conflicts", note("open"))
        .await
        .expect(200);
    assert_eq!(conflicts(&app).await[0]["state"], "open");
    app.operator()
        .put("/api/ports/conflicts", note("resolved"))
        .await
        .wrong_field("state");
    let unknown = json!({"fingerprint": "x", "state": "open"});
    app.operator()
        .put("/api/ports/conflicts", unknown)
        .await
        .problem(404, "ports.no_such_conflict");
    assign(&app, "legalai-pro", 8500).await;
    app.operator()
        .put("/api/ports/conflicts", note("open"))
        .await
        .problem(409, "ports.conflict_over");
}

#[tokio::test]
async fn a_changed_set_is_told_once_and_is_over_after_two_looks() {
    let app = support::start().await;
    force(&app, "legalai-pro", 8001).await;
    let scan = async || {
        app.operator()
            .post("/api/ports/scan", json!({}))
            .await
            .expect(200);
        let told = events(&app).await;
        told.into_iter()
            .filter(|event| event["type"] == "conflicts_detected")
            .collect::<Vec<_>>()
    };
    let told = testkit::wait::until("the event", async || {
        let told = scan().await;
        (!told.is_empty()).then_some(told)
    })
    .await;
    assert_eq!((told.len(), &told[0]["count"]), (1, &json!(1)));
    assert_eq!(scan().await.len(), 1, "nothing new is not told");
    assign(&app, "legalai-pro", 8500).await;
    assert_eq!(scan().await.len(), 1);
    let told = scan().await;
    assert_eq!((told.len(), &told[1]["count"]), (2, &json!(0)));
    let past = app
        .viewer()
        .get("/api/ports/conflicts/history")
        .await
        .expect(200);
    assert_eq!(past["conflicts"][0]["state"], "resolved");
}

#[tokio::test]
async fn a_plan_moves_the_lighter_one_and_is_carried_out() {
    let app = support::start().await;
    force(&app, "legalai-pro", 8001).await;
    force(&app, "impactos", 8010).await;
    let shown = app
        .operator()
        .post("/api/ports/resolve-conflicts?dry_run=true", json!({}))
        .await
        .expect(200);
    assert_eq!(
        (&shown["count"], &shown["plan"]["optimal"]),
        (&json!(2), &json!(true))
    );
    assert_eq!(shown["plan"]["cost"], shown["plan"]["lower_bound"]);
    let moved: Vec<_> = shown["resolutions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| step["service"].as_str().unwrap())
        .collect();
    assert!(
        moved.contains(&"legalai-pro") && moved.contains(&"impactos"),
        "the claim counts: {moved:?}"
    );
    assert!(
        shown["resolutions"][0]["reason"]
            .as_str()
            .unwrap()
            .contains("keeps it")
    );
    assert_eq!(conflicts(&app).await.len(), 2, "a plan changes nothing");
    let done = app
        .operator()
        .post("/api/ports/resolve-conflicts", json!({}))
        .await
        .expect(200);
    assert_eq!(
        (&done["success"], &done["count"]),
        (&json!(true), &json!(2))
    );
    assert!(conflicts(&app).await.is_empty());
    assert_eq!(port_of(&app, "itechsmart-enterprise").await, 8001);
    let nothing = app
        .operator()
        .post("/api/ports/resolve-conflicts", json!({}))
        .await
        .expect(200);
    assert_eq!(nothing["count"], 0);
}

#[tokio::test]
async fn a_service_is_moved_away_from_a_stranger() {
    let app = support::start_with(lively).await;
    let (_stranger, port) = on("stranger", Behaviour::Stranger).await;
    force(&app, "legalai-pro", port).await;
    found(&app, "system_conflict").await;
    let done = app
        .operator()
        .post("/api/ports/resolve-conflicts", json!({}))
        .await
        .expect(200);
    assert_eq!(
        (&done["count"], &done["resolutions"][0]["old_port"]),
        (&json!(1), &json!(port))
    );
    assert_eq!(
        port_of(&app, "legalai-pro").await,
        8000,
        "back to where it was before"
    );
}

#[tokio::test]
async fn what_no_move_can_solve_is_said() {
    let app = support::start().await;
    let manual = json!({"movable": "manual"});
    app.operator()
        .put("/api/services/legalai-pro", manual.clone())
        .await
        .expect(200);
    app.operator()
        .put("/api/services/itechsmart-enterprise", manual)
        .await
        .expect(200);
    force(&app, "legalai-pro", 8001).await;
    let stuck = app
        .operator()
        .post("/api/ports/resolve-conflicts?dry_run=true", json!({}))
        .await;
    let stuck = stuck.problem(409, "ports.no_plan");
    assert!(stuck.detail.contains("legalai-pro"), "{}", stuck.detail);
}

#[tokio::test]
async fn who_waits_for_a_port_gets_it_when_it_becomes_free() {
    let app = support::start().await;
    force(&app, "legalai-pro", 8001).await;
    let claimed = async || {
        let service = app.viewer().get("/api/services/legalai-pro").await;
        service.expect(200)["has_claim"].clone()
    };
    assert_eq!(claimed().await, false);
    assign(&app, "itechsmart-enterprise", 8500).await;
    assert_eq!(claimed().await, true);
    assert!(conflicts(&app).await.is_empty());
}

#[tokio::test]
async fn a_service_in_a_network_namespace_of_its_own_is_found_there() {
    let app = support::start().await;
    let listen = "import socket, time\ns = socket.socket()\ns.bind(('0.0.0.0', 80))\ns.listen()\ntime.sleep(600)";
    let mut service = tokio::process::Command::new("unshare")
        .args(["--net", "python3", "-c", listen])
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let pid = service.id().unwrap();
    app.operator()
        .put("/api/services/legalai-pro", json!({"pid": pid}))
        .await
        .expect(200);
    let found = testkit::wait::until("the mismatch", async || {
        app.operator()
            .post("/api/ports/scan", json!({}))
            .await
            .expect(200);
        let found = conflicts(&app).await;
        found
            .into_iter()
            .find(|found| found["type"] == "netns_mismatch")
    })
    .await;
    assert_eq!(
        (&found["severity"], &found["port"]),
        (&json!("high"), &json!(8000))
    );
    let detail = found["detail"].as_str().unwrap();
    assert!(
        detail.contains(&format!("legalai-pro (pid {pid}) listens on 80 in another")),
        "{detail}"
    );
    service.kill().await.unwrap();
}
