//! One authenticated connection.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use russh::client::{AuthResult, Handle, KeyboardInteractiveAuthResponse, Msg};
use russh::keys::PrivateKeyWithHashAlg;
use russh::{Channel, ChannelMsg, Disconnect, MethodKind, MethodSet};
use tokio::time::Instant;

use common::secret::Secret;

use super::endpoint::{Auth, HostKey, SshEndpoint, Timeouts};
use super::error::{ConnectError, printable};
use super::exec::ExecError;
use super::handshake::{self, Dialled, Ended, Greeted, Seen, Watcher};
use super::key;

/// How long a server may take to open a channel or to accept a request.
const OPEN_LIMIT: Duration = Duration::from_secs(10);
/// How long a channel is asked for that a server refuses: it counts one until its command is gone.
const REFUSED_LIMIT: Duration = Duration::from_secs(2);
/// Pause between two such tries.
const REFUSED_PAUSE: Duration = Duration::from_millis(100);
/// How often a server may ask further questions during one login.
const PROMPTS: usize = 4;

/// An authenticated connection; up to ten things can be done over it at a time.
///
/// Dropping it closes the connection, but ends no command that still runs on the server:
/// cancel those first.
pub struct SshConnection {
    handle: Handle<Watcher>,
    seen: Seen,
    host_key: HostKey,
    abandoned: AtomicBool,
}

impl std::fmt::Debug for SshConnection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SshConnection")
            .field("host_key", &self.host_key)
            .finish_non_exhaustive()
    }
}

impl SshConnection {
    /// Connects, checks the host key and only then logs in.
    pub async fn connect(endpoint: &SshEndpoint, limits: &Timeouts) -> Result<Self, ConnectError> {
        let deadline = Instant::now() + limits.connect;
        let left = || deadline.saturating_duration_since(Instant::now());
        let addresses = handshake::resolve(&endpoint.host, endpoint.port, left()).await?;
        let tcp = handshake::dial(&addresses, left()).await?;
        let greeted = Dialled::new(tcp).handshake(endpoint, left()).await?;
        Self::log_in(greeted, endpoint, limits.auth).await
    }

    /// Logs in on a server whose host key is believed.
    pub(crate) async fn log_in(
        greeted: Greeted,
        endpoint: &SshEndpoint,
        limit: Duration,
    ) -> Result<Self, ConnectError> {
        let Greeted {
            handle,
            seen,
            host_key,
        } = greeted;
        let mut login = Login {
            handle,
            seen,
            user: &endpoint.user,
            tried: Vec::new(),
        };
        tokio::time::timeout(limit, login.try_with(&endpoint.auth))
            .await
            .map_err(|_elapsed| ConnectError::AuthTimeout { limit })??;
        let Login { handle, seen, .. } = login;
        Ok(Self {
            handle,
            seen,
            host_key,
            abandoned: AtomicBool::new(false),
        })
    }

    /// The host key that the server proved to have.
    pub fn host_key(&self) -> &HostKey {
        &self.host_key
    }

    /// Whether nothing can be done over it any more.
    pub fn is_closed(&self) -> bool {
        self.handle.is_closed() || self.abandoned.load(Ordering::Relaxed)
    }

    /// Says goodbye to the server.
    pub async fn close(&self) {
        self.abandoned.store(true, Ordering::Relaxed);
        // An error means that it is closed already.
        let _closed = self
            .handle
            .disconnect(Disconnect::ByApplication, "done", "en")
            .await;
    }

    /// What is known about the end of the connection.
    pub(super) fn end(&self) -> String {
        self.seen.end()
    }

    /// Starts `line` in the user's login shell.
    pub(super) async fn open_exec(&self, line: &str) -> Result<Channel<Msg>, ExecError> {
        self.open(Request::Exec(line)).await
    }

    /// Starts a subsystem, such as `sftp`.
    pub(super) async fn open_subsystem(&self, name: &str) -> Result<Channel<Msg>, ExecError> {
        self.open(Request::Subsystem(name)).await
    }

    async fn open(&self, request: Request<'_>) -> Result<Channel<Msg>, ExecError> {
        let asked_at = Instant::now();
        loop {
            match self.open_once(request).await {
                Err(ExecError::ChannelRefused { .. }) if asked_at.elapsed() < REFUSED_LIMIT => {}
                opened => return opened,
            }
            tokio::time::sleep(REFUSED_PAUSE).await;
        }
    }

    async fn open_once(&self, request: Request<'_>) -> Result<Channel<Msg>, ExecError> {
        match tokio::time::timeout(OPEN_LIMIT, self.open_unlimited(request)).await {
            Ok(opened) => opened,
            Err(_elapsed) => {
                // The answer may still come: nobody would take it, so nothing is done here again.
                self.abandoned.store(true, Ordering::Relaxed);
                Err(self.lost(&format!("no answer within {OPEN_LIMIT:?}")))
            }
        }
    }

