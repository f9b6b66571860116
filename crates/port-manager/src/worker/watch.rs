//! One watcher over a WebSocket: let in, told what it missed, then told what happens.

use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, HOST, ORIGIN};
use actix_web::{HttpRequest, ResponseError as _};
use actix_ws::{CloseCode, CloseReason, Closed, Message, MessageStream, Session};
use futures_util::StreamExt as _;
use serde::Deserialize;
use serde_json::{Value, json};
use service_kit::error::ApiError;
use service_kit::gate::Gate;
use service_kit::listeners::Mark;
use tokio::sync::broadcast::error::RecvError;

use crate::app::App;
use crate::error::Error;
use crate::store;
use crate::worker::live::Item;

/// Largest message of a watcher, in bytes.
const MAX_MESSAGE: usize = 64 * 1024;
/// How long a watcher may take to say who it is.
const AUTH_TIMEOUT: Duration = Duration::from_secs(5);
/// How often it is looked whether the watcher may still watch.
const RECHECK: Duration = Duration::from_secs(1);
/// How often the head is told, and the connection is tried.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// A watcher that says nothing for so long is gone; it answers each heartbeat.
const SILENCE: Duration = Duration::from_secs(60);
/// More missed events than this are not sent one by one.
const MAX_MISSED: i64 = 1000;
/// The token is not good, or not any more (a private code, RFC 6455, section 7.4.2).
const UNAUTHORIZED: u16 = 4401;

/// Whether events between `after` and the oldest kept one are gone, or `after` is of another history.
pub fn is_gap(after: i64, oldest: Option<i64>, head: i64) -> bool {
    after > head || oldest.map_or(after < head, |oldest| after + 1 < oldest)
}

/// Refuses pages of other sites, whose browser would act for the person who is signed in here.
///
/// # Errors
/// 403 when the page comes from elsewhere.
pub fn require_own_origin(request: &HttpRequest) -> Result<(), ApiError> {
    let text = |name| {
        request
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok())
    };
    let Some(origin) = text(ORIGIN) else {
        return Ok(());
    };
    let place = origin
        .strip_prefix("https://")
        .or_else(|| origin.strip_prefix("http://"));
    if place.is_some() && place == text(HOST) {
        return Ok(());
    }
    Err(ApiError::forbidden(
        "ports.foreign_origin",
        "only pages of this site may watch",
    ))
}

/// The token of the header, if there is one.
pub fn header_token(request: &HttpRequest) -> Option<String> {
    let value = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| token.trim().to_owned())
}

/// Why a connection ends.
enum End {
    /// The watcher went away.
    Gone,
    /// It may not watch.
    Unauthorized,
    /// This process ends.
    Restart,
    /// What it asked for cannot be read now.
    Trouble,
}

impl From<Closed> for End {
    fn from(_closed: Closed) -> Self {
        Self::Gone
    }
}

impl From<ApiError> for End {
    fn from(refusal: ApiError) -> Self {
        match refusal.status_code() {
            StatusCode::SERVICE_UNAVAILABLE => Self::Trouble,
            _ => Self::Unauthorized,
        }
    }
}

impl From<Error> for End {
    fn from(error: Error) -> Self {
        tracing::debug!("A watcher is sent away: {error}");
        Self::Trouble
    }
}

impl From<sqlx::Error> for End {
    fn from(error: sqlx::Error) -> Self {
        Self::from(Error::from(error))
    }
}

/// One who watches.
pub struct Watcher {
    app: Arc<App>,
    gate: Arc<Gate>,
    session: Session,
    messages: MessageStream,
    token: Option<String>,
    mark: Arc<Mark>,
    last: i64,
    heard: Instant,
}

/// What a watcher may say first.
#[derive(Deserialize)]
struct Introduction {
    #[serde(rename = "type")]
    kind: String,
    token: String,
}

impl Watcher {
    /// Takes over a fresh connection.
    pub fn new(
        app: Arc<App>,
        gate: Arc<Gate>,
        (session, messages): (Session, MessageStream),
        mark: Arc<Mark>,
    ) -> Self {
        Self {
            mark,
            app,
            gate,
            session,
            messages: messages.max_frame_size(MAX_MESSAGE),
            token: None,
            last: 0,
            heard: Instant::now(),
        }
    }

    /// Serves it until it ends, beside the other work of this thread.
    pub fn start(mut self, token: Option<String>, after: Option<i64>) {
        self.token = token;
        let mark = Arc::clone(&self.mark);
        actix_web::rt::spawn(async move { mark.in_process(self.run(after)).await });
    }

    async fn run(mut self, after: Option<i64>) {
        let Err(end) = self.serve(after).await;
        let reason = match end {
            End::Gone => None,
            End::Unauthorized => Some((
                CloseCode::Other(UNAUTHORIZED),
                "a valid access token is needed",
            )),
            End::Restart => Some((CloseCode::Restart, "the service restarts; connect again")),
            End::Trouble => Some((CloseCode::Again, "try again shortly")),
        };
        let reason = reason.map(|(code, text)| CloseReason {
            code,
            description: Some(text.to_owned()),
        });
        // It may be closed already.
        let _closed = self.session.close(reason).await;
    }

