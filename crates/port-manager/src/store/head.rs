//! `ports.head`.

use sqlx::PgConnection;

/// Waits until nobody else changes ports; answers with the number of the last event.
///
/// Until the end of the transaction statements are planned once per connection, not each time they run:
/// planning them takes longer than running them. Such a plan lasts while tables grow, so it may not read
/// a whole table because that is small at the moment.
pub async fn lock(conn: &mut PgConnection) -> sqlx::Result<i64> {
    let row = sqlx::query!(
        "SELECT revision, set_config('plan_cache_mode', 'force_generic_plan', true) AS plans,
           set_config('enable_seqscan', 'off', true) AS scans
         FROM ports.head FOR UPDATE"
    )
    .fetch_one(conn)
    .await?;
    Ok(row.revision)
}

/// The number of the last event, and which history it belongs to.
pub async fn get(conn: &mut PgConnection) -> sqlx::Result<(String, i64)> {
    let row = sqlx::query!(r#"SELECT epoch::text AS "epoch!", revision FROM ports.head"#)
        .fetch_one(conn)
        .await?;
    Ok((row.epoch, row.revision))
}
