//! Copying over the SFTP subsystem.

use bytes::Bytes;
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use russh_sftp::client::error::Error as SftpError;
use russh_sftp::client::{Config, RawSftpSession};
use russh_sftp::extensions;
use russh_sftp::protocol::{FileAttributes, OpenFlags, Packet, StatusCode};

use super::connection::SshConnection;
use super::copy::{CLEAN_UP_LIMIT, CopyError, Job, Overwrite, Uploaded, Via};
use super::error::printable;
use super::exec::ExecError;

/// Bytes in one write; every server takes that much.
const PIECE: usize = 32 * 1024 - 512;
/// Writes on the way at a time.
const IN_FLIGHT: usize = 16;
/// How long the server may take for one answer, in seconds.
const ANSWER_SECONDS: u64 = 30;
/// Rename that replaces, as OpenSSH calls it.
const POSIX_RENAME: &str = "posix-rename@openssh.com";

/// A session of the SFTP subsystem.
pub(super) struct Sftp {
    raw: RawSftpSession,
    can_replace: bool,
    can_sync: bool,
}

impl SshConnection {
    /// Starts SFTP; none if the server does not have it.
    pub(super) async fn open_sftp(&self) -> Result<Option<Sftp>, ExecError> {
        let channel = match self.open_subsystem("sftp").await {
            Ok(channel) => channel,
            Err(ExecError::RequestRefused) => return Ok(None),
            Err(error) => return Err(error),
        };
        let config = Config {
            request_timeout_secs: ANSWER_SECONDS,
            ..Config::default()
        };
        let raw = RawSftpSession::new_with_config(channel.into_stream(), config);
        // A configured subsystem whose program is missing ends at once.
        let Ok(version) = raw.init().await else {
            return Ok(None);
        };
        Ok(Some(Sftp {
            raw,
            can_replace: version.extensions.contains_key(POSIX_RENAME),
            can_sync: version.extensions.contains_key(extensions::FSYNC),
        }))
    }

    pub(super) async fn upload_over_sftp(
        &self,
        sftp: &Sftp,
        job: &Job<'_>,
        stop: impl Future<Output = CopyError>,
    ) -> Result<Uploaded, CopyError> {
        let copied = tokio::select! {
            copied = self.copy_over_sftp(sftp, job) => copied,
            error = stop => Err(error),
        };
        if copied.is_err() && !self.is_closed() {
            // OpenSSH answers the requests of a session in their order, so the file cannot come back.
            let removed = sftp.raw.remove(&job.temporary);
            // What is left has a random name and harms nobody.
            let _left = tokio::time::timeout(CLEAN_UP_LIMIT, removed).await;
        }
        // The session ends with its channel in any case.
        let _ended = sftp.raw.close_session();
        copied
    }

    async fn copy_over_sftp(&self, sftp: &Sftp, job: &Job<'_>) -> Result<Uploaded, CopyError> {
        let lost = |error| self.sftp_error(job, error);
        sftp.check_places(job)
            .await
            .map_err(|refused| refused.or_else(lost))?;
        sftp.write(job).await.map_err(lost)?;
        let verified = match self.check_and_own(job).await {
            Ok(verified) => verified,
            // Accounts that may only use SFTP run no commands.
            Err(CopyError::Refused(_) | CopyError::Exec(_))
                if job.upload.owner.is_none() && !self.is_closed() =>
            {
                false
            }
            Err(error) => return Err(error),
        };
        sftp.place(job)
            .await
            .map_err(|refused| refused.or_else(lost))?;
        Ok(job.done(Via::Sftp, verified))
    }

    fn sftp_error(&self, job: &Job<'_>, error: SftpError) -> CopyError {
        if let SftpError::Status(status) = error {
            return if status.status_code == StatusCode::PermissionDenied {
                CopyError::PermissionDenied(job.folder.clone())
            } else if status.status_code == StatusCode::NoSuchFile {
                CopyError::ParentMissing(job.folder.clone())
            } else {
                CopyError::Refused(printable(&status.error_message))
            };
        }
        let detail = printable(&error.to_string());
        if self.is_closed() {
            let detail = format!("{detail}: {}", self.end());
            return CopyError::Exec(ExecError::LostConnection {
                detail,
                started: true,
            });
        }
        CopyError::Refused(detail)
    }
}

/// A refusal of our own, or an error of the protocol.
enum Refusal {
    Known(CopyError),
    Sftp(SftpError),
}

impl From<SftpError> for Refusal {
    fn from(error: SftpError) -> Self {
        Self::Sftp(error)
    }
}

