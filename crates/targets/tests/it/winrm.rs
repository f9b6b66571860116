//! Protocols whose connections cannot be tested, and the mock of one.

use serde_json::json;

use crate::support::{self, target_id};

#[tokio::test]
async fn winrm_and_http_are_not_available_yet() {
    let app = support::start().await;
    let win = target_id(&app, "win", json!({})).await;
    let web = target_id(&app, "web", json!({"protocol": "http"})).await;
    let ssh = target_id(&app, "ssh", json!({"protocol": "ssh"})).await;
    let post = async |path: String| app.operator().post(&path, json!({})).await;
    for path in ["test-winrm", "test-connection"] {
        let answer = post(format!("/targets/{win}/{path}")).await;
        let problem = answer.problem(501, "targets.winrm_not_available");
        assert!(
            problem.detail.contains("not available yet"),
            "{}",
            problem.detail
        );
    }
    post(format!("/targets/{web}/test-connection"))
        .await
        .problem(501, "targets.http_not_available");
    for id in [web, ssh] {
        post(format!("/targets/{id}/test-winrm"))
            .await
            .problem(400, "targets.not_winrm");
    }
}

#[tokio::test]
async fn the_mock_says_that_it_is_one() {
    let app = support::start_with(&[("TARGETS_MOCK_WINRM", "true")]).await;
    let id = target_id(&app, "win", json!({})).await;
    for path in ["test-winrm", "test-connection"] {
        let answer = app
            .operator()
            .post(&format!("/targets/{id}/{path}"), json!({}))
            .await
            .expect(200);
        assert_eq!(
            (&answer["success"], &answer["test"]["status"]),
            (&json!(true), &json!("success"))
        );
        let details = &answer["test"]["details"];
        assert_eq!(details["whoami"], "TESTDOMAIN\\Administrator");
        assert_eq!(details["powershellVersion"], "5.1.17763.316");
        assert_eq!(
            (&details["transport"], &details["port"]),
            (&json!("ntlm"), &json!(5985))
        );
        assert!(answer["note"].as_str().unwrap().contains("mock"));
    }
    let target = app
        .viewer()
        .get(&format!("/targets/{id}"))
        .await
        .expect(200);
    assert_eq!(target["last_test"], json!(null), "nothing was tested");
}
