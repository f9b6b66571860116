//! The certificate, and who may speak to us.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use chrono::{DateTime, Duration, Utc};
use common::clock::Clock;
use rustls::version::{TLS12, TLS13};

use crate::edge::{Edge, Plan, client_trusting};
use crate::raw::connect;

fn now() -> DateTime<Utc> {
    Clock::system().now()
}

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().permissions().mode() & 0o777
}

async fn serves(edge: &Edge, certificate: &[u8]) -> bool {
    client_trusting(certificate)
        .get(edge.url("/app/"))
        .send()
        .await
        .is_ok()
}

#[tokio::test]
async fn the_first_start_makes_a_certificate_for_this_machine() {
    let edge = Plan::without_services().start().await;
    let tls = edge.plan.state_dir().join("tls");
    assert_eq!(mode(&tls), 0o700);
    for file in [tls.join("cert.pem"), tls.join("key.pem")] {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
    let expires = edge.app.edge.snapshot().certificate_expires_at.unwrap();
    assert!(expires - now() < Duration::days(90) && expires - now() > Duration::days(80));
    let port = edge.plan.ports.https;
    for name in ["localhost", "127.0.0.1"] {
        let url = format!("https://{name}:{port}/app/");
        assert_eq!(
            edge.client().get(url).send().await.unwrap().status(),
            200,
            "{name}"
        );
    }
    edge.stop().await;
}

#[tokio::test]
async fn the_certificate_outlives_a_restart() {
    let edge = Plan::without_services().start().await;
    let before = edge.certificate();
    let edge = edge.stop().await.start().await;
    assert_eq!(edge.certificate(), before);
    assert_eq!(edge.app.edge.snapshot().served, Some(1));
    edge.stop().await;
}

#[tokio::test]
async fn a_certificate_is_renewed_before_it_expires() {
    let mut plan = Plan::without_services();
    plan.clock = Clock::fake(now() - Duration::days(75));
    let edge = plan.start().await;
    let before = edge.certificate();
    assert!(serves(&edge, &before).await);
    edge.plan.clock.advance(Duration::days(60));
    edge.reconcile(|state| state.served == Some(1)).await;
    assert_eq!(edge.certificate(), before);
    edge.plan.clock.advance(Duration::days(15));
    edge.reconcile(|state| state.served == Some(2)).await;
    let after = edge.certificate();
    assert_ne!(after, before);
    assert!(serves(&edge, &after).await);
    edge.stop().await;
}

#[tokio::test]
async fn only_tls_1_3_is_spoken() {
    let edge = Plan::without_services().start().await;
    assert!(connect(&edge, &[&TLS13]).is_ok());
    assert!(connect(&edge, &[&TLS12]).is_err());
    edge.stop().await;
}

/// Files of a certificate made by another edge.
async fn foreign_certificate(into: &Path) -> (String, String) {
    let plan = Plan::without_services().start().await.stop().await;
    for file in ["cert.pem", "key.pem"] {
        std::fs::copy(plan.state_dir().join("tls").join(file), into.join(file)).unwrap();
    }
    let text = |file| into.join(file).display().to_string();
    (text("cert.pem"), text("key.pem"))
}

#[tokio::test]
async fn a_given_certificate_is_served_and_followed() {
    let plan = Plan::without_services();
    let (certificate, key) = foreign_certificate(plan.dir.path()).await;
    let plan = plan
        .set("TLS_CERT_FILE", &certificate)
        .set("TLS_KEY_FILE", &key);
    let edge = plan.start().await;
    let first = std::fs::read(&certificate).unwrap();
    assert!(serves(&edge, &first).await);

    std::fs::write(&key, "no key").unwrap();
    let state = edge.reconcile(|state| state.drift.is_some()).await;
    assert_eq!(state.served, Some(1));
    assert!(
        serves(&edge, &first).await,
        "the good pair goes on being served"
    );

    foreign_certificate(edge.plan.dir.path()).await;
    edge.reconcile(|state| state.drift.is_none()).await;
    assert!(serves(&edge, &std::fs::read(&certificate).unwrap()).await);
    edge.stop().await;
}

#[tokio::test]
async fn a_certificate_with_another_key_is_made_anew() {
    let plan = Plan::without_services().start().await.stop().await;
    let other = tempfile::tempdir().unwrap();
    let (_, other_key) = foreign_certificate(other.path()).await;
    std::fs::copy(other_key, plan.state_dir().join("tls/key.pem")).unwrap();
    let edge = plan.start().await;
    assert!(serves(&edge, &edge.certificate()).await);
    edge.stop().await;
}
