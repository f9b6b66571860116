//! Things that happen at the same moment neither wait in a circle nor undo each other.

use std::collections::BTreeSet;

use sqlx::{Connection, PgConnection};
use tokio::task::JoinSet;

use crate::harness::{Db, eventually, execute, texts};
use crate::runs::{Bench, Plan, claim, finish};

/// Waits until one session of a role waits for a lock.
async fn waits_for_lock(db: &Db, role: &str) {
    let sql = format!(
        "SELECT pid::text FROM pg_stat_activity
         WHERE datname = current_database() AND usename = '{role}' AND wait_event_type = 'Lock'"
    );
    eventually(|| async { !texts(&mut db.admin().await, &sql).await.is_empty() }).await;
}

#[tokio::test]
async fn a_claim_that_meets_a_cancel_claims_nothing() {
    let mut bench = Bench::new().await;
    let run = bench.start(&[Plan::at(0)]).await;
    let mut holder = bench.admin;
    let mut tx = holder.begin().await.unwrap();
    execute(
        &mut tx,
        &format!("SELECT FROM runs.run WHERE id = {} FOR UPDATE", run.id),
    )
    .await
    .unwrap();
    let mut claiming = JoinSet::new();
    let mut executor = bench.executor;
    claiming.spawn(async move { claim(&mut executor, "w1", 10).await });
    waits_for_lock(&bench.db, "opsc_executor").await;
    // The claim holds the step and waits for the run: the cancel must not wait for the step.
    let canceled = format!("SELECT runs.cancel_run({}, '7')", run.id);
    assert_eq!(texts(&mut tx, &canceled).await, ["queued"]);
    tx.commit().await.unwrap();
    assert!(claiming.join_all().await.remove(0).is_empty());
    let ended =
        "SELECT r.status || ' ' || s.status FROM runs.run r JOIN runs.step s ON s.run_id = r.id";
    assert_eq!(texts(&mut holder, ended).await, ["canceled aborted"]);
}

#[tokio::test]
async fn a_cancel_that_meets_a_claim_waits_and_then_asks_the_executor() {
    let mut bench = Bench::new().await;
    let run = bench.start(&[Plan::at(0)]).await;
    let mut tx = bench.executor.begin().await.unwrap();
    assert_eq!(claim(&mut tx, "w1", 10).await.len(), 1);
    let mut canceling = JoinSet::new();
    let mut jobs = bench.jobs;
    let sql = format!("SELECT runs.cancel_run({}, '7')", run.id);
    canceling.spawn(async move { texts(&mut jobs, &sql).await });
    waits_for_lock(&bench.db, "opsc_jobs").await;
    tx.commit().await.unwrap();
    assert_eq!(canceling.join_all().await.remove(0), ["running"]);
}

#[tokio::test]
async fn a_cancel_of_a_step_that_meets_its_claim_or_its_end_waits_for_it() {
    let mut bench = Bench::new().await;
    let run = bench.start(&[Plan::at(0).on(1), Plan::at(1).on(1)]).await;
    let of_first = format!(
        "SELECT runs.cancel_steps({0}, ARRAY(SELECT id FROM runs.step WHERE run_id = {0} AND idx = 0), '7')::text",
        run.id
    );
    let mut tx = bench.executor.begin().await.unwrap();
    let first = claim(&mut tx, "w1", 10).await.remove(0);
    for word in ["1", "0"] {
        let mut canceling = JoinSet::new();
        let (mut jobs, sql) = (bench.db.login("opsc_jobs").await, of_first.clone());
        canceling.spawn(async move { texts(&mut jobs, &sql).await });
        waits_for_lock(&bench.db, "opsc_jobs").await;
        tx.commit().await.unwrap();
        assert_eq!(canceling.join_all().await.remove(0), [word]);
        tx = bench.executor.begin().await.unwrap();
        if word == "1" {
            assert!(finish(&mut tx, &first, "succeeded").await.unwrap());
        }
    }
    let statuses = "SELECT status FROM runs.step ORDER BY idx";
    assert_eq!(
        texts(&mut bench.admin, statuses).await,
        ["succeeded", "queued"]
    );
}

