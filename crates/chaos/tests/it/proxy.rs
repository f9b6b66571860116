//! The proxy spoils a way as it says.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use chaos::proxy::{FaultProxy, Way};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A server that answers each piece with the same, and counts the bytes that reached it.
struct Echo {
    port: u16,
    heard: Arc<AtomicUsize>,
}

impl Echo {
    async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let heard = Arc::new(AtomicUsize::new(0));
        let total = Arc::clone(&heard);
        #[expect(clippy::disallowed_methods, reason = "ends with the test")]
        tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                let total = Arc::clone(&total);
                #[expect(clippy::disallowed_methods, reason = "ends with the test")]
                tokio::spawn(async move {
                    let mut piece = [0; 1024];
                    while let Ok(count @ 1..) = client.read(&mut piece).await {
                        total.fetch_add(count, Ordering::SeqCst);
                        if client.write_all(&piece[..count]).await.is_err() {
                            break;
                        }
                    }
                });
            }
        });
        Self { port, heard }
    }

    fn heard(&self) -> usize {
        self.heard.load(Ordering::SeqCst)
    }
}

/// Sends a byte and waits for it to come back; none if it does not within a moment.
async fn ask(client: &mut TcpStream) -> Option<io::Result<usize>> {
    let asked = async {
        client.write_all(b"x").await?;
        client.read(&mut [0; 16]).await
    };
    tokio::time::timeout(Duration::from_millis(300), asked)
        .await
        .ok()
}

async fn connected(way: Way) -> (Echo, FaultProxy, TcpStream) {
    let echo = Echo::start().await;
    let proxy = FaultProxy::start(echo.port).await;
    let mut client = TcpStream::connect(("127.0.0.1", proxy.port))
        .await
        .expect("it listens");
    assert!(matches!(ask(&mut client).await, Some(Ok(1))));
    proxy.set(way);
    (echo, proxy, client)
}

fn is_broken(asked: &Option<io::Result<usize>>) -> bool {
    matches!(asked, Some(Err(_) | Ok(0)))
}

#[tokio::test]
async fn a_cut_breaks_old_and_new_connections_until_it_is_mended() {
    let (echo, proxy, mut client) = connected(Way::Cut).await;
    assert!(is_broken(&ask(&mut client).await));
    let mut other = TcpStream::connect(("127.0.0.1", proxy.port))
        .await
        .expect("it listens");
    assert!(is_broken(&ask(&mut other).await));
    proxy.set(Way::Open);
    let mut third = TcpStream::connect(("127.0.0.1", proxy.port))
        .await
        .expect("it listens");
    assert!(matches!(ask(&mut third).await, Some(Ok(1))));
    assert_eq!(echo.heard(), 2);
}

#[tokio::test]
async fn a_black_hole_keeps_what_it_took_until_it_is_mended() {
    let (echo, proxy, mut client) = connected(Way::Blackhole).await;
    assert!(ask(&mut client).await.is_none());
    assert_eq!(echo.heard(), 1);
    proxy.set(Way::Open);
    assert_eq!(client.read(&mut [0; 16]).await.expect("it arrives"), 1);
}

#[tokio::test]
async fn half_open_lets_requests_through_and_holds_answers() {
    let (echo, proxy, mut client) = connected(Way::HalfOpen).await;
    assert!(ask(&mut client).await.is_none());
    assert_eq!(echo.heard(), 2);
    proxy.set(Way::Open);
    assert_eq!(client.read(&mut [0; 16]).await.expect("it arrives"), 1);
}

#[tokio::test]
async fn a_lost_reply_belongs_to_a_request_that_was_done() {
    let (echo, _proxy, mut client) = connected(Way::LoseReply).await;
    assert!(is_broken(&ask(&mut client).await));
    assert_eq!(echo.heard(), 2);
}

#[tokio::test]
async fn a_connection_breaks_after_its_bytes() {
    let (echo, _proxy, mut client) = connected(Way::DropAfter(6)).await;
    let mut answers = 0;
    while matches!(ask(&mut client).await, Some(Ok(1))) {
        answers += 1;
    }
    assert_eq!((answers, echo.heard()), (3, 4));
}

#[tokio::test]
async fn a_slow_way_is_slow() {
    let (_echo, _proxy, mut client) = connected(Way::Slow(Duration::from_millis(60))).await;
    let begun = Instant::now();
    assert!(matches!(ask(&mut client).await, Some(Ok(1))));
    assert!(begun.elapsed() >= Duration::from_millis(120));
}
