//! `POST /login`, `GET /verify`.

use chrono::TimeDelta;
use reqwest::Method;

use crate::stub::{Mood, PASSWORD};
use crate::support::{Bed, Pair};

#[tokio::test]
async fn signing_in_gives_tokens_that_verify() {
    let bed = Bed::start().await;
    let answer = bed.try_login(" Ana ", PASSWORD).await.expect(200);
    assert_eq!(answer["token_type"], "bearer");
    assert_eq!(answer["expires_in"], 900);
    assert_eq!(answer["must_change_password"], false);
    let pair = Pair::of(&answer);
    assert_eq!(pair.refresh.len(), 43);
    let verified = bed.verify(&pair).await;
    assert_eq!(verified.status, 200);
    assert_eq!(
        verified.text,
        r#"{"valid":true,"user":{"id":1,"username":"ana","email":"ana@example.org","role":"admin"}}"#
    );
    assert_eq!(bed.audited("session.login", "ok").await, 1);
    let vera = bed.try_login("vera", PASSWORD).await.expect(200);
    assert_eq!(vera["must_change_password"], true);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_name_answer_alike() {
    let bed = Bed::start().await;
    let mut answers = Vec::new();
    for (name, password) in [("ana", "wrong"), ("nobody", PASSWORD)] {
        let answer = bed.try_login(name, password).await;
        let mut problem = answer.problem(401, "auth.wrong_password");
        problem.request_id = None;
        answers.push(problem);
    }
    assert_eq!(answers[0], answers[1]);
    bed.users.edit(2, |user| user.is_active = false);
    let inactive = bed.try_login("otto", PASSWORD).await;
    inactive.problem(401, "auth.wrong_password");
    assert_eq!(bed.audited("session.login", "denied").await, 3);
}

/// Path, body, field at fault; `LONG` stands for 2,000 characters.
const WRONG: [(&str, &str, &str); 17] = [
    ("/login", "{}", "username"),
    ("/login", r#"{"username":"ana"}"#, "password"),
    ("/login", r#"{"username":1,"password":"a"}"#, "username"),
    ("/login", r#"{"username":"","password":"a"}"#, "username"),
    ("/login", r#"{"username":"  ","password":"a"}"#, "username"),
    (
        "/login",
        r#"{"username":"a\u0000b","password":"a"}"#,
        "username",
    ),
    (
        "/login",
        r#"{"username":"LONG","password":"a"}"#,
        "username",
    ),
    ("/login", r#"{"username":"ana","password":""}"#, "password"),
    (
        "/login",
        r#"{"username":"ana","password":"a\u0000"}"#,
        "password",
    ),
    (
        "/login",
        r#"{"username":"ana","password":"LONG"}"#,
        "password",
    ),
    (
        "/login",
        r#"{"username":"ana","password":["a"]}"#,
        "password",
    ),
    (
        "/login",
        r#"{"username":"ana","password":"a","role":"admin"}"#,
        "role",
    ),
    ("/refresh", "{}", "refresh_token"),
    ("/refresh", r#"{"refresh_token":null}"#, "refresh_token"),
    ("/refresh", r#"{"refresh_token":""}"#, "refresh_token"),
    ("/refresh", r#"{"refresh_token":"LONG"}"#, "refresh_token"),
    ("/refresh", r#"{"refresh_token":"a","x":1}"#, "x"),
];

#[tokio::test]
async fn wrong_input_names_its_field() {
    let bed = Bed::start().await;
    let send = async |path: &str, text: String| {
        let client = bed.app.anonymous();
        client.send(Method::POST, path, Some(text)).await
    };
    for (path, body, field) in WRONG {
        let body = body.replace("LONG", &"x".repeat(2000));
        send(path, body).await.wrong_field(field);
    }
    let broken = send("/login", "{".to_owned()).await;
    broken.problem(400, "request.malformed_json");
    let large = send(
        "/login",
        format!(r#"{{"username":"{}"}}"#, "x".repeat(1 << 20)),
    )
    .await;
    large.problem(413, "request.too_large");
    assert_eq!(bed.count("SELECT count(*) FROM auth.attempt").await, 0);
}

#[tokio::test]
async fn what_keeps_users_from_answering_is_passed_on_and_counts_for_nobody() {
    let bed = Bed::start().await;
    bed.users.set_mood(Mood::Busy);
    let busy = bed.try_login("ana", PASSWORD).await;
    busy.problem(429, "auth.busy");
    assert_eq!(busy.headers["retry-after"], "1");
    for mood in [Mood::Away, Mood::Distrustful] {
        bed.users.set_mood(mood);
        let away = bed.try_login("ana", PASSWORD).await;
        away.problem(503, "unavailable.service");
    }
    assert_eq!(bed.count("SELECT count(*) FROM auth.attempt").await, 0);
    bed.users.set_mood(Mood::Well);
    bed.login("ana").await;
}

#[tokio::test]
async fn one_session_too_many_ends_the_oldest() {
    let bed = Bed::start().await;
    let first = bed.login("otto").await;
    for _ in 0..9 {
        bed.advance(TimeDelta::seconds(1));
        bed.login("otto").await;
    }
    bed.verify(&first).await.expect(200);
    bed.advance(TimeDelta::seconds(1));
    let newest = bed.login("otto").await;
    bed.wait_for_end(&first).await;
    bed.try_refresh(&first.refresh)
        .await
        .problem(401, "auth.refresh_refused");
    let sessions = bed.client(&newest).get("/sessions").await.expect(200);
    assert_eq!(sessions["total"], 10);
}

#[tokio::test]
async fn many_sign_ins_at_once_leave_ten_sessions() {
    let bed = Bed::start().await;
    let tries = (0..15).map(|_| bed.try_login("otto", PASSWORD));
    let answers = futures_util::future::join_all(tries).await;
    assert!(answers.iter().all(|answer| answer.status == 200));
    let live = "SELECT count(*) FROM auth.session WHERE revoked_at IS NULL";
    assert_eq!(bed.count(live).await, 10);
}
