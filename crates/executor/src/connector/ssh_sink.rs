//! Where the output of a command over SSH goes.

use remote::{NOT_BECOME, NOT_BECOME_MARK, OutputSink, Stream};

use super::{End, ssh};
use crate::domain::command::Exec;
use crate::domain::output::{Side, StepOutput};

/// Hands output to the one place that redacts and keeps it.
pub(super) struct Sink<'a> {
    output: &'a mut StepOutput,
    /// The beginning of standard error, where a change of the user is asked for.
    said: Option<Vec<u8>>,
}

impl<'a> Sink<'a> {
    pub(super) fn new(output: &'a mut StepOutput, exec: &Exec) -> Self {
        let said = exec.as_user.as_ref().map(|_user| Vec::new());
        Self { output, said }
    }

    pub(super) fn end(&self, end: remote::End) -> End {
        let mark = NOT_BECOME_MARK.as_bytes();
        let said = self.said.as_deref().unwrap_or_default();
        if end == remote::End::Exited(NOT_BECOME) && said.starts_with(mark) {
            return End::NotBecome;
        }
        ssh::end(end)
    }
}

impl OutputSink for Sink<'_> {
    async fn write(&mut self, stream: Stream, bytes: &[u8]) {
        let side = match stream {
            Stream::Stdout => Side::Stdout,
            Stream::Stderr => Side::Stderr,
        };
        if let Some(said) = self.said.as_mut().filter(|_said| side == Side::Stderr) {
            let missing = NOT_BECOME_MARK.len().saturating_sub(said.len());
            said.extend(bytes.iter().take(missing));
        }
        self.output.push(side, bytes).await;
    }
}
