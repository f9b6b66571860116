//! Testing connections, against a real sshd.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::{Value, json};
use testkit::app::TestApp;
use testkit::sshd::{Sshd, SshdOptions};
use tokio::net::TcpListener;

use crate::stub::{self, Stub};
use crate::support::{self, audited, credential, target_id};

/// A service, its stub of credentials, and a server that a target leads to.
struct Scene {
    app: TestApp,
    stub: Stub,
    sshd: Sshd,
    id: i64,
}

impl Scene {
    async fn new() -> Self {
        let (app, stub) = stub::start_with(&[]).await;
        let sshd = Sshd::start().await;
        let id = ssh_target(&app, "web", sshd.port()).await;
        let key = sshd.accepted_key("ed25519", "");
        stub.release("ssh", json!({"username": sshd.user(), "private_key": key}));
        Self {
            app,
            stub,
            sshd,
            id,
        }
    }

    async fn test(&self) -> Value {
        test(&self.app, self.id).await
    }

    async fn keys(&self) -> Value {
        let list = self
            .app
            .viewer()
            .get(&format!("/targets/{}/host-keys", self.id))
            .await;
        list.expect(200)["host_keys"].clone()
    }

    /// Accepts the host key that the last test was offered.
    async fn accept_offered(&self) {
        let offered = self.test().await["test"]["details"]["host_key"].clone();
        let path = format!("/targets/{}/host-keys", self.id);
        self.app.operator().post(&path, offered).await.expect(201);
    }
}

async fn ssh_target(app: &TestApp, name: &str, port: u16) -> i64 {
    let credential = credential(app, name).await;
    let more = json!({"hostname": "127.0.0.1", "protocol": "ssh", "port": port, "credential_ref": credential});
    target_id(app, name, more).await
}

async fn test(app: &TestApp, id: i64) -> Value {
    let path = format!("/targets/{id}/test-connection");
    app.operator().post(&path, json!({})).await.expect(200)
}

/// The phases as `name+` (well), `name!` (failed) and `name-` (skipped).
fn phases(answer: &Value) -> Vec<String> {
    let phases = answer["test"]["details"]["phases"].as_array().unwrap();
    phases
        .iter()
        .map(|phase| {
            let sign = match (phase["ok"] == true, phase["skipped"] == true) {
                (true, _) => '+',
                (false, true) => '-',
                (false, false) => '!',
            };
            format!("{}{sign}", phase["name"].as_str().unwrap())
        })
        .collect()
}

fn expect_failure(answer: &Value, reason: &str) {
    assert_eq!(answer["success"], false, "{answer}");
    assert_eq!(answer["test"]["status"], "error");
    assert_eq!(answer["test"]["details"]["reason"], reason, "{answer}");
    assert!(answer["test"]["details"]["remedy"].is_string(), "{answer}");
    assert!(!answer["message"].as_str().unwrap().is_empty());
}

