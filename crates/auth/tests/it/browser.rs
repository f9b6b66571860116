//! Sessions of the web UI: one half of the refresh token is in a cookie that scripts cannot read.

use serde_json::{Value, json};
use testkit::answer::Answer;
use testkit::app::TestClient;

use crate::stub::PASSWORD;
use crate::support::Bed;

/// A page that the service itself would have served.
fn page(bed: &Bed) -> TestClient<'_> {
    bed.app
        .anonymous()
        .header("origin", &bed.app.base)
        .header("x-opsc-client", "browser")
}

fn login() -> Value {
    json!({"username": "ana", "password": PASSWORD})
}

/// The half that is in the cookie.
fn hidden(answer: &Answer) -> String {
    let line = answer.headers["set-cookie"].to_str().unwrap();
    let (value, attributes) = line.split_once("; ").unwrap();
    assert_eq!(attributes, "Path=/; Secure; HttpOnly; SameSite=Strict");
    value.strip_prefix("__Host-opsc_rt=").unwrap().to_owned()
}

fn shown(answer: &Answer) -> String {
    let body = answer.expect(200);
    body["refresh_token"].as_str().unwrap().to_owned()
}

async fn refresh(bed: &Bed, cookie: &str, half: &str) -> Answer {
    page(bed)
        .header("cookie", &format!("__Host-opsc_rt={cookie}"))
        .post("/refresh", json!({"refresh_token": half}))
        .await
}

#[tokio::test]
async fn a_browser_holds_half_of_its_refresh_token_and_both_halves_refresh() {
    let bed = Bed::start().await;
    let first = page(&bed).post("/login", login()).await;
    let (cookie, half) = (hidden(&first), shown(&first));
    assert_eq!((cookie.len(), half.len()), (20, 23));
    let second = refresh(&bed, &cookie, &half).await;
    let (next_cookie, next_half) = (hidden(&second), shown(&second));
    // What scripts hold stays the same: tabs cannot hold an old one.
    assert_ne!(cookie, next_cookie);
    assert_eq!(half, next_half);
    let other = shown(&page(&bed).post("/login", login()).await);
    for (cookie, half) in [("", half.as_str()), (&next_cookie, &other)] {
        refresh(&bed, cookie, half)
            .await
            .problem(401, "auth.refresh_refused");
    }
    let alone = page(&bed)
        .post("/refresh", json!({"refresh_token": next_half}))
        .await;
    alone.problem(401, "auth.refresh_refused");
    shown(&refresh(&bed, &next_cookie, &next_half).await);
}

#[tokio::test]
async fn signing_out_removes_the_cookie() {
    let bed = Bed::start().await;
    let answer = page(&bed).post("/login", login()).await.expect(200);
    let token = answer["access_token"].as_str().unwrap();
    let out = bed.app.with_token(token).post("/logout", json!({})).await;
    out.expect(200);
    let cookie = out.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("__Host-opsc_rt=; "), "{cookie}");
    assert!(cookie.ends_with("; Max-Age=0"), "{cookie}");
}

#[tokio::test]
async fn a_page_of_another_origin_gets_no_session() {
    let bed = Bed::start().await;
    let stranger = bed.app.anonymous().header("origin", "https://evil.example");
    let anonymous = bed.app.anonymous().header("x-opsc-client", "browser");
    let framed = page(&bed).header("sec-fetch-site", "cross-site");
    for client in [
        stranger.clone(),
        stranger.header("x-opsc-client", "browser"),
        anonymous,
        framed,
    ] {
        for (path, body) in [
            ("/login", login()),
            ("/refresh", json!({"refresh_token": "a"})),
        ] {
            let answer = client.post(path, body).await;
            answer.problem(403, "auth.foreign_origin");
        }
    }
    // A page of this origin may also sign in as a program does, as the documents' pages do.
    let own = bed.app.anonymous().header("origin", &bed.app.base);
    let answer = own.post("/login", login()).await;
    assert_eq!(shown(&answer).len(), 43);
    assert!(!answer.headers.contains_key("set-cookie"));
}
