//! From a host name to a server whose host key is believed: nothing is sent to log in.

use std::borrow::Cow;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use common::model::target::PinnedHostKey;
use russh::client::{self, DisconnectReason, Handle};
use russh::keys::{Algorithm, EcdsaCurve, PublicKeyOrCertificate};
use russh::{Preferred, cipher, compression, kex, mac};
use tokio::net::TcpStream;
use tokio::time::Instant;

use super::endpoint::{HostKey, HostKeyPolicy, SshEndpoint};
use super::error::{ConnectError, Stage, printable};
use super::quickack::{Greeting, Quickack};

/// An interval without a sign of life after which the server is asked for one.
const KEEPALIVE: Duration = Duration::from_secs(15);
/// Unanswered questions after which the connection counts as lost.
const KEEPALIVES: usize = 3;

/// Finds the addresses of a host.
pub(crate) async fn resolve(
    host: &str,
    port: u16,
    limit: Duration,
) -> Result<Vec<SocketAddr>, ConnectError> {
    let failed = |detail: String| ConnectError::ResolveFailed {
        host: host.to_owned(),
        detail,
    };
    let found = tokio::time::timeout(limit, tokio::net::lookup_host((host, port)))
        .await
        .map_err(|_elapsed| failed(format!("no answer within {limit:?}")))?
        .map_err(|error| failed(error.to_string()))?;
    let addresses: Vec<SocketAddr> = found.collect();
    if addresses.is_empty() {
        Err(failed("no address".to_owned()))
    } else {
        Ok(addresses)
    }
}

/// Connects to the first address that answers; each gets its share of the limit.
pub(crate) async fn dial(
    addresses: &[SocketAddr],
    limit: Duration,
) -> Result<TcpStream, ConnectError> {
    let deadline = Instant::now() + limit;
    let mut last = ConnectError::ConnectTimeout {
        stage: Stage::Tcp,
        limit,
    };
    for (tried, address) in addresses.iter().enumerate() {
        let left = u32::try_from(addresses.len() - tried).unwrap_or(u32::MAX);
        let share = deadline.saturating_duration_since(Instant::now()) / left;
        match tokio::time::timeout(share, TcpStream::connect(address)).await {
            Ok(Ok(tcp)) => {
                // Only speed is at stake.
                let _unsupported = tcp.set_nodelay(true);
                return Ok(tcp);
            }
            Ok(Err(error)) => last = dial_error(*address, &error, limit),
            Err(_elapsed) => {
                last = ConnectError::ConnectTimeout {
                    stage: Stage::Tcp,
                    limit,
                }
            }
        }
    }
    Err(last)
}

fn dial_error(address: SocketAddr, error: &std::io::Error, limit: Duration) -> ConnectError {
    let address = address.to_string();
    if error.kind() == ErrorKind::ConnectionRefused {
        ConnectError::ConnectRefused { address }
    } else if error.kind() == ErrorKind::TimedOut {
        ConnectError::ConnectTimeout {
            stage: Stage::Tcp,
            limit,
        }
    } else {
        ConnectError::Unreachable {
            address,
            detail: error.to_string(),
        }
    }
}

/// A TCP connection on its way to becoming an SSH connection.
pub(crate) struct Dialled {
    tcp: TcpStream,
    greeting: Greeting,
}

/// A server whose host key is believed, but that does not know us yet.
pub(crate) struct Greeted {
    pub(super) handle: Handle<Watcher>,
    pub(super) seen: Seen,
    pub(super) host_key: HostKey,
}

impl Greeted {
    /// The host key that the server proved to have.
    pub(crate) fn host_key(&self) -> &HostKey {
        &self.host_key
    }
}

impl Dialled {
    pub(crate) fn new(tcp: TcpStream) -> Self {
        Self {
            tcp,
            greeting: Greeting::default(),
        }
    }

    /// When the server said its first word, in the handle that outlives the handshake.
    pub(crate) fn heard_at(&self) -> impl Fn() -> Option<std::time::Instant> + use<> {
        let greeting = self.greeting.clone();
        move || greeting.heard_at()
    }

