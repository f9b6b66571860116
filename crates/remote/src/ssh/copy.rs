//! Copying a file to a target: all of it under its name, or nothing.

use std::time::Duration;

use bytes::Bytes;
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;

use super::connection::SshConnection;
use super::exec::ExecError;
use super::sudo::Sudo;

/// How long the target may take for one small command around the copy.
pub(super) const STEP_LIMIT: Duration = Duration::from_secs(60);
/// How long the removal of an unfinished copy may take.
pub(super) const CLEAN_UP_LIMIT: Duration = Duration::from_secs(5);

/// What to do where the destination exists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Overwrite {
    /// Refuse, and leave it alone.
    #[default]
    Refuse,
    /// Replace it, in one step unless an SFTP server has no such step.
    Replace,
}

/// A file to be written on the target.
#[derive(Clone)]
pub struct Upload {
    /// Destination; its folder must exist. A relative one starts in the home folder.
    pub path: String,
    /// The whole content.
    pub content: Bytes,
    /// Permission bits, such as `0o644`.
    pub mode: u32,
    /// `user`, `user:group` or `:group`; none keeps the login user.
    pub owner: Option<String>,
    /// As whom it is written, if not as the login user.
    pub sudo: Option<Sudo>,
    /// What to do where the destination exists.
    pub overwrite: Overwrite,
    /// How long it may take.
    pub timeout: Duration,
}

impl std::fmt::Debug for Upload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Upload")
            .field("path", &self.path)
            .field("bytes", &self.content.len())
            .finish_non_exhaustive()
    }
}

/// Which way a file went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// The SFTP subsystem.
    Sftp,
    /// A command that reads standard input.
    Exec,
}

/// A file that stands on the target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uploaded {
    /// Its length.
    pub bytes: u64,
    /// SHA-256 of its content, lower-case hex.
    pub sha256: String,
    /// Whether the target computed the same hash; false if it has no `sha256sum`.
    pub verified: bool,
    /// Which way it went.
    pub via: Via,
}

/// Why a file was not written; the destination is as it was before.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CopyError {
    /// The path names no file.
    #[error("{0:?} cannot be the path of a file")]
    BadPath(String),
    /// The owner is no name of a user or group.
    #[error("{0:?} is no owner")]
    BadOwner(String),
    /// The folder of the destination does not exist.
    #[error("folder {0:?} does not exist")]
    ParentMissing(String),
    /// Something stands there, and it must not be replaced.
    #[error("{0:?} exists")]
    Exists(String),
    /// The destination is a folder.
    #[error("{0:?} is a folder")]
    IsFolder(String),
    /// The user may not write there.
    #[error("permission denied: {0}")]
    PermissionDenied(String),
    /// The user could not be changed.
    #[error("the user was not changed: {0}")]
    NotBecome(String),
    /// The owner cannot be set.
    #[error("the owner cannot be set: {0}")]
    OwnerRefused(String),
    /// The target refused for another reason, such as a full disk.
    #[error("the target refused: {0}")]
    Refused(String),
    /// The target computed another hash.
    #[error("the copy is damaged: the target has another SHA-256")]
    Damaged,
    /// The time was up.
    #[error("not finished within {0:?}")]
    TimedOut(Duration),
    /// The caller wished it to stop.
    #[error("canceled")]
    Canceled,
    /// The connection or a command on it failed.
    #[error(transparent)]
    Exec(#[from] ExecError),
}

