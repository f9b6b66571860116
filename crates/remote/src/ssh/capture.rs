//! Small commands of our own, whose whole output is wanted.

use std::time::Duration;

use bytes::Bytes;

use super::connection::SshConnection;
use super::exec::{ExecError, Told, pump};
use super::output::Collected;

/// How long a command that was stopped may take to end by itself.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// The end of a small command.
pub(crate) struct Captured {
    /// None if a signal ended it.
    pub(crate) code: Option<u32>,
    pub(crate) output: Collected,
}

impl SshConnection {
    /// Runs `line` in the login shell and keeps up to `limit` bytes of each stream.
    ///
    /// Nothing of `line` may be secret: other users of the target can see it.
    pub(crate) async fn capture(
        &self,
        line: &str,
        stdin: &[u8],
        limit: usize,
        timeout: Duration,
    ) -> Result<Captured, ExecError> {
        let stop = tokio::time::sleep(timeout);
        self.capture_until(line, stdin, limit, stop).await
    }

    /// Like `capture`; when `stop` comes, the input ends early and the command may still tell its end.
    pub(crate) async fn capture_until(
        &self,
        line: &str,
        stdin: &[u8],
        limit: usize,
        stop: impl Future<Output = ()>,
    ) -> Result<Captured, ExecError> {
        let (mut reader, writer) = self.open_exec(line).await?.split();
        let mut output = Collected::up_to(limit);
        let told = {
            let feed = async {
                writer.data_bytes(Bytes::copy_from_slice(stdin)).await?;
                writer.eof().await
            };
            let (mut fed, mut is_fed) = (std::pin::pin!(feed), false);
            let mut pumped = std::pin::pin!(pump(&mut reader, &mut output, None));
            let mut stop = std::pin::pin!(stop);
            loop {
                tokio::select! {
                    biased;
                    told = &mut pumped => break Some(told),
                    () = &mut stop => {
                        // A broken channel shows in the output.
                        let _ended = writer.eof().await;
                        break tokio::time::timeout(LAST_WORDS, pumped).await.ok();
                    }
                    _taken = &mut fed, if !is_fed => is_fed = true,
                }
            }
        };
        // The server may have closed it first.
        let _closed = writer.close().await;
        let lost = |detail: String| ExecError::LostConnection {
            detail,
            started: true,
        };
        match told {
            Some(Some(Told::Status(code))) => Ok(Captured {
                code: Some(code),
                output,
            }),
            Some(Some(Told::Signal(_))) => Ok(Captured { code: None, output }),
            Some(None) if self.is_closed() => Err(lost(self.end())),
            Some(None) => Err(ExecError::NoExitStatus),
            None => Err(lost("no answer in time".to_owned())),
        }
    }
}