    async fn serve(&mut self, after: Option<i64>) -> Result<std::convert::Infallible, End> {
        if self.token.is_none() && !self.app.config.anonymous_read {
            let introduced = tokio::time::timeout(AUTH_TIMEOUT, self.introduction()).await;
            self.token = Some(introduced.map_err(|_elapsed| End::Unauthorized)??);
            self.authorize().await?;
        }
        // From here on nothing is missed; what was before is read.
        let mut feed = self.app.live.watch();
        self.greet(after).await?;
        let stopping = self.app.tasks.stopping();
        let closing = self.mark.closing();
        let mut recheck = tokio::time::interval(RECHECK);
        let mut heartbeat = tokio::time::interval(HEARTBEAT);
        heartbeat.reset();
        loop {
            tokio::select! {
                () = stopping.cancelled() => return Err(End::Restart),
                () = closing.cancelled() => return Err(End::Restart),
                item = feed.recv() => match item {
                    Ok(item) => self.pass(item).await?,
                    Err(RecvError::Lagged(_)) => self.catch_up().await?,
                    Err(RecvError::Closed) => return Err(End::Restart),
                },
                message = self.messages.next() => self.hear(message.and_then(Result::ok)).await?,
                _ = recheck.tick() => self.authorize().await?,
                _ = heartbeat.tick() => self.beat().await?,
            }
        }
    }

    async fn introduction(&mut self) -> Result<String, End> {
        loop {
            match self.messages.next().await {
                Some(Ok(Message::Text(text))) => {
                    let said: Option<Introduction> = serde_json::from_str(&text).ok();
                    let said = said.filter(|said| said.kind == "auth");
                    return said.map(|said| said.token).ok_or(End::Unauthorized);
                }
                Some(Ok(Message::Ping(bytes))) => self.session.pong(&bytes).await?,
                Some(Ok(Message::Pong(_))) => {}
                _ => return Err(End::Gone),
            }
        }
    }

    /// Looks whether the token is still good: it can have ended, or been ended.
    async fn authorize(&self) -> Result<(), End> {
        match &self.token {
            Some(token) => self
                .gate
                .check(token)
                .await
                .map(|_checked| ())
                .map_err(End::from),
            None => Ok(()),
        }
    }

    async fn greet(&mut self, after: Option<i64>) -> Result<(), End> {
        let mut conn = self.app.store.acquire().await?;
        let (epoch, head) = store::head::get(&mut conn).await?;
        let oldest = store::events::find_oldest(&mut conn).await?;
        drop(conn);
        let hello = json!({
            "type": "connected", "message": "Connected to the port manager", "epoch": epoch, "head": head, "seq": head,
        });
        self.say(&hello).await?;
        match after {
            Some(after) if is_gap(after, oldest, head) => {
                self.last = head;
                self.say(&json!({"type": "resync", "seq": head, "message": "read everything anew"}))
                    .await
            }
            Some(after) => {
                self.last = after;
                self.catch_up().await
            }
            None => {
                self.last = head;
                Ok(())
            }
        }
    }

    async fn say(&mut self, message: &Value) -> Result<(), End> {
        Ok(self.session.text(message.to_string()).await?)
    }

    async fn pass(&mut self, item: Item) -> Result<(), End> {
        if item.seq > self.last + 1 {
            return self.catch_up().await;
        }
        if item.seq > self.last {
            self.last = item.seq;
            self.session.text(item.text.as_ref()).await?;
        }
        Ok(())
    }

    /// Sends what was missed; too much of it is not sent one by one.
    async fn catch_up(&mut self) -> Result<(), End> {
        let mut conn = self.app.store.acquire().await?;
        let (_epoch, head) = store::head::get(&mut conn).await?;
        let missed = head - self.last;
        let events = if missed > MAX_MISSED {
            Vec::new()
        } else {
            store::events::list_after(&mut conn, self.last, MAX_MISSED).await?
        };
        drop(conn);
        if missed > MAX_MISSED {
            self.last = head;
            return self
                .say(&json!({"type": "resync", "seq": head, "message": "read everything anew"}))
                .await;
        }
        for event in events {
            self.last = event.seq;
            self.say(&event.message()).await?;
        }
        Ok(())
    }

    async fn hear(&mut self, message: Option<Message>) -> Result<(), End> {
        self.heard = Instant::now();
        match message {
            Some(Message::Ping(bytes)) => Ok(self.session.pong(&bytes).await?),
            Some(Message::Close(_)) | None => Err(End::Gone),
            Some(
                Message::Text(_)
                | Message::Binary(_)
                | Message::Continuation(_)
                | Message::Pong(_)
                | Message::Nop,
            ) => Ok(()),
        }
    }

    async fn beat(&mut self) -> Result<(), End> {
        if self.heard.elapsed() > SILENCE {
            return Err(End::Gone);
        }
        self.session.ping(b"").await?;
        self.say(&json!({"type": "heartbeat", "seq": self.last}))
            .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_that_are_gone_make_a_gap() {
        for (after, oldest, head, gap) in [
            (0, Some(1), 5, false),
            (0, None, 0, false),
            (3, Some(4), 5, false),
            (2, Some(4), 5, true),
            (6, Some(1), 5, true),
            (0, None, 5, true),
        ] {
            assert_eq!(
                is_gap(after, oldest, head),
                gap,
                "{after} {oldest:?} {head}"
            );
        }
    }
}