    /// Exchanges keys and checks the host key.
    pub(crate) async fn handshake(
        self,
        endpoint: &SshEndpoint,
        limit: Duration,
    ) -> Result<Greeted, ConnectError> {
        let Self { tcp, greeting } = self;
        let seen = Seen::default();
        let watcher = Watcher {
            pins: endpoint.host_keys.clone(),
            policy: endpoint.policy,
            seen: seen.clone(),
        };
        let stream = Quickack::new(tcp, greeting.clone());
        let config = Arc::new(config(&endpoint.host_keys));
        let connected =
            tokio::time::timeout(limit, client::connect_stream(config, stream, watcher)).await;
        // The refusal counts, whatever error it led to.
        if let Some(refused) = seen.lock().refused.take() {
            return Err(refused);
        }
        let said = greeting.bytes();
        let handle = match connected {
            Ok(Ok(handle)) => handle,
            Ok(Err(error)) => return Err(handshake_error(&said, &error)),
            Err(_elapsed) => {
                let stage = if said.is_empty() {
                    Stage::Greeting
                } else {
                    Stage::KeyExchange
                };
                return Err(ConnectError::ConnectTimeout { stage, limit });
            }
        };
        let host_key = seen.lock().host_key.clone();
        match host_key {
            Some(host_key) => Ok(Greeted {
                handle,
                seen,
                host_key,
            }),
            None => Err(ConnectError::KexFailed {
                detail: "no host key was shown".to_owned(),
            }),
        }
    }
}

fn handshake_error(said: &[u8], error: &russh::Error) -> ConnectError {
    if said.is_empty() {
        return ConnectError::LostConnection {
            detail: format!("closed before the greeting: {error}"),
        };
    }
    let said = String::from_utf8_lossy(said);
    if !said.lines().any(|line| line.starts_with("SSH-")) {
        return ConnectError::NotSsh {
            greeting: printable(&said),
        };
    }
    if matches!(
        error,
        russh::Error::IO(_) | russh::Error::HUP | russh::Error::Disconnect
    ) {
        return ConnectError::LostConnection {
            detail: format!("closed during the key exchange: {error}"),
        };
    }
    ConnectError::KexFailed {
        detail: printable(&error.to_string()),
    }
}

/// What the connection's own task has learned.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen(Arc<Mutex<SeenState>>);

#[derive(Debug, Default)]
pub(super) struct SeenState {
    host_key: Option<HostKey>,
    refused: Option<ConnectError>,
    pub(super) ended: Option<Ended>,
}

/// How a connection ended.
#[derive(Clone, Debug)]
pub(super) enum Ended {
    /// The server said goodbye.
    ByServer(String),
    /// The server left no way to log in.
    NoAuthMethod,
    /// Anything else.
    Broken(String),
}

impl Seen {
    pub(super) fn lock(&self) -> MutexGuard<'_, SeenState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is known about the end of the connection.
    pub(super) fn end(&self) -> String {
        match &self.lock().ended {
            Some(Ended::ByServer(words)) => format!("the server said: {words}"),
            Some(Ended::NoAuthMethod) => "the server left no way to log in".to_owned(),
            Some(Ended::Broken(words)) => words.clone(),
            None => "the server closed it".to_owned(),
        }
    }
}

/// Decides about the host key and listens for the end.
pub(crate) struct Watcher {
    pins: Vec<PinnedHostKey>,
    policy: HostKeyPolicy,
    seen: Seen,
}

impl Watcher {
    fn judge(&self, offered: &HostKey) -> Option<ConnectError> {
        if self.pins.is_empty() {
            return match self.policy {
                HostKeyPolicy::Pinned => Some(ConnectError::HostKeyUnknown {
                    offered: offered.clone(),
                }),
                HostKeyPolicy::AcceptFirst => None,
            };
        }
        let known = self.pins.iter().any(|pin| *pin == offered.pin());
        (!known).then(|| ConnectError::HostKeyMismatch {
            expected: self.pins.clone(),
            offered: offered.clone(),
        })
    }
}

impl client::Handler for Watcher {
    type Error = russh::Error;

