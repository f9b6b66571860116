//! The scenarios of the long run, each for a moment, from a fixed seed.

use chaos::process;
use chaos::scenario::{Scenario, Trial};

const SEED: u64 = 20;

async fn keeps(scenario: Scenario, rounds: usize) {
    let program = process::build();
    let trial = Trial {
        program: &program,
        seed: SEED,
        rounds,
    };
    for figure in Box::pin(scenario.run(trial)).await {
        assert_eq!(figure.failures, 0, "seed {SEED}: {}", figure.row());
        assert!(figure.trials > 0, "nothing was tried: {}", figure.row());
    }
}

#[tokio::test]
async fn a_storm_of_faults_breaks_no_promise() {
    keeps(Scenario::Storm, 2).await;
}

#[tokio::test]
async fn hints_that_come_three_times_start_a_step_once() {
    keeps(Scenario::Hints, 20).await;
}

#[tokio::test]
async fn redis_may_be_emptied_and_away() {
    keeps(Scenario::Redis, 10).await;
}

#[tokio::test]
async fn a_rolling_restart_loses_and_flags_nothing() {
    keeps(Scenario::Rolling, 1).await;
}

#[tokio::test]
async fn what_a_failed_run_did_is_undone_whoever_is_killed() {
    keeps(Scenario::Undo, 1).await;
}
