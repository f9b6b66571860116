//! Why a connection could not be made, in words for programs and for people.

use std::time::Duration;

use common::model::target::PinnedHostKey;

use super::endpoint::HostKey;
use super::key::BadKey;

/// How far a connection had come when its time was up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// No TCP connection yet.
    Tcp,
    /// Connected, but the server has said nothing.
    Greeting,
    /// The server has greeted, but the key exchange was not finished.
    KeyExchange,
}

/// Why there is no connection; [`ConnectError::reason`] is stable.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ConnectError {
    /// The host name has no address.
    #[error("host name {host} cannot be resolved: {detail}")]
    ResolveFailed {
        /// The name.
        host: String,
        /// What the resolver said.
        detail: String,
    },
    /// Nothing listens on the port.
    #[error("{address} refused the connection")]
    ConnectRefused {
        /// Address and port.
        address: String,
    },
    /// The time for connecting was up.
    #[error("no connection within {limit:?}")]
    ConnectTimeout {
        /// How far it had come.
        stage: Stage,
        /// The limit.
        limit: Duration,
    },
    /// No way leads to the host.
    #[error("{address} cannot be reached: {detail}")]
    Unreachable {
        /// Address and port.
        address: String,
        /// What the system said.
        detail: String,
    },
    /// Something else than SSH answers on the port.
    #[error("the server does not speak SSH; it said {greeting:?}")]
    NotSsh {
        /// The first bytes of its answer, made printable.
        greeting: String,
    },
    /// No common algorithm, or a broken key exchange.
    #[error("key exchange failed: {detail}")]
    KexFailed {
        /// What went wrong.
        detail: String,
    },
    /// No host key is pinned; nothing was sent to log in.
    #[error("host key {} is not known", offered.fingerprint)]
    HostKeyUnknown {
        /// The key to show to a person.
        offered: HostKey,
    },
    /// The server's key is none of the pinned ones; nothing was sent to log in.
    #[error("host key changed: got {}", offered.fingerprint)]
    HostKeyMismatch {
        /// The keys that were accepted earlier.
        expected: Vec<PinnedHostKey>,
        /// The key that the server has.
        offered: HostKey,
    },
    /// The server refused the login.
    #[error("login refused; tried {tried:?}, the server offers {offered:?}")]
    AuthFailed {
        /// Methods that were tried.
        tried: Vec<String>,
        /// Methods that the server would go on with.
        offered: Vec<String>,
    },
    /// The server did not decide about the login in time.
    #[error("no answer to the login within {limit:?}")]
    AuthTimeout {
        /// The limit.
        limit: Duration,
    },
    /// The private key cannot be used.
    #[error("private key: {0}")]
    BadKey(#[from] BadKey),
    /// The connection ended in the middle.
    #[error("connection lost: {detail}")]
    LostConnection {
        /// What is known about the end.
        detail: String,
    },
}

impl ConnectError {
    /// The stable name of the condition.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::ResolveFailed { .. } => "resolve_failed",
            Self::ConnectRefused { .. } => "connect_refused",
            Self::ConnectTimeout { .. } => "connect_timeout",
            Self::Unreachable { .. } => "unreachable",
            Self::NotSsh { .. } => "not_ssh",
            Self::KexFailed { .. } => "kex_failed",
            Self::HostKeyUnknown { .. } => "host_key_unknown",
            Self::HostKeyMismatch { .. } => "host_key_mismatch",
            Self::AuthFailed { .. } => "auth_failed",
            Self::AuthTimeout { .. } => "auth_timeout",
            Self::BadKey(_) => "bad_key",
            Self::LostConnection { .. } => "lost_connection",
        }
    }

    /// What a person can do about it.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::ResolveFailed { .. } => {
                "Check the host name of the target and the name server of this machine."
            }
            Self::ConnectRefused { .. } => {
                "Check that the SSH server runs on the target and listens on this port."
            }
            Self::ConnectTimeout {
                stage: Stage::Tcp, ..
            } => "Check that the target is switched on and that no firewall drops the port.",
            Self::ConnectTimeout { .. } => {
                "The port is open but the SSH server hangs: check its load and its log."
            }
            Self::Unreachable { .. } => {
                "Check the network, the route and the address of the target."
            }
            Self::NotSsh { .. } => "Check the port: another service answers there.",
            Self::KexFailed { .. } => {
                "Update the SSH server, or give it an Ed25519 or ECDSA host key."
            }
            Self::HostKeyUnknown { .. } => {
                "Compare the fingerprint with the one on the target, then accept the host key."
            }
            Self::HostKeyMismatch { .. } => {
                "If the target was not reinstalled, somebody may be in between: do not accept \
                 the new key before its fingerprint was compared on the target itself."
            }
            Self::AuthFailed { .. } => {
                "Check the user name and the credential, and that the server allows this method."
            }
            Self::AuthTimeout { .. } => {
                "Check the login services of the target, such as its directory or name server."
            }
            Self::BadKey(key) => key.remedy(),
            Self::LostConnection { .. } => "Check the log of the SSH server, then try again.",
        }
    }

    /// Whether trying again later may help without anybody changing anything.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::ResolveFailed { .. }
            | Self::ConnectRefused { .. }
            | Self::ConnectTimeout { .. }
            | Self::Unreachable { .. }
            | Self::AuthTimeout { .. }
            | Self::LostConnection { .. } => true,
            Self::NotSsh { .. }
            | Self::KexFailed { .. }
            | Self::HostKeyUnknown { .. }
            | Self::HostKeyMismatch { .. }
            | Self::AuthFailed { .. }
            | Self::BadKey(_) => false,
        }
    }
}

/// What a server said, without control characters and cut to 200.
pub(crate) fn printable(text: &str) -> String {
    let shown = |c: char| if c.is_control() { ' ' } else { c };
    text.trim().chars().take(200).map(shown).collect()
}