#[tokio::test]
async fn an_end_is_written_while_another_transaction_holds_the_run_but_told_after_it() {
    let mut bench = Bench::new().await;
    let run = bench.start(&[Plan::at(0).on(1)]).await;
    let first = claim(&mut bench.executor, "w1", 10).await.remove(0);
    let mut holder = bench.admin;
    let mut tx = holder.begin().await.unwrap();
    let hold = format!("SELECT FROM runs.run WHERE id = {} FOR UPDATE", run.id);
    execute(&mut tx, &hold).await.unwrap();
    let mut ending = JoinSet::new();
    let mut executor = bench.executor;
    ending.spawn(async move { finish(&mut executor, &first, "succeeded").await.unwrap() });
    waits_for_lock(&bench.db, "opsc_executor").await;
    let written = "SELECT 'held' WHERE NOT EXISTS (SELECT FROM runs.step FOR UPDATE SKIP LOCKED)";
    let mut third = bench.db.admin().await;
    assert_eq!(texts(&mut third, written).await, ["held"]);
    tx.commit().await.unwrap();
    assert!(ending.join_all().await.remove(0));
    let ended = "SELECT kind FROM runs.event ORDER BY seq DESC LIMIT 2";
    assert_eq!(
        texts(&mut third, ended).await,
        ["run.succeeded", "step.succeeded"]
    );
}

/// Claims and finishes until nothing is left.
async fn work(mut conn: PgConnection, worker: String) {
    let mut idle = 0;
    while idle < 200 {
        let claims = claim(&mut conn, &worker, 3).await;
        idle = if claims.is_empty() { idle + 1 } else { 0 };
        for (place, one) in claims.iter().enumerate() {
            let status = if place == 2 { "failed" } else { "succeeded" };
            assert!(finish(&mut conn, one, status).await.unwrap());
        }
    }
}

#[tokio::test]
async fn many_workers_and_cancels_leave_every_run_final_and_every_event_numbered() {
    let mut bench = Bench::new().await;
    let mut started = Vec::new();
    for _ in 0..15 {
        let plans = [
            Plan::at(0).on(1),
            Plan::at(0).on(2),
            Plan::at(1).on(1).on_error("continue"),
            Plan::at(1).on(2).on_error("ignore"),
            Plan::at(2),
        ];
        started.push(bench.start(&plans).await);
    }
    let mut tasks = JoinSet::new();
    for number in 0..4 {
        tasks.spawn(work(
            bench.db.login("opsc_executor").await,
            format!("w{number}"),
        ));
    }
    for (number, run) in started.iter().enumerate() {
        let of_second = format!(
            "SELECT runs.cancel_steps({0}, ARRAY(SELECT id FROM runs.step WHERE run_id = {0} AND idx > 0), '7')",
            run.id
        );
        match number % 3 {
            0 => drop(bench.cancel(run.id).await),
            1 => drop(execute(&mut bench.jobs, &of_second).await.unwrap()),
            _ => {}
        }
    }
    tasks.join_all().await;
    let open = "SELECT status FROM runs.run WHERE finished_at IS NULL
                UNION ALL SELECT status FROM runs.step WHERE finished_at IS NULL
                UNION ALL SELECT state FROM runs.live_step";
    assert!(texts(&mut bench.admin, open).await.is_empty());
    for run in &started {
        let events = bench.events(run).await;
        let ends: BTreeSet<_> = events
            .iter()
            .filter(|kind| kind.starts_with("run."))
            .collect();
        assert_eq!(
            ends.len(),
            events
                .iter()
                .filter(|kind| kind.starts_with("run."))
                .count()
        );
    }
}