    async fn check_server_key(
        &mut self,
        key: &PublicKeyOrCertificate,
    ) -> Result<bool, Self::Error> {
        let offered = HostKey::of(&key.public_key());
        let refused = self.judge(&offered);
        let accepted = refused.is_none();
        let mut seen = self.seen.lock();
        seen.host_key = Some(offered);
        seen.refused = refused;
        Ok(accepted)
    }

    async fn kex_done(
        &mut self,
        _shared_secret: Option<&[u8]>,
        names: &russh::Names,
        _session: &mut client::Session,
    ) -> Result<(), Self::Error> {
        if names.cipher == cipher::CHACHA20_POLY1305 && !names.strict_kex() {
            self.seen.lock().refused = Some(ConnectError::KexFailed {
                detail: "the server has only a cipher that needs strict key exchange, but not that"
                    .to_owned(),
            });
            return Err(russh::Error::Kex);
        }
        Ok(())
    }

    async fn disconnected(
        &mut self,
        reason: DisconnectReason<Self::Error>,
    ) -> Result<(), Self::Error> {
        let (ended, result) = match reason {
            DisconnectReason::ReceivedDisconnect(info) => {
                (Ended::ByServer(printable(&info.message)), Ok(()))
            }
            DisconnectReason::Error(error) => {
                let ended = if matches!(error, russh::Error::NoAuthMethod) {
                    Ended::NoAuthMethod
                } else {
                    Ended::Broken(printable(&error.to_string()))
                };
                (ended, Err(error))
            }
        };
        self.seen.lock().ended = Some(ended);
        result
    }
}

fn config(pins: &[PinnedHostKey]) -> client::Config {
    client::Config {
        client_id: russh::SshId::Standard(Cow::Borrowed("SSH-2.0-OpsConductor")),
        keepalive_interval: Some(KEEPALIVE),
        keepalive_max: KEEPALIVES,
        // A channel holds at most one window of output that nobody has read.
        window_size: 1 << 20,
        channel_buffer_size: 64,
        nodelay: true,
        preferred: preferred(pins),
        ..client::Config::default()
    }
}

/// Algorithms to offer: pinned host key types first, else another type looks like a change.
fn preferred(pins: &[PinnedHostKey]) -> Preferred {
    let mut key = vec![
        Algorithm::Ed25519,
        Algorithm::Ecdsa {
            curve: EcdsaCurve::NistP256,
        },
        Algorithm::Ecdsa {
            curve: EcdsaCurve::NistP384,
        },
        Algorithm::Ecdsa {
            curve: EcdsaCurve::NistP521,
        },
    ];
    key.sort_by_key(|algorithm| !pins.iter().any(|pin| pin.algorithm == algorithm.as_str()));
    Preferred {
        kex: Cow::Borrowed(&[
            kex::MLKEM768X25519_SHA256,
            kex::CURVE25519,
            kex::CURVE25519_PRE_RFC_8731,
            kex::ECDH_SHA2_NISTP256,
            kex::DH_G16_SHA512,
            kex::DH_G14_SHA256,
            kex::EXTENSION_SUPPORT_AS_CLIENT,
            kex::EXTENSION_OPENSSH_STRICT_KEX_AS_CLIENT,
        ]),
        host_key_certificates: Cow::Borrowed(&[]),
        key: Cow::Owned(key),
        cipher: Cow::Borrowed(&[
            cipher::AES_256_GCM,
            cipher::AES_128_GCM,
            cipher::AES_256_CTR,
            cipher::AES_128_CTR,
            // Last: it is only safe with strict key exchange, which older servers lack.
            cipher::CHACHA20_POLY1305,
        ]),
        mac: Cow::Borrowed(&[
            mac::HMAC_SHA256_ETM,
            mac::HMAC_SHA512_ETM,
            mac::HMAC_SHA256,
            mac::HMAC_SHA512,
        ]),
        compression: Cow::Borrowed(&[compression::NONE]),
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn small_packets_are_sent_at_once() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let tcp = dial(&[address], Duration::from_secs(5)).await.unwrap();
        assert!(tcp.nodelay().unwrap());
    }
}
