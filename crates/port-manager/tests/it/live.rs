//! `/ws/updates`, `/api/ports/events`.

use common::permission::Role;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use testkit::app::TestApp;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::support::{self, assign, force, start_with};

/// An open connection of a watcher.
pub(crate) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

pub(crate) async fn connect(
    app: &TestApp,
    query: &str,
    headers: &[(&'static str, String)],
) -> Result<Socket, u16> {
    let url = format!("{}/ws/updates{query}", app.base.replace("http://", "ws://"));
    let mut request = url.into_client_request().unwrap();
    for (name, value) in headers {
        request
            .headers_mut()
            .insert(*name, HeaderValue::from_str(value).unwrap());
    }
    match connect_async(request).await {
        Ok((socket, _answer)) => Ok(socket),
        Err(Error::Http(answer)) => Err(answer.status().as_u16()),
        Err(other) => panic!("{other}"),
    }
}

/// Watches as a viewer.
pub(crate) async fn watch(app: &TestApp, query: &str) -> Socket {
    let token = app.authority.token(Role::Viewer);
    connect(app, query, &[("authorization", format!("Bearer {token}"))])
        .await
        .unwrap()
}

/// The next message that is no ping.
pub(crate) async fn next(socket: &mut Socket) -> Value {
    loop {
        let message = tokio::time::timeout(std::time::Duration::from_secs(10), socket.next());
        match message
            .await
            .expect("a message in time")
            .expect("a message")
            .unwrap()
        {
            Message::Text(text) => return serde_json::from_str(&text).unwrap(),
            Message::Close(reason) => panic!("closed: {reason:?}"),
            Message::Ping(_) | Message::Pong(_) | Message::Binary(_) | Message::Frame(_) => {}
        }
    }
}

/// The next change of a port; the other events depend on what else happens on this machine.
pub(crate) async fn next_change(socket: &mut Socket) -> Value {
    loop {
        let told = next(socket).await;
        if told["type"] == "port_change" {
            return told;
        }
    }
}

/// The code with which the connection is closed.
pub(crate) async fn closed(socket: &mut Socket) -> u16 {
    while let Some(Ok(message)) = socket.next().await {
        if let Message::Close(reason) = message {
            return reason.map_or(0, |reason| reason.code.into());
        }
    }
    0
}

#[tokio::test]
async fn a_watcher_is_greeted_and_told_what_happens() {
    let app = support::start().await;
    let mut socket = watch(&app, "").await;
    let hello = next(&mut socket).await;
    assert_eq!(
        (&hello["type"], &hello["head"]),
        (&json!("connected"), &json!(0))
    );
    assert!(hello["message"].is_string() && hello["epoch"].is_string());
    assign(&app, "legalai-pro", 8500).await;
    let told = next(&mut socket).await;
    assert_eq!(
        (
            &told["type"],
            &told["service_id"],
            &told["old_port"],
            &told["new_port"],
            &told["seq"]
        ),
        (
            &json!("port_change"),
            &json!("legalai-pro"),
            &json!(8000),
            &json!(8500),
            &json!(1)
        )
    );
    assert!(told["timestamp"].as_i64().unwrap() > 1_700_000_000);
    force(&app, "impactos", 8500).await;
    assert_eq!(next(&mut socket).await["service_id"], "impactos");
    app.operator()
        .post("/api/ports/scan", json!({}))
        .await
        .expect(200);
    let told = next(&mut socket).await;
    assert_eq!(
        (&told["type"], &told["count"]),
        (&json!("conflicts_detected"), &json!(1))
    );
}

#[tokio::test]
async fn a_watcher_that_comes_back_is_told_what_it_missed_once_and_in_order() {
    let app = support::start().await;
    for port in 8500..8520 {
        assign(&app, "legalai-pro", port).await;
    }
    let mut socket = watch(&app, "?after=5").await;
    assert_eq!(next(&mut socket).await["head"], 20);
    for seq in 6..=20 {
        assert_eq!(next(&mut socket).await["seq"], seq);
    }
    assign(&app, "legalai-pro", 8600).await;
    assert_eq!(next(&mut socket).await["seq"], 21);
    let mut other = watch(&app, "?after=99").await;
    assert_eq!(next(&mut other).await["type"], "connected");
    assert_eq!(
        next(&mut other).await["type"],
        "resync",
        "a number of another history"
    );
}

#[tokio::test]
async fn the_first_message_can_say_who_it_is() {
    let app = support::start().await;
    let mut socket = connect(&app, "", &[]).await.unwrap();
    let token = app.authority.token(Role::Viewer);
    let hello = json!({"type": "auth", "token": token}).to_string();
    socket.send(Message::text(hello)).await.unwrap();
    assert_eq!(next(&mut socket).await["type"], "connected");
    for bad in [
        "nonsense".to_owned(),
        json!({"type": "auth", "token": "x"}).to_string(),
    ] {
        let mut socket = connect(&app, "", &[]).await.unwrap();
        socket.send(Message::text(bad)).await.unwrap();
        assert_eq!(closed(&mut socket).await, 4401);
    }
}

#[tokio::test]
async fn bad_tokens_foreign_pages_and_other_protocols_are_refused() {
    let app = support::start().await;
    let bad = [("authorization", "Bearer x".to_owned())];
    assert_eq!(connect(&app, "", &bad).await.unwrap_err(), 401);
    let token = app.authority.token(Role::Viewer);
    let good = ("authorization", format!("Bearer {token}"));
    for origin in ["https://evil.example", "null", "http://127.0.0.1:1"] {
        let headers = [good.clone(), ("origin", origin.to_owned())];
        assert_eq!(
            connect(&app, "", &headers).await.unwrap_err(),
            403,
            "{origin}"
        );
    }
    let own = [good, ("origin", app.base.clone())];
    connect(&app, "", &own).await.unwrap();
    app.viewer()
        .get("/ws/updates")
        .await
        .problem(400, "ports.no_websocket");
    app.viewer()
        .get("/ws/updates?after=x")
        .await
        .wrong_field("after");
}

#[tokio::test]
async fn a_watcher_goes_when_its_session_ends() {
    let app = support::start().await;
    let claims = app.authority.claims(Role::Viewer);
    let token = app.authority.sign_claims(&claims);
    let mut socket = connect(&app, "", &[("authorization", format!("Bearer {token}"))])
        .await
        .unwrap();
    assert_eq!(next(&mut socket).await["type"], "connected");
    app.authority.revoke_session(&claims.sid);
    assert_eq!(closed(&mut socket).await, 4401);
}

#[tokio::test]
async fn everybody_may_watch_where_everybody_may_read() {
    let app = start_with(|config| config.anonymous_read = true).await;
    let mut socket = connect(&app, "", &[]).await.unwrap();
    assert_eq!(next(&mut socket).await["type"], "connected");
}

#[tokio::test]
async fn events_are_read_from_a_number_on() {
    let app = support::start().await;
    for port in 8500..8505 {
        assign(&app, "legalai-pro", port).await;
    }
    let answer = app
        .viewer()
        .get("/api/ports/events?after=3")
        .await
        .expect(200);
    assert_eq!(
        (answer["head"].as_i64(), answer["gap"].as_bool()),
        (Some(5), Some(false))
    );
    assert_eq!(answer["events"].as_array().unwrap().len(), 2);
    let one = app
        .viewer()
        .get("/api/ports/events?limit=1")
        .await
        .expect(200);
    assert_eq!(one["events"][0]["seq"], 1);
    let other = app
        .viewer()
        .get("/api/ports/events?after=77")
        .await
        .expect(200);
    assert_eq!(other["gap"], true);
    app.viewer()
        .get("/api/ports/events?limit=0")
        .await
        .wrong_field("limit");
    app.viewer()
        .get("/api/ports/events?after=x")
        .await
        .wrong_field("after");
}

#[tokio::test]
async fn old_events_go_and_who_was_away_longer_is_told_to_read_anew() {
    let app = support::start().await;
    for port in 8500..8503 {
        assign(&app, "legalai-pro", port).await;
    }
    app.clock.advance(chrono::TimeDelta::days(8));
    assign(&app, "legalai-pro", 8503).await;
    app.operator()
        .post("/api/ports/scan", json!({}))
        .await
        .expect(200);
    let answer = app.viewer().get("/api/ports/events?after=0").await;
    let answer = answer.expect(200);
    assert_eq!(answer["gap"], true);
    let left = answer["events"].as_array().unwrap();
    let newest: Vec<_> = left
        .iter()
        .filter(|event| event["type"] == "port_change")
        .collect();
    assert_eq!(newest.len(), 1, "{left:?}");
    assert_eq!(newest[0]["new_port"], 8503);
    let mut socket = watch(&app, "?after=1").await;
    next(&mut socket).await;
    assert_eq!(next(&mut socket).await["type"], "resync");
}
