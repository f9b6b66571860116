//! Targets over SSH, on warm connections.

use std::sync::Arc;
use std::time::Duration;

use common::model::credential::{SecretData, SshSecret};
use common::model::target::TargetSnapshot;
use common::secret::Secret;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use remote::{
    Auth, Command, ConnectError, CopyError, DetachError, Download, ExecError, FetchError,
    HostKeyPolicy, Lease, Limits, Overwrite, Pool, PoolOptions, Redactor, SshEndpoint, Stopped,
    Sudo, Timeouts, Upload,
};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::redactors::Redactors;
use super::ssh_sink::Sink;
use super::{Connector, End, Fault, Key, Session, Settled, Stop, Ties, Unsettled};
use crate::domain::command::{Exec, FileCopy, FileFetch};
use crate::domain::output::StepOutput;

/// How long a stopped command may take to end before it is killed.
const GRACE: Duration = Duration::from_secs(5);

/// The SSH connector of a process.
#[derive(Debug)]
pub struct SshConnector {
    pool: Pool,
    redactors: Redactors,
}

impl SshConnector {
    /// With these limits for new connections.
    pub fn new(connect: Duration, auth: Duration) -> Self {
        let timeouts = Timeouts { connect, auth };
        Self {
            pool: Pool::new(PoolOptions {
                timeouts,
                ..PoolOptions::default()
            }),
            redactors: Redactors::default(),
        }
    }
}

impl Connector for SshConnector {
    fn redactor(&self, key: &Key, hidden: &[&Secret]) -> Result<Redactor, Fault> {
        let secret = ssh_secret(key)?;
        let parts = [
            &secret.password,
            &secret.private_key,
            &secret.passphrase,
            &secret.become_password,
        ];
        let prepare = || {
            let known = parts.into_iter().flatten().chain(hidden.iter().copied());
            Redactor::new(known.map(|part| part.expose().as_bytes()))
        };
        let made = if hidden.is_empty() {
            self.redactors.get(&key.version, prepare)
        } else {
            prepare()
        };
        made.map_err(|error| Fault::lasting("credential_unusable", error.to_string()))
    }

    fn connect<'a>(
        &'a self,
        target: &'a TargetSnapshot,
        key: &'a Key,
    ) -> BoxFuture<'a, Result<Box<dyn Session>, Fault>> {
        async move {
            let secret = ssh_secret(key)?;
            let endpoint = endpoint(target, secret)?;
            match self.pool.get(&endpoint, &key.version).await {
                Ok(lease) => {
                    let password = secret.become_password.as_ref();
                    let session: Box<dyn Session> = Box::new(SshSession {
                        lease: Arc::new(lease),
                        password: password.or(secret.password.as_ref()).cloned(),
                    });
                    Ok(session)
                }
                Err(error) => Err(connect_fault(&error)),
            }
        }
        .boxed()
    }

    fn tidy(&self) {
        self.pool.reap();
    }
}

fn ssh_secret(key: &Key) -> Result<&SshSecret, Fault> {
    match &key.secret {
        SecretData::Ssh(secret) => Ok(secret),
        SecretData::Winrm(_) | SecretData::ApiKey(_) => Err(Fault::lasting(
            "credential_wrong_type",
            "The credential of the target is not of type ssh: give the target one that is.",
        )),
    }
}

fn endpoint(target: &TargetSnapshot, secret: &SshSecret) -> Result<SshEndpoint, Fault> {
    let auth = match (&secret.private_key, &secret.password) {
        (Some(pem), _) => Auth::PrivateKey {
            pem: pem.clone(),
            passphrase: secret.passphrase.clone(),
        },
        (None, Some(password)) => Auth::Password(password.clone()),
        (None, None) => {
            return Err(Fault::lasting(
                "credential_unusable",
                "The credential holds neither a password nor a private key.",
            ));
        }
    };
    Ok(SshEndpoint {
        host: target.hostname.clone(),
        port: target.port,
        user: secret.username.clone(),
        auth,
        host_keys: target.host_keys.clone(),
        policy: HostKeyPolicy::Pinned,
    })
}