    async fn open_unlimited(&self, request: Request<'_>) -> Result<Channel<Msg>, ExecError> {
        let opened = self.handle.channel_open_session().await;
        let mut channel = opened.map_err(|error| {
            if let russh::Error::ChannelOpenFailure(why) = error {
                return ExecError::ChannelRefused {
                    detail: printable(&format!("{why:?}")),
                };
            }
            self.lost(&error.to_string())
        })?;
        let asked = match request {
            Request::Exec(line) => channel.exec(true, line).await,
            Request::Subsystem(name) => channel.request_subsystem(true, name).await,
        };
        asked.map_err(|error| self.lost(&error.to_string()))?;
        loop {
            match channel.wait().await {
                Some(ChannelMsg::Success) => return Ok(channel),
                Some(ChannelMsg::Failure | ChannelMsg::Close) => {
                    // The channel may be closed by now.
                    let _closed = channel.close().await;
                    return Err(ExecError::RequestRefused);
                }
                Some(_) => {}
                None => return Err(self.lost(&self.end())),
            }
        }
    }

    fn lost(&self, detail: &str) -> ExecError {
        ExecError::LostConnection {
            detail: printable(detail),
            started: false,
        }
    }
}

#[derive(Clone, Copy)]
enum Request<'a> {
    Exec(&'a str),
    Subsystem(&'a str),
}

/// One attempt to log in.
struct Login<'a> {
    handle: Handle<Watcher>,
    seen: Seen,
    user: &'a str,
    tried: Vec<MethodKind>,
}

impl Login<'_> {
    async fn try_with(&mut self, auth: &Auth) -> Result<(), ConnectError> {
        match auth {
            Auth::Password(password) => self.password(password).await,
            Auth::PrivateKey { pem, passphrase } => {
                let (pem, passphrase) = (pem.clone(), passphrase.clone());
                let parsed =
                    tokio::task::spawn_blocking(move || key::parse(&pem, passphrase.as_ref()));
                let key = parsed.await.map_err(|_stopped| key::BadKey::Unreadable)??;
                let key = PrivateKeyWithHashAlg::new(Arc::new(key), None);
                self.tried.push(MethodKind::PublicKey);
                let answer = self.handle.authenticate_publickey(self.user, key).await;
                self.judge(answer).await
            }
        }
    }

    async fn password(&mut self, password: &Secret) -> Result<(), ConnectError> {
        self.tried.push(MethodKind::Password);
        let text = password.expose().clone();
        let answer = self.handle.authenticate_password(self.user, text).await;
        match &answer {
            // Where the server takes passwords only as an answer to its question.
            Ok(AuthResult::Failure {
                remaining_methods: left,
                partial_success: false,
            }) if left.contains(&MethodKind::KeyboardInteractive)
                && !left.contains(&MethodKind::Password) =>
            {
                self.tried.push(MethodKind::KeyboardInteractive);
                self.answer_prompts(password).await
            }
            _ => self.judge(answer).await,
        }
    }

    async fn answer_prompts(&mut self, password: &Secret) -> Result<(), ConnectError> {
        use KeyboardInteractiveAuthResponse as Response;
        let start = self
            .handle
            .authenticate_keyboard_interactive_start(self.user, None);
        let mut response = start.await;
        for _ in 0..PROMPTS {
            let prompts = match response {
                Ok(Response::Success) => return Ok(()),
                Ok(Response::Failure {
                    remaining_methods, ..
                }) => {
                    return Err(self.refused(&remaining_methods));
                }
                Ok(Response::InfoRequest { prompts, .. }) => prompts,
                Err(error) => return Err(self.lost(&error.to_string())),
            };
            let answers = match prompts.as_slice() {
                [] => Vec::new(),
                [only] if !only.echo => vec![password.expose().clone()],
                _ => return Err(self.refused(&MethodSet::empty())),
            };
            response = self
                .handle
                .authenticate_keyboard_interactive_respond(answers)
                .await;
        }
        Err(self.refused(&MethodSet::empty()))
    }

    /// Tells a refusal from a connection that broke.
    async fn judge(
        &mut self,
        answer: Result<AuthResult, russh::Error>,
    ) -> Result<(), ConnectError> {
        match answer {
            Ok(AuthResult::Success) => Ok(()),
            Ok(AuthResult::Failure {
                remaining_methods, ..
            }) if !remaining_methods.is_empty() => Err(self.refused(&remaining_methods)),
            Ok(AuthResult::Failure {
                remaining_methods, ..
            }) => {
                // No method left and no connection left look alike: its end tells them apart.
                let ended = tokio::time::timeout(Duration::from_secs(1), &mut self.handle).await;
                let refused = match &self.seen.lock().ended {
                    Some(Ended::ByServer(_) | Ended::NoAuthMethod) => true,
                    Some(Ended::Broken(_)) => false,
                    None => ended.is_err(),
                };
                if refused {
                    Err(self.refused(&remaining_methods))
                } else {
                    Err(self.lost("closed during the login"))
                }
            }
            Err(error) => Err(self.lost(&error.to_string())),
        }
    }

    fn refused(&self, offered: &MethodSet) -> ConnectError {
        let names = |methods: &[MethodKind]| methods.iter().map(String::from).collect();
        ConnectError::AuthFailed {
            tried: names(&self.tried),
            offered: names(offered),
        }
    }

    fn lost(&self, detail: &str) -> ConnectError {
        let end = self.seen.end();
        ConnectError::LostConnection {
            detail: printable(&format!("{detail}: {end}")),
        }
    }
}
