//! The first start of the production profile.

use common::permission::Role;
use serde_json::{Value, json};
use service_kit::config::{Common, Profile};
use service_kit::service::Kit;
use testkit::app::parts;
use users::app::App;
use users::domain::bootstrap::{announcement, prepare};
use users::{SERVICE, build};

use crate::support::{self, Fixture, PASSWORD, audited, config};

/// What a start of the production profile would print, if anything.
async fn first_start(kit: &Kit) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let app = App::new(kit, &config(&folder, kit.config.clone(), &[]));
    prepare(&app)
        .await
        .unwrap()
        .map(|code| code.expose().clone())
}

fn body(code: &str, name: &str) -> Value {
    let email = format!("{name}@example.org");
    json!({"code": code, "username": name, "email": email, "password": PASSWORD})
}

/// A service that printed a code.
async fn started() -> (Fixture, String) {
    let parts = parts(SERVICE).await;
    let code = first_start(&parts.kit).await.unwrap();
    (support::start_parts(parts, &[]).await, code)
}

#[tokio::test]
async fn the_printed_code_makes_the_first_admin_once() {
    let (app, code) = started().await;
    assert_eq!(code.len(), 32);
    let client = app.anonymous();
    client
        .post("/bootstrap", body("0".repeat(32).as_str(), "root"))
        .await
        .problem(403, "users.wrong_code");
    assert_eq!(audited(&app).await[0].1, "denied");
    let weak = json!({"code": code, "username": "", "email": "x", "password": "short"});
    assert_eq!(
        client
            .post("/bootstrap", weak)
            .await
            .wrong_field("email")
            .errors
            .len(),
        3
    );
    let made = client
        .post("/bootstrap", body(&code, "root"))
        .await
        .expect(201);
    assert_eq!(
        (&made["role"], &made["must_change_password"]),
        (&json!("admin"), &json!(false))
    );
    support::check(&app, "root", PASSWORD).await.expect(200);
    client
        .post("/bootstrap", body(&code, "second"))
        .await
        .problem(404, "users.bootstrap_closed");
}

#[tokio::test]
async fn of_two_who_hold_the_code_one_becomes_admin() {
    let (app, code) = started().await;
    let client = app.anonymous();
    let (a, b) = tokio::join!(
        client.post("/bootstrap", body(&code, "one")),
        client.post("/bootstrap", body(&code, "two"))
    );
    let mut statuses = [a.status, b.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 404]);
}

#[tokio::test]
async fn a_code_that_is_used_up_meanwhile_is_not_called_wrong() {
    let (app, code) = started().await;
    let root = app.db.superuser().await;
    let mut first = root.begin().await.unwrap();
    sqlx::raw_sql(
        "LOCK TABLE users.bootstrap_code;
         DELETE FROM users.bootstrap_code;
         INSERT INTO users.user (username, email, role) VALUES ('one', 'one@example.org', 'admin')",
    )
    .execute(&mut *first)
    .await
    .unwrap();
    let client = app.anonymous();
    let held = async {
        testkit::wait::until("the second one waits", async || {
            let waiting: i64 = sqlx::query_scalar(
                "SELECT count(*) FROM pg_stat_activity
                 WHERE datname = current_database() AND wait_event_type = 'Lock'",
            )
            .fetch_one(&root)
            .await
            .unwrap();
            (waiting > 0).then_some(())
        })
        .await;
        first.commit().await.unwrap();
    };
    let (second, ()) = tokio::join!(client.post("/bootstrap", body(&code, "two")), held);
    second.problem(404, "users.bootstrap_closed");
}

#[tokio::test]
async fn a_code_is_good_for_an_hour_and_until_the_next_one() {
    let parts = parts(SERVICE).await;
    let old = first_start(&parts.kit).await.unwrap();
    let code = first_start(&parts.kit).await.unwrap();
    let app = support::start_parts(parts, &[]).await;
    let client = app.anonymous();
    client
        .post("/bootstrap", body(&old, "root"))
        .await
        .problem(403, "users.wrong_code");
    app.clock.advance(chrono::Duration::minutes(60));
    client
        .post("/bootstrap", body(&code, "root"))
        .await
        .problem(403, "users.wrong_code");
}

#[tokio::test]
async fn the_code_itself_is_not_stored() {
    let (app, code) = started().await;
    let pool = app.db.superuser().await;
    let row = sqlx::query!("SELECT hash, expires_at FROM users.bootstrap_code")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(row.hash.len(), 32);
    assert_eq!(
        row.expires_at,
        app.clock.now() + chrono::Duration::minutes(60)
    );
    assert!(announcement(&code.clone().into()).contains(&code));
}

#[tokio::test]
async fn without_a_code_nobody_becomes_admin() {
    let app = support::start().await;
    app.anonymous()
        .post("/bootstrap", body("", "root"))
        .await
        .problem(403, "users.wrong_code");
    support::person(&app, "ana", Role::Viewer).await;
    app.anonymous()
        .post("/bootstrap", body("", "root"))
        .await
        .problem(404, "users.bootstrap_closed");
}

#[tokio::test]
async fn production_does_not_start_on_a_development_password() {
    let app = support::start().await;
    let ana = support::person(&app, "ana", Role::Viewer).await;
    let second = testkit::app::parts_on(SERVICE, app.db.clone());
    assert_eq!(first_start(&second.kit).await, None);
    let pepper = b"pepper of a test, long enough";
    let hash = common::password::hash(&"admin123".to_owned().into(), pepper, 4).unwrap();
    let pool = app.db.superuser().await;
    sqlx::query!(
        "UPDATE users.password SET hash = $2 WHERE user_id = $1",
        ana.id,
        hash
    )
    .execute(&pool)
    .await
    .unwrap();
    let common = Common {
        profile: Profile::Production,
        ..testkit::app::settings(&app.db.url("opsc_users"))
    };
    let refused = build(config(&app.folder, common, &[])).await.err().unwrap();
    let text = format!("{refused:#}");
    assert!(
        text.contains("\"ana\"") && text.contains("development password"),
        "{text}"
    );
    assert!(!text.contains("admin123"));
}
