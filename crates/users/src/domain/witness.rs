//! The file of signed ends: it tells when the table was cut and its end rewritten.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use tokio::sync::Mutex;
use tokio::task::spawn_blocking;

use crate::domain::chain::SignedHead;
use crate::error::Error;

/// How much of the end of the file is read, in bytes; some 1500 lines.
const TAIL_BYTES: u64 = 256 * 1024;

/// Opens the file to append, for its owner only.
///
/// # Errors
/// When it cannot be made or written.
pub fn open(path: &Path) -> std::io::Result<File> {
    OpenOptions::new()
        .create(true)
        .append(true)
        .read(true)
        .mode(0o600)
        .open(path)
}

/// Reads and extends the file, one at a time.
#[derive(Debug)]
pub struct Witness {
    path: PathBuf,
    turn: Mutex<()>,
}

impl Witness {
    /// Keeps the file at `path`.
    pub fn new(path: PathBuf) -> Self {
        Self {
            path,
            turn: Mutex::default(),
        }
    }

    /// The last signed ends, oldest first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn read(&self) -> Result<Vec<SignedHead>, Error> {
        let _turn = self.turn.lock().await;
        self.run(tail).await
    }

    /// Appends a signed end and waits until it is on the disk.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub async fn append(&self, signed: &SignedHead) -> Result<(), Error> {
        let line = format!("{}\n", signed.line());
        let _turn = self.turn.lock().await;
        self.run(move |file| {
            file.write_all(line.as_bytes())?;
            file.sync_data()
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut File) -> std::io::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        let path = self.path.clone();
        let done = spawn_blocking(move || work(&mut open(&path)?)).await;
        done.map_err(|_gone| Error::Interrupted)?
            .map_err(Error::HeadFile)
    }
}

/// Lines of another form are passed over: to forge one gains no more than to remove one.
fn tail(file: &mut File) -> std::io::Result<Vec<SignedHead>> {
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL_BYTES)))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    Ok(text.lines().filter_map(SignedHead::parse).collect())
}
