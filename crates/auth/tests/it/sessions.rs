//! Sessions: listed, ended.

use crate::support::Bed;

#[tokio::test]
async fn signing_out_ends_this_session_only() {
    let bed = Bed::start().await;
    let one = bed.login("otto").await;
    let other = bed.login("otto").await;
    bed.client(&one)
        .send(reqwest::Method::POST, "/logout", None)
        .await
        .expect(200);
    bed.wait_for_end(&one).await;
    bed.try_refresh(&one.refresh)
        .await
        .problem(401, "auth.refresh_refused");
    bed.verify(&other).await.expect(200);
    bed.refresh(&other).await;
    assert_eq!(bed.audited("session.logout", "ok").await, 1);
}

#[tokio::test]
async fn revoking_all_reaches_every_gate() {
    let bed = Bed::start().await;
    let second = bed.second().await;
    let one = bed.login("otto").await;
    let other = bed.login("otto").await;
    let ana = bed.login("ana").await;
    assert_eq!(
        second
            .with_token(other.access.clone())
            .get("/verify")
            .await
            .status,
        200
    );
    bed.client(&one)
        .send(reqwest::Method::POST, "/revoke-all", None)
        .await
        .expect(200);
    bed.wait_for_end(&one).await;
    bed.wait_for_end(&other).await;
    testkit::wait::until("the end at the other process", async || {
        let answer = second.with_token(other.access.clone()).get("/verify").await;
        (answer.status == 401).then_some(())
    })
    .await;
    bed.try_refresh(&other.refresh)
        .await
        .problem(401, "auth.refresh_refused");
    bed.verify(&ana).await.expect(200);
    assert_eq!(bed.audited("session.revoked", "ok").await, 1);
}

#[tokio::test]
async fn people_see_and_end_their_own_sessions() {
    let bed = Bed::start().await;
    let one = bed.login("vera").await;
    bed.advance(chrono::TimeDelta::seconds(1));
    let other = bed.login("vera").await;
    let ana = bed.login("ana").await;
    let client = bed.client(&other);
    let list = client.get("/sessions").await.expect(200);
    assert_eq!(list["total"], 2);
    assert_eq!(list["sessions"][0]["id"], other.sid());
    assert_eq!(list["sessions"][0]["current"], true);
    assert_eq!(list["sessions"][1]["current"], false);
    assert_eq!(list["sessions"][1]["ip"], "127.0.0.1");
    let paged = client
        .get("/sessions?skip=1&limit=1&user_id=3")
        .await
        .expect(200);
    assert_eq!(
        (&paged["total"], &paged["sessions"][0]["id"]),
        (&2.into(), &one.sid().into())
    );
    let path = format!("/sessions/{}", one.sid());
    client.delete(&path).await.expect(200);
    bed.wait_for_end(&one).await;
    client
        .delete(&path)
        .await
        .problem(404, "auth.session_not_found");
    let foreign = format!("/sessions/{}", ana.sid());
    client
        .delete(&foreign)
        .await
        .problem(404, "auth.session_not_found");
    client
        .get("/sessions?user_id=1")
        .await
        .problem(403, "auth.forbidden");
    bed.verify(&ana).await.expect(200);
}

#[tokio::test]
async fn an_admin_sees_and_ends_any_session() {
    let bed = Bed::start().await;
    let vera = bed.login("vera").await;
    let ana = bed.login("ana").await;
    let client = bed.client(&ana);
    let list = client.get("/sessions?user_id=3").await.expect(200);
    assert_eq!(list["sessions"][0]["id"], vera.sid());
    client
        .delete(&format!("/sessions/{}", vera.sid()))
        .await
        .expect(200);
    bed.wait_for_end(&vera).await;
    let none = client.get("/sessions?user_id=3").await.expect(200);
    assert_eq!(none["total"], 0);
}

#[tokio::test]
async fn an_admin_whose_session_is_over_ends_nothing() {
    let bed = Bed::start().await;
    let vera = bed.login("vera").await;
    let ana = bed.login("ana").await;
    let pool = bed.app.db.superuser().await;
    // Ended behind the back of the gate: no revocation tells of it.
    let end = "UPDATE auth.session SET revoked_at = now(), revoke_reason = 'test'
               WHERE user_id = 1 RETURNING user_id";
    let _ended: i64 = sqlx::query_scalar(end).fetch_one(&pool).await.unwrap();
    let client = bed.client(&ana);
    let answer = client.delete(&format!("/sessions/{}", vera.sid())).await;
    answer.problem(401, "auth.unauthorized");
    client
        .get("/sessions?user_id=3")
        .await
        .problem(401, "auth.unauthorized");
    client
        .get("/lockouts")
        .await
        .problem(401, "auth.unauthorized");
    bed.verify(&vera).await.expect(200);
}

#[tokio::test]
async fn wrong_input_is_no_surprise() {
    let bed = Bed::start().await;
    let ana = bed.login("ana").await;
    let client = bed.client(&ana);
    for (query, field) in [
        ("user_id=x", "user_id"),
        ("user_id=99999999999999999999", "user_id"),
        ("skip=-1", "skip"),
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("nope=1", "nope"),
    ] {
        client
            .get(&format!("/sessions?{query}"))
            .await
            .wrong_field(field);
    }
    let long = "a".repeat(3000);
    for id in ["1", "%00", "..%2f..", long.as_str()] {
        let answer = client.delete(&format!("/sessions/{id}")).await;
        answer.problem(404, "auth.session_not_found");
    }
}
