//! Reads the keys that an operator has put into files.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::config::KeySources;
use crate::crypto::CryptoError;
use crate::crypto::derive::{self, Master};

/// A key that may be the root of a KEK.
#[derive(Clone)]
pub enum Candidate {
    /// From `KEK_FILE`.
    File(Master),
    /// From `KEK_PASSPHRASE_FILE`.
    Passphrase(Zeroizing<String>),
}

/// Why a key file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// It cannot be read.
    #[error("cannot read {path}")]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Others than its owner and group can read it, or others than its owner can change it.
    #[error("{0} is open to other users: chmod 600 it")]
    Open(PathBuf),
    /// It holds something else.
    #[error("{path}: {source}")]
    Content {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        #[source]
        source: CryptoError,
    },
}

/// Reads all keys, those of `KEK_FILE` first; none if no file is set.
///
/// # Errors
/// When a file that is set cannot be used.
pub fn read(sources: &KeySources) -> Result<Vec<Candidate>, KeyFileError> {
    let mut found = Vec::new();
    if let Some(path) = &sources.kek_file {
        found.extend(read_keys(path)?.into_iter().map(Candidate::File));
    }
    if let Some(path) = &sources.passphrase_file {
        let content = read_private(path)?;
        let text = std::str::from_utf8(&content).map_err(|_binary| KeyFileError::Content {
            path: path.clone(),
            source: CryptoError::NotAKey,
        })?;
        let phrases = derive::lines(text).map(|line| Zeroizing::new(line.to_owned()));
        found.extend(phrases.map(Candidate::Passphrase));
    }
    Ok(found)
}

/// Reads a file in the form of `KEK_FILE`.
///
/// # Errors
/// When it cannot be used.
pub fn read_keys(path: &Path) -> Result<Vec<Master>, KeyFileError> {
    let content = read_private(path)?;
    derive::read_keys(&content).map_err(|source| KeyFileError::Content {
        path: path.to_owned(),
        source,
    })
}

fn read_private(path: &Path) -> Result<Zeroizing<Vec<u8>>, KeyFileError> {
    let unreadable = |source| KeyFileError::Unreadable {
        path: path.to_owned(),
        source,
    };
    let mode = std::fs::metadata(path).map_err(unreadable)?.mode();
    if mode & 0o027 != 0 {
        return Err(KeyFileError::Open(path.to_owned()));
    }
    std::fs::read(path).map(Zeroizing::new).map_err(unreadable)
}
