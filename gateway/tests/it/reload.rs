//! Changes of the configuration, good and bad, and an nginx that goes away.

use std::net::TcpListener;
use std::path::PathBuf;

use reqwest::Method;
use rustix::process::{Pid, Signal, kill_process};

use crate::edge::{Edge, Plan, header};

fn template(edge: &Edge, path: &str) -> PathBuf {
    edge.plan.dir.path().join("own").join(path)
}

fn change(edge: &Edge, path: &str, from: &str, to: &str) {
    let path = template(edge, path);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains(from));
    std::fs::write(path, text.replace(from, to)).unwrap();
}

async fn referrer_policy(edge: &Edge) -> String {
    let answer = edge.ask(Method::GET, "/nothing").send().await.unwrap();
    header(&answer, "referrer-policy").unwrap()
}

#[tokio::test]
async fn a_changed_configuration_is_served_without_a_restart() {
    let edge = Plan::without_services().with_own_templates().start().await;
    let pid = edge.nginx_pid();
    change(
        &edge,
        "snippets/security-common.conf",
        "no-referrer",
        "same-origin",
    );
    edge.reconcile(|state| state.served == Some(2)).await;
    assert_eq!(referrer_policy(&edge).await, "same-origin");
    assert_eq!(edge.nginx_pid(), pid);
    edge.stop().await;
}

#[tokio::test]
async fn a_refused_configuration_leaves_the_good_one_serving() {
    let edge = Plan::without_services().with_own_templates().start().await;
    change(
        &edge,
        "snippets/security-common.conf",
        "add_header",
        "add_haeder",
    );
    let state = edge.reconcile(|state| state.drift.is_some()).await;
    assert!(state.drift.unwrap().contains("add_haeder"));
    assert_eq!(state.served, Some(1));
    assert_eq!(referrer_policy(&edge).await, "no-referrer");
    assert_eq!(edge.get("/health/ready").await.status(), 200);

    change(
        &edge,
        "snippets/security-common.conf",
        "add_haeder",
        "add_header",
    );
    edge.reconcile(|state| state.drift.is_none()).await;
    assert_eq!(edge.app.edge.snapshot().served, Some(1));
    edge.stop().await;
}

#[tokio::test]
async fn a_template_that_does_not_render_is_reported() {
    let edge = Plan::without_services().with_own_templates().start().await;
    change(
        &edge,
        "templates/upstream.conf.tmpl",
        "service.name",
        "service.nmae",
    );
    let state = edge.reconcile(|state| state.drift.is_some()).await;
    assert!(state.drift.unwrap().contains("upstream.conf"));
    assert_eq!(state.served, Some(1));
    edge.stop().await;
}

#[tokio::test]
async fn a_port_that_somebody_holds_is_not_taken_for_served() {
    let edge = Plan::without_services().with_own_templates().start().await;
    let holder = TcpListener::bind("127.0.0.1:0").unwrap();
    let held = holder.local_addr().unwrap();
    let (good, bad) = (
        "server_name _;\n    access_log off;",
        format!("listen {held};\n    access_log off;"),
    );
    change(&edge, "templates/server.conf.tmpl", good, &bad);
    let state = edge.reconcile(|state| state.drift.is_some()).await;
    assert!(state.drift.unwrap().contains("held by another process"));
    assert_eq!(edge.app.edge.snapshot().served, Some(1));
    assert_eq!(referrer_policy(&edge).await, "no-referrer");
    edge.stop().await;
}

#[tokio::test]
async fn a_restart_with_a_refused_configuration_serves_the_last_good_one() {
    let edge = Plan::without_services().with_own_templates().start().await;
    change(
        &edge,
        "templates/location.conf.tmpl",
        "return 302 /app/;",
        "return to sender;",
    );
    let edge = edge.stop().await.start().await;
    let state = edge.wait(|state| state.drift.is_some()).await;
    assert_eq!(state.served, Some(1));
    assert_eq!(edge.get("/app/").await.status(), 200);
    edge.stop().await;
}

#[tokio::test]
async fn files_changed_by_hand_are_put_right() {
    let edge = Plan::without_services().start().await;
    let file = edge.plan.state_dir().join("nginx/current/location.conf");
    std::fs::write(&file, "location / { return 200 mine; }").unwrap();
    edge.reconcile(|state| state.served == Some(2)).await;
    assert_eq!(edge.get("/nothing").await.status(), 404);
    assert!(std::fs::read_to_string(&file).unwrap().contains("/app/"));
    edge.stop().await;
}

#[tokio::test]
async fn old_generations_are_removed() {
    let edge = Plan::without_services().with_own_templates().start().await;
    for round in 2..7 {
        let text = format!("# {round}\n");
        let path = template(&edge, "snippets/stream.conf");
        std::fs::write(path, text).unwrap();
        edge.reconcile(|state| state.served == Some(round)).await;
    }
    let folder = edge.plan.state_dir().join("nginx");
    let kept = std::fs::read_dir(folder).unwrap().filter_map(|entry| {
        entry
            .unwrap()
            .file_name()
            .to_str()
            .and_then(|name| name.parse::<u64>().ok())
    });
    let mut kept: Vec<u64> = kept.collect();
    kept.sort_unstable();
    assert_eq!(kept, [4, 5, 6]);
    edge.stop().await;
}

#[tokio::test]
async fn an_nginx_that_dies_is_started_again() {
    let edge = Plan::without_services().start().await;
    for signal in [Signal::KILL, Signal::TERM] {
        let pid = edge.nginx_pid();
        kill_process(Pid::from_raw(pid).unwrap(), signal).unwrap();
        edge.wait(|state| state.served.is_none()).await;
        edge.wait(|state| state.served == Some(1)).await;
        assert_ne!(edge.nginx_pid(), pid);
        assert_eq!(edge.get("/app/").await.status(), 200);
    }
    edge.stop().await;
}