#[tokio::test]
async fn a_target_is_reached_once_its_host_key_is_accepted() {
    let scene = Scene::new().await;
    let first = scene.test().await;
    expect_failure(&first, "host_key_unknown");
    assert_eq!(
        phases(&first),
        ["resolve+", "connect+", "host_key!", "auth-", "command-"]
    );
    let shown = &first["test"]["details"]["host_key"];
    let own = scene.sshd.host_key("ed25519");
    assert_eq!(shown["fingerprint"], own.fingerprint);
    let keys = scene.keys().await;
    assert_eq!(
        (&keys[0]["fingerprint"], &keys[0]["state"]),
        (&shown["fingerprint"], &json!("offered"))
    );
    assert_eq!(keys[0]["public_key"], shown["public_key"]);

    let accepted = json!({"algorithm": own.algorithm, "fingerprint": own.fingerprint});
    let path = format!("/targets/{}/host-keys", scene.id);
    scene.app.operator().post(&path, accepted).await.expect(201);
    assert_eq!(
        scene.keys().await[0]["public_key"],
        shown["public_key"],
        "what was shown is kept"
    );

    let answer = scene.test().await;
    assert_eq!(answer["success"], true, "{answer}");
    assert_eq!(answer["test"]["status"], "success");
    assert_eq!(answer["note"], json!(null));
    let details = &answer["test"]["details"];
    assert_eq!(details["whoami"], scene.sshd.user());
    assert_eq!(
        (&details["transport"], &details["protocol"]),
        (&json!("ssh"), &json!("ssh"))
    );
    assert_eq!(details["port"], scene.sshd.port());
    assert!(!details["hostname"].as_str().unwrap().is_empty());
    assert!(details["connection_time"].as_f64().unwrap() > 0.0);
    assert_eq!(
        phases(&answer),
        ["resolve+", "connect+", "host_key+", "auth+", "command+"]
    );
    assert_eq!(scene.keys().await.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_last_result_is_kept_and_audited() {
    let scene = Scene::new().await;
    scene.accept_offered().await;
    let row = audited(&scene.app).await;
    assert_eq!(row.action, "target.host_key_accepted");
    scene.test().await;
    let row = audited(&scene.app).await;
    assert_eq!(
        (row.action.as_str(), row.outcome.as_str()),
        ("target.tested", "ok")
    );
    let path = format!("/targets/{}", scene.id);
    let last = scene.app.viewer().get(&path).await.expect(200)["last_test"].clone();
    assert_eq!((&last["ok"], &last["reason"]), (&json!(true), &json!(null)));

    scene.stub.release(
        "ssh",
        json!({"username": scene.sshd.user(), "private_key": scene.sshd.stranger_key()}),
    );
    let answer = scene.test().await;
    expect_failure(&answer, "auth_failed");
    assert_eq!(
        phases(&answer),
        ["resolve+", "connect+", "host_key+", "auth!", "command-"]
    );
    let row = audited(&scene.app).await;
    assert_eq!(
        (row.outcome.as_str(), &row.change["reason"]),
        ("failed", &json!("auth_failed"))
    );
    let last = scene.app.viewer().get(&path).await.expect(200)["last_test"].clone();
    assert_eq!(
        (&last["ok"], &last["reason"]),
        (&json!(false), &json!("auth_failed"))
    );
    let stored = scene.app.db.superuser().await;
    let kept = sqlx::query_scalar!(
        r#"SELECT (phases::text || details::text) AS "all!" FROM targets.check_result"#
    )
    .fetch_one(&stored)
    .await
    .unwrap();
    assert!(!kept.contains("PRIVATE KEY"));
}

#[tokio::test]
async fn a_changed_host_key_is_refused_and_offered() {
    let mut scene = Scene::new().await;
    scene.accept_offered().await;
    let old = scene.sshd.host_key("ed25519").fingerprint;
    scene.sshd.renew_host_keys().await;
    let answer = scene.test().await;
    expect_failure(&answer, "host_key_mismatch");
    let keys = scene.keys().await;
    assert_eq!(
        (&keys[0]["fingerprint"], &keys[0]["state"]),
        (&json!(old), &json!("pinned"))
    );
    let new = scene.sshd.host_key("ed25519").fingerprint;
    assert_eq!(
        (&keys[1]["fingerprint"], &keys[1]["state"]),
        (&json!(new), &json!("offered"))
    );
    scene.sshd.renew_host_keys().await;
    scene.test().await;
    let keys = scene.keys().await;
    assert_eq!(
        keys.as_array().unwrap().len(),
        2,
        "an older offer goes: {keys}"
    );
}

#[tokio::test]
async fn the_secret_is_asked_for_in_the_name_of_the_person() {
    let scene = Scene::new().await;
    scene.test().await;
    let asked = scene.stub.asked().pop().unwrap();
    assert!(asked.authorization.starts_with("Bearer "));
    assert!(!asked.on_behalf.is_empty());
    assert_ne!(asked.authorization, format!("Bearer {}", asked.on_behalf));
    assert_eq!(asked.body["target_id"], scene.id);
    assert_eq!(asked.body["target_name"], "web");
    let target = scene
        .app
        .viewer()
        .get(&format!("/targets/{}", scene.id))
        .await
        .expect(200);
    assert_eq!(asked.body["credential_id"], target["credential_ref"]);
}

#[tokio::test]
async fn a_secret_that_does_not_fit_is_a_finding() {
    let scene = Scene::new().await;
    for (kind, data) in [
        ("winrm", json!({"username": "u", "password": "p"})),
        ("api_key", json!({"api_key": "k"})),
    ] {
        scene.stub.release(kind, data);
        expect_failure(&scene.test().await, "wrong_credential_type");
    }
    for (status, code) in [
        (404, "credentials.not_found"),
        (403, "credentials.forbidden"),
    ] {
        scene.stub.refuse(status, code);
        expect_failure(&scene.test().await, code);
    }
    scene
        .stub
        .release("ssh", json!({"username": "u", "private_key": "no key"}));
    scene.accept_offered_or_fail().await;
    let bare = target_id(&scene.app, "bare", json!({"protocol": "ssh"})).await;
    expect_failure(&test(&scene.app, bare).await, "no_credential");
}

impl Scene {
    /// A key that cannot be read is found before or after the host key, but found.
    async fn accept_offered_or_fail(&self) {
        let answer = self.test().await;
        if answer["test"]["details"]["reason"] == "host_key_unknown" {
            self.accept_offered().await;
        }
        expect_failure(&self.test().await, "bad_key");
    }
}

#[tokio::test]
async fn credentials_that_cannot_be_asked_are_503() {
    let scene = Scene::new().await;
    let path = format!("/targets/{}/test-connection", scene.id);
    scene.stub.refuse(503, "credentials.sealed");
    let answer = scene.app.operator().post(&path, json!({})).await;
    answer.problem(503, "unavailable.service");
    let app = support::start_with(&[("CREDENTIALS_URL", "http://127.0.0.1:9")]).await;
    let id = ssh_target(&app, "web", 22).await;
    let answer = app
        .operator()
        .post(&format!("/targets/{id}/test-connection"), json!({}))
        .await;
    answer.problem(503, "unavailable.service");
}

#[tokio::test]
async fn a_closed_port_and_an_unknown_name_are_named() {
    let scene = Scene::new().await;
    let free = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let path = format!("/targets/{}", scene.id);
    scene
        .app
        .operator()
        .put(&path, json!({"port": free}))
        .await
        .expect(200);
    let answer = scene.test().await;
    expect_failure(&answer, "connect_refused");
    assert_eq!(answer["test"]["details"]["hostname"], "127.0.0.1");
    scene
        .app
        .operator()
        .put(&path, json!({"hostname": "nobody.invalid"}))
        .await
        .expect(200);
    expect_failure(&scene.test().await, "resolve_failed");
}

#[tokio::test]
async fn a_server_that_hangs_ends_the_test_in_time_and_only_so_many_run_at_once() {
    let vars = [("TARGETS_TEST_SECONDS", "4"), ("TARGETS_MAX_TESTS", "2")];
    let (app, stub) = stub::start_with(&vars).await;
    stub.release("ssh", json!({"username": "u", "password": "p"}));
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let id = ssh_target(&app, "silent", silent.local_addr().unwrap().port()).await;
    let path = format!("/targets/{id}/test-connection");
    let started = Instant::now();
    let operator = app.operator();
    let answers = join_all((0..5).map(|_| operator.post(&path, json!({})))).await;
    assert!(
        started.elapsed() < Duration::from_secs(6),
        "{:?}",
        started.elapsed()
    );
    let (busy, done): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 429);
    assert_eq!((busy.len(), done.len()), (3, 2), "{answers:?}");
    for answer in busy {
        answer.problem(429, "targets.busy");
        assert!(answer.headers.contains_key("retry-after"));
    }
    for answer in done {
        expect_failure(&answer.expect(200), "connect_timeout");
    }
}

#[tokio::test]
async fn what_the_target_says_is_made_plain() {
    let (app, stub) = stub::start_with(&[]).await;
    let options = SshdOptions {
        key_options: r#"command="printf 'no\\000shell\\033[31m' >&2""#.to_owned(),
        ..SshdOptions::default()
    };
    let sshd = Sshd::start_with(options).await;
    let id = ssh_target(&app, "odd", sshd.port()).await;
    let key = sshd.accepted_key("ed25519", "");
    stub.release("ssh", json!({"username": sshd.user(), "private_key": key}));
    let own = sshd.host_key("ed25519");
    let pin = json!({"algorithm": own.algorithm, "fingerprint": own.fingerprint});
    app.operator()
        .post(&format!("/targets/{id}/host-keys"), pin)
        .await
        .expect(201);
    let answer = test(&app, id).await;
    expect_failure(&answer, "no_shell");
    assert!(!answer.to_string().contains("\\u00"), "{answer}");
}
