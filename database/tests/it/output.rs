//! What claims have printed, as events of their run.

use sqlx::PgConnection;

use crate::harness::texts;
use crate::runs::{Bench, Claim, Plan};

async fn record(bench: &mut Bench, claim: &Claim, sizes: [i64; 3]) -> bool {
    let [bytes, lines, lost] = sizes;
    let held: Option<Vec<i64>> = sqlx::query_scalar!(
        "SELECT runs.record_output($1, $2, $3, $4, $5, $6)",
        claim.worker,
        &[claim.step],
        &[claim.epoch],
        &[bytes],
        &[lines],
        &[lost],
    )
    .fetch_one(&mut bench.executor)
    .await
    .unwrap();
    held == Some(vec![claim.step])
}

async fn told(conn: &mut PgConnection) -> Vec<String> {
    let sql = "SELECT concat_ws(' ', seq, kind, data->>'offset', data->>'length', data->>'line', data->>'lines', data->>'lost_bytes')
               FROM runs.event WHERE kind = 'output' OR kind LIKE 'step.%' ORDER BY run_id, seq";
    texts(conn, sql).await
}

#[tokio::test]
async fn output_is_told_in_one_order_with_all_else() {
    let mut bench = Bench::new().await;
    bench.start(&[Plan::at(0)]).await;
    let claim = bench.claim_one("w1").await;
    assert!(record(&mut bench, &claim, [10, 1, 0]).await);
    // The answer may be lost: telling it again changes nothing.
    assert!(record(&mut bench, &claim, [10, 1, 0]).await);
    assert!(record(&mut bench, &claim, [30, 4, 5]).await);
    let finish = format!(
        "SELECT runs.finish_printed_step({}, {}, 'w1', 'succeeded', NULL, 0, '', '', '{{}}', '{{42,5,5}}')::text",
        claim.step, claim.epoch
    );
    assert_eq!(texts(&mut bench.executor, &finish).await, ["true"]);
    assert_eq!(
        told(&mut bench.admin).await,
        [
            "3 step.running",
            "4 output 0 10 0 1",
            "5 output 10 20 1 3 5",
            "6 output 30 12 4 1 5",
            "7 step.succeeded"
        ]
    );
}

#[tokio::test]
async fn output_of_a_claim_that_was_taken_back_is_refused() {
    let mut bench = Bench::new().await;
    bench.start(&[Plan::at(0).idempotent()]).await;
    let old = bench.claim_one("w1").await;
    let stranger = Claim {
        worker: "w2".to_owned(),
        ..old.clone()
    };
    assert!(!record(&mut bench, &stranger, [1, 0, 0]).await);
    assert!(record(&mut bench, &old, [3, 1, 0]).await);
    bench.expire_leases().await;
    bench.recover().await;
    bench.end_delays().await;
    let new = bench.claim_one("w2").await;
    assert!(!record(&mut bench, &old, [9, 9, 0]).await);
    assert!(record(&mut bench, &new, [5, 1, 0]).await);
    let sizes = "SELECT concat_ws(' ', epoch, bytes) FROM runs.output ORDER BY epoch";
    assert_eq!(texts(&mut bench.admin, sizes).await, ["1 3", "2 5"]);
}
