//! Each function and table of the shared schema is open to the one service that needs it.

use std::collections::BTreeMap;

use database::SERVICE_ROLES;

use crate::harness::{DENIED, execute, refused, texts};
use crate::runs::{Bench, Plan};

#[tokio::test]
async fn a_function_is_open_to_one_service_and_the_inner_ones_to_none() {
    let bench = Bench::new().await;
    let mut admin = bench.admin;
    let open = texts(
        &mut admin,
        "SELECT p.proname || ' ' || r.rolname FROM pg_proc p
         JOIN pg_namespace n ON n.oid = p.pronamespace AND n.nspname = 'runs'
         JOIN pg_roles r ON r.rolname LIKE 'opsc\\_%' AND r.rolname <> 'opsc_owner'
           AND has_function_privilege(r.oid, p.oid, 'EXECUTE')",
    )
    .await;
    let found: BTreeMap<&str, &str> = open
        .iter()
        .map(|line| line.split_once(' ').unwrap())
        .collect();
    let expected = BTreeMap::from([
        ("start_run", "opsc_jobs"),
        ("cancel_run", "opsc_jobs"),
        ("cancel_steps", "opsc_jobs"),
        ("cancel_orphans", "opsc_jobs"),
        ("parent_of_claim", "opsc_jobs"),
        ("resolve_step", "opsc_jobs"),
        ("carry_over", "opsc_jobs"),
        ("is_undone", "opsc_jobs"),
        ("undo_run", "opsc_jobs"),
        ("decide_approval", "opsc_jobs"),
        ("expire_approvals", "opsc_jobs"),
        ("expire_runs", "opsc_jobs"),
        ("waiting", "opsc_jobs"),
        ("claim_steps", "opsc_executor"),
        ("renew", "opsc_executor"),
        ("mark_sent", "opsc_executor"),
        ("finish_steps", "opsc_executor"),
        ("finish_step", "opsc_executor"),
        ("finish_printed_step", "opsc_executor"),
        ("record_output", "opsc_executor"),
        ("release_step", "opsc_executor"),
        ("begin_waiting", "opsc_executor"),
        ("park_step", "opsc_executor"),
        ("retry_step", "opsc_executor"),
        ("recover_lost", "opsc_executor"),
        ("claim_is_current", "opsc_credentials"),
        ("parcel_of_claim", "opsc_credentials"),
        ("parcels_in_use", "opsc_credentials"),
    ]);
    assert_eq!(found, expected);
    assert_eq!(open.len(), expected.len());
}

#[tokio::test]
async fn nobody_writes_what_became_of_a_run_past_the_functions() {
    let mut bench = Bench::new().await;
    bench.start(&[Plan::at(0)]).await;
    bench.claim_one("w1").await;
    let run = "INSERT INTO runs.run (job_id, job_name, job_version, requested_by, requested_by_name, correlation_id, status)
               VALUES (1, 'j', 1, '1', 'a', 'c', 'queued')";
    for role in SERVICE_ROLES {
        let mut conn = bench.db.login(role).await;
        for statement in [
            "UPDATE runs.run SET status = 'succeeded'",
            "UPDATE runs.step SET status = 'succeeded'",
            "UPDATE runs.step SET epoch = 9",
            "UPDATE runs.live_step SET lease_until = now() + interval '1 day'",
            "UPDATE runs.attempt SET outcome = 'succeeded'",
            "INSERT INTO runs.live_step (step_id, run_id) VALUES (1, 1)",
            "INSERT INTO runs.step (run_id, idx, type, spec, epoch) VALUES (1, 1, 'x', '{}', 5)",
            "INSERT INTO runs.event (run_id, seq, kind, at) VALUES (1, 99, 'run.succeeded', now())",
            "DELETE FROM runs.run",
            "DELETE FROM runs.step",
            "DELETE FROM runs.live_step",
            "TRUNCATE runs.event",
            run,
        ] {
            refused(&mut conn, statement, DENIED).await;
        }
    }
}

#[tokio::test]
async fn the_executor_asks_for_no_runs_and_jobs_registers_no_workers() {
    let mut bench = Bench::new().await;
    let run = "INSERT INTO runs.run (job_id, job_name, job_version, requested_by, requested_by_name, correlation_id)
               VALUES (1, 'j', 1, '1', 'a', 'c')";
    refused(&mut bench.executor, run, DENIED).await;
    let worker = "INSERT INTO runs.worker (id, host, version) VALUES ('w1', 'h', '1')";
    refused(&mut bench.jobs, worker, DENIED).await;
    execute(&mut bench.executor, worker).await.unwrap();
    execute(
        &mut bench.executor,
        "UPDATE runs.worker SET last_seen_at = now()",
    )
    .await
    .unwrap();
}

#[tokio::test]
async fn a_definition_that_was_saved_cannot_be_changed() {
    let mut bench = Bench::new().await;
    let saved = "INSERT INTO jobs.job_version (job_id, version, definition, created_by) VALUES (1, 1, '{}', '1')";
    execute(&mut bench.jobs, saved).await.unwrap();
    refused(
        &mut bench.jobs,
        "UPDATE jobs.job_version SET definition = '{}'",
        DENIED,
    )
    .await;
}

#[tokio::test]
async fn a_secret_is_released_to_the_current_claim_of_a_step_that_names_it() {
    let mut bench = Bench::new().await;
    bench.start(&[Plan::at(0)]).await;
    let claim = bench.claim_one("w1").await;
    let mut credentials = bench.db.login("opsc_credentials").await;
    let (step, epoch) = (claim.step, claim.epoch);
    for (arguments, current) in [
        (format!("{step}, {epoch}, 'w1', 5"), "true"),
        (format!("{step}, {epoch}, 'w1', 6"), "false"),
        (format!("{step}, {epoch}, 'w2', 5"), "false"),
        (format!("{step}, {epoch} + 1, 'w1', 5"), "false"),
        (format!("{step} + 1, {epoch}, 'w1', 5"), "false"),
        (format!("{step}, {epoch}, 'w1', NULL"), "false"),
    ] {
        let sql = format!("SELECT runs.claim_is_current({arguments})::text");
        assert_eq!(
            texts(&mut credentials, &sql).await,
            [current],
            "{arguments}"
        );
    }
    bench.expire_leases().await;
    let sql = format!("SELECT runs.claim_is_current({step}, {epoch}, 'w1', 5)::text");
    assert_eq!(texts(&mut credentials, &sql).await, ["false"]);
}
