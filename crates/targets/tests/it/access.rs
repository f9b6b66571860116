//! Who is let in, and with which settings the service starts.

use std::time::Duration;

use serde_json::json;
use targets::config::Winrm;

use crate::support::{self, settings};

#[tokio::test]
async fn every_route_admits_exactly_whom_its_document_names() {
    let app = support::start().await;
    assert!(testkit::matrix::check(&app).await > 17);
}

#[tokio::test]
async fn no_forged_token_is_accepted() {
    let app = support::start().await;
    assert!(testkit::forged::check(&app, "/targets").await >= 30);
}

#[tokio::test]
async fn it_says_what_it_is() {
    let app = support::start().await;
    let health = app.anonymous().get("/health").await.expect(200);
    assert_eq!(
        health,
        json!({"status": "healthy", "service": "targets-service"})
    );
    let info = app.anonymous().get("/info").await.expect(200);
    assert_eq!(info["supportedProtocols"], json!(["winrm", "ssh", "http"]));
}

#[test]
fn settings_have_defaults_and_limits() {
    let usual = settings(&[]).unwrap();
    assert_eq!(usual.common.port, 3005);
    assert_eq!(usual.winrm, Winrm::NotAvailable);
    assert_eq!(usual.max_tests, 16);
    assert_eq!(usual.test_limit, Duration::from_secs(30));
    assert_eq!(usual.credentials_url, "http://127.0.0.1:3004");
    let mock = settings(&[("TARGETS_MOCK_WINRM", "true")]).unwrap();
    assert_eq!(mock.winrm, Winrm::Mock);
    let faults = settings(&[
        ("TARGETS_MOCK_WINRM", "maybe"),
        ("TARGETS_MAX_TESTS", "0"),
        ("TARGETS_TEST_SECONDS", "301"),
    ])
    .unwrap_err();
    assert_eq!(faults.len(), 3, "{faults:?}");
    let production = [
        ("OPSC_PROFILE", "production"),
        ("TARGETS_MOCK_WINRM", "true"),
    ];
    assert_eq!(settings(&production).unwrap_err().len(), 1);
}