/// Conditions under which a target cannot be reached at all share one reason.
fn connect_fault(error: &ConnectError) -> Fault {
    let reason = match error {
        ConnectError::ResolveFailed { .. }
        | ConnectError::ConnectRefused { .. }
        | ConnectError::ConnectTimeout { .. }
        | ConnectError::Unreachable { .. }
        | ConnectError::LostConnection { .. } => "unreachable",
        ConnectError::NotSsh { .. }
        | ConnectError::KexFailed { .. }
        | ConnectError::HostKeyUnknown { .. }
        | ConnectError::HostKeyMismatch { .. }
        | ConnectError::AuthFailed { .. }
        | ConnectError::AuthTimeout { .. }
        | ConnectError::BadKey(_) => error.reason(),
    };
    Fault {
        reason,
        text: format!("{error}. {}", error.remedy()),
        is_transient: error.is_transient(),
        may_have_started: false,
    }
}

/// One share of a warm connection; what is left of a command on the target keeps its share.
struct SshSession {
    lease: Arc<Lease>,
    /// What `sudo` asks for.
    password: Option<Secret>,
}

impl SshSession {
    fn sudo(&self, as_user: Option<&str>) -> Result<Option<Sudo>, Fault> {
        let sudo = as_user.map(|user| Sudo::new(user, self.password.clone()));
        sudo.transpose()
            .map_err(|error| Fault::lasting("become_failed", format!("{error}.")))
    }

    fn command(&self, exec: &Exec, timeout: Duration) -> Result<Command, Fault> {
        let mut command = command(exec, timeout)?;
        command.sudo = self.sudo(exec.as_user.as_deref())?;
        Ok(command)
    }
}

impl Session for SshSession {
    fn run<'a>(
        &'a self,
        exec: &'a Exec,
        timeout: Duration,
        output: &'a mut StepOutput,
        cancel: &'a CancellationToken,
    ) -> BoxFuture<'a, Result<End, Fault>> {
        async move {
            let command = self.command(exec, timeout)?;
            let mut sink = Sink::new(output, exec);
            let ended = self.lease.run(&command, &mut sink, cancel).await;
            Ok(sink.end(ended.map_err(|error| exec_fault(&error))?.end))
        }
        .boxed()
    }

    fn launch<'a>(
        &'a self,
        exec: &'a Exec,
        timeout: Duration,
        ties: Ties<'a>,
    ) -> BoxFuture<'a, Result<Settled, Unsettled>> {
        async move {
            let command = self.command(exec, timeout).map_err(Unsettled::Fault)?;
            let mut sink = Sink::new(ties.output, exec);
            let lease = &self.lease;
            let launched = lease.launch(&command, ties.detached, &mut sink, ties.stop);
            let launched = launched.await;
            settled(launched, lease, &sink)
        }
        .boxed()
    }

    fn follow<'a>(
        &'a self,
        exec: &'a Exec,
        deadline: Instant,
        ties: Ties<'a>,
    ) -> BoxFuture<'a, Result<Settled, Unsettled>> {
        async move {
            let limits = Limits {
                deadline,
                grace: GRACE,
                sudo: self
                    .sudo(exec.as_user.as_deref())
                    .map_err(Unsettled::Fault)?,
            };
            let mut sink = Sink::new(ties.output, exec);
            let lease = &self.lease;
            let followed = lease.follow(ties.detached, limits, &mut sink, ties.stop);
            let followed = followed.await;
            settled(followed, lease, &sink)
        }
        .boxed()
    }

    fn fetch<'a>(
        &'a self,
        file: &'a FileFetch,
        timeout: Duration,
        cancel: &'a CancellationToken,
    ) -> BoxFuture<'a, Result<End, Fault>> {
        async move {
            let download = Download {
                path: file.path.clone(),
                max_bytes: file.max_bytes,
                sudo: self.sudo(file.as_user.as_deref())?,
                timeout,
            };
            match self.lease.download(&download, cancel).await {
                Ok(read) => Ok(End::Fetched {
                    content: read.content,
                    sha256: read.sha256,
                    is_verified: read.verified,
                }),
                Err(FetchError::TimedOut) => Ok(End::TimedOut(unfinished("nothing was read"))),
                Err(FetchError::Canceled) => Ok(End::Canceled(unfinished("nothing was read"))),
                Err(FetchError::Exec(error)) => Err(exec_fault(&error)),
                Err(error) => Err(Fault::lasting(error.reason(), format!("{error}."))),
            }
        }
        .boxed()
    }

    fn copy<'a>(
        &'a self,
        file: &'a FileCopy,
        timeout: Duration,
        cancel: &'a CancellationToken,
    ) -> BoxFuture<'a, Result<End, Fault>> {
        async move {
            let upload = Upload {
                path: file.path.clone(),
                content: file.content.clone().into(),
                mode: file.mode,
                owner: file.owner.clone(),
                sudo: self.sudo(file.as_user.as_deref())?,
                overwrite: if file.overwrite {
                    Overwrite::Replace
                } else {
                    Overwrite::Refuse
                },
                timeout,
            };
            match self.lease.upload(&upload, cancel).await {
                Ok(copied) => Ok(End::Copied {
                    bytes: copied.bytes,
                    sha256: copied.sha256,
                    is_verified: copied.verified,
                }),
                Err(CopyError::TimedOut(_)) => Ok(End::TimedOut(unfinished(UNFINISHED_COPY))),
                Err(CopyError::Canceled) => Ok(End::Canceled(unfinished(UNFINISHED_COPY))),
                Err(error) => Err(copy_fault(&error)),
            }
        }
        .boxed()
    }
}