impl CopyError {
    /// The stable name of the condition.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::BadPath(_) => "bad_path",
            Self::BadOwner(_) => "bad_owner",
            Self::ParentMissing(_) => "parent_missing",
            Self::Exists(_) => "exists",
            Self::IsFolder(_) => "is_folder",
            Self::PermissionDenied(_) => "permission_denied",
            Self::NotBecome(_) => "become_failed",
            Self::OwnerRefused(_) => "owner_refused",
            Self::Refused(_) => "copy_refused",
            Self::Damaged => "damaged",
            Self::TimedOut(_) => "timed_out",
            Self::Canceled => "canceled",
            Self::Exec(error) => error.reason(),
        }
    }

    /// What a person can do about it.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::BadPath(_) => "Give the full path of a file.",
            Self::BadOwner(_) => "Give user, user:group or :group.",
            Self::ParentMissing(_) => "Create the folder first, or correct the path.",
            Self::Exists(_) => "Allow overwriting, or choose another path.",
            Self::IsFolder(_) => "Add the name of the file to the path.",
            Self::PermissionDenied(_) => "Give the login user the right to write there.",
            Self::NotBecome(_) => {
                "Check the password of the credential, and what sudo allows the login user."
            }
            Self::OwnerRefused(_) => "Log in as a user who may change owners, or leave it out.",
            Self::Refused(_) => "Check the free space and the file system of the target.",
            Self::Damaged => "Try again; if it repeats, check the disk of the target.",
            Self::TimedOut(_) => "Allow more time, or check the load of the target.",
            Self::Canceled => "Start it again if it is still wanted.",
            Self::Exec(error) => error.remedy(),
        }
    }
}

/// A copy on its way, with the names that it needs.
pub(super) struct Job<'a> {
    pub(super) upload: &'a Upload,
    pub(super) folder: String,
    /// Where the content stands until it is complete.
    pub(super) temporary: String,
    pub(super) sha256: String,
}

impl<'a> Job<'a> {
    fn new(upload: &'a Upload) -> Result<Self, CopyError> {
        let path = &upload.path;
        let (folder, name) = path.rsplit_once('/').unwrap_or((".", path));
        if matches!(name, "" | "." | "..") || path.contains('\0') || path.len() > 4000 {
            return Err(CopyError::BadPath(path.clone()));
        }
        if let Some(owner) = upload.owner.as_deref().filter(|owner| !is_owner(owner)) {
            return Err(CopyError::BadOwner(owner.to_owned()));
        }
        let folder = if folder.is_empty() { "/" } else { folder };
        let slash = if folder.ends_with('/') { "" } else { "/" };
        Ok(Self {
            upload,
            folder: folder.to_owned(),
            temporary: format!("{folder}{slash}.copy-{:032x}.part", rand::random::<u128>()),
            sha256: hex(&Sha256::digest(&upload.content)),
        })
    }

    pub(super) fn done(&self, via: Via, verified: bool) -> Uploaded {
        Uploaded {
            bytes: u64::try_from(self.upload.content.len()).unwrap_or(u64::MAX),
            sha256: self.sha256.clone(),
            verified,
            via,
        }
    }
}

impl SshConnection {
    /// Writes a file under another name in the same folder, checks it, and renames it.
    ///
    /// Goes over SFTP, or over a command where the server has no SFTP. A link at the
    /// destination is replaced, not followed.
    pub async fn upload(
        &self,
        upload: &Upload,
        cancel: &CancellationToken,
    ) -> Result<Uploaded, CopyError> {
        let job = Job::new(upload)?;
        let mut stop = std::pin::pin!(async {
            tokio::select! {
                () = cancel.cancelled() => CopyError::Canceled,
                () = tokio::time::sleep(upload.timeout) => CopyError::TimedOut(upload.timeout),
            }
        });
        if upload.sudo.is_some() {
            return self.upload_over_exec(&job, stop).await;
        }
        let sftp = tokio::select! {
            biased;
            error = &mut stop => return Err(error),
            sftp = self.open_sftp() => sftp?,
        };
        match sftp {
            Some(sftp) => self.upload_over_sftp(&sftp, &job, stop).await,
            None => self.upload_over_exec(&job, stop).await,
        }
    }
}

/// A path that no program takes for an option.
pub(super) fn argument(path: &str) -> String {
    if path.starts_with('-') {
        format!("./{path}")
    } else {
        path.to_owned()
    }
}

fn is_owner(owner: &str) -> bool {
    let (user, group) = owner.split_once(':').unwrap_or((owner, "x"));
    let is_name = |name: &str| {
        !name.starts_with('-')
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "._-@\\$".contains(c))
    };
    is_name(user) && is_name(group) && !group.is_empty()
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
