//! What has expired is removed.

use chrono::TimeDelta;
use testkit::wait;

use crate::support::Bed;

async fn wait_for(bed: &Bed, statement: &'static str, wanted: i64) {
    wait::until(statement, async || {
        (bed.count(statement).await == wanted).then_some(())
    })
    .await;
}

#[tokio::test]
async fn what_no_rule_looks_at_any_more_is_removed() {
    let bed = Bed::start().await;
    let ana = bed.login("ana").await;
    bed.client(&ana)
        .send(reqwest::Method::POST, "/logout", None)
        .await
        .expect(200);
    bed.try_login("nobody", "wrong")
        .await
        .problem(401, "auth.wrong_password");
    assert_eq!(bed.count("SELECT count(*) FROM auth.revocation").await, 1);
    bed.advance(TimeDelta::minutes(18));
    wait_for(&bed, "SELECT count(*) FROM auth.revocation", 0).await;
    assert_eq!(
        bed.count("SELECT count(*) FROM auth.refresh_token").await,
        1
    );
    bed.advance(TimeDelta::hours(1));
    wait_for(&bed, "SELECT count(*) FROM auth.refresh_token", 0).await;
    assert_eq!(bed.count("SELECT count(*) FROM auth.attempt").await, 2);
    bed.advance(TimeDelta::days(1));
    wait_for(&bed, "SELECT count(*) FROM auth.attempt", 0).await;
    assert_eq!(bed.count("SELECT count(*) FROM auth.session").await, 1);
    bed.advance(TimeDelta::days(29));
    wait_for(&bed, "SELECT count(*) FROM auth.session", 0).await;
}
