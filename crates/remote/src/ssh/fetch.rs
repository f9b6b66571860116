//! Reading a file of a target: all of it, or nothing.

use std::time::Duration;

use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;

use super::connection::SshConnection;
use super::copy::{argument, hex};
use super::error::printable;
use super::exec::ExecError;
use super::sudo::{self, NOT_BECOME, NOT_BECOME_MARK, Sudo};
use crate::quote;

/// Tells length and hash on standard error, and gives the content: `$1` path, `$2` most bytes.
const GIVE: &str = concat!(
    r#"[ -e "$1" ] || exit 41; [ -f "$1" ] || exit 43; [ -r "$1" ] || exit 44; "#,
    r#"n=$(($(wc -c <"$1"))); h=; [ "$n" -le "$2" ] || { echo "$n" >&2; exit 46; }; "#,
    r#"if command -v sha256sum >/dev/null 2>&1; then h=$(sha256sum <"$1"); fi; "#,
    r#"printf "\n%s %s\n" "$n" "${h%% *}" >&2; exec cat <"$1""#,
);
/// More bytes than anything has that is told beside the content.
const TOLD: usize = 4096;

/// A file to be read.
#[derive(Clone, Debug)]
pub struct Download {
    /// Where it is; a relative path starts in the home folder.
    pub path: String,
    /// Longer ones are refused.
    pub max_bytes: u32,
    /// As whom it is read, if not as the login user.
    pub sudo: Option<Sudo>,
    /// How long it may take.
    pub timeout: Duration,
}

/// A file that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Downloaded {
    /// All of it.
    pub content: Vec<u8>,
    /// Its SHA-256, lower-case hex.
    pub sha256: String,
    /// Whether the target computed the same hash; false if it has no `sha256sum`.
    pub verified: bool,
}

/// Why a file was not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The path names no file.
    #[error("{0:?} cannot be the path of a file")]
    BadPath(String),
    /// There is none.
    #[error("{0:?} does not exist, or is in a folder that the user may not enter")]
    Missing(String),
    /// It is a folder, a device or the like.
    #[error("{0:?} is no file")]
    NoFile(String),
    /// The user may not read it.
    #[error("the user may not read {0:?}")]
    PermissionDenied(String),
    /// It is longer than wished.
    #[error("the file has {0} bytes, which is too many")]
    TooLong(String),
    /// What came is not what the target has.
    #[error("the content is damaged, or has changed while it was read")]
    Damaged,
    /// The user could not be changed.
    #[error("the user was not changed: {0}")]
    NotBecome(String),
    /// The target refused for another reason.
    #[error("the target refused: {0}")]
    Refused(String),
    /// The time was up.
    #[error("not finished in time")]
    TimedOut,
    /// The caller wished it to stop.
    #[error("canceled")]
    Canceled,
    /// The connection or the command failed.
    #[error(transparent)]
    Exec(#[from] ExecError),
}

impl FetchError {
    /// The stable name of the condition.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::BadPath(_) => "bad_path",
            Self::Missing(_) => "file_missing",
            Self::NoFile(_) => "no_file",
            Self::PermissionDenied(_) => "permission_denied",
            Self::TooLong(_) => "too_long",
            Self::Damaged => "damaged",
            Self::NotBecome(_) => "become_failed",
            Self::Refused(_) => "fetch_refused",
            Self::TimedOut => "timed_out",
            Self::Canceled => "canceled",
            Self::Exec(error) => error.reason(),
        }
    }
}

impl SshConnection {
    /// Reads a file and compares its hash with that of the target.
    ///
    /// # Errors
    /// Why it was not read.
    pub async fn download(
        &self,
        wish: &Download,
        cancel: &CancellationToken,
    ) -> Result<Downloaded, FetchError> {
        let bad = |_zero| FetchError::BadPath(wish.path.clone());
        let program = quote::posix(GIVE).map_err(bad)?;
        let path = quote::posix(&argument(&wish.path)).map_err(bad)?;
        let words = format!("sh -c {program} sh {path} {}", wish.max_bytes);
        let sudo = wish.sudo.as_ref();
        let line = sudo::line(sudo, &words).map_err(ExecError::from)?;
        let input = sudo::input(sudo, &[]);
        let most = usize::try_from(wish.max_bytes).unwrap_or(usize::MAX);
        let limit = most.saturating_add(TOLD);
        let captured = tokio::select! {
            biased;
            () = cancel.cancelled() => return Err(FetchError::Canceled),
            () = tokio::time::sleep(wish.timeout) => return Err(FetchError::TimedOut),
            captured = self.capture(&line, &input, limit, wish.timeout) => captured?,
        };
        let told = captured.output.stderr_text();
        if captured.code != Some(0) {
            return Err(failure(captured.code, &told, &wish.path));
        }
        // A login shell may have said something before.
        let last = told.trim_end().lines().last().unwrap_or_default();
        let (length, hash) = last.split_once(' ').unwrap_or((last, ""));
        let content = captured.output.stdout;
        let sha256 = hex(&Sha256::digest(&content));
        let is_whole = length.parse() == Ok(content.len());
        if !is_whole || !hash.is_empty() && hash != sha256 {
            return Err(FetchError::Damaged);
        }
        Ok(Downloaded {
            content,
            sha256,
            verified: !hash.is_empty(),
        })
    }
}

fn failure(code: Option<u32>, told: &str, path: &str) -> FetchError {
    let path = path.to_owned();
    let told = printable(told.trim());
    match code {
        Some(41) => FetchError::Missing(path),
        Some(43) => FetchError::NoFile(path),
        Some(44) => FetchError::PermissionDenied(path),
        Some(46) => FetchError::TooLong(told),
        Some(NOT_BECOME) => {
            let said = told.strip_prefix(NOT_BECOME_MARK).unwrap_or(&told);
            FetchError::NotBecome(said.to_owned())
        }
        Some(_) => FetchError::Refused(told),
        None => FetchError::Refused("the command was killed".to_owned()),
    }
}
