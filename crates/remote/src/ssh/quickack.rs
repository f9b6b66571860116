//! A TCP stream that acknowledges at once, and remembers how the server greeted.
//!
//! Servers send small packets one after the other; a delayed acknowledgement would stall each
//! step of the login by 40 ms. The kernel forgets the option, so it is set after every read.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Instant;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// As many bytes of the greeting as are kept.
const KEPT: usize = 128;

/// The first bytes that a server sent, and when they came.
#[derive(Clone, Debug, Default)]
pub(super) struct Greeting(Arc<Mutex<Heard>>);

#[derive(Debug, Default)]
struct Heard {
    bytes: Vec<u8>,
    at: Option<Instant>,
}

impl Greeting {
    fn lock(&self) -> MutexGuard<'_, Heard> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The first bytes.
    pub(super) fn bytes(&self) -> Vec<u8> {
        self.lock().bytes.clone()
    }

    /// When the first byte came.
    pub(super) fn heard_at(&self) -> Option<Instant> {
        self.lock().at
    }

    fn hear(&self, bytes: &[u8]) -> usize {
        let mut heard = self.lock();
        heard.at.get_or_insert_with(Instant::now);
        let room = KEPT.saturating_sub(heard.bytes.len()).min(bytes.len());
        heard
            .bytes
            .extend_from_slice(bytes.get(..room).unwrap_or_default());
        heard.bytes.len()
    }
}

/// The stream that the protocol runs over.
pub(super) struct Quickack {
    tcp: TcpStream,
    greeting: Option<Greeting>,
}

impl Quickack {
    pub(super) fn new(tcp: TcpStream, greeting: Greeting) -> Self {
        Self {
            tcp,
            greeting: Some(greeting),
        }
    }
}

impl AsyncRead for Quickack {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buf.filled().len();
        ready!(Pin::new(&mut this.tcp).poll_read(cx, buf))?;
        // Only speed is at stake.
        let _unsupported = rustix::net::sockopt::set_tcp_quickack(&this.tcp, true);
        if let Some(greeting) = &this.greeting {
            let fresh = buf.filled().get(before..).unwrap_or_default();
            if !fresh.is_empty() && greeting.hear(fresh) >= KEPT {
                this.greeting = None;
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Quickack {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().tcp).poll_write(cx, buf)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().tcp).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().tcp).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn every_read_asks_for_acknowledgement_at_once() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let tcp = TcpStream::connect(listener.local_addr().unwrap())
            .await
            .unwrap();
        let (mut server, _from) = listener.accept().await.unwrap();
        let greeting = Greeting::default();
        let mut stream = Quickack::new(tcp, greeting.clone());
        for word in [b"SSH-", b"2.0-"] {
            rustix::net::sockopt::set_tcp_quickack(&stream.tcp, false).unwrap();
            assert!(!rustix::net::sockopt::tcp_quickack(&stream.tcp).unwrap());
            server.write_all(word).await.unwrap();
            stream.read_exact(&mut [0; 4]).await.unwrap();
            assert!(rustix::net::sockopt::tcp_quickack(&stream.tcp).unwrap());
        }
        assert_eq!(greeting.bytes(), b"SSH-2.0-");
        assert!(greeting.heard_at().is_some());
    }
}
