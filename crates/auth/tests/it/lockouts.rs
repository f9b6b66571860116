//! Lock-out of accounts and addresses.

use chrono::TimeDelta;
use serde_json::json;
use testkit::answer::Answer;

use crate::stub::PASSWORD;
use crate::support::Bed;

async fn fail(bed: &Bed, username: &str, times: usize) {
    for _ in 0..times {
        bed.try_login(username, "wrong")
            .await
            .problem(401, "auth.wrong_password");
    }
}

fn retry_after(answer: &Answer) -> u64 {
    answer.headers["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap()
}

#[tokio::test]
async fn an_account_waits_longer_after_each_failure() {
    let bed = Bed::start().await;
    fail(&bed, "ana", 5).await;
    for (attempt, wait) in [(6, 1), (7, 2), (8, 4)] {
        let locked = bed.try_login("ANA", PASSWORD).await;
        locked.problem(429, "auth.locked");
        assert_eq!(retry_after(&locked), wait, "before attempt {attempt}");
        bed.advance(TimeDelta::seconds(i64::try_from(wait).unwrap()));
        fail(&bed, "ana", 1).await;
    }
    assert_eq!(bed.audited("session.locked", "denied").await, 4);
    bed.advance(TimeDelta::seconds(8));
    bed.login("ana").await;
    fail(&bed, "ana", 4).await;
    bed.login("ana").await;
}

#[tokio::test]
async fn a_name_without_an_account_is_locked_alike() {
    let bed = Bed::start().await;
    fail(&bed, "nobody", 5).await;
    bed.try_login("nobody", "wrong")
        .await
        .problem(429, "auth.locked");
    bed.login("ana").await;
}

#[tokio::test]
async fn an_address_has_twenty_failures_a_minute() {
    let bed = Bed::start().await;
    let try_from = async |address: &str, name: String, password: &str| {
        let client = bed.app.anonymous().header("x-forwarded-for", address);
        client
            .post("/login", json!({"username": name, "password": password}))
            .await
    };
    for number in 0..20 {
        let answer = try_from("192.0.2.1", format!("guess-{number}"), "wrong").await;
        answer.problem(401, "auth.wrong_password");
    }
    let locked = try_from("192.0.2.1", "ana".to_owned(), PASSWORD).await;
    locked.problem(429, "auth.address_locked");
    assert_eq!(retry_after(&locked), 60);
    try_from("192.0.2.2", "ana".to_owned(), PASSWORD)
        .await
        .expect(200);
    bed.advance(TimeDelta::seconds(60));
    try_from("192.0.2.1", "ana".to_owned(), PASSWORD)
        .await
        .expect(200);
}

#[tokio::test]
async fn an_admin_lifts_a_lockout() {
    let bed = Bed::start().await;
    let ana = bed.login("ana").await;
    fail(&bed, "Otto", 5).await;
    let admin = bed.client(&ana);
    let list = admin.get("/lockouts").await.expect(200);
    assert_eq!(list["total"], 1);
    assert_eq!(list["lockouts"][0]["username"], "otto");
    assert_eq!(list["lockouts"][0]["failures"], 5);
    bed.try_login("otto", PASSWORD)
        .await
        .problem(429, "auth.locked");
    admin.delete("/lockouts/OTTO").await.expect(200);
    bed.login("otto").await;
    admin
        .delete("/lockouts/otto")
        .await
        .problem(404, "auth.lockout_not_found");
    assert_eq!(bed.audited("lockout.lifted", "ok").await, 1);
    assert_eq!(admin.get("/lockouts").await.expect(200)["total"], 0);
}

#[tokio::test]
async fn only_an_admin_sees_and_lifts_lockouts() {
    let bed = Bed::start().await;
    let vera = bed.login("vera").await;
    let client = bed.client(&vera);
    client.get("/lockouts").await.problem(403, "auth.forbidden");
    client
        .delete("/lockouts/ana")
        .await
        .problem(403, "auth.forbidden");
}

#[tokio::test]
async fn wrong_input_is_no_surprise() {
    let bed = Bed::start().await;
    let ana = bed.login("ana").await;
    let admin = bed.client(&ana);
    for (query, field) in [
        ("skip=-1", "skip"),
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("limit=many", "limit"),
        ("skip=99999999999999999999", "skip"),
        ("nope=1", "nope"),
    ] {
        admin
            .get(&format!("/lockouts?{query}"))
            .await
            .wrong_field(field);
    }
    let long = "x".repeat(500);
    for name in ["a%00b", "%0a", long.as_str()] {
        let answer = admin.delete(&format!("/lockouts/{name}")).await;
        answer.problem(404, "auth.lockout_not_found");
    }
}