impl Refusal {
    fn or_else(self, describe: impl FnOnce(SftpError) -> CopyError) -> CopyError {
        match self {
            Self::Known(error) => error,
            Self::Sftp(error) => describe(error),
        }
    }
}

impl Sftp {
    async fn check_places(&self, job: &Job<'_>) -> Result<(), Refusal> {
        let missing = || Refusal::Known(CopyError::ParentMissing(job.folder.clone()));
        match absent(self.raw.stat(&job.folder).await)? {
            Some(folder) if folder.is_dir() => {}
            Some(_) | None => return Err(missing()),
        }
        if absent(self.raw.stat(&job.upload.path).await)?.is_some_and(|found| found.is_dir()) {
            return Err(Refusal::Known(CopyError::IsFolder(job.upload.path.clone())));
        }
        if job.upload.overwrite == Overwrite::Refuse {
            self.refuse_existing(job).await?;
        }
        Ok(())
    }

    async fn refuse_existing(&self, job: &Job<'_>) -> Result<(), Refusal> {
        match absent(self.raw.lstat(&job.upload.path).await)? {
            Some(_) => Err(Refusal::Known(CopyError::Exists(job.upload.path.clone()))),
            None => Ok(()),
        }
    }

    async fn write(&self, job: &Job<'_>) -> Result<(), SftpError> {
        let flags = OpenFlags::CREATE | OpenFlags::EXCLUDE | OpenFlags::WRITE;
        let private = permissions(0o600);
        let handle = self.raw.open(&job.temporary, flags, private).await?.handle;
        stream::iter(pieces(&job.upload.content))
            .map(|(offset, piece)| self.raw.write(handle.clone(), offset, piece.to_vec()))
            .buffer_unordered(IN_FLIGHT)
            .try_for_each(|_status| async { Ok(()) })
            .await?;
        self.raw
            .fsetstat(handle.clone(), permissions(job.upload.mode & 0o7777))
            .await?;
        if self.can_sync {
            self.raw.fsync(handle.clone()).await?;
        }
        self.raw.close(handle).await?;
        Ok(())
    }

    async fn place(&self, job: &Job<'_>) -> Result<(), Refusal> {
        let (from, to) = (&job.temporary, &job.upload.path);
        match job.upload.overwrite {
            Overwrite::Refuse => match self.raw.rename(from, to).await {
                Ok(_status) => Ok(()),
                Err(error) => {
                    // The plain rename fails where something stands, but does not say why.
                    self.refuse_existing(job).await?;
                    Err(Refusal::Sftp(error))
                }
            },
            Overwrite::Replace if self.can_replace => {
                let names = [from.as_str(), to.as_str()]
                    .into_iter()
                    .flat_map(ssh_string)
                    .collect();
                let answer = self.raw.extended(POSIX_RENAME, names).await?;
                let Packet::Status(status) = answer else {
                    return Err(Refusal::Sftp(SftpError::UnexpectedPacket));
                };
                if status.status_code == StatusCode::Ok {
                    Ok(())
                } else {
                    Err(Refusal::Sftp(SftpError::Status(status)))
                }
            }
            Overwrite::Replace => {
                // Such a server cannot replace in one step.
                absent(self.raw.remove(to).await)?;
                self.raw.rename(from, to).await?;
                Ok(())
            }
        }
    }
}

/// An answer of the server, or none where there is no such file.
trait Answer {
    type Found;
    fn found(self) -> Self::Found;
}

impl Answer for russh_sftp::protocol::Attrs {
    type Found = FileAttributes;
    fn found(self) -> FileAttributes {
        self.attrs
    }
}

impl Answer for russh_sftp::protocol::Status {
    type Found = ();
    fn found(self) {}
}

fn absent<A: Answer>(answer: Result<A, SftpError>) -> Result<Option<A::Found>, SftpError> {
    match answer {
        Ok(answer) => Ok(Some(answer.found())),
        Err(SftpError::Status(status)) if status.status_code == StatusCode::NoSuchFile => Ok(None),
        Err(error) => Err(error),
    }
}

fn permissions(mode: u32) -> FileAttributes {
    FileAttributes {
        permissions: Some(mode),
        ..FileAttributes::empty()
    }
}

fn pieces(content: &Bytes) -> impl Iterator<Item = (u64, Bytes)> + use<> {
    let content = content.clone();
    (0..content.len()).step_by(PIECE).map(move |start| {
        let end = content.len().min(start + PIECE);
        (
            u64::try_from(start).unwrap_or(u64::MAX),
            content.slice(start..end),
        )
    })
}

fn ssh_string(text: &str) -> Vec<u8> {
    let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
    [&length.to_be_bytes(), text.as_bytes()].concat()
}
