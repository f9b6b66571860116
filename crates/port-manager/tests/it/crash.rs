//! The program is killed in the middle of its work: nothing is half done, and the next one goes on.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, PgPool};
use testkit::db::TestDb;
use tokio::sync::mpsc;

use crate::process::{Auth, Door, Process};
use crate::truth;

/// Requests at a time, and how many each of these makes.
const CLIENTS: usize = 20;
const EACH: usize = 50;
/// Answers after which it is killed.
const ENOUGH: usize = 300;
/// Services of the backup.
const SERVICES: u16 = 1500;

async fn add_suite(door: &Door) {
    let body = json!({"name": "crowd", "port_range": [20000, 30000]});
    let (status, answer) = door.post("/api/suites", &body).await.unwrap();
    assert!(status < 300, "{answer}");
}

/// Asks for ports until there is no answer, and passes on what was answered.
async fn ask(door: Door, client: usize, answers: mpsc::UnboundedSender<(u16, Value)>) {
    for number in 0..EACH {
        let body = json!({"service_id": format!("s-{client}-{number}"), "suite": "crowd"});
        match door.post("/api/ports/assign", &body).await {
            Ok(answer) => answers.send(answer).unwrap(),
            Err(_killed) => return,
        }
    }
}

/// Lets many ask at once, and kills the program among their requests; gives what was answered.
async fn kill_among_requests(process: &mut Process) -> BTreeMap<String, i64> {
    let (sender, mut answers) = mpsc::unbounded_channel();
    for client in 0..CLIENTS {
        #[expect(clippy::disallowed_methods, reason = "ends with the kill")]
        tokio::spawn(ask(process.door.clone(), client, sender.clone()));
    }
    drop(sender);
    let mut answered = BTreeMap::new();
    while let Some((status, answer)) = answers.recv().await {
        // On a machine that is busy enough, some wait too long for their turn.
        assert!([200, 503].contains(&status), "{answer}");
        if status == 200 {
            let name = answer["service_id"].as_str().unwrap().to_owned();
            answered.insert(name, answer["port"].as_i64().unwrap());
            if answered.len() == ENOUGH {
                process.kill().await;
            }
        }
    }
    assert!((ENOUGH..CLIENTS * EACH).contains(&answered.len()));
    answered
}

#[tokio::test]
async fn a_kill_among_many_assignments_loses_no_answered_one_and_leaves_none_half_done() {
    let db = TestDb::new().await;
    let auth = Auth::start(&db);
    let root = db.superuser().await;
    truth::keep_still(&root).await;
    let mut first = Process::start(&db, &auth, &[]).await;
    add_suite(&first.door).await;
    let mut answered = kill_among_requests(&mut first).await;

    let second = Process::start(&db, &auth, &[]).await;
    let body = json!({"service_id": "next", "suite": "crowd"});
    let next = second.door.must_post("/api/ports/assign", &body).await;
    answered.insert("next".to_owned(), next["port"].as_i64().unwrap());
    truth::assert_sound(&root).await;
    let stored = truth::ports(&root, "crowd").await;
    for (name, port) in &answered {
        assert_eq!(stored.get(name), Some(port), "{name} was answered");
    }
    // One more for each client: its change was made, but the answer did not get out.
    assert!(stored.len() <= answered.len() + CLIENTS);
    let listed = second
        .door
        .get("/api/ports/assignments?suite=crowd")
        .await
        .unwrap();
    assert_eq!(listed.1["assignments"], json!(stored));
    let (sender, mut answers) = mpsc::unbounded_channel();
    ask(second.door.clone(), CLIENTS, sender).await;
    while let Some((status, answer)) = answers.recv().await {
        assert_eq!(status, 200, "{answer}");
    }
    assert_eq!(
        truth::ports(&root, "crowd").await.len(),
        stored.len() + EACH
    );
    truth::assert_sound(&root).await;
}

/// Waits until somebody waits for what the session `holder` has locked.
async fn until_blocked_by(root: &PgPool, holder: i32) {
    testkit::wait::until("the wait for the lock", async || {
        let waiting = sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!" FROM pg_stat_activity WHERE $1 = ANY (pg_blocking_pids(pid))"#,
            holder
        );
        (waiting.fetch_one(root).await.unwrap() > 0).then_some(())
    })
    .await;
}

/// A suite with one service, and a backup that gives it another port and brings many more.
async fn arrange(door: &Door, root: &PgPool) -> BTreeMap<String, u16> {
    add_suite(door).await;
    let body = json!({"service_id": "s-0750", "port": 29999, "suite": "crowd"});
    door.must_post("/api/ports/assign", &body).await;
    let ports = (0..SERVICES).map(|number| (format!("s-{number:04}"), 20000 + number));
    let ports: BTreeMap<_, _> = ports.collect();
    let import = "/api/ports/backups?suite=crowd&backup_file=many.json";
    let file = json!({"port_assignments": ports, "reserved_ports": [25000]});
    door.must_post(import, &file).await;
    // The kill, not a time limit, has to end the wait.
    for limit in ["lock_timeout", "statement_timeout"] {
        let lift = format!(
            "DO $$ BEGIN EXECUTE format(
               'ALTER ROLE opsc_port_manager IN DATABASE %I SET {limit} = 0', current_database()); END $$"
        );
        let lifted = sqlx::raw_sql(AssertSqlSafe(lift)).execute(root).await;
        lifted.unwrap();
    }
    ports
}

#[tokio::test]
async fn a_restore_that_is_killed_changes_nothing_and_works_when_done_again() {
    const RESTORE: &str = "/api/ports/restore?suite=crowd&backup_file=many.json";
    let db = TestDb::new().await;
    let auth = Auth::start(&db);
    let root = db.superuser().await;
    truth::keep_still(&root).await;
    let mut arranging = Process::start(&db, &auth, &[]).await;
    let wanted = arrange(&arranging.door, &root).await;
    arranging.kill().await;
    truth::until_alone(&root).await;
    let before = truth::state(&root).await;

    let mut first = Process::start(&db, &auth, &[]).await;
    let mut holder = root.begin().await.unwrap();
    let pid = sqlx::query_scalar!(
        r#"SELECT pg_backend_pid() AS "pid!" FROM ports.service WHERE name = 's-0750' FOR NO KEY UPDATE"#
    );
    let pid = pid.fetch_one(&mut *holder).await.unwrap();
    let door = first.door.clone();
    #[expect(clippy::disallowed_methods, reason = "ends with the kill")]
    let restore = tokio::spawn(async move { door.post(RESTORE, &json!({})).await });
    until_blocked_by(&root, pid).await;
    first.kill().await;
    assert!(restore.await.unwrap().is_err(), "it was answered");
    holder.rollback().await.unwrap();
    truth::until_alone(&root).await;
    assert_eq!(truth::state(&root).await, before);

    let second = Process::start(&db, &auth, &[]).await;
    let done = second.door.must_post(RESTORE, &json!({})).await;
    assert_eq!(done["changes"].as_array().unwrap().len(), wanted.len());
    truth::assert_sound(&root).await;
    let stored = truth::ports(&root, "crowd").await;
    assert_eq!(json!(stored), json!(wanted));
}
