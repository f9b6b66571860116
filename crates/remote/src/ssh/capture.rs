//! Small commands of our own, whose whole output is wanted.

use std::time::Duration;

use bytes::Bytes;

use super::connection::SshConnection;
use super::exec::{ExecError, Told, pump};
use super::output::Collected;

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
        let (mut reader, writer) = self.open_exec(line).await?.split();
        let mut output = Collected::up_to(limit);
        let work = async {
            let feed = async {
                writer.data_bytes(Bytes::copy_from_slice(stdin)).await?;
                writer.eof().await
            };
            let mut fed = std::pin::pin!(feed);
            let mut pumped = std::pin::pin!(pump(&mut reader, &mut output, None));
            tokio::select! {
                biased;
                told = &mut pumped => told,
                // A broken channel shows in the output.
                _taken = &mut fed => pumped.await,
            }
        };
        let told = tokio::time::timeout(timeout, work).await;
        // The server may have closed it first.
        let _closed = writer.close().await;
        let lost = |detail: String| ExecError::LostConnection {
            detail,
            started: true,
        };
        match told {
            Ok(Some(Told::Status(code))) => Ok(Captured {
                code: Some(code),
                output,
            }),
            Ok(Some(Told::Signal(_))) => Ok(Captured { code: None, output }),
            Ok(None) if self.is_closed() => Err(lost(self.end())),
            Ok(None) => Err(ExecError::NoExitStatus),
            Err(_elapsed) => Err(lost(format!("no answer within {timeout:?}"))),
        }
    }
}