const UNFINISHED_COPY: &str = "the copy was not finished; the destination is as it was before";

fn unfinished(detail: &str) -> Stop {
    let detail = detail.to_owned();
    Stop {
        is_verified: true,
        detail,
    }
}

pub(super) fn end(end: remote::End) -> End {
    match end {
        remote::End::Exited(code) => End::Exited(i32::try_from(code).unwrap_or(-1)),
        remote::End::Signaled { signal } => End::Signaled(signal),
        remote::End::TimedOut(stopped) => End::TimedOut(stop(stopped)),
        remote::End::Canceled(stopped) => End::Canceled(stop(stopped)),
    }
}

fn settled(
    found: Result<remote::Settled, DetachError>,
    lease: &Arc<Lease>,
    sink: &Sink<'_>,
) -> Result<Settled, Unsettled> {
    match found {
        Ok(settled) => {
            let end = sink.end(settled.end.clone());
            let lease = Arc::clone(lease);
            let clean_up = async move {
                settled.forget().await;
                drop(lease);
            }
            .boxed();
            Ok(Settled { end, clean_up })
        }
        Err(DetachError::Cannot(why)) => Err(Unsettled::Cannot(why)),
        Err(DetachError::Never) => Err(Unsettled::Never),
        Err(DetachError::Gone) => Err(Unsettled::Gone),
        Err(DetachError::Exec { error, started }) => Err(Unsettled::Fault(Fault {
            may_have_started: started,
            ..exec_fault(&error)
        })),
    }
}

fn stop(stopped: Stopped) -> Stop {
    Stop {
        is_verified: stopped.verified,
        detail: stopped.detail,
    }
}

fn command(exec: &Exec, timeout: Duration) -> Result<Command, Fault> {
    let shell = exec
        .shell
        .parse()
        .map_err(|error| exec_fault(&ExecError::BadCommand(error)))?;
    let mut command = Command::new(shell, exec.text.clone());
    command.stdin = Secret::new(exec.stdin.clone().unwrap_or_default().into_bytes());
    command.env = exec
        .env
        .iter()
        .map(|(name, value)| (name.clone(), value.clone().into()))
        .collect();
    command.timeout = timeout;
    command.grace = GRACE;
    Ok(command)
}

fn exec_fault(error: &ExecError) -> Fault {
    let is_transient = match error {
        ExecError::LostConnection { .. }
        | ExecError::ChannelRefused { .. }
        | ExecError::NoExitStatus => true,
        ExecError::BadCommand(_) | ExecError::RequestRefused | ExecError::NeverStarted { .. } => {
            false
        }
    };
    Fault {
        reason: error.reason(),
        text: format!("{error}. {}", error.remedy()),
        is_transient,
        may_have_started: error.may_have_started(),
    }
}

/// A file is there as a whole or not at all; only a lost connection leaves open which.
fn copy_fault(error: &CopyError) -> Fault {
    if let CopyError::Exec(error) = error {
        return exec_fault(error);
    }
    Fault::lasting(error.reason(), format!("{error}. {}", error.remedy()))
}
