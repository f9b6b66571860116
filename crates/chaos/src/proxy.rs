//! A way to a server that can be spoilt in the ways in which networks spoil it.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What happens to what passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// It arrives.
    Open,
    /// Each piece arrives later.
    Slow(Duration),
    /// Connections break, new ones as well.
    Cut,
    /// Nothing arrives; nobody is told. What was sent arrives once the way is mended.
    Blackhole,
    /// Requests arrive, answers do not.
    HalfOpen,
    /// Each connection breaks after so many bytes.
    DropAfter(u64),
    /// A request arrives and is done; its connection breaks before the answer.
    LoseReply,
}

/// A running proxy; it ends with the process.
#[derive(Debug)]
pub struct FaultProxy {
    /// Where it listens on 127.0.0.1.
    pub port: u16,
    way: watch::Sender<Way>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Request,
    Answer,
}

impl FaultProxy {
    /// Starts an open one to a port of this machine.
    pub async fn start(to: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0))
            .await
            .expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let (way, seen) = watch::channel(Way::Open);
        #[expect(clippy::disallowed_methods, reason = "ends with the trial")]
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                if *seen.borrow() != Way::Cut {
                    #[expect(clippy::disallowed_methods, reason = "ends with the trial")]
                    tokio::spawn(pass(client, to, seen.clone()));
                }
            }
        });
        Self { port, way }
    }

    /// Changes what happens from now on, also on open connections.
    pub fn set(&self, way: Way) {
        self.way.send_replace(way);
    }
}

async fn pass(client: TcpStream, to: u16, way: watch::Receiver<Way>) {
    let Ok(server) = TcpStream::connect(SocketAddr::from(([127, 0, 0, 1], to))).await else {
        return;
    };
    for stream in [&client, &server] {
        // A refusal only makes it slower.
        let _set = stream.set_nodelay(true);
    }
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let passed = Arc::new(AtomicU64::new(0));
    let ended = Arc::clone(&passed);
    let mut cut = way.clone();
    let answers = way.clone();
    let both = async {
        tokio::try_join!(
            pump(from_client, to_server, (Side::Request, way), passed),
            pump(from_server, to_client, (Side::Answer, answers), ended),
        )
    };
    // Dropping the streams breaks both connections.
    tokio::select! {
        _cut = cut.wait_for(|way| *way == Way::Cut) => {}
        _broken = both => {}
    }
}

/// Passes on one direction; an end is passed on, a break ends the whole connection.
async fn pump(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    (side, mut way): (Side, watch::Receiver<Way>),
    passed: Arc<AtomicU64>,
) -> io::Result<()> {
    let broken = || io::Error::from(io::ErrorKind::ConnectionReset);
    let mut piece = vec![0; 16 * 1024];
    loop {
        let count = from.read(&mut piece).await?;
        if count == 0 {
            to.shutdown().await?;
            return Ok(());
        }
        let seen = *way.borrow();
        match seen {
            Way::Open => {}
            Way::Slow(time) => tokio::time::sleep(time).await,
            Way::Cut => return Err(broken()),
            Way::HalfOpen if side == Side::Request => {}
            Way::Blackhole | Way::HalfOpen => {
                let is_mended = |way: &Way| !matches!(way, Way::Blackhole | Way::HalfOpen);
                way.wait_for(is_mended).await.map_err(io::Error::other)?;
            }
            Way::DropAfter(most) => {
                let count = u64::try_from(count).unwrap_or(u64::MAX);
                if passed.fetch_add(count, Ordering::Relaxed) >= most {
                    return Err(broken());
                }
            }
            Way::LoseReply if side == Side::Answer => return Err(broken()),
            Way::LoseReply => {}
        }
        to.write_all(&piece[..count]).await?;
    }
}
