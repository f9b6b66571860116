//! A small HTTP/1.1 server that can also be silent, and whose listeners close when they are dropped.
//!
//! One request a connection: nothing is kept alive, so that a closed listener leaves nothing behind.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// Longest head, and longest body, in bytes.
const MAX_PART: usize = 1 << 20;
/// Pause after a connection could not be taken, as when descriptors run out.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Something to do.
type Work = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A request.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) body: Value,
    /// Port on which it came.
    pub(crate) port: u16,
}

/// What is done with a request.
pub(crate) enum Reply {
    /// It is answered, and then something is done.
    Answer {
        status: u16,
        body: Value,
        then: Option<Work>,
    },
    /// It is never answered.
    Silence,
}

impl Reply {
    pub(crate) fn json(status: u16, body: Value) -> Self {
        let then = None;
        Self::Answer { status, body, then }
    }

    /// Answers, and does `work` when the answer has been sent.
    pub(crate) fn json_then(
        status: u16,
        body: Value,
        work: impl Future<Output = ()> + Send + 'static,
    ) -> Self {
        let then: Option<Work> = Some(Box::pin(work));
        Self::Answer { status, body, then }
    }
}

/// Answers requests.
pub(crate) trait Handler: Send + Sync + 'static {
    fn handle(&self, request: Request) -> impl Future<Output = Reply> + Send;
}

/// A listener; it and its connections end when this is dropped.
#[derive(Debug)]
pub(crate) struct Listening {
    pub(crate) port: u16,
    task: JoinHandle<()>,
}

impl Listening {
    /// Ends it; its port is free when this returns.
    pub(crate) async fn close(mut self) {
        self.task.abort();
        // It was cancelled; that is no news.
        let _cancelled = (&mut self.task).await;
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Listens on a port of 127.0.0.1; 0 takes a free one.
pub(crate) async fn listen<H: Handler>(port: u16, handler: Arc<H>) -> io::Result<Listening> {
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    let port = listener.local_addr()?.port();
    #[expect(
        clippy::disallowed_methods,
        reason = "this program has no tasks to drain"
    )]
    let task = tokio::spawn(serve(listener, port, handler));
    Ok(Listening { port, task })
}

async fn serve<H: Handler>(listener: TcpListener, port: u16, handler: Arc<H>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                match accepted {
                    Ok((stream, _peer)) => {
                        connections.spawn(converse(stream, port, Arc::clone(&handler)));
                    }
                    Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
                }
            }
            Some(_ended) = connections.join_next() => {}
        }
    }
}

async fn converse<H: Handler>(mut stream: TcpStream, port: u16, handler: Arc<H>) {
    let Ok(Some(request)) = read(&mut stream, port).await else {
        return;
    };
    match handler.handle(request).await {
        Reply::Silence => ignore(&mut stream).await,
        Reply::Answer { status, body, then } => {
            let body = body.to_string();
            let head = format!(
                "HTTP/1.1 {status} -\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                body.len()
            );
            // Whoever asked may have gone.
            let _sent = stream.write_all(format!("{head}{body}").as_bytes()).await;
            let _closed = stream.shutdown().await;
            if let Some(work) = then {
                detach(work);
            }
        }
    }
}

/// Reads without answering until the other side goes.
async fn ignore(stream: &mut TcpStream) {
    let mut bytes = [0; 1024];
    while matches!(stream.read(&mut bytes).await, Ok(count) if count > 0) {}
}

/// Reads one request; none if the connection ends before, or it is no HTTP.
async fn read(stream: &mut TcpStream, port: u16) -> io::Result<Option<Request>> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break at;
        }
        if bytes.len() > MAX_PART || stream.read_buf(&mut bytes).await? == 0 {
            return Ok(None);
        }
    };
    let head = String::from_utf8_lossy(bytes.get(..end).unwrap_or_default()).into_owned();
    let mut lines = head.lines();
    let mut words = lines.next().unwrap_or_default().split(' ');
    let (Some(method), Some(target)) = (words.next(), words.next()) else {
        return Ok(None);
    };
    let length = lines.find_map(content_length).unwrap_or(0).min(MAX_PART);
    let mut body = bytes.get(end + 4..).unwrap_or_default().to_vec();
    while body.len() < length {
        if stream.read_buf(&mut body).await? == 0 {
            return Ok(None);
        }
    }
    Ok(Some(Request {
        method: method.to_owned(),
        path: target.split('?').next().unwrap_or_default().to_owned(),
        body: serde_json::from_slice(&body).unwrap_or(Value::Null),
        port,
    }))
}

fn content_length(line: &str) -> Option<usize> {
    let (name, value) = line.split_once(':')?;
    let is_length = name.eq_ignore_ascii_case("content-length");
    is_length.then(|| value.trim().parse().ok())?
}

/// Does something that outlives the connection which asked for it.
fn detach(work: Work) {
    #[expect(
        clippy::disallowed_methods,
        reason = "this program has no tasks to drain"
    )]
    tokio::spawn(work);
}
