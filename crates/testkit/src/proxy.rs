//! A way to a server, such as the database, that can be cut.

use std::net::SocketAddr;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// Passes connections on while it is open; cutting it breaks them all.
pub struct Proxy {
    /// Where it listens on 127.0.0.1.
    pub port: u16,
    open: watch::Sender<bool>,
}

impl Proxy {
    /// Starts an open one.
    pub async fn start(to: SocketAddr) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0))
            .await
            .expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let (open, is_open) = watch::channel(true);
        #[expect(clippy::disallowed_methods, reason = "ends with the test")]
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                if *is_open.borrow() {
                    #[expect(clippy::disallowed_methods, reason = "ends with the test")]
                    tokio::spawn(pass(client, to, is_open.clone()));
                }
            }
        });
        Self { port, open }
    }

    /// Starts an open one to the server of a database address; also gives the address through it.
    pub async fn to_database(url: &str) -> (Self, String) {
        let place = url.split(['@', '/']).nth(3).expect("host and port");
        let proxy = Self::start(place.parse().expect("an address")).await;
        let cuttable = url.replace(place, &format!("127.0.0.1:{}", proxy.port));
        (proxy, cuttable)
    }

    /// Breaks all connections, and those that come from now on.
    pub fn cut(&self) {
        self.open.send_replace(false);
    }

    /// Passes connections on again.
    pub fn mend(&self) {
        self.open.send_replace(true);
    }
}

async fn pass(mut client: TcpStream, to: SocketAddr, mut is_open: watch::Receiver<bool>) {
    let mut server = TcpStream::connect(to).await.expect("the database listens");
    tokio::select! {
        _cut = is_open.wait_for(|open| !open) => {}
        _ended = copy_bidirectional(&mut client, &mut server) => {}
    }
}
