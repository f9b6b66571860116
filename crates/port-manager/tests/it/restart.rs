//! The program starts anew in its place: the same process and port, and no connection is refused.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;
use testkit::db::TestDb;
use testkit::wait::until;

use crate::process::{Auth, Process};

/// Asks until it is told to end; answers with how often it was answered, and how often not.
async fn hammer(base: String, is_kept: bool, is_over: Arc<AtomicBool>) -> (usize, usize) {
    let idle = if is_kept { 8 } else { 0 };
    let client = reqwest::Client::builder()
        .no_proxy()
        .pool_max_idle_per_host(idle);
    let client = client.build().unwrap();
    let (mut good, mut bad) = (0, 0);
    while !is_over.load(Ordering::SeqCst) {
        match client.get(format!("{base}/info")).send().await {
            Ok(answer) if answer.status() == 200 => good += 1,
            Ok(_) | Err(_) => bad += 1,
        }
    }
    (good, bad)
}

#[tokio::test]
async fn a_restart_under_load_refuses_nobody() {
    let db = TestDb::new().await;
    let auth = Auth::start(&db);
    let mut process = Process::start(&db, &auth, &[]).await;
    let base = process.door.base().to_owned();
    let before = process.instance(&auth).await.unwrap();
    let is_over = Arc::new(AtomicBool::new(false));
    let clients: Vec<_> = [true, true, false]
        .map(|is_kept| {
            let work = hammer(base.clone(), is_kept, Arc::clone(&is_over));
            #[expect(clippy::disallowed_methods, reason = "waited for below")]
            tokio::spawn(work)
        })
        .into();
    let pid = process.pid();
    let told = process
        .door
        .must_post("/api/admin/restart", &json!({}))
        .await;
    assert_eq!(told["success"], true);
    until("another instance", async || {
        let now = process.instance(&auth).await?;
        (now != before).then_some(())
    })
    .await;
    // Those who waited in the socket meanwhile are answered by the program that came.
    for _time in 0..20 {
        assert!(process.instance(&auth).await.is_some());
    }
    is_over.store(true, Ordering::SeqCst);
    for client in clients {
        let (good, bad) = client.await.unwrap();
        assert!(good > 0 && bad == 0, "{good} answered, {bad} not");
    }
    assert_eq!(process.pid(), pid, "it is the same process");
    process.kill().await;
}
