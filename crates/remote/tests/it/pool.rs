use std::sync::Arc;
use std::time::{Duration, Instant};

use remote::{Collected, Command, Pool, PoolOptions, Shell, SshEndpoint, Timeouts};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::sshd::Sshd;
use crate::support::{endpoint, endpoint_at, pin_of};

fn logins(server: &Sshd) -> usize {
    server.log().matches("Accepted publickey").count()
}

async fn echo(pool: &Pool, endpoint: &SshEndpoint, credential: &str) -> String {
    let mut output = Collected::up_to(1000);
    let command = Command::new(Shell::Sh, "echo pooled");
    let token = CancellationToken::new();
    pool.run((endpoint, credential), &command, &mut output, &token)
        .await
        .unwrap();
    output.stdout_text()
}

#[tokio::test]
async fn one_connection_serves_one_user_of_one_credential() {
    let server = Sshd::start().await;
    let endpoint = endpoint(&server);
    let pool = Pool::new(PoolOptions::default());
    for _ in 0..3 {
        assert_eq!(echo(&pool, &endpoint, "7:1").await, "pooled\n");
    }
    assert_eq!((pool.connections(), logins(&server)), (1, 1));
    echo(&pool, &endpoint, "7:2").await;
    assert_eq!((pool.connections(), logins(&server)), (2, 2));
    // Whoever trusts other host keys has to see them checked.
    let mut other = endpoint.clone();
    let mut pin = pin_of(&server, "ed25519");
    pin.fingerprint = "SHA256:other".to_owned();
    other.host_keys.push(pin);
    echo(&pool, &other, "7:1").await;
    assert_eq!(pool.connections(), 3);
}

#[tokio::test]
async fn callers_at_the_same_time_share_up_to_the_limit() {
    let server = Sshd::start().await;
    let endpoint = endpoint(&server);
    let pool = Pool::new(PoolOptions {
        leases: 4,
        ..PoolOptions::default()
    });
    let leases = futures_util::future::join_all((0..6).map(|_| pool.get(&endpoint, "7:1"))).await;
    assert!(leases.iter().all(Result::is_ok));
    assert_eq!(pool.connections(), 2);
    drop(leases);
    pool.get(&endpoint, "7:1").await.unwrap();
    assert_eq!(pool.connections(), 2);
}

#[tokio::test]
async fn an_unused_connection_is_closed() {
    let server = Sshd::start().await;
    let endpoint = endpoint(&server);
    let pool = Pool::new(PoolOptions {
        idle: Duration::ZERO,
        ..PoolOptions::default()
    });
    let lease = pool.get(&endpoint, "7:1").await.unwrap();
    pool.reap();
    assert_eq!(pool.connections(), 1);
    drop(lease);
    pool.reap();
    assert_eq!(pool.connections(), 0);
}

#[tokio::test]
async fn a_closed_connection_is_made_once_more() {
    let mut server = Sshd::start().await;
    let endpoint = endpoint(&server);
    let pool = Pool::new(PoolOptions::default());
    echo(&pool, &endpoint, "7:1").await;
    server.crash();
    server.restart().await;
    assert_eq!(echo(&pool, &endpoint, "7:1").await, "pooled\n");
    assert_eq!(pool.connections(), 1);
}

#[tokio::test]
async fn callers_who_wait_for_a_dead_target_wait_once() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = endpoint_at(
        listener.local_addr().unwrap().port(),
        remote::Auth::Password("x".to_owned().into()),
    );
    let timeouts = Timeouts {
        connect: Duration::from_millis(500),
        ..Timeouts::default()
    };
    let pool = Arc::new(Pool::new(PoolOptions {
        timeouts,
        ..PoolOptions::default()
    }));
    let began = Instant::now();
    let all = futures_util::future::join_all((0..8).map(|_| pool.get(&endpoint, "7:1"))).await;
    assert!(
        all.iter()
            .all(|one| one.as_ref().is_err_and(|e| e.reason() == "connect_timeout"))
    );
    assert!(
        began.elapsed() < Duration::from_millis(1500),
        "{:?}",
        began.elapsed()
    );
    pool.reap();
    assert_eq!(pool.connections(), 0);
}
